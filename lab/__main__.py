"""`python -m lab`: measure the engine, fit its weights."""

from lab.cli import app

if __name__ == "__main__":
    app(prog_name="python -m lab")
