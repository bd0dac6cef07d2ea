"""The client's methods against the local backend."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import (
    BadKey,
    BadParameter,
    DownloadFailed,
    UnknownPrediction,
)
from lipsync_demo.wavespeed.untrusted.download import download
from tests.contract.conftest import TalkTo


def test_a_file_is_uploaded_and_read_back(talk_to: TalkTo, tmp_path: Path) -> None:
    talk = talk_to()
    path = tmp_path / "speech.wav"
    path.write_bytes(bytes(range(256)) * 1000)
    seen: list[tuple[int, int | None]] = []
    url = talk.client.upload(path, lambda *progress: seen.append(progress))
    assert seen[-1] == (256_000, 256_000)
    back = talk.client.download(url, tmp_path / "back.wav")
    assert back.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("mode", list(SyncMode))
def test_a_task_is_submitted_listed_and_followed_to_its_end(
    talk_to: TalkTo, tmp_path: Path, mode: SyncMode
) -> None:
    talk = talk_to()
    client = talk.client
    before = datetime.now(timezone.utc)
    submitted = client.submit("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav", mode)
    assert submitted.model == MODEL_ID
    assert not submitted.finished
    assert submitted.created_at is not None
    assert abs(submitted.created_at - before) < timedelta(minutes=1)
    assert client.prediction(submitted.id) == submitted

    (listed,) = client.list_predictions(include_inputs=True)
    assert listed.inputs["sync_mode"] == mode.value
    found = client.find_submitted(
        "http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav", mode, before
    )
    assert found is not None
    assert found.id == submitted.id

    talk.complete(submitted, b"the video", nsfw=True)
    done = client.wait(submitted)
    assert done.has_nsfw_contents == (True,)
    assert done.timings == {"queue": 3, "inference": 1234}
    assert done.execution_time is not None
    assert client.download(done.outputs[0], tmp_path / "o.mp4").read_bytes() == b"the video"
    assert client.list_predictions(status="completed")[0] == done

    assert client.delete([submitted.id]) == 1
    with pytest.raises(UnknownPrediction):
        client.prediction(submitted.id)
    with pytest.raises(DownloadFailed):
        client.download(done.outputs[0], tmp_path / "again.mp4")


def test_nothing_costs_anything(talk_to: TalkTo) -> None:
    client = talk_to().client
    assert client.balance() == Decimal(0)
    price = client.price("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav", "loop")
    assert (price.amount, price.full_amount, price.currency) == (0, 0, "USD")


def test_a_wrong_key_is_told_apart(talk_to: TalkTo) -> None:
    with (
        WaveSpeedClient("wrong-key", talk_to().server.url) as stranger,
        pytest.raises(BadKey) as caught,
    ):
        stranger.balance()
    assert caught.value.status == 401
    assert "wrong-key" not in str(caught.value)


def test_a_wrong_mode_is_told_apart(talk_to: TalkTo) -> None:
    client = talk_to().client
    with pytest.raises((BadParameter, ValueError), match="cut_off"):
        client.submit("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav", "stretch")


def test_the_output_of_a_restarted_server_is_found_at_its_new_address(
    talk_to: TalkTo, tmp_path: Path
) -> None:
    talk = talk_to()
    submitted = talk.submit()
    talk.complete(submitted, b"the video")
    again = talk_to()
    assert again.server.url != talk.server.url
    done = again.client.wait(submitted)
    assert done.outputs[0].startswith(again.server.url)
    assert again.client.download(done.outputs[0], tmp_path / "o.mp4").read_bytes() == b"the video"


def test_a_download_elsewhere_goes_without_the_key(talk_to: TalkTo, tmp_path: Path) -> None:
    """A file on this server is not subject to the rules for untrusted URLs."""
    talk = talk_to()
    submitted = talk.submit()
    talk.complete(submitted)
    url = talk.client.wait(submitted).outputs[0]
    with pytest.raises(DownloadFailed):
        download(url, tmp_path / "o.mp4", limit_bytes=1 << 20)
