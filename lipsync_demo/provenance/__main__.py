"""`python -m lipsync_demo.provenance OUTPUT`: sign a downloaded output in a process of its own.

What it says and who signs comes as JSON on standard input, as `Order.text`; a file that has
credentials already keeps them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lipsync_demo.confinement import Allowance, confine
from lipsync_demo.provenance.models import Standing
from lipsync_demo.provenance.order import Order
from lipsync_demo.provenance.reading import read
from lipsync_demo.provenance.signing import sign

ALLOWANCE = Allowance(memory=2 << 30, cpu=60, wall=120, nice=10)
"""An hour of video takes some seconds."""


def main() -> None:
    output, order = Path(sys.argv[1]), Order.of(sys.stdin.read())
    chain_and_key = order.signatory.pair()
    confine(ALLOWANCE)
    if read(output).standing is Standing.NONE:
        sign(output, order.made, chain_and_key)


if __name__ == "__main__":
    main()
