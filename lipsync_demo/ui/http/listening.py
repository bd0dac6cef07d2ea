"""Whether the page's port is free, asked before anything is started for it."""

from __future__ import annotations

import socket

from lipsync_demo.settings import SettingUnusable


def check_port(host: str, port: int) -> None:
    """Check that the page can listen there; 0 is any free port.

    Raises:
        SettingUnusable: it cannot, mostly as something else listens there already.
    """
    try:
        # As uvicorn will ask for it.
        family, kind, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
    except OSError as error:
        raise SettingUnusable(
            f"The page cannot listen on {host}:{port}: {error.strerror}.",
            "Something else may be there already, such as another page of this app. Set "
            "GRADIO_SERVER_PORT to another port, or to 0 for any free one.",
        ) from error
