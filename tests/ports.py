"""Ports of this machine for servers that tests start."""

from __future__ import annotations

import socket


def unused_port() -> int:
    """A port that nobody listens on, and that no test in another process is given at the same time."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
