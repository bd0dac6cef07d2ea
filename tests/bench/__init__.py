"""Measures the page beside a bare one of Gradio: `python -m tests.bench`."""
