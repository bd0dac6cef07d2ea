"""`python -m lipsync_demo`: the command line."""

import sys

from lipsync_demo.cli import app
from lipsync_demo.cli.exits import FAILURE, FILE_HINT
from lipsync_demo.files import refused


def main() -> None:
    """Run a command; an error of the file system ends it with a message."""
    try:
        app(prog_name="python -m lipsync_demo")
    except OSError as error:
        sys.stderr.write(f"{refused(error)} {FILE_HINT}\n")
        sys.exit(FAILURE)


if __name__ == "__main__":
    main()
