"""A drawn face that turns its head a little, breathes and blinks."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from assets.making.brush import Canvas, Floats, Points, curve, ellipse, mirrored
from assets.making.motion import FRAMES, RATE, SIZE, Pose, pose_at

MIDDLE, PIVOT = 360.0, 520.0
CENTRE, ZOOM = np.float32([360, 360]), 1.14

SKY, GROUND, SUN = (214, 232, 228), (247, 236, 218), (250, 246, 234)
SKIN, SHADE, BLUSH, LIGHT = (244, 199, 168), (216, 154, 122), (236, 150, 128), (252, 222, 198)
HAIR, HAIR_DARK, HAIR_LIGHT = (86, 52, 46), (62, 36, 34), (128, 80, 66)
LINE, WHITE, IRIS, IRIS_DARK = (70, 38, 36), (252, 250, 246), (74, 120, 104), (38, 66, 58)
LIP, LIP_LOW, LIP_LINE = (196, 92, 88), (214, 116, 108), (126, 48, 50)
LIP_LIGHT, NOSTRIL = (236, 160, 148), (176, 104, 84)
KNIT, KNIT_DARK, COLLAR = (222, 160, 62), (190, 130, 46), (240, 190, 96)

FACE = mirrored(
    [
        (400, 172),
        (446, 206),
        (470, 262),
        (472, 330),
        (462, 390),
        (436, 440),
        (404, 476),
        (376, 490),
    ],
    MIDDLE,
)
NECK = mirrored([(404, 420), (404, 520), (418, 560), (470, 600)], MIDDLE)
TRUNK = mirrored([(410, 548), (470, 572), (560, 606), (610, 660), (630, 760)], MIDDLE)
COLLAR_BAND = mirrored([(402, 528), (424, 548), (420, 582), (386, 604)], MIDDLE)
BACK_HAIR = mirrored(
    [
        (384, 104),
        (450, 118),
        (506, 172),
        (526, 262),
        (524, 360),
        (520, 440),
        (506, 500),
        (446, 520),
    ],
    MIDDLE,
)
FRINGE = [
    (300, 110), (360, 96), (430, 108), (484, 152), (508, 226), (506, 320), (494, 390),
    (476, 372), (470, 306), (460, 254), (430, 226), (390, 206), (338, 196), (310, 222),
    (276, 246), (256, 280), (248, 330), (240, 372), (226, 392), (214, 330), (214, 230),
    (240, 154),
]  # fmt: skip
PARTING = [(352, 104), (330, 140), (292, 186), (258, 232)]
STRANDS = (
    [(372, 110), (424, 142), (462, 190), (484, 250)],
    [(392, 112), (448, 148), (486, 208), (496, 290)],
    [(320, 122), (278, 160), (246, 214), (232, 280)],
)
UPPER_LID = [(-27, 4), (-20, -7), (-8, -14), (6, -15), (18, -9), (28, 1)]
LOWER_LID = [(28, 1), (18, 9), (5, 13), (-10, 12), (-21, 8), (-27, 4)]
BROW = [(-31, -30), (-12, -42), (12, -44), (38, -32)]
EYES = (-52.0, 52.0)
EYE_Y = 322.0
UPPER_LIP = [
    (313, 421), (332, 420), (350, 416), (360, 419), (370, 416), (388, 420), (407, 421),
]  # fmt: skip
LIPS_MEET = [(313, 421), (334, 429), (360, 432), (386, 429), (407, 421)]
LOWER_LIP = [(407, 421), (389, 440), (360, 449), (331, 440), (313, 421)]
CORNERS = ([(308, 418), (316, 422), (325, 426)], [(395, 426), (404, 422), (412, 418)])
NOSE_SIDE = [(348, 330), (346, 360), (338, 384), (346, 396), (356, 392), (356, 360)]
NOSE_UNDER = [(338, 390), (346, 397), (360, 400), (374, 397), (382, 390)]


class Head:
    """Turns points of the front view by a pose, as if they lay on a head with depth."""

    def __init__(self, pose: Pose) -> None:
        self._pose = pose

    def at(self, points: Points | Floats, lift: float = 0.0, much: float = 1.0) -> Floats:
        """Where the points are now; `lift` lies above the skin, `much` is the part of the turn."""
        p, pose = np.asarray(points, np.float32), self._pose
        x, y = p[:, 0] - MIDDLE, p[:, 1] - PIVOT
        radius = np.hypot(x / 190, (p[:, 1] - 330) / 250)
        nose = 26 * np.exp(-((x / 24) ** 2) - ((p[:, 1] - 385) / 34) ** 2)
        z = 130 * np.sqrt(np.clip(1 - radius**2, 0, None)) + nose + lift
        yaw, pitch, roll = (1.5 * much * angle for angle in (pose.yaw, pose.pitch, pose.roll))
        x, z = x * math.cos(yaw) + z * math.sin(yaw), z * math.cos(yaw) - x * math.sin(yaw)
        y = y * math.cos(pitch) - z * math.sin(pitch)
        x, y = x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)
        shift = np.float32([pose.shift_x * 1.5 * much, pose.shift_y * much + pose.breath])
        turned = np.stack([x + MIDDLE, y + PIVOT], 1) + shift
        return ((turned - CENTRE) * ZOOM + CENTRE).astype(np.float32)


def draw(pose: Pose) -> NDArray[np.uint8]:
    """The drawing in this pose, (720, 720, 3) RGB."""
    canvas, head = Canvas.gradient(SIZE, 2, SKY, GROUND), Head(pose)
    canvas.lay(SUN, canvas.mask(ellipse(360, 340, 306, 306)))
    canvas.lay(HAIR_DARK, canvas.mask(head.at(curve(BACK_HAIR), -70)))
    _body(canvas, head)
    face = canvas.mask(head.at(curve(FACE)))
    for side in (-1, 1):
        ear = head.at(ellipse(MIDDLE + side * 114, 348, 17, 34), -60)
        canvas.lay(SHADE, canvas.mask(ear))
    canvas.lay(SKIN, face)
    fringe = canvas.mask(head.at(curve(FRINGE), 12))
    _shade(canvas, head, face)
    for middle in EYES:
        _eye(canvas, head, middle, pose)
    _nose(canvas, head, face)
    _mouth(canvas, head, face)
    canvas.lay(HAIR, fringe)
    _strands(canvas, head, fringe)
    return canvas.finished()


def _body(canvas: Canvas, head: Head) -> None:
    still = {"lift": -90.0, "much": 0.25}
    canvas.lay(SKIN, neck := canvas.mask(head.at(curve(NECK), -90, 0.6)))
    shadow = canvas.mask(head.at(curve(FACE) + np.float32([0, 26]), -20), 9)
    canvas.lay(SHADE, shadow * 0.85, neck)
    trunk = canvas.mask(head.at(curve(TRUNK), **still))
    canvas.lay(KNIT, trunk)
    for side in (-1, 1):
        fold = [(360 + side * x, y) for x, y in ((150, 640), (168, 690), (172, 740))]
        line = head.at(curve(fold, False), **still)
        canvas.stroke(KNIT_DARK, line, _taper(line, 7), trunk)
    collar = canvas.mask(head.at(curve(COLLAR_BAND), **still))
    canvas.lay(
        KNIT_DARK, canvas.mask(head.at(curve(COLLAR_BAND) + np.float32([0, 7]), **still), 4), trunk
    )
    canvas.lay(COLLAR, collar)


def _shade(canvas: Canvas, head: Head, face: Floats) -> None:
    """Soft light and shadow on the face."""
    under = canvas.mask(head.at(curve(FRINGE) + np.float32([2, 16]), 12), 8)
    canvas.lay(SHADE, under * 0.75, face)
    edge = 1 - canvas.mask(head.at(curve(FACE) + np.float32([-10, -6])), 16)
    canvas.lay(SHADE, edge * 0.55, face)
    for side in (-1, 1):
        cheek = canvas.mask(head.at(ellipse(MIDDLE + side * 68, 384, 26, 17)), 10)
        canvas.lay(BLUSH, cheek * 0.55, face)
        socket = canvas.mask(head.at(ellipse(MIDDLE + side * 50, 306, 34, 17)), 9)
        canvas.lay(SHADE, socket * 0.35, face)
    chin = canvas.mask(head.at(ellipse(MIDDLE, 457, 24, 7)), 6)
    canvas.lay(SHADE, chin * 0.5, face)
    canvas.lay(LIGHT, canvas.mask(head.at(ellipse(MIDDLE, 474, 20, 7)), 6) * 0.6, face)


def _eye(canvas: Canvas, head: Head, middle: float, pose: Pose) -> None:
    side = math.copysign(1, middle)

    def placed(points: Points) -> list[tuple[float, float]]:
        return [(MIDDLE + middle + side * x, EYE_Y + y) for x, y in points]

    low = np.interp([x for x, _ in UPPER_LID], *zip(*LOWER_LID[::-1], strict=True))
    lid = [(x, y + (b - 2 - y) * pose.lids) for (x, y), b in zip(UPPER_LID, low, strict=True)]
    upper, lower = placed(lid), placed(LOWER_LID)
    line = head.at(curve(upper, False))
    bottom = head.at(curve(lower, False))
    ball = canvas.mask(np.concatenate([line, bottom]))
    canvas.lay(WHITE, ball)
    turned = 16 * (1 - pose.lids * 0.2)
    gaze = (MIDDLE + middle - 8 * math.sin(pose.yaw), EYE_Y - 1 + 6 * math.sin(pose.pitch))
    for colour, radius in ((IRIS_DARK, turned), (IRIS, turned - 2.5), (LINE, 7.5)):
        canvas.lay(colour, canvas.mask(head.at(ellipse(*gaze, radius, radius))), ball)
    for dx, dy, radius in ((5, -6, 4.2), (-5, 5, 2.2)):
        shine = head.at(ellipse(gaze[0] + dx, gaze[1] + dy, radius, radius))
        canvas.lay(WHITE, canvas.mask(shine), ball)
    canvas.stroke(SHADE, bottom, _taper(bottom, 2.4), None)
    canvas.stroke(LINE, line, 2.2 + 3.6 * np.linspace(0, 1, len(line), dtype=np.float32), None)
    wing = head.at(curve(placed([(22, lid[-2][1] * 0.6 + 1), (29, 0), (36, -6)]), False))
    canvas.stroke(LINE, wing, _taper(wing, 4.5), None)
    fold = head.at(curve(placed([(x, y - 8 + 5 * pose.lids) for x, y in UPPER_LID[1:5]]), False))
    canvas.stroke(SHADE, fold, _taper(fold, 2.6), None)
    brow = head.at(curve(placed(BROW), False))
    canvas.stroke(HAIR, brow, _taper(brow, 8.5), None)


def _nose(canvas: Canvas, head: Head, face: Floats) -> None:
    canvas.lay(SHADE, canvas.mask(head.at(curve(NOSE_SIDE)), 5) * 0.5, face)
    canvas.lay(LIGHT, canvas.mask(head.at(ellipse(364, 362, 6, 26)), 5) * 0.8, face)
    under = head.at(curve(NOSE_UNDER, False))
    canvas.lay(SHADE, canvas.mask(head.at(ellipse(360, 402, 20, 5)), 3) * 0.7, face)
    canvas.stroke(NOSTRIL, under, _taper(under, 3.4), face)


def _mouth(canvas: Canvas, head: Head, face: Floats) -> None:
    """Lips that meet in a smile."""
    meet = head.at(curve(LIPS_MEET, False), 6)
    outer = head.at(curve(LOWER_LIP, False), 6)
    whole = np.concatenate([meet, outer])
    canvas.lay(SHADE, canvas.mask(whole + np.float32([0, 6]), 4) * 0.6, face)
    lower = canvas.mask(whole)
    canvas.lay(LIP_LOW, lower)
    canvas.lay(LIP_LIGHT, canvas.mask(head.at(ellipse(362, 440, 15, 3.4), 6), 2.5) * 0.8, lower)
    top = head.at(curve(UPPER_LIP, False), 6)
    canvas.lay(LIP, canvas.mask(np.concatenate([top, meet[::-1]])))
    canvas.stroke(LIP_LINE, meet, _taper(meet, 3.2), None)
    for corner in CORNERS:
        line = head.at(curve(corner, False), 6)
        canvas.stroke(LIP_LINE, line, _taper(line, 3.2), None)


def _strands(canvas: Canvas, head: Head, fringe: Floats) -> None:
    line = head.at(curve(PARTING, False), 12)
    canvas.stroke(HAIR_DARK, line, _taper(line, 6), fringe)
    for points in STRANDS:
        line = head.at(curve(points, False), 12)
        canvas.stroke(HAIR_LIGHT, line, _taper(line, 7), fringe)


def _taper(line: Floats, widest: float) -> Floats:
    """Widths of a stroke that begins and ends in a point."""
    way = np.linspace(0, math.pi, len(line), dtype=np.float32)
    return (widest * np.sqrt(np.clip(np.sin(way), 0.02, 1))).astype(np.float32)


def frames() -> Iterator[NDArray[np.uint8]]:
    """The clip's pictures, in order."""
    for number in range(FRAMES):
        yield draw(pose_at(number / RATE))
