"""The kinds of arrays the engine computes with. Their shapes stand where they are used."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
"""Points, measures, sound: what a network or a picture needs no more digits for."""
Doubles: TypeAlias = NDArray[np.float64]
"""Matrices and times, where rounding would add up."""
Image: TypeAlias = NDArray[np.uint8]
"""Code values from 0 to 255: (height, width) or (height, width, 3)."""
Indices: TypeAlias = NDArray[np.intp]
"""Numbers of rows, points or frames."""
Flags: TypeAlias = NDArray[np.bool_]
"""What is so and what is not."""
