"""`python -m lipsync_demo`: the command line.

Nothing is imported at the top: each worker of the local backend imports its parent's main module.
"""


def main() -> None:
    """Run a command; an error of the file system or of a database ends it with a message."""
    import sys

    from lipsync_demo.cli import app, words
    from lipsync_demo.cli.exits import FAILURE
    from lipsync_demo.errors import ExplainedError
    from lipsync_demo.files import refused

    try:
        app(prog_name="python -m lipsync_demo")
    except ExplainedError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(FAILURE)
    except OSError as error:
        sys.stderr.write(f"{refused(error)} {words.CHECK_PATH}\n")
        sys.exit(FAILURE)


if __name__ == "__main__":
    main()
