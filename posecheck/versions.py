"""Versions of what the numbers of a session depend on."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import version

from posecheck import __version__
from posecheck.corrector import WEIGHTS

_PACKAGES = ("mediapipe", "numpy", "av", "scipy")


@cache
def software_versions() -> dict[str, str]:
    """Version by name: posecheck, Python, the packages that the measures rest on, and the corrector's weights.

    Weights have no version: the first digits of their SHA-256 stand for it.
    """
    packages = {name: version(name) for name in _PACKAGES}
    weights = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:12]
    return {"posecheck": __version__, "python": platform.python_version(), **packages, "corrector": weights}
