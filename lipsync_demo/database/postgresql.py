"""Connections to a PostgreSQL server, which may be away for a while."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

import psycopg
from sqlalchemy import URL, Dialect, Engine, ExceptionContext, create_engine, event

from lipsync_demo.database import words
from lipsync_demo.database.errors import DatabaseBusy

KEPT: Final = 5
"""Connections of a process that stay open."""

CONNECTIONS: Final = 15
"""The most that a process has open; who needs one more waits."""

WAIT_SECONDS: Final = 60.0
"""Seconds for which it waits."""

AGAIN_SECONDS: Final = 0.25
"""Seconds between attempts to connect to a server that is away."""

LINK: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""What libpq is told unless the URL does: a server that vanished is noticed in seconds."""

log = logging.getLogger(__name__)


def connect(url: URL, patience: float) -> Engine:
    """An engine whose errors say whether trying again later may succeed.

    Args:
        patience: seconds for which a new connection is tried while the server is away.
    """
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=KEPT,
        max_overflow=CONNECTIONS - KEPT,
        pool_timeout=WAIT_SECONDS,
        connect_args={name: value for name, value in LINK.items() if name not in url.query},
    )

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Dialect, _record: Any, given: Any, named: Any) -> Any:
        end = time.monotonic() + patience
        while True:
            try:
                return dialect.connect(*given, **named)
            except psycopg.OperationalError as error:
                if time.monotonic() > end:
                    raise
                log.info("PostgreSQL: %s", str(error).strip())
                time.sleep(AGAIN_SECONDS)

    @event.listens_for(engine, "handle_error")
    def _explain(context: ExceptionContext) -> None:
        error: Any = context.original_exception
        if context.is_pre_ping or not (
            context.is_disconnect or isinstance(error, psycopg.OperationalError)
        ):
            return
        # It may name an address or an account: nothing for a visitor.
        log.warning("PostgreSQL: %s", str(error).strip())
        raise DatabaseBusy(words.AWAY, words.COMES_BACK) from error

    return engine
