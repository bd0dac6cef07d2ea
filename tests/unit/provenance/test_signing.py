"""An output is signed without a change of its streams, and what was changed since is told."""

from __future__ import annotations

import hashlib
import json
import random
import socket
import stat
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import c2pa
import pytest
from pydantic import SecretStr

from lipsync_demo.files import digest
from lipsync_demo.media.errors import MediaError
from lipsync_demo.provenance import signatory as signatories
from lipsync_demo.provenance.errors import SigningFailed
from lipsync_demo.provenance.models import DAMAGED, SELF_SIGNED, Credentials, Standing
from lipsync_demo.provenance.order import Made
from lipsync_demo.provenance.reading import read
from lipsync_demo.provenance.signatory import Signatory, make_pair
from lipsync_demo.provenance.signing import COMPOSITE, sign
from lipsync_demo.provenance.words import LOCAL_MODEL, sentence
from tests.boxes import boxes, without_credentials
from tests.media_factory import make_video

CREATED = {"action": "c2pa.created", "digitalSourceType": COMPOSITE}
NAME = "Aunt Ruth's birthday"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("provenance")


@pytest.fixture(scope="module")
def own(place: Path) -> Signatory:
    return Signatory(place / "credentials")


@pytest.fixture(scope="module")
def plain(place: Path) -> Path:
    return make_video(place / f"{NAME}.mp4", 1, audio="tone", index_first=True)


@pytest.fixture(scope="module")
def made(plain: Path) -> Made:
    same = digest(plain)
    return Made(inputs={"video": same, "speech": same}, sync_mode="bounce", model=LOCAL_MODEL)


@pytest.fixture(scope="module")
def signed(place: Path, plain: Path, own: Signatory, made: Made) -> Path:
    return signed_copy(plain, place / "signed.mp4", made, own)


def signed_copy(plain: Path, target: Path, made: Made, by: Signatory) -> Path:
    target.write_bytes(plain.read_bytes())
    sign(target, made, by.pair())
    return target


def packets(path: Path) -> list[tuple[Any, ...]]:
    with av.open(str(path)) as container:
        return [
            (p.stream.index, p.pts, p.dts, p.duration, p.is_keyframe, bytes(p))
            for p in container.demux()
            if p.size
        ]


def test_a_signed_output_says_how_it_was_made(signed: Path, plain: Path, own: Signatory) -> None:
    found = read(signed, own.anchors())
    assert found == Credentials(
        standing=Standing.INTACT,
        issuer=SELF_SIGNED,
        known=True,
        generator=found.generator,
        source_type="compositeWithTrainedAlgorithmicMedia",
        inputs={"video": digest(plain), "speech": digest(plain)},
        model="Lipsync Demo's local engine",
        sync_mode="bounce",
    )
    assert found.generator.startswith("Lipsync Demo ")
    assert "self-signed" in sentence(found)
    assert NAME.encode() not in signed.read_bytes()


def test_streams_stay_as_they_are_and_the_index_first(signed: Path, plain: Path) -> None:
    assert packets(signed) == packets(plain)
    assert [name for name, _ in boxes(signed)][:3] == ["ftyp", "uuid", "moov"]


def test_two_signatures_differ_in_their_box_alone(
    place: Path, plain: Path, signed: Path, made: Made, own: Signatory
) -> None:
    again = signed_copy(plain, place / "again.mp4", made, own)
    assert again.read_bytes() != signed.read_bytes()
    elsewhere = signed_copy(plain, place / "elsewhere.mp4", made, Signatory(place / "other"))
    for path in (signed, again, elsewhere):
        assert without_credentials(path) == plain.read_bytes()


NOBODY = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"


@pytest.mark.parametrize(
    "other", [Signatory(Path("missing")), Signatory(Path("missing"), NOBODY), None]
)
def test_nobody_vouches_for_a_certificate_from_elsewhere(
    signed: Path, place: Path, other: Signatory | None
) -> None:
    if other is None:
        other = Signatory(place / "elsewhere")
        other.pair()
    found = read(signed, other.anchors())
    assert (found.standing, found.known) == (Standing.INTACT, False)
    assert sentence(found).endswith("nobody known here vouches for that name.")


def test_another_certificate_of_the_same_authority_is_not_ours(
    signed: Path, own: Signatory
) -> None:
    end = "-----END CERTIFICATE-----\n"
    authority = own.anchors().split(end)[1] + end
    other = make_pair()[0].split(end)[0] + end
    assert not read(signed, other + authority).known
    assert read(signed, own.anchors()).known


@pytest.mark.parametrize(
    ("where", "code", "said"),
    [
        (-100, "assertion.bmffHash.mismatch", "Picture, sound or their times were changed"),
        (b"bounce", "assertion.hashedURI.mismatch", "What it says of its origin was changed"),
    ],
)
def test_a_changed_file_is_told(
    signed: Path, own: Signatory, tmp_path: Path, where: int | bytes, code: str, said: str
) -> None:
    content = bytearray(signed.read_bytes())
    at = content.index(where) if isinstance(where, bytes) else where
    content[at] ^= 1
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(content)
    found = read(changed, own.anchors())
    assert found.standing is Standing.CHANGED
    assert code in found.problems
    assert said in sentence(found)


