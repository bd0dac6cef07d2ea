"""The Celery application: how servers and workers speak with the broker.

A message only says that a job waits; which one is claimed is decided in the database.  So a message
that is delivered twice, by a broker's visibility timeout or a lost connection, renders nothing
twice, and one that is lost is sent again by a server's `CeleryQueue`.
"""

from __future__ import annotations

from celery import Celery
from kombu import Queue

from lipsync_demo.backend.queue.broker import Broker, Limits

RENDER = "lipsync_demo.render"
"""Name of the one task, which takes no argument."""

QUEUE = "lipsync-demo"
"""Name of the queue at the broker."""

_HARD_AFTER_SECONDS = 60.0
"""Seconds from the soft to the hard time limit of a rendering."""

_CONNECT_SECONDS = 5.0
"""Timeout for reaching the broker."""

_START_SECONDS = 120.0
"""Timeout for the start of a worker's process."""


def celery_app(broker: Broker, limits: Limits | None = None) -> Celery:
    """The application of a server, or of a worker with these limits."""
    app = Celery("lipsync_demo", broker=broker.url, set_as_current=False)
    limits = limits or Limits()
    app.conf.update(
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=_CONNECT_SECONDS,
        broker_transport_options={"visibility_timeout": broker.visibility_seconds},
        result_backend=None,
        task_queues=(Queue(QUEUE, durable=True),),
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_soft_time_limit=limits.render_seconds,
        task_time_limit=limits.render_seconds + _HARD_AFTER_SECONDS,
        worker_prefetch_multiplier=1,
        worker_max_memory_per_child=limits.memory_mb << 10,
        worker_proc_alive_timeout=_START_SECONDS,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
    )
    return app
