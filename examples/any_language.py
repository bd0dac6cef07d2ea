"""What a program in any language does: commands, JSON and exit codes. VIDEO AUDIO FOLDER."""

import json
import subprocess
import sys
from pathlib import Path

CHECK_FAILED = 3
COMMAND = [sys.executable, "-m", "lipsync_demo"]

video, audio, folder = sys.argv[1:]
doctor = [*COMMAND, "doctor", video, audio, "--fix", folder, "--json", "--quiet"]
examined = subprocess.run(doctor, stdout=subprocess.PIPE, check=False)
if examined.returncode not in (0, CHECK_FAILED):
    sys.exit(examined.returncode)
found = json.loads(examined.stdout)
if examined.returncode == CHECK_FAILED:
    sys.exit("\n".join(f["what"] for track in found.values() for f in track["left"]))
inputs = found["video"]["fixed"], found["audio"]["fixed"]
sync = [*COMMAND, "sync", *inputs, Path(folder, "synced.mp4"), "--json", "--quiet"]
made = json.loads(subprocess.run(sync, stdout=subprocess.PIPE, check=True).stdout)
print(made["output"], made["output_seconds"])
