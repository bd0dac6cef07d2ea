"""`python -m lipsync_demo`: the command line."""

from lipsync_demo.cli import app

if __name__ == "__main__":
    app(prog_name="python -m lipsync_demo")
