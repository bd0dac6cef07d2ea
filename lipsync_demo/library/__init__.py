"""What `from lipsync_demo import …` offers to programs: `lip_sync`, `Client` and their results."""
