"""Versions of what the numbers of a session depend on."""

from __future__ import annotations

import platform
from importlib.metadata import version

from posecheck import __version__

_PACKAGES = ("mediapipe", "numpy", "av", "scipy")


def software_versions() -> dict[str, str]:
    """Version by name: posecheck, Python and the packages that the measures rest on."""
    packages = {name: version(name) for name in _PACKAGES}
    return {"posecheck": __version__, "python": platform.python_version(), **packages}
