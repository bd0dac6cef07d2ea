"""Array types of the engine; each use states its shape."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
"""Landmarks, measures, samples: 32 bits are enough."""
Doubles: TypeAlias = NDArray[np.float64]
"""Matrices and times, where rounding errors would add up."""
Image: TypeAlias = NDArray[np.uint8]
"""Code values from 0 to 255: (height, width) or (height, width, 3)."""
Indices: TypeAlias = NDArray[np.intp]
"""Indices of rows, landmarks or frames."""
Flags: TypeAlias = NDArray[np.bool_]
"""Boolean masks."""
