from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.access.tokens import new_token
from lipsync_demo.api import sending, sweeping
from lipsync_demo.api.actions import Actions
from lipsync_demo.api.errors import ApiError
from lipsync_demo.api.sending import PAUSES, Sending
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.visitor import Visitor, acting_as
from lipsync_demo.runs.record.webhook import Delivery, DeliveryState, Kind
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.conftest import eventually
from tests.faults.scripted_api import KEY, ScriptedApi

PATIENCE = 60.0
LATER = timedelta(days=1)


class Receiver:
    """A server that takes messages and answers with the next of `statuses`, the last for ever."""

    def __init__(self) -> None:
        self.statuses = [204]
        self.came: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                named = {name.lower(): value for name, value in self.headers.items()}
                receiver.came.append((named, body))
                statuses = receiver.statuses
                self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def settings(tmp_path: Path, api: ScriptedApi) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        base_url=api.url,
        api_key=KEY,
        backend="wavespeed",
        allow_private_urls=True,
        api_tokens=SecretStr(str(tmp_path / "tokens")),
    )


@pytest.fixture
def job(settings: Settings, workspace: Workspace) -> Sending:
    return Sending(settings, workspace)


def due(workspace: Workspace) -> Delivery | None:
    """The next message, claimed as if a day had passed."""
    return workspace.webhooks.claim(now() + LATER, now() + LATER)


def ended(actions: Actions, clip: Path, speech: Path) -> str:
    """The id of a run at rest whose end is announced."""
    with actions.webhooks.announcing(Kind.RUN) as wanted:
        run = actions.runs.start(clip, speech, SyncMode.LOOP, run_id=wanted)
    return actions.runs.wait(run.id, PATIENCE).id


def test_a_message_is_sent_again_until_it_arrives(
    actions: Actions,
    workspace: Workspace,
    job: Sending,
    receiver: Receiver,
    clip: Path,
    speech: Path,
) -> None:
    hook = actions.webhooks.add(receiver.url, [Kind.RUN])
    receiver.statuses = [500, 302, 204]
    run = ended(actions, clip, speech)
    for tries, pause in enumerate(PAUSES[:2], 1):
        message = due(workspace)
        assert message is not None
        job.send(message)
        (kept,) = actions.webhooks.deliveries(hook.id, 10)
        assert (kept.state, kept.tries, kept.target) == (DeliveryState.WAITING, tries, run)
        assert "status" in (kept.said or "")
        assert now() < kept.due_at < now() + pause
    message = due(workspace)
    assert message is not None
    job.send(message)
    (kept,) = actions.webhooks.deliveries(hook.id, 10)
    assert (kept.state, kept.tries) == (DeliveryState.DELIVERED, 3)
    assert due(workspace) is None
    bodies = {body for _, body in receiver.came}
    assert len(bodies) == 1
    assert {headers["webhook-id"] for headers, _ in receiver.came} == {kept.id}
    secret = actions.webhooks.secret(hook.id)
    headers, body = receiver.came[-1]
    told: Any = Webhook(secret).verify(body, headers)
    assert told["data"]["run_id"] == run
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    actions.webhooks.replay(hook.id, kept.id)
    again = due(workspace)
    assert again is not None
    job.send(again)
    assert receiver.came[-1][1] == body


def test_a_token_that_is_gone_is_told_nothing_more(
    actions: Actions,
    workspace: Workspace,
    job: Sending,
    receiver: Receiver,
    clip: Path,
    speech: Path,
    tmp_path: Path,
) -> None:
    (_, ann), (_, ben) = new_token("ann"), new_token("ben")
    file = tmp_path / "tokens"
    file.write_text(f"{ann.line}\n{ben.line}\n")
    by = Asker(visitor=ann.visitor, code=ann.owner)
    with acting_as(Visitor(ann.visitor)), asking(by):
        hook = actions.webhooks.add(receiver.url, [Kind.RUN])
        ended(actions, clip, speech)

        def sent() -> tuple[DeliveryState, int]:
            message = due(workspace)
            assert message is not None
            job.send(message)
            (kept,) = actions.webhooks.deliveries(hook.id, 10)
            return kept.state, len(receiver.came)

        file.rename(file.with_suffix(".away"))
        assert sent() == (DeliveryState.WAITING, 0)
        file.write_text(f"{ben.line}\n")
        assert sent() == (DeliveryState.GIVEN_UP, 0)


