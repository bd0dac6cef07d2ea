"""Any arguments lead to a result or an error message, never to a traceback."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from lipsync_demo import __main__ as program
from lipsync_demo import cli as cli_package
from tests.media_factory import make_tone
from tests.unit.cli.conftest import Cli

LONG = "/" + "x" * 300 + ".mp4"


@pytest.mark.parametrize(
    ("video", "words"),
    [
        ("http://[::1/x.mp4", "is not a plain web address"),
        ("https://a..b/x.mp4", "is not a plain web address"),
        ("ftp://host.example/x.mp4", "neither a file nor a web address"),
        ("~nobody-of-this-name/x.mp4", "no home folder"),
        (LONG, "longer than this system allows"),
        ("caf\udce9.mp4", "was not found"),
        (".", "is not a file"),
    ],
)
def test_modes_says_what_is_wrong(cli: Cli, speech: Path, video: str, words: str) -> None:
    done = cli("modes", video, speech)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert len(done.stderr) < 350


def test_a_choice_that_does_not_exist_is_said_in_a_sentence(cli: Cli, clip: Path) -> None:
    done = cli("run", clip, clip, "--sync-mode", "bouncy")
    assert done.returncode == 2
    assert "'--sync-mode' / '-m': 'bouncy' is not one of" in done.stderr


def test_an_old_mp3_is_speech_like_any_other(cli: Cli, clip: Path, tmp_path: Path) -> None:
    frames = make_tone(tmp_path / "new.mp3", 1).read_bytes()
    tag = b"TAG" + "Schöne Grüße".encode("latin-1").ljust(125, b"\xe9")
    old = tmp_path / "café.mp3"
    old.write_bytes(frames[frames.index(b"\xff\xfb") :] + tag)
    done = cli("modes", clip, old)
    assert (done.returncode, done.stderr) == (0, "")
    assert "audio 1.0" in done.stdout
    refused = cli("measure", old)
    assert refused.returncode == 1
    assert "café.mp3 is a sound file" in refused.stderr


def test_a_list_may_name_anything(cli: Cli, clip: Path, tmp_path: Path) -> None:
    rows = tmp_path / "pairs.jsonl"
    names = [LONG, "~nobody-of-this-name/x", "a\\u0000b", "\\ud800.mp4", "x" * 5000]
    rows.write_text("".join(f'{{"video": "{name}", "audio": "{clip}"}}\n' for name in names))
    done = cli("batch", rows)
    assert done.returncode == 1
    assert done.stderr.count("There is no file") == len(names)
    assert "Traceback" not in done.stderr


def test_a_file_that_the_system_refuses_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(**_: object) -> None:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), LONG)

    monkeypatch.setattr(cli_package, "app", refused)
    monkeypatch.setattr(sys, "argv", ["lipsync_demo"])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "file name too long" in said
    assert "Errno" not in said
    assert len(said) < 350
