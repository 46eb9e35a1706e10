"""Looks at this machine: is everything there that posecheck needs, and if not, what to install."""

from __future__ import annotations

import ctypes
import functools
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from posecheck.document import shown
from posecheck.errors import PosecheckError

DEPENDENCIES = {
    "mediapipe": "mediapipe",
    "numpy": "numpy",
    "av": "av",
    "pydantic": "pydantic",
    "pyyaml": "yaml",
    "typer": "typer",
    "rich": "rich",
    "pillow": "PIL",
    "scipy": "scipy",
    "threadpoolctl": "threadpoolctl",
    "pyarrow": "pyarrow",
    "jinja2": "jinja2",
    "altair": "altair",
    "vl-convert-python": "vl_convert",
    "streamlit": "streamlit",
    "streamlit-webrtc": "streamlit_webrtc",
    "opencv-contrib-python": "cv2",
}
"""What is imported, by the name it is installed under."""

SYSTEM_LIBRARIES = {
    "libGL.so.1": ("OpenCV", "libgl1", "libglvnd-glx"),
    "libEGL.so.1": ("MediaPipe", "libegl1", "libglvnd-egl"),
    "libGLESv2.so.2": ("MediaPipe", "libgles2", "libglvnd-gles"),
}
"""Who needs a library, and its package on Debian or Ubuntu and on Fedora."""

OLDEST_PYTHON = (3, 11)
MEDIAPIPE_FROM, MEDIAPIPE_BELOW = (0, 10, 30), (0, 10, 35)
FREE_SPACE_MB = 500
"""An annotated clip of some minutes, its report and the temporary files of one run, with room to spare."""

_PROBE_SECONDS = 60.0
"""An import takes a second or two, on a busy machine ten times that; only what hangs takes longer than this."""
_LEAVE = "import os; os._exit(0)"
"""Nothing is gained by tidying up after an import, and it takes time."""
_ENCODER_PROBE = "import av; av.codec.Codec('libx264', 'w')"
_MODEL_PROBE = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r}); "
    "from posecheck.several_looks import open_estimator; open_estimator(still=True).close()"
)
_REINSTALL = "Install it again: pip install --force-reinstall {}"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    name : str
        What was looked at.
    ok : bool
        Whether it is as it should be. Always true for what is only information.
    detail : str
        What was found.
    remedy : str
        What to do about it; empty when there is nothing to do.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def checks() -> list[Check]:
    """Look at everything; takes a few seconds, raises nothing, and reaches no network.

    Whatever could crash when imported is imported in a process of its own, so that it is reported instead.
    """
    looks: list[Callable[[], Check]] = [
        python_version,
        *(functools.partial(dependency, name) for name in DEPENDENCIES),
        opencv_once,
        *(functools.partial(system_library, name) for name in SYSTEM_LIBRARIES),
        model_file,
        model_opens,
        h264_encoder,
        technique_files,
        safety_file,
        temporary_folder,
        cameras,
    ]
    # Imports are bound by the processor: more at a time would only make each look slow.
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(lambda look: look(), looks))


def python_version() -> Check:
    """Whether this Python is new enough."""
    needed = ".".join(map(str, OLDEST_PYTHON))
    ok = sys.version_info >= OLDEST_PYTHON
    return Check("Python", ok, platform.python_version(), "" if ok else f"Install Python {needed} or newer.")


def dependency(name: str) -> Check:
    """Whether a dependency can be imported, and for MediaPipe whether it is a version that keeps to itself.

    Parameters
    ----------
    name : str
        The name it is installed under, a key of `DEPENDENCIES`.
    """
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Check(name, False, "not installed", f"Install it: pip install {name}")
    if name == "mediapipe" and not MEDIAPIPE_FROM <= _numbers(version) < MEDIAPIPE_BELOW:
        first, below = (".".join(map(str, numbers)) for numbers in (MEDIAPIPE_FROM, MEDIAPIPE_BELOW))
        reason = f"{version}; from {below} on it sends usage metrics to its maker, before {first} it was not tried"
        return Check(name, False, reason, f'Install one that fits: pip install "mediapipe>={first},<{below}"')
    failure = _failure_of(f"import {DEPENDENCIES[name]}")
    if failure is None:
        return Check(name, True, version)
    missing = next((library for library in SYSTEM_LIBRARIES if library in failure), None)
    remedy = _install_library(missing) if missing else _REINSTALL.format(name)
    return Check(name, False, f"{version}, cannot be imported: {failure}", remedy)


def opencv_once() -> Check:
    """Whether OpenCV is installed once: its packages all write the same folder, and the last one wins."""
    expected = "opencv-contrib-python"
    others = ("opencv-python", "opencv-python-headless", "opencv-contrib-python-headless")
    twins = [name for name in others if _is_installed(name)]
    if not twins:
        return Check("One OpenCV", True, f"{expected} only")
    remedy = f"pip uninstall -y {' '.join(twins)}, then pip install --force-reinstall --no-deps {expected}"
    return Check("One OpenCV", False, f"{', '.join(twins)} is installed beside {expected}", remedy)


def system_library(name: str) -> Check:
    """Whether a system library that a wheel needs can be loaded; elsewhere than on Linux the wheels bring their own.

    Parameters
    ----------
    name : str
        A key of `SYSTEM_LIBRARIES`.
    """
    user = SYSTEM_LIBRARIES[name][0]
    if platform.system() != "Linux":
        return Check(name, True, f"not needed on {platform.system()}")
    try:
        ctypes.CDLL(name)
    except OSError as error:
        return Check(name, False, f"{user} needs it: {shown(str(error))}", _install_library(name))
    return Check(name, True, f"found, for {user}")