def test_a_message_is_given_up_after_the_last_attempt(
    actions: Actions,
    workspace: Workspace,
    job: Sending,
    receiver: Receiver,
    clip: Path,
    speech: Path,
) -> None:
    hook = actions.webhooks.add(receiver.url, [Kind.RUN])
    receiver.statuses = [404]
    ended(actions, clip, speech)
    while (message := due(workspace)) is not None:
        job.send(message)
    (kept,) = actions.webhooks.deliveries(hook.id, 10)
    assert (kept.state, kept.tries) == (DeliveryState.GIVEN_UP, len(PAUSES) + 1)
    assert len(receiver.came) == len(PAUSES) + 1


def test_nothing_is_sent_of_what_goes_on_or_never_began(
    actions: Actions, workspace: Workspace, api: ScriptedApi, receiver: Receiver, clip: Path
) -> None:
    actions.webhooks.add(receiver.url, [Kind.RUN, Kind.BATCH])
    with pytest.raises(MediaError), actions.webhooks.announcing(Kind.RUN) as wanted:
        actions.runs.start(clip, clip, run_id=wanted)
    assert not workspace.webhooks.waiting()
    api.gates["look"].shut()
    with actions.webhooks.announcing(Kind.RUN) as wanted:
        actions.runs.start(clip, api.output.with_name("speech.wav"), run_id=wanted)
    assert api.gates["look"].reached.wait(PATIENCE)
    assert due(workspace) is None
    api.gates["look"].open()
    actions.runs.wait(wanted, PATIENCE)
    message = due(workspace)
    assert message is not None
    assert message.target == wanted
    # A message that waits for its next attempt is nothing to look for meanwhile.
    assert not workspace.webhooks.waiting()
    workspace.webhooks.sweep(now() + LATER)
    assert not workspace.webhooks.waiting()


def test_a_message_is_claimed_by_one(
    actions: Actions, settings: Settings, receiver: Receiver, clip: Path, speech: Path
) -> None:
    actions.webhooks.add(receiver.url, [Kind.RUN])
    ended(actions, clip, speech)
    with Workspace(settings) as other, ThreadPoolExecutor(8) as pool:
        tables = [other.webhooks, actions.webhooks.table]
        until = now() + 2 * LATER
        asked = [pool.submit(tables[n % 2].claim, now() + LATER, until) for n in range(8)]
        assert sum(one.result() is not None for one in asked) == 1


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://127.0.0.1/", "https://u:p@example.com/", "ftp://a.b/"]
)
def test_a_receiver_is_a_public_address(url: str, tmp_path: Path, workspace: Workspace) -> None:
    strict = Actions(Settings(data_dir=tmp_path / "data"), workspace)
    with pytest.raises(ApiError, match="Nothing can be sent there"):
        strict.webhooks.add(url, [Kind.RUN])


def test_the_job_sends_by_itself(
    actions: Actions, job: Sending, receiver: Receiver, clip: Path, speech: Path
) -> None:
    assert job.step() == sending.IDLE_SECONDS
    hook = actions.webhooks.add(receiver.url, [Kind.RUN])
    ended(actions, clip, speech)
    assert job.step() == sending.BUSY_SECONDS

    def arrived() -> bool:
        (kept,) = actions.webhooks.deliveries(hook.id, 10)
        return kept.state is DeliveryState.DELIVERED

    eventually(arrived, "it never arrived")


def test_uploads_without_a_file_are_forgotten(
    actions: Actions,
    settings: Settings,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweeping, "UPLOADS", timedelta())
    kept, gone = (actions.uploads.begin("a.mp4", 3) for _ in range(2))
    part = actions.uploads.folder / gone.id / "a.mp4.part"
    assert len(sweeping.used_lately(settings, 60)) == 2
    os.utime(part, (0, 0))
    assert [Path(one).parent.name for one in sweeping.used_lately(settings, 60)] == [kept.id]
    part.unlink()
    sweeping.Sweeping(settings, workspace).step()
    assert workspace.uploads.get(gone.id) is None
    assert workspace.uploads.get(kept.id) is not None