def test_no_damage_passes_for_what_was_signed(signed: Path, own: Signatory, tmp_path: Path) -> None:
    content, chosen = signed.read_bytes(), random.Random(17)
    sizes = {name: len(box) for name, box in boxes(signed)}
    media = sizes["ftyp"] + sizes["uuid"]
    odd = tmp_path / "odd.mp4"
    before, intact = read(signed, own.anchors()), 0
    for number in range(240):
        one = bytearray(content)
        if number % 4 == 0:
            at = chosen.randrange(sizes["ftyp"], media)
            one[at : at + chosen.randrange(1, 60)] = chosen.randbytes(chosen.randrange(90))
        else:
            covered = number % 4 == 1
            where = (media, len(one)) if covered else (0, media)
            one[chosen.randrange(*where)] ^= 1 << chosen.randrange(8)
        odd.write_bytes(one)
        found = read(odd, own.anchors())
        assert sentence(found)
        if number % 4 == 1:
            assert found.standing is Standing.CHANGED
        elif found.standing is Standing.INTACT:
            # What is not covered says nothing.
            assert found == before
            intact += 1
    assert intact


def test_what_is_not_covered_is_what_the_documents_say(
    signed: Path, own: Signatory, tmp_path: Path
) -> None:
    with signed.open("rb") as file, c2pa.Reader(None, file) as reader:
        told = json.loads(reader.detailed_json())
    store = told["manifests"][told["active_manifest"]]["assertion_store"]
    left_out = [one["xpath"] for one in store["c2pa.hash.bmff.v3"]["exclusions"]]
    assert left_out == ["/uuid", "/ftyp", "/mfra", "/free", "/skip"]
    longer, before = tmp_path / "longer.mp4", read(signed, own.anchors())
    for name, standing in (("free", Standing.INTACT), ("mdat", Standing.CHANGED)):
        longer.write_bytes(signed.read_bytes() + struct.pack(">I4s8x", 16, name.encode()))
        found = read(longer, own.anchors())
        assert found.standing is standing
        assert (found == before) == (standing is Standing.INTACT)


def test_damaged_credentials_are_told(signed: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(signed.read_bytes()[:2000])
    found = read(cut)
    assert (found.standing, found.problems) == (Standing.CHANGED, (DAMAGED,))


def test_a_file_without_credentials(plain: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.mp4"
    odd.write_bytes(b"no video at all")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert [read(path).standing for path in (plain, odd, empty)] == [Standing.NONE] * 3
    with pytest.raises(MediaError, match="gone"):
        read(tmp_path / "gone.mp4")


def test_the_certificate_is_made_once_and_its_key_is_private(own: Signatory, signed: Path) -> None:
    before = own.pair()
    assert Signatory(own.folder).pair() == before
    assert stat.S_IMODE((own.folder / signatories.KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE(own.folder.stat().st_mode) == 0o700
    assert "PRIVATE" not in repr(Signatory(own.folder, before[0], SecretStr(before[1])))


def test_a_certificate_of_the_settings_signs(plain: Path, made: Made, tmp_path: Path) -> None:
    chain, key = make_pair()
    paths = tmp_path / "chain.pem", tmp_path / "key.pem"
    for path, text in zip(paths, (chain, key), strict=True):
        path.write_text(text)
    for by in (
        Signatory(tmp_path / "unused", chain, SecretStr(key)),
        Signatory(tmp_path / "unused", str(paths[0]), SecretStr(str(paths[1]))),
    ):
        by.check()
        signed = signed_copy(plain, tmp_path / "signed.mp4", made, by)
        assert read(signed, chain).known
    assert not (tmp_path / "unused").exists()


def test_a_key_of_another_certificate_is_refused(plain: Path, made: Made, tmp_path: Path) -> None:
    (chain, _), (_, key) = make_pair(), make_pair()
    by = Signatory(tmp_path, chain, SecretStr(key))
    with pytest.raises(SigningFailed, match="is not the key"):
        by.check()
    for half in (Signatory(tmp_path, chain), Signatory(tmp_path, None, SecretStr(key))):
        with pytest.raises(SigningFailed, match="cannot be read"):
            half.check()
    missing = Signatory(tmp_path, str(tmp_path / "missing.pem"), SecretStr(key))
    with pytest.raises(SigningFailed, match="cannot be read"):
        missing.check()
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(plain.read_bytes())
    with pytest.raises(SigningFailed):
        sign(copy, made, (chain, "no key"))
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == digest(plain)
    assert not list(tmp_path.glob("*.part"))


def test_a_manifest_elsewhere_is_not_fetched(plain: Path, own: Signatory, tmp_path: Path) -> None:
    chain, key = own.pair()
    remote = tmp_path / "remote.mp4"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa"
        info = c2pa.C2paSignerInfo("ed25519", chain.encode(), key.encode(), None)
        with (
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(
                {"assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [CREATED]}}]}
            ) as builder,
            plain.open("rb") as source,
            remote.open("w+b") as target,
        ):
            builder.set_no_embed()
            builder.set_remote_url(address)
            builder.sign(signer, "video/mp4", source, target)
        assert address.encode() in remote.read_bytes()
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(server.accept)
            # As the library is by default it does ask, so the listener would notice.
            reading = threading.Thread(target=_read_by_default, args=(remote,))
            reading.start()
            asked.result()[0].close()
            reading.join()
        assert read(remote).standing is Standing.NONE
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def _read_by_default(path: Path) -> None:
    with suppress(c2pa.C2paError), path.open("rb") as file:
        c2pa.Reader(None, file)
