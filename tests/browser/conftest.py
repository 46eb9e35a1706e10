"""The app as a process of its own, Chromium with a camera that plays a clip, and a look at what leaves the machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from posecheck.still import encode_jpeg
from posecheck.ui.serve import command
from posecheck.video import ClipReader
from tests.ports import unused_port

ROOT = Path(__file__).parents[2]
CLIPS = (ROOT / "sample_videos" / "glute_roll_crossed.mp4", ROOT.parent / "shared" / "media" / "glute_roll_crossed.mp4")
"""A figure that sits on a roller, crosses the leg and holds it: the first one that is there is played."""
START_S = 60.0
TIMEOUT_MS = 60_000
CAMERA_HZ = 30.0
"""At which Chromium plays motion JPEG."""
FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
)
WATCH = textwrap.dedent(
    """
    import os, sys
    seen, log = set(), os.open(os.environ["POSECHECK_TEST_PEERS"], os.O_WRONLY | os.O_APPEND)
    def watch(event, args):
        if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
            peer = args[1] if event in ("socket.connect", "socket.sendto") else args[0]
            host = peer[0] if isinstance(peer, tuple) else peer
            if isinstance(host, (str, bytes)) and (event, host) not in seen:
                seen.add((event, host))
                os.write(log, f"{event} {host if isinstance(host, str) else host.decode()}\\n".encode())
    sys.addaudithook(watch)
    """
)
"""Runs before anything else in the server's Python, and notes every address that it looks up or talks to."""


def chromium() -> str | None:
    """The browser of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def wait_until(true: Callable[[], bool], timeout_s: float, what: str) -> None:
    """Wait for a condition; fail with `what` when it does not become true in time."""
    deadline = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {timeout_s:g} s: {what}")
        time.sleep(0.1)


@dataclass
class App:
    """The running app."""

    url: str
    process: subprocess.Popen[bytes]
    temporary: Path
    peers: Path
    log: Path

    def model_threads(self) -> int:
        """Threads of open pose models, by the name MediaPipe gives them."""
        names = []
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                names.append((task / "comm").read_text())
            except OSError:
                continue  # the thread ended in between
        return sum(name.startswith("mediapipe/") for name in names)

    def workspaces(self) -> list[Path]:
        """Folders of uploaded clips."""
        return sorted(self.temporary.glob("posecheck-*"))

    def hosts(self) -> set[str]:
        """Every host that the server looked up or talked to."""
        return {line.partition(" ")[2] for line in self.peers.read_text().splitlines()}


@pytest.fixture(scope="package")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The packaged app, started from another folder on a free port, and stopped as by Ctrl-C."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "tmp").mkdir()
    (folder / "sitecustomize.py").write_text(WATCH)
    (folder / "peers").touch()
    port = unused_port()
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH")))),
        "POSECHECK_TEST_PEERS": str(folder / "peers"),
        "TMPDIR": str(folder / "tmp"),
        "HOME": str(folder),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command(port, "localhost"), cwd=folder, env=environment, stdout=log, stderr=log)
    running = App(f"http://localhost:{port}", process, folder / "tmp", folder / "peers", folder / "log")
    try:
        wait_until(lambda: _healthy(running), START_S, f"the app answers\n{running.log.read_text()}")
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _healthy(running: App) -> bool:
    if running.process.poll() is not None:
        pytest.fail(f"the app ended\n{running.log.read_text()}")
    try:
        with urllib.request.urlopen(f"{running.url}/_stcore/health", timeout=2):
            return True
    except OSError:
        return False


@pytest.fixture(scope="package")
def clip() -> Path:
    """The clip that the camera plays."""
    found = next((path for path in CLIPS if path.exists()), None)
    if found is None:
        pytest.skip("needs glute_roll_crossed.mp4 in sample_videos/ or ../shared/media/")
    return found


@pytest.fixture(scope="package")
def camera(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clip as the motion JPEG that Chromium plays as its camera, at 30 frames a second."""
    path = tmp_path_factory.mktemp("camera") / "camera.mjpeg"
    with ClipReader(clip) as frames, path.open("wb") as file:
        shown = 0
        for frame in frames:
            picture = encode_jpeg(frame.image)
            while shown / CAMERA_HZ <= frame.time_s:
                file.write(picture)
                shown += 1
    return path


@pytest.fixture(scope="package")
def browser(camera: Path) -> Iterator[Browser]:
    """Chromium without a network, with a camera."""
    path = chromium()
    if path is None:
        pytest.skip("needs Chromium; .ci/run installs it")
    expect.set_options(timeout=TIMEOUT_MS)
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={camera}"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=flags)
        yield started
        started.close()


@dataclass
class Visitor:
    """One person's browser session: its page, and what the page asked for or complained about."""

    context: BrowserContext
    page: Page
    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Browser, app: App) -> Iterator[Callable[[str], Visitor]]:
    """Open a page of the app in a browser session of its own; afterwards nothing may have been asked of others."""
    visitors: list[Visitor] = []

    def open_page(path: str) -> Visitor:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        visitor = Visitor(context, context.new_page())
        visitors.append(visitor)
        context.on("request", lambda request: visitor.hosts.add(urlsplit(request.url).hostname or ""))
        visitor.page.on("pageerror", lambda error: visitor.errors.append(str(error)))
        visitor.page.set_default_timeout(TIMEOUT_MS)
        visitor.page.goto(f"{app.url}/{path}")
        return visitor

    yield open_page
    for visitor in visitors:
        visitor.context.close()
    assert {host for visitor in visitors for host in visitor.hosts} <= {"localhost", "127.0.0.1", ""}
    assert [error for visitor in visitors for error in visitor.errors] == []


if sys.platform != "linux":
    collect_ignore = ["test_app_browser.py"]
