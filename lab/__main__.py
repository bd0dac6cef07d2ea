"""`python -m lab`: the lab's commands."""

from lab.commands import bench

if __name__ == "__main__":
    bench(prog_name="python -m lab")
