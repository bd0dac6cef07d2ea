"""What is said of inputs that may go wrong, and what to do about it."""

from __future__ import annotations


def not_square(ratio: object) -> str:
    return f"Its pixels are not square ({ratio})."


SHAPE_KEPT = "Nothing to do: the shape of the picture is kept."


def several_tracks(count: int) -> str:
    return f"The file has {count} sound tracks; the first one is used."


KEEP_THE_FIRST = "Keep only the first, so that everybody hears the same."
CLEAR_VOICE = "clear voice"
NO_FACE = "No face was found in the video."
NO_FACE_HINT = (
    "Without a face there are no lips to move: choose a video in which somebody looks at the "
    "camera."
)


def face_seldom(share: float) -> str:
    return f"A face is in sight in {share:.0%} of the video only."


FACE_SELDOM_HINT = "Where there is none the picture stays as it is; cut to the part with the face."


def small_face(pixels: float) -> str:
    return f"The face is small: {pixels:.0f} pixels between the eyes."


SMALL_FACE_HINT = "Lips of a few pixels cannot be moved well; a closer shot looks better."


def turned_away(degrees: float) -> str:
    return f"The face is turned away by about {degrees:.0f}°."


TURNED_AWAY_HINT = "A face that looks at the camera works better."


def mouth_cut(share: float) -> str:
    return f"The picture's edge cuts the mouth in {share:.0%} of the video."


MOUTH_CUT_HINT = (
    "There the lips stay as they are; choose a wider shot, with mouth and chin in the picture."
)


def chin_cut(share: float) -> str:
    return f"The chin is outside the picture in {share:.0%} of the video."


CHIN_CUT_HINT = "The lips move and the edge keeps still; a wider shot looks better."


def like_faces(count: int) -> str:
    return f"There are {count} faces of like size."


LIKE_FACES_HINT = (
    "The one that speaks is taken, the largest where that is unclear; crop the video to one person "
    "to be sure."
)
HARDLY_SPEECH = "Hardly any speech is heard."
HARDLY_SPEECH_HINT = "Without a voice the lips rest; choose a recording in which somebody speaks."


def clipped(share: float) -> str:
    return f"{share:.1%} of the speech is clipped: it was recorded too loud."


CLIPPED_HINT = "What is lost cannot be brought back; record it again at a lower level."


def quiet(level: float) -> str:
    return f"The speech is quiet ({level:.0f} dBFS)."


QUIET_HINT = "Bring it to an ordinary level."


def other_sound(decibels: float) -> str:
    return (
        f"Something besides the voice is heard: pauses are only {decibels:.0f} dB quieter than "
        "words."
    )


OTHER_SOUND_HINT = "Music or noise under the speech can move the lips; use the voice alone."


def silence(seconds: float, place: str) -> str:
    return f"The speech has {seconds:.1f} s of silence at its {place}."


SILENCE_HINT = "Cut it away if the lips should not wait."


def stored_turned(orientation: object) -> str:
    return f"The picture is stored {orientation}."


STORED_TURNED_HINT = (
    "Here it is shown as players show it; whether the service does is not known: a plain copy is "
    "safe."
)
SET_UPRIGHT = "Nothing to do: it is set upright, here and by the service."

LEFT = "the left channel"
RIGHT = "the right channel"
LEFT_REAR = "left rear"
RIGHT_REAR = "right rear"


def joined(count: int) -> str:
    return f"The file is {count} recordings joined one after the other."


JOINED_HINT = (
    "They are read as one here; other programs stop after the first or play a click between them."
)


def early(seconds: float) -> str:
    return f"The first {seconds:.2f} s of the sound come before the first picture and are left out."


EARLY_HINT = "So sound and picture stay together; take the sound alone to use all of it."


def late(seconds: float) -> str:
    return f"The sound begins {seconds:.2f} s after the picture."


LATE_HINT = "Nothing to do: it keeps its distance, with silence before it."


def holes(count: int, seconds: float) -> str:
    return (
        f"The sound has {('a hole' if count == 1 else f'{count} holes')} of {seconds:.2f} "
        f"s{'' if count == 1 else ' together'}: packets were lost, or the recording was paused."
    )


HOLES_HINT = "What is missing stays silent, and everything after it keeps its time."


def beyond_full_scale(decibels: float) -> str:
    return f"The sound goes {decibels:.0f} dB beyond full scale."


BEYOND_FULL_SCALE_HINT = (
    "Nothing of it is lost here: it is read whole and brought below; other programs may clip it."
)
OUT_OF_PHASE = "The channels are out of phase: mixed, they cancel the voice."
OUT_OF_PHASE_HINT = (
    "The lips follow it all the same; make it mono, so that one loudspeaker plays it."
)


def channels_kept(count: int, kept: object) -> str:
    return f" It has {count}, the output {kept}."


def voice_in(where: str, many: str) -> str:
    return f"The voice is in {where}; the others hold other sound.{many}"


VOICE_IN_HINT = "The lips follow the voice alone."


def one_sounds(where: str, many: str) -> str:
    return f"Only {where} has sound.{many}"


def several_sound(where: str, many: str) -> str:
    return f"Only {where} have sound.{many}"


MONO_IS_ENOUGH = "The lips follow it; mono is enough."


def several_channels(count: int, many: str, kept: object) -> str:
    return f"The sound has {count} channels{(f', the output {kept}' if many else '')}."


SEVERAL_CHANNELS_HINT = "One channel is enough for a voice."


def channel_at(place: str) -> str:
    return f"the {place} channel"


def channel_number(number: int) -> str:
    return f"channel {number}"


def faces_of_size(count: int, pixels: float) -> str:
    return f"{'one face' if count <= 1 else f'{count} faces'}, {pixels:.0f} px"
