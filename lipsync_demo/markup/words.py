"""What a run says of itself on the page, behind a shared link and in a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lipsync_demo.languages import _, _n, joined

APP = _("Lipsync Demo")

WAVEFORM = _("Loudness of the speech, from its start to its end")
HEARD = _("The speech")
LENGTH = _("length")

HEADING_MEANS: Final[Mapping[str, str]] = {
    "closures": _("The lips close fully for p, b and m."),
    "f/v": _("The lower lip meets the upper teeth for f and v."),
    "open vowels": _("The mouth opens as wide as a, e and o need it."),
    "timing": _("The lips move when the sound is heard, neither before nor after."),
    "teeth": _("Teeth and tongue stay sharp, and do not flicker or change their shape."),
    "jaw": _("The jaw goes down and up with the lips, as it does in a face."),
    "edges": _("No seam, blur or other colour shows around the mouth."),
    "jitter": _("The mouth does not tremble or jump from frame to frame."),
    "identity": _("It is still the same person: lips, skin, beard, make-up."),
}
"""What each heading of a review asks for."""

RESULT = _("Result")
TALLIES = _("Blind votes on the results")
TALLY_COLUMNS: Final = (_("better"), _("no difference"), _("worse"))

INPUT_VIDEO = _("Input video")


def output_of(mode: str, run_id: str) -> str:
    return f"{mode} · {run_id[:6]}"


def frame_at(length: str, frame: int) -> str:
    return _("{length} · frame {frame}", length=length, frame=frame)


def as_expected(length: str) -> str:
    return _("{length}, as expected", length=length)


def not_expected(length: str, expected: str) -> str:
    return _("{length}, expected {expected}", length=length, expected=expected)


def charged(amount: str, refunded: str | None, *, by_balance: bool) -> str:
    if by_balance:
        return _("{amount} by the balance", amount=amount)
    if refunded is None:
        return amount
    return (
        _("{amount}, refunded", amount=amount)
        if refunded == amount
        else _("{amount}, {refunded} refunded", amount=amount, refunded=refunded)
    )


LOCAL_ENGINE = _("local engine")

BESIDE_THE_INPUT = _("Beside the input")


def went_in(video: str, video_length: str, speech: str, speech_length: str) -> str:
    return _(
        "{video} ({video_length}) and {speech} ({speech_length}) went in.",
        video=video,
        video_length=video_length,
        speech=speech,
        speech_length=speech_length,
    )


def decided(model: str) -> str:
    return _("{model} itself decided how the two lengths fit.", model=model)


THE_LOCAL_ENGINE = _("the local engine")
THE_API = _("the WaveSpeed API")
UNKNOWN_TIME = _("an unknown time")


def came_out(length: str, who: str, time: str) -> str:
    return _("The result is {length}; {who} made it in {time}.", length=length, who=who, time=time)


def came_out_checked(length: str, who: str, time: str, passed: int, of: int) -> str:
    return _(
        "The result is {length}; {who} made it in {time}, and {passed} of {of} checks passed.",
        length=length,
        who=who,
        time=time,
        passed=passed,
        of=of,
    )


INFERENCE = _("inference")
MEASURING = _("The result is being measured; the checks appear here in a few seconds.")
NOT_MEASURED = _("This result has not been measured.")
ALL_CHECKS = _("What was measured")
OUTPUT = _("output")
SOURCE = _("source clip")
OFFSET = _("Sound later than the lips")
PROXY = _(
    "The offset of sound and lips is a proxy: an estimate by the local engine's speech "
    "model. Compare it with the source clip's own, and look yourself."
)
OWN_MODEL = _("The local engine moves lips by that same model, so its own results agree with it.")


def checks_summary(passed: int, warned: int, failed: int, unknown: int) -> str:
    words = [_("{passed} checks passed", passed=passed)]
    words += [_("{warned} to look at", warned=warned)] if warned else []
    words += [_("{failed} failed", failed=failed)] if failed else []
    words += [_("{unknown} could not be made", unknown=unknown)] if unknown else []
    return joined(" · ", words)


def offset_of(name: str, milliseconds: float, confidence: float) -> str:
    return _(
        "{name} {milliseconds:+.0f} ms, confidence {confidence:.2f}",
        name=name,
        milliseconds=milliseconds,
        confidence=confidence,
    )


MORE = _("Everything else")
AS_EXPECTED = _("as expected")
BY_LOCAL_ENGINE = _("local engine, in place of the hosted model")
ANSWERED_BY = _("Answered by")
NOTHING_SENT = _("Nothing has been sent yet.")
NO_ANSWER = _("There is no answer yet.")
FOUND = _("In the video")
SYNTHETIC = _("Synthetic: the file itself says so in its metadata.")
LENGTH_AS_PROMISED = _("Length is what the mode promised")
LENGTH_NOT_PROMISED = _("Length is not what the mode promised")
CHOICES: Final[Mapping[str, str]] = {
    "sync_mode": _("Mode"),
    "model_mode": _("What moves"),
    "ai_label": _("Label in the picture"),
}
LABELLED = _("with a label")
UNLABELLED = _("without a label")
CONSENT = _("Consent")


def consent(line: str) -> str:
    return _("Asked for at the start, on the page: {line}", line=line)


def choice(name: str) -> str:
    return CHOICES.get(name, name.replace("_", " ").capitalize())


def flag(which: str) -> str:
    return _("{which}: not-safe-for-work flag", which=which)


def own_check(which: str, frames: int) -> str:
    looked = _n("{count} frame", "{count} frames", frames)
    return _(
        "{which}: not checked by the API; our own check of {looked}", which=which, looked=looked
    )


def unchecked(which: str) -> str:
    return _("{which}: not checked for not-safe-for-work content, by the API or here", which=which)


def own_score(word: str, score: float) -> str:
    return _("{word}, highest score {score:.2f}", word=word, score=score)


def nsfw_tile(counted: int, of: int, own: bool) -> str:
    if own:
        return _("NSFW, {counted} of {of}, our own check", counted=counted, of=of)
    return _("NSFW, {counted} of {of}", counted=counted, of=of)


def found(counts: Mapping[str, int]) -> str:
    faces, shots = counts.get("faces", 0), counts.get("shots", 0)
    return _(
        "{faces} in {shots} · lips moved in {synced} of {frames} frames",
        faces=_n("{count} face", "{count} faces", faces),
        shots=_n("{count} shot", "{count} shots", shots),
        synced=counts.get("synced", 0),
        frames=counts.get("frames", 0),
    )


TO_RESULT = _("start to result")
TO_PICTURE = _("click to picture")
SHOWN = _("Until it was shown")


def waited(whole: str, here: str, there: str) -> str:
    return _(
        "{whole} from the click to the picture, measured in the browser: {here} here, {there} at "
        "the API.",
        whole=whole,
        here=here,
        there=there,
    )


def waited_local(whole: str, here: str, there: str) -> str:
    return _(
        "{whole} from the click to the picture, measured in the browser: {here} here, {there} in "
        "the local engine.",
        whole=whole,
        here=here,
        there=there,
    )


INFERENCE_REUSED = _("inference, parts reused")


def reused_both(time: str, share: str) -> str:
    return _(
        "{time}: analysis and {share} of the picture reused from earlier runs.",
        time=time,
        share=share,
    )


def reused_analysis(time: str) -> str:
    return _("{time}: analysis reused from an earlier run.", time=time)


def reused_picture(time: str, share: str) -> str:
    return _("{time}: {share} of the picture reused from earlier runs.", time=time, share=share)


ACCOUNT_LIMIT = _("Account's limit")
TIME_SPENT = _("Where the time went")
TOTAL = _("Total")


def download(number: int, of: int) -> str:
    return DOWNLOAD if of == 1 else _("Download {number}", number=number)


WAITS = _("Runs that meet the limit wait and go on by themselves.")


def learned(pace: str, runs: int, time: str) -> str:
    return _(
        "This account takes {pace}, so {runs} runs take {time}. {waits}",
        pace=pace,
        runs=runs,
        time=time,
        waits=WAITS,
    )


def assumed(pace: str, runs: int, time: str) -> str:
    return _(
        "On the default account level, which takes {pace}, {runs} runs take {time}; higher "
        "levels are faster. {waits}",
        pace=pace,
        runs=runs,
        time=time,
        waits=WAITS,
    )


def pace(count: int, seconds: int) -> str:
    videos = _n("{count} video", "{count} videos", count)
    return (
        _("{videos} a minute", videos=videos)
        if seconds == 60
        else _("{videos} in {seconds} s", videos=videos, seconds=seconds)
    )


CLEAR = _("clear")
FLAG_SET = _("flagged")
FLAG_UNKNOWN = _("unknown")
FLAGGED = _("The backend flagged this output as not safe for work.")
NOT_CHECKED = _(
    "The API did not check whether this output is safe for work, and nobody else has yet."
)
BEING_CHECKED = _(
    "The API did not check whether this output is safe for work; it is being checked here now."
)
SHOW_ANYWAY = _("Show anyway")


def flagged_here(frames: int) -> str:
    looked = _n("{count} frame", "{count} frames", frames)
    return _(
        "Not checked by the API; our own check of {looked} found this output not safe for work.",
        looked=looked,
    )


def one_of(name: str, number: int, count: int) -> str:
    return _("{name} · {number} of {count}", name=name, number=number, count=count)


def covered_result(tag: str) -> str:
    return _("Result, {tag}", tag=tag)


SENDING = _("Sending the request")
LIMITED = _("Waiting for the account's limit")


def next_try(time: str) -> str:
    return _(", next try in {time}", time=time)


BACK_AND_FORTH = _("back and forth")
AGAIN_AND_AGAIN = _("from the start")
FIRST_PART = _("its first part")
HELD = _("last picture held")
CUT_OFF = _("cut off")
HELD_SHORT = _("held")
SILENCE = _("silence")
WHOLE = _("whole")
STATES: Final[Mapping[str, str]] = {
    "checking": _("checking"),
    "uploading": _("uploading"),
    "limited": _("limited"),
    "submitting": _("submitting"),
    "waiting": _("waiting"),
    "downloading": _("downloading"),
    "done": _("done"),
    "failed": _("failed"),
    "stopped": _("stopped"),
    "unclear": _("unclear"),
}
"""Each state of a run, as a list shows it."""


def slowed(speed: str, start: str, end: str) -> str:
    return _("slowed to {speed}, {start} to {end} s", speed=speed, start=start, end=end)


def slowed_from(speed: str, start: str, end: str) -> str:
    return _("slowed to {speed}, {start} → {end}", speed=speed, start=start, end=end)


def slowed_short(speed: str) -> str:
    return _("slowed {speed}", speed=speed)


def sped_up(speed: str, start: str, end: str) -> str:
    return _("sped up to {speed}, {start} to {end} s", speed=speed, start=start, end=end)


def sped_up_from(speed: str, start: str, end: str) -> str:
    return _("sped up to {speed}, {start} → {end}", speed=speed, start=start, end=end)


def sped_up_short(speed: str) -> str:
    return _("sped up {speed}", speed=speed)


def more_passes(count: int, how: str) -> str:
    return _("{count} more passes, {how}", count=count, how=how)


def held_for(length: str) -> str:
    return _("the last picture held for {length}", length=length)


def backward(start: str, end: str) -> str:
    return _("backward from {start} to {end} s", start=start, end=end)


def forward(start: str, end: str) -> str:
    return _("forward from {start} to {end} s", start=start, end=end)


def cut_off_for(length: str) -> str:
    return _("{length} cut off", length=length)


def more(count: int) -> str:
    return _("{count} more", count=count)


def backward_from(start: str, end: str) -> str:
    return _("◂ backward {start} → {end}", start=start, end=end)


def forward_from(start: str, end: str) -> str:
    return _("forward {start} → {end}", start=start, end=end)


def silence_for(length: str) -> str:
    return _("silence {length}", length=length)


VIDEO_LANE = _("video")
SPEECH_LANE = _("speech")
THEN = _(", then ")


def alignment(output: str, video: str, speech: str) -> str:
    return _(
        "Output {output}. Video: {video}. Speech: {speech}.",
        output=output,
        video=video,
        speech=speech,
    )


UPLOAD = _("Upload")
QUEUE = _("Queue")
INFERENCE_STEP = _("Inference")
DOWNLOAD = _("Download")


def expected(length: str) -> str:
    return _("{length} expected", length=length)


def length_expected(length: str, expected: str) -> str:
    return _("{length}, expected {expected}", length=length, expected=expected)


def output_number(number: int) -> str:
    return _("Output {number}", number=number)


OUTPUT_VIDEO = _("Output")

MODEL = _("Model")
RUN = _("Run")
TASK = _("Task")
VIDEO = _("Video")
SPEECH = _("Speech")
QUOTED = _("Quoted")
CHARGED = _("Charged")
NOTE = _("Note")


def at_rate(rate: str) -> str:
    return _(" · {rate} fps", rate=rate)


def picture(width: int, height: int, rate: str, size: str) -> str:
    return _(
        "{width}×{height} · {rate} fps · {size}", width=width, height=height, rate=rate, size=size
    )


def minutes(minutes: int, seconds: int) -> str:
    return _("{minutes} min {seconds:02d} s", minutes=minutes, seconds=seconds)


def about_seconds(seconds: int) -> str:
    return _("about {seconds} s", seconds=seconds)


def about_minutes(count: int) -> str:
    return _n("about {count} minute", "about {count} minutes", count)


def about_hours(count: int) -> str:
    return _n("about {count} hour", "about {count} hours", count)


FACES: Final[Mapping[str, str]] = {
    "speaking": _("the face that speaks"),
    "largest": _("the largest face"),
    "left": _("the face on the left"),
    "right": _("the face on the right"),
}
CHOSEN_LEFT = _("the chosen face, on the left")
CHOSEN_MIDDLE = _("the chosen face, in the middle")
CHOSEN_RIGHT = _("the chosen face, on the right")
