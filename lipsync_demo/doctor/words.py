"""What is said of inputs that may go wrong, and what to do about it."""

from __future__ import annotations

from lipsync_demo.languages import _, _n


def not_square(ratio: object) -> str:
    return _("Its pixels are not square ({ratio}).", ratio=ratio)


SHAPE_KEPT = _("Nothing to do: the shape of the picture is kept.")


def several_tracks(count: int) -> str:
    return _("The file has {count} sound tracks; the first one is used.", count=count)


KEEP_THE_FIRST = _("Keep only the first, so that everybody hears the same.")
START = _("start")
END = _("end")
CLEAR_VOICE = _("clear voice")
NO_FACE = _("No face was found in the video.")
NO_FACE_HINT = _(
    "Without a face there are no lips to move: choose a video in which somebody looks at the "
    "camera."
)


def face_seldom(share: float) -> str:
    return _("A face is in sight in {share:.0%} of the video only.", share=share)


FACE_SELDOM_HINT = _(
    "Where there is none the picture stays as it is; cut to the part with the face."
)


def small_face(pixels: float) -> str:
    return _("The face is small: {pixels:.0f} pixels between the eyes.", pixels=pixels)


SMALL_FACE_HINT = _("Lips of a few pixels cannot be moved well; a closer shot looks better.")


def turned_away(degrees: float) -> str:
    return _("The face is turned away by about {degrees:.0f}°.", degrees=degrees)


TURNED_AWAY_HINT = _("A face that looks at the camera works better.")


def mouth_cut(share: float) -> str:
    return _("The picture's edge cuts the mouth in {share:.0%} of the video.", share=share)


MOUTH_CUT_HINT = _(
    "There the lips stay as they are; choose a wider shot, with mouth and chin in the picture."
)


def chin_cut(share: float) -> str:
    return _("The chin is outside the picture in {share:.0%} of the video.", share=share)


CHIN_CUT_HINT = _("The lips move and the edge keeps still; a wider shot looks better.")


def like_faces(count: int) -> str:
    return _("There are {count} faces of like size.", count=count)


LIKE_FACES_HINT = _(
    "The local engine takes the one that speaks, the largest where that is unclear, or the one you "
    "choose; the API decides by itself: crop the video to one person to be sure."
)
HARDLY_SPEECH = _("Hardly any speech is heard.")
HARDLY_SPEECH_HINT = _(
    "Without a voice the lips rest; choose a recording in which somebody speaks."
)


def clipped(share: float) -> str:
    return _("{share:.1%} of the speech is clipped: it was recorded too loud.", share=share)


CLIPPED_HINT = _("What is lost cannot be brought back; record it again at a lower level.")


def quiet(level: float) -> str:
    return _("The speech is quiet ({level:.0f} dBFS).", level=level)


QUIET_HINT = _("Bring it to an ordinary level.")


def other_sound(decibels: float) -> str:
    return _(
        "Something besides the voice is heard: pauses are only {decibels:.0f} dB quieter than "
        "words.",
        decibels=decibels,
    )


OTHER_SOUND_HINT = _("Music or noise under the speech can move the lips; use the voice alone.")


def silence(seconds: float, place: str) -> str:
    return _(
        "The speech has {seconds:.1f} s of silence at its {place}.", seconds=seconds, place=place
    )


SILENCE_HINT = _("Cut it away if the lips should not wait.")


def stored_turned(orientation: object) -> str:
    return _("The picture is stored {orientation}.", orientation=orientation)


STORED_TURNED_HINT = _(
    "Here it is shown as players show it; whether the service does is not known: a plain copy is "
    "safe."
)
SET_UPRIGHT = _("Nothing to do: it is set upright, here and by the service.")

AND = _(" and ")
LEFT = _("the left channel")
RIGHT = _("the right channel")
LEFT_FRONT = _("left")
RIGHT_FRONT = _("right")
CENTRE = _("centre")
BASS = _("bass")
LEFT_REAR = _("left rear")
RIGHT_REAR = _("right rear")


def joined(count: int) -> str:
    return _("The file is {count} recordings joined one after the other.", count=count)


JOINED_HINT = _(
    "They are read as one here; other programs stop after the first or play a click between them."
)


def early(seconds: float) -> str:
    return _(
        "The first {seconds:.2f} s of the sound come before the first picture and are left out.",
        seconds=seconds,
    )


EARLY_HINT = _("So sound and picture stay together; take the sound alone to use all of it.")


def late(seconds: float) -> str:
    return _("The sound begins {seconds:.2f} s after the picture.", seconds=seconds)


LATE_HINT = _("Nothing to do: it keeps its distance, with silence before it.")


def holes(count: int, seconds: float) -> str:
    return _n(
        "The sound has a hole of {seconds:.2f} s: packets were lost, or the recording was paused.",
        "The sound has {count} holes of {seconds:.2f} s together: packets were lost, or the "
        "recording was paused.",
        count,
        seconds=seconds,
    )


HOLES_HINT = _("What is missing stays silent, and everything after it keeps its time.")


def beyond_full_scale(decibels: float) -> str:
    return _("The sound goes {decibels:.0f} dB beyond full scale.", decibels=decibels)


BEYOND_FULL_SCALE_HINT = _(
    "Nothing of it is lost here: it is read whole and brought below; other programs may clip it."
)
OUT_OF_PHASE = _("The channels are out of phase: mixed, they cancel the voice.")
OUT_OF_PHASE_HINT = _(
    "The lips follow it all the same; make it mono, so that one loudspeaker plays it."
)


def channels_kept(count: int, kept: object) -> str:
    return _(" It has {count}, the output {kept}.", count=count, kept=kept)


def voice_in(where: str, many: str) -> str:
    return _("The voice is in {where}; the others hold other sound.{many}", where=where, many=many)


VOICE_IN_HINT = _("The lips follow the voice alone.")


def one_sounds(where: str, many: str) -> str:
    return _("Only {where} has sound.{many}", where=where, many=many)


def several_sound(where: str, many: str) -> str:
    return _("Only {where} have sound.{many}", where=where, many=many)


MONO_IS_ENOUGH = _("The lips follow it; mono is enough.")


def several_channels(count: int, many: str, kept: object) -> str:
    if many:
        return _("The sound has {count} channels, the output {kept}.", count=count, kept=kept)
    return _("The sound has {count} channels.", count=count)


SEVERAL_CHANNELS_HINT = _("One channel is enough for a voice.")


def channel_at(place: str) -> str:
    return _("the {place} channel", place=place)


def channel_number(number: int) -> str:
    return _("channel {number}", number=number)


def faces_of_size(count: int, pixels: float) -> str:
    return _n(
        "one face, {pixels:.0f} px", "{count} faces, {pixels:.0f} px", max(count, 1), pixels=pixels
    )
