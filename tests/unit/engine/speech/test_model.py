"""The speech model on sound made here and, where present, on the real recordings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.errors import BrokenWeights
from lipsync_demo.engine.face.geometry import MEASURES
from lipsync_demo.engine.speech import phone_features, spectrum
from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.engine.speech.model import WEIGHTS, WEIGHTS_SHA256, SpeechModel
from lipsync_demo.engine.speech.phone_features import PhoneNetwork

SAMPLE = Path(phone_features.__file__).parents[3] / "assets" / "sample_speech.wav"
OPENING = MEASURES.index("opening")


@pytest.fixture(scope="module")
def model() -> SpeechModel:
    return SpeechModel.load()


@pytest.fixture(scope="module")
def said() -> Floats:
    return speech_samples(SAMPLE)


@pytest.mark.parametrize("samples", [0, 1, 319, 320, 16000, 16159])
def test_there_is_a_row_for_every_fiftieth_of_a_second(model: SpeechModel, samples: int) -> None:
    shapes = model.predict(np.full(samples, 0.01, np.float32))
    rows = samples // 320 + 1
    assert shapes.rate == 50
    assert shapes.measures.shape == (rows, 5)
    assert shapes.lips.shape == (rows, 8)
    assert shapes.closed.shape == shapes.speech.shape == (rows,)


def test_speech_moves_the_mouth_in_its_units(model: SpeechModel, said: Floats) -> None:
    shapes = model.predict(said)
    talking = shapes.speech > 0.5
    assert talking.mean() > 0.5
    assert np.all(np.abs(shapes.measures[talking].mean(0)) < 0.5)
    assert np.all((shapes.measures[talking].std(0) > 0.5) & (shapes.measures[talking].std(0) < 1.6))
    assert np.all((shapes.closed >= 0) & (shapes.closed <= 1))
    assert shapes.closed.max() > 0.5


def test_lips_that_are_said_to_be_closed_are_hardly_open(model: SpeechModel, said: Floats) -> None:
    shapes = model.predict(said)
    talking = shapes.speech > 0.5
    closed = shapes.closed > 0.4
    assert shapes.measures[closed, OPENING].mean() < shapes.measures[talking, OPENING].mean() - 0.5


def test_loudness_of_the_recording_does_not_matter(model: SpeechModel, said: Floats) -> None:
    loud, quiet = model.predict(said), model.predict(said * np.float32(0.05))
    assert np.abs(loud.measures - quiet.measures).max() < 0.05


@pytest.mark.parametrize("pitch", [100, 150, 200, 300, 440, 600, 1000, 1500, 2000, 3000])
def test_a_tone_is_not_speech(model: SpeechModel, pitch: int) -> None:
    tone = 0.1 * np.sin(2 * np.pi * pitch * np.arange(48000) / 16000)
    assert model.predict(tone.astype(np.float32)).speech.max() < 0.1


@pytest.mark.parametrize(("noise", "least"), [("hiss", 0.8), ("hum", 0.9)])
def test_noise_changes_the_opening_little(
    model: SpeechModel, said: Floats, noise: str, least: float
) -> None:
    at = np.arange(len(said)) / 16000
    made = {
        "hiss": np.random.default_rng(3).standard_normal(len(said)),
        "hum": sum(np.sin(2 * np.pi * 50 * k * at) / k for k in range(1, 6)),
    }[noise]
    # 10 dB below the speech.
    added = made / np.sqrt(np.mean(np.square(made))) * np.sqrt(np.mean(np.square(said)) / 10)
    clean, noisy = model.predict(said), model.predict((said + added).astype(np.float32))
    talking = clean.speech > 0.5
    pair = clean.measures[talking, OPENING], noisy.measures[talking, OPENING]
    assert np.corrcoef(*pair)[0, 1] > least


@pytest.mark.parametrize("kind", ["silence", "dither", "hum", "hiss"])
def test_nobody_speaks_in_sound_without_speech(model: SpeechModel, kind: str) -> None:
    rng = np.random.default_rng(7)
    at = np.arange(48000) / 16000
    made = {
        "silence": np.zeros(48000),
        "dither": rng.uniform(-1, 1, 48000) / 32768,
        "hum": 0.05 * sum(np.sin(2 * np.pi * 50 * k * at) / k for k in range(1, 6)),
        "hiss": 0.05 * rng.standard_normal(48000),
    }[kind]
    assert model.predict(made.astype(np.float32)).speech.max() < 0.5


def test_a_pause_between_words_is_seen(model: SpeechModel, said: Floats) -> None:
    pause = np.zeros(16000, np.float32)
    shapes = model.predict(np.concatenate([said[:32000], pause, said[32000:64000]]))
    assert shapes.speech[105:145].max() < 0.1
    assert shapes.speech[:100].mean() > 0.4


def test_long_sound_is_heard_in_blocks_that_agree_with_the_whole(said: Floats) -> None:
    network = PhoneNetwork.load()
    long = np.tile(said, 6)[: 40 * 16000]
    whole = network.features(long)
    part = network.features(long[: 15 * 16000])
    seam = slice(100, 600)
    r = np.corrcoef(whole[seam].ravel(), part[seam].ravel())[0, 1]
    assert r > 0.95


def test_the_same_sound_gives_the_same_shapes(model: SpeechModel, said: Floats) -> None:
    first, second = model.predict(said), model.predict(said)
    assert np.array_equal(first.measures, second.measures)


def test_broken_samples_do_not_spoil_the_rest(model: SpeechModel, said: Floats) -> None:
    damaged = said.copy()
    damaged[1000] = np.nan
    assert np.isfinite(model.predict(damaged).measures).all()


def test_damaged_and_missing_weights_are_told_apart(tmp_path: Path) -> None:
    damaged = tmp_path / "speech.npz"
    shutil.copy(WEIGHTS, damaged)
    with damaged.open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2\3")
    with pytest.raises(BrokenWeights, match="damaged"):
        phone_features.checked(damaged, WEIGHTS_SHA256)
    with pytest.raises(BrokenWeights, match="missing"):
        phone_features.checked(tmp_path / "none.npz", WEIGHTS_SHA256)


def test_any_fitted_file_makes_a_model(model: SpeechModel, said: Floats, tmp_path: Path) -> None:
    copy = tmp_path / "fold.npz"
    with np.load(WEIGHTS) as shipped:
        halved = dict(shipped) | {"spread": shipped["spread"] / 2}
    np.savez_compressed(copy, **halved)
    ours, other = model.predict(said[:16000]), SpeechModel.of(copy).predict(said[:16000])
    assert other.measures == pytest.approx(2 * ours.measures, abs=1e-4)
    with pytest.raises(BrokenWeights, match="missing"):
        SpeechModel.of(tmp_path / "none.npz")


def test_the_record_of_the_fit_belongs_to_these_weights() -> None:
    record = json.loads(WEIGHTS.with_name("speech_clips.json").read_text(encoding="utf-8"))
    assert record["sha256"] == WEIGHTS_SHA256
    assert len({clip["speaker"] for clip in record["clips"]}) == record["speakers"]
    assert WEIGHTS_SHA256 in WEIGHTS.with_name("README.md").read_text(encoding="utf-8")


@pytest.mark.media
def test_real_hum_moves_no_lips(model: SpeechModel, test_media: Path) -> None:
    shapes = model.predict(speech_samples(test_media / "audio" / "nospeech_hum_3s.mp3"))
    assert (shapes.speech > 0.5).mean() < 0.05


@pytest.mark.media
@pytest.mark.parametrize("name", ["zh_bus.wav", "ru_sadtalker.wav", "en_jfk_11s.flac"])
def test_every_language_moves_the_lips(model: SpeechModel, test_media: Path, name: str) -> None:
    samples = speech_samples(test_media / "audio" / name)
    shapes = model.predict(samples)
    talking = shapes.speech > 0.5
    assert talking.mean() > 0.4
    power = spectrum.frame_power(samples)[::2][: len(talking)]
    opening = shapes.measures[:, OPENING]
    order = np.flatnonzero(talking)[np.argsort(power[talking])]
    quarter = len(order) // 4
    # Vowels are loud and open in any language.
    assert opening[order[-quarter:]].mean() > opening[order[:quarter]].mean()
    assert shapes.measures[talking].std(0).min() > 0.4


@pytest.mark.media
def test_pauses_of_a_poem_are_silent(model: SpeechModel, test_media: Path) -> None:
    samples = speech_samples(test_media / "audio" / "zh_poem_pauses.wav")
    shapes = model.predict(samples)
    power = spectrum.frame_power(samples)[::2][: len(shapes.speech)]
    pause = np.convolve(power < 1e-8, np.ones(9), "same") == 9
    assert pause.sum() > 20
    assert shapes.speech[pause].max() < 0.1
    assert shapes.speech[~pause].mean() > 0.5
