"""The server's socket."""

from __future__ import annotations

import asyncio
import socket

from lipsync_demo.backend.server import listen


def test_answers_are_sent_at_once() -> None:
    """Small writes are not held back until the client has acknowledged those before."""

    async def accepted(listener: socket.socket) -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            sock = writer.get_extra_info("socket")
            found.set_result(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(greet, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            try:
                return await found
            finally:
                writer.close()

    with listen("127.0.0.1", 0) as listener:
        assert asyncio.run(accepted(listener)) == 1