def model_file() -> Check:
    """Whether the built-in pose model is there and whole."""
    try:
        from posecheck.estimator import BUILT_IN_MODEL, check_model  # noqa: PLC0415 - brings NumPy, which may be missing

        size_mb = check_model(BUILT_IN_MODEL).stat().st_size / 1e6
    except (PosecheckError, ImportError, OSError) as error:
        return Check("Pose model", False, shown(str(error)), _REINSTALL.format("posecheck"))
    return Check("Pose model", True, f"{BUILT_IN_MODEL.name}, {size_mb:.1f} MB, both networks whole")


def model_opens() -> Check:
    """Whether MediaPipe can start with the built-in model on this machine."""
    failure = _failure_of(_MODEL_PROBE)
    if failure is None:
        return Check("Pose estimation", True, "MediaPipe starts with the model")
    missing = next((library for library in SYSTEM_LIBRARIES if library in failure), None)
    remedy = _install_library(missing) if missing else "Correct what is named above first, then run this again."
    return Check("Pose estimation", False, f"MediaPipe does not start: {failure}", remedy)


def h264_encoder() -> Check:
    """Whether PyAV can write H.264, which annotated clips are written in."""
    failure = _failure_of(_ENCODER_PROBE)
    if failure is None:
        return Check("H.264 encoder", True, "libx264, in PyAV")
    remedy = "Install the wheel of PyAV, which contains it: pip install --force-reinstall --only-binary av av"
    return Check("H.264 encoder", False, f"libx264 cannot be opened: {failure}", remedy)


def _loaded(name: str, load: Callable[[], str]) -> Check:
    """Whether files that come along load; what is said of them is what loading them gives."""
    try:
        return Check(name, True, load())
    except (PosecheckError, ImportError) as error:
        advice = error.advice if isinstance(error, PosecheckError) else _REINSTALL.format("posecheck")
        return Check(name, False, str(getattr(error, "problem", error)), advice)


def technique_files() -> Check:
    """Whether all shipped technique files load."""

    def load() -> str:
        from posecheck.catalog import load_techniques  # noqa: PLC0415 - brings YAML and pydantic, which may be missing

        return ", ".join(load_techniques())

    return _loaded("Techniques", load)


def safety_file() -> Check:
    """Whether the file of what is asked before a session loads."""

    def load() -> str:
        from posecheck.safety_file import load_safety  # noqa: PLC0415 - see technique_files

        return f"{len(load_safety().questions)} questions before a session"

    return _loaded("Safety", load)


def temporary_folder() -> Check:
    """Whether the temporary folder can be written to, and has room for a clip."""
    name = "Temporary folder"
    try:
        folder = tempfile.gettempdir()
        with tempfile.NamedTemporaryFile(dir=folder, prefix="posecheck-doctor-") as file:
            file.write(b"posecheck")
        free_mb = shutil.disk_usage(folder).free / 1e6
    except OSError as error:
        return Check(name, False, f"cannot be written to: {error}", "Set TMPDIR to a folder that you may write to.")
    if free_mb < FREE_SPACE_MB:
        remedy = f"Free at least {FREE_SPACE_MB} MB there, or set TMPDIR to a folder on another disk."
        return Check(name, False, f"{folder} has {free_mb:.0f} MB free", remedy)
    return Check(name, True, f"{folder}, {free_mb / 1000:.1f} GB free")


def cameras() -> Check:
    """The cameras that Linux lists. Information only: live practice uses the camera of the browser, wherever it is."""
    name = "Cameras"
    if platform.system() != "Linux":
        return Check(name, True, "the browser lists them")
    devices = sorted(Path("/dev").glob("video*"))
    if not devices:
        return Check(name, True, "none on this machine; clips can be analysed, and a browser elsewhere brings its own")
    return Check(name, True, ", ".join(f"{device} ({_camera_name(device)})" for device in devices))


def _camera_name(device: Path) -> str:
    try:
        return shown(Path("/sys/class/video4linux", device.name, "name").read_text(errors="replace").strip())
    except OSError:
        return "no name"


def _install_library(name: str) -> str:
    _, debian, fedora = SYSTEM_LIBRARIES[name]
    return f"Debian, Ubuntu: sudo apt-get install {debian}. Fedora: sudo dnf install {fedora}."


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: (0, 10, 33) of 0.10.33."""
    return tuple(int(part) for part in re.match(r"[\d.]*", version)[0].split(".") if part)  # type: ignore[index]


def _failure_of(code: str) -> str | None:
    """Run Python code in a process of its own; None when it worked, else the last line of what it said."""
    try:
        # -P keeps a file of the current folder, say an av.py, from being taken for the package.
        done = subprocess.run(  # noqa: S603 - this Python, with code from this file
            [sys.executable, "-P", "-c", f"{code}\n{_LEAVE}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it did not finish within {_PROBE_SECONDS:.0f} s, so it hangs or the machine is very busy"
    except OSError as error:
        return f"Python could not be started: {error}"
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return f"it crashed (signal {-done.returncode})"
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return shown(said[-1]) if said else f"it ended with code {done.returncode}"
