"""Start the packaged app from any folder, with the settings that keep it private, and stop it cleanly."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from posecheck.errors import PosecheckError, SystemLibraryError
from posecheck.ui.uploads import LIMIT_MB

PAGE = Path(__file__).with_name("main.py")
FIRST_PORT = 8501
LAST_PORT = 65535
LOCAL = ("localhost", "127.0.0.1", "::1")
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0

SETTINGS: dict[str, str] = {
    "browser.gatherUsageStats": "false",
    # A full garbage collection after every refresh of the live page would stop all threads for half of the time.
    "runner.postScriptGC": "false",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": str(LIMIT_MB),
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "minimal",
    "theme.base": "light",
    "theme.primaryColor": "#0f5c5c",
    "theme.backgroundColor": "#fbfcfb",
    "theme.secondaryBackgroundColor": "#eaf2f0",
    "theme.textColor": "#1c2b2a",
    "theme.baseRadius": "medium",
}
"""Streamlit options by name; ``.streamlit/config.toml`` has the same ones for ``streamlit run app.py``."""
_STOPPED = (0, -signal.SIGINT, -signal.SIGTERM, 128 + signal.SIGINT)
"""Exit statuses of a server that was stopped on purpose."""


def serve(port: int | None, address: str) -> int:
    """Run the app until it is stopped by Ctrl-C.

    Parameters
    ----------
    port : int or None
        Port to listen on; None: the first free one from 8501.
    address : str
        Host name or address to listen on; ``localhost`` lets no other machine in.

    Returns
    -------
    int
        Exit status of the server, 0 when it was stopped on purpose.

    Raises
    ------
    PosecheckError
        If the port is taken, or the address is not one of this machine.
    """
    chosen = free_port(address, port)
    with _server(chosen, address) as server:
        if _wait_until_healthy(server, chosen, address):
            shown = f"[{address}]" if ":" in address else address
            sys.stdout.write(f"posecheck is ready at http://{shown}:{chosen}  (Ctrl-C stops it)\n")
            sys.stdout.flush()
        server.wait()
    return 0 if server.returncode in _STOPPED else server.returncode


def command(port: int, address: str) -> list[str]:
    """The command line that starts Streamlit on the packaged page."""
    settings = {**SETTINGS, "server.address": address, "server.port": str(port)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    # A page elsewhere could reach a local server through a name that resolves to it; only these names are answered.
    hosts = [f"--server.allowedHosts={host}" for host in LOCAL] if address in LOCAL else []
    return [sys.executable, "-m", "streamlit", "run", str(PAGE), *options, *hosts]


def free_port(address: str, wanted: int | None) -> int:
    """The wanted port if it is free, or the first free one from 8501.

    Raises
    ------
    PosecheckError
        If the wanted port, or every one tried, is taken, there is no such port, or the address is not one of this
        machine.
    """
    if wanted is not None and not 0 < wanted <= LAST_PORT:
        raise PosecheckError(f"There is no port {wanted}.", f"Choose one between 1 and {LAST_PORT} with --port.")
    tried = range(FIRST_PORT, FIRST_PORT + 100) if wanted is None else [wanted]
    for port in tried:
        if _is_free(address, port):
            return port
    which = f"Port {wanted} is" if wanted is not None else f"Ports {tried[0]} to {tried[-1]} are"
    raise PosecheckError(f"{which} in use.", "Choose another one with --port.")


def _is_free(address: str, port: int) -> bool:
    try:
        places = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, place in places:
            with socket.socket(family, kind, protocol) as probe:
                if os.name == "posix":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
    except socket.gaierror as error:
        raise PosecheckError(
            f"There is no address {address!r}.", "Use localhost, or 0.0.0.0 to let others in."
        ) from error
    except (OSError, OverflowError):
        return False
    return True


@contextlib.contextmanager
def _server(port: int, address: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server as a process of its own, ended with this block, whatever ends it."""
    try:
        server = subprocess.Popen(command(port, address), stdout=subprocess.DEVNULL)  # noqa: S603 our own command
    except OSError as error:
        raise SystemLibraryError(f"Streamlit cannot be started: {error}.", "Run `posecheck doctor`.") from error

    def forward(_signal: int, _frame: FrameType | None) -> None:
        server.terminate()

    before = signal.signal(signal.SIGTERM, forward)
    try:
        yield server
    except KeyboardInterrupt:
        # The terminal sends Ctrl-C to both processes; the server is given time to free what it has in use.
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_TIMEOUT_S)
    finally:
        signal.signal(signal.SIGTERM, before)
        if server.poll() is None:
            server.terminate()
            try:
                server.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_until_healthy(server: subprocess.Popen[bytes], port: int, address: str) -> bool:
    """Whether the server answered before it ended and before the time was up."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(address, f"[{address}]" if ":" in address else address)  # noqa: S104
    url = f"http://{host}:{port}/_stcore/health"
    # A proxy set in the environment must not be asked for an address on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_TIMEOUT_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with opener.open(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False
