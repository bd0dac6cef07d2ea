"""The hosted model, with WAVESPEED_API_KEY: VIDEO AUDIO OUTPUT, or TASK_ID OUTPUT to go on."""

import sys

from lipsync_demo import Client

*pair, output = sys.argv[1:]
with Client() as client:
    if len(pair) == 2:
        video, audio = map(client.upload, pair)
        price = client.price(video, audio, "bounce")
        print(f"quoted: {price.amount} {price.currency}", file=sys.stderr)
        task_id = client.start(video, audio, "bounce")
        print(f"task {task_id}: keep this, it is billed", file=sys.stderr)
    else:
        [task_id] = pair
    print(client.wait(task_id, output, on_update=lambda task: print(task.status, file=sys.stderr)))
