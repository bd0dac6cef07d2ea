"""TFLite inference with LiteRT."""

from __future__ import annotations

from typing import Any

import numpy as np

from lipsync_demo.engine.arrays import Floats, Image

_FROM_BYTE = np.float32(1 / 255)


class Network:
    """A TFLite network with one input, run on one thread; calls return its output tensors."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

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
