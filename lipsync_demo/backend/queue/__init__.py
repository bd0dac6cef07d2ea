"""Who renders the accepted jobs: the worker processes of this server, or Celery workers."""
