"""`python -m lipsync_demo`: the command line.

Nothing is imported at the top: each worker of the local backend imports its parent's main module.
"""


def main() -> None:
    """Run a command; an error of the file system or of a database ends it with a message."""
    import sys

    try:
        _run(sys.argv)
    except KeyboardInterrupt:
        # Also while the commands are being imported, when there is no table of codes yet.
        sys.exit(130)


def _run(argv: list[str]) -> None:
    import sys
    from pathlib import Path

    from lipsync_demo.cli import app
    from lipsync_demo.cli.exits import code_of, explained
    from lipsync_demo.errors import ExplainedError

    installed = Path(argv[0]).stem == INSTALLED or not COMPLETING.isdisjoint(argv)
    try:
        app(
            prog_name=INSTALLED if installed else "python -m lipsync_demo",
            complete_var="_LIPSYNC_DEMO_COMPLETE",
        )
    except (ExplainedError, OSError) as error:
        sys.stderr.write(f"{' '.join(explained(error)).strip()}\n")
        sys.exit(code_of(error))


INSTALLED = "lipsync-demo"
"""The command that `pip install .` brings; shells complete a command by one word."""

COMPLETING = {"--install-completion", "--show-completion"}


if __name__ == "__main__":
    main()
