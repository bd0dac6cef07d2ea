"""Runs the Dockerfile's own steps where there is no container engine.

    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm ROOT
    python -m tests.image ROOT

needs root.  It carries out each instruction in that clean root, and then starts the page there as
the image's user, with a read-only root, until it is ready and its health check passes.
"""
