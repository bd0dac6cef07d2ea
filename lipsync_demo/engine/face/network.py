"""TFLite inference with LiteRT."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from lipsync_demo.engine.arrays import Floats, Image

_SILENCING = threading.Lock()
"""Standard error belongs to the whole process."""

_FROM_BYTE = np.float32(1 / 255)


@contextmanager
def _quietly() -> Iterator[None]:
    """Drop the lines in which the runtime's C++ part names its delegate on standard error."""
    with _SILENCING, TemporaryFile() as written:
        kept = os.dup(2)
        try:
            os.dup2(written.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            written.seek(0)
            for line in written:
                # Others may have written meanwhile.
                if not line.startswith(b"INFO: "):
                    os.write(2, line)


class Network:
    """A TFLite network with one input, run on one thread; calls return its output tensors."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with _quietly():
            self._interpreter: Any = Interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
        self._input: int = self._interpreter.get_input_details()[0]["index"]
        self._outputs: list[int] = [d["index"] for d in self._interpreter.get_output_details()]

    def __call__(self, values: Floats) -> list[Floats]:
        self._interpreter.set_tensor(self._input, values)
        return self._run()

    def bytes(self, image: Image) -> list[Floats]:
        """Return the outputs for an image (height, width, 3), scaled to 0 to 1."""
        # Written straight into the input tensor; no view of it may outlive this line.
        np.multiply(image, _FROM_BYTE, out=self._interpreter.tensor(self._input)()[0])
        return self._run()

    def _run(self) -> list[Floats]:
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]
