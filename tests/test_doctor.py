"""The doctor finds what is missing and names what to install, and never crashes itself."""

from __future__ import annotations

import ctypes
import importlib.metadata
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from posecheck import catalog, doctor, estimator
from posecheck.doctor import DEPENDENCIES, SYSTEM_LIBRARIES, Check
from posecheck.errors import TechniqueError

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def _install(monkeypatch: pytest.MonkeyPatch, versions: dict[str, str]) -> None:
    """Pretend that exactly these distributions are installed."""

    def version(name: str) -> str:
        if name not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(importlib.metadata, "distribution", version)


def _probes_end(monkeypatch: pytest.MonkeyPatch, code: int, stderr: str) -> None:
    """Pretend that every probe process ends like this."""

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, code, b"", stderr.encode())

    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.timeout(200)
def test_all_is_well_on_a_complete_machine() -> None:
    """Here, where the tests run, everything needed is found, each with a detail and nothing to do."""
    found = doctor.checks()
    assert [check for check in found if not check.ok] == []
    assert all(check.detail and not check.remedy for check in found)
    names = [check.name for check in found]
    assert len(names) == len(set(names))
    assert {"Python", *DEPENDENCIES, *SYSTEM_LIBRARIES, "H.264 encoder", "Techniques", "Cameras"} <= set(names)


def test_every_dependency_of_the_project_is_looked_at() -> None:
    """A dependency added to pyproject.toml has to be added to the doctor as well, with the same MediaPipe range."""
    declared = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.match(r"[\w-]+", line)[0] for line in declared}  # type: ignore[index]
    assert names | {"opencv-contrib-python"} == set(DEPENDENCIES)
    first, below = (".".join(map(str, numbers)) for numbers in (doctor.MEDIAPIPE_FROM, doctor.MEDIAPIPE_BELOW))
    assert f"mediapipe>={first},<{below}" in declared


def test_the_doctor_itself_needs_none_of_what_it_looks_for() -> None:
    """Importing the doctor loads no dependency, so a missing one is reported instead of raised."""
    code = f"import sys; import posecheck.doctor; print([m for m in {list(DEPENDENCIES.values())} if m in sys.modules])"
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_dependency_comes_with_its_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not installed is named, with the command that installs it."""
    _install(monkeypatch, {})
    assert doctor.dependency("scipy") == Check("scipy", False, "not installed", "Install it: pip install scipy")


@pytest.mark.parametrize(
    ("version", "ok"),
    [("0.10.29", False), ("0.10.30", True), ("0.10.34", True), ("0.10.35", False), ("1.2.2", False), ("0.9", False)],
)
def test_mediapipe_is_held_to_versions_that_keep_to_themselves(
    monkeypatch: pytest.MonkeyPatch, version: str, ok: bool
) -> None:
    """A MediaPipe that sends usage metrics, or was not tried, is refused with the reason and the range."""
    _install(monkeypatch, {"mediapipe": version})
    _probes_end(monkeypatch, 0, "")
    check = doctor.dependency("mediapipe")
    assert check.ok is ok
    assert version in check.detail
    if not ok:
        assert "usage metrics" in check.detail
        assert "mediapipe>=0.10.30,<0.10.35" in check.remedy


@pytest.mark.parametrize(("library", "package"), [(name, parts[1]) for name, parts in SYSTEM_LIBRARIES.items()])
def test_an_import_that_misses_a_system_library_names_its_package(
    monkeypatch: pytest.MonkeyPatch, library: str, package: str
) -> None:
    """An import that fails for want of libGL and its like leads to the system's package, not to pip."""
    _install(monkeypatch, {"opencv-contrib-python": "4.13"})
    _probes_end(monkeypatch, 1, f"Traceback ...\nImportError: {library}: cannot open shared object file\n")
    check = doctor.dependency("opencv-contrib-python")
    assert not check.ok
    assert library in check.detail
    assert f"apt-get install {package}" in check.remedy
    assert "Traceback" not in check.detail


@pytest.mark.parametrize(
    ("code", "stderr", "words"),
    [
        pytest.param(1, "ValueError: odd\n", "ValueError: odd", id="raises"),
        pytest.param(-11, "", "crashed (signal 11)", id="crashes"),
        pytest.param(3, "", "ended with code 3", id="ends silently"),
        pytest.param(1, "bad \x1b[31m end", "bad ?[31m end", id="terminal codes"),
    ],
)
def test_an_import_that_fails_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, code: int, stderr: str, words: str
) -> None:
    """However an import ends, the doctor says it in a line and goes on."""
    _install(monkeypatch, {"scipy": "1.17"})
    _probes_end(monkeypatch, code, stderr)
    check = doctor.dependency("scipy")
    assert not check.ok
    assert words in check.detail
    assert "pip install --force-reinstall scipy" in check.remedy


def test_a_probe_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dependency that never finishes importing is reported as such."""

    def run(command: list[str], timeout: float, **_: Any) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", run)
    check = doctor.h264_encoder()
    assert not check.ok
    assert "did not finish within" in check.detail


@pytest.mark.parametrize("library", list(SYSTEM_LIBRARIES))
def test_a_missing_system_library_names_its_packages(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """A library that cannot be loaded comes with the package of Debian or Ubuntu and of Fedora."""

    def load(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(ctypes, "CDLL", load)
    check = doctor.system_library(library)
    user, debian, fedora = SYSTEM_LIBRARIES[library]
    assert not check.ok
    assert user in check.detail
    assert debian in check.remedy
    assert fedora in check.remedy


def test_other_systems_need_no_such_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS and Windows the wheels bring their own."""
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert doctor.system_library("libGL.so.1") == Check("libGL.so.1", True, "not needed on Darwin")


@pytest.mark.parametrize("twin", ["opencv-python", "opencv-python-headless", "opencv-contrib-python-headless"])
def test_a_second_opencv_is_a_conflict(monkeypatch: pytest.MonkeyPatch, twin: str) -> None:
    """Another OpenCV beside the one that MediaPipe brings is named, with what to remove and what to install again."""
    _install(monkeypatch, {twin: "4.13", "opencv-contrib-python": "4.13"})
    check = doctor.opencv_once()
    assert not check.ok
    assert twin in check.detail
    assert f"uninstall -y {twin}," in check.remedy


@pytest.mark.parametrize("content", [None, b"", b"not a zip"], ids=["missing", "empty", "not a bundle"])
def test_a_broken_model_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None) -> None:
    """A model file that is missing or no bundle is reported, with what to do."""
    file = tmp_path / "model.task"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(estimator, "BUILT_IN_MODEL", file)
    check = doctor.model_file()
    assert not check.ok
    assert "model.task" in check.detail
    assert "posecheck" in check.remedy


def test_a_broken_technique_file_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A technique that does not load is reported in the catalogue's own words."""

    def load() -> None:
        raise TechniqueError("x.yaml, line 3: no.", "Correct it.")

    monkeypatch.setattr(catalog, "load_techniques", load)
    assert doctor.technique_files() == Check("Techniques", False, "x.yaml, line 3: no.", "Correct it.")


def test_a_temporary_folder_that_cannot_be_written_to_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a place for temporary files nothing can be written; the doctor says how to choose one."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    check = doctor.temporary_folder()
    assert not check.ok
    assert "TMPDIR" in check.remedy


def test_a_full_disk_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room for a clip is told with the room there is, and the test file is gone again."""
    usage = namedtuple("usage", ["total", "used", "free"])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 10**7, 10**7))
    check = doctor.temporary_folder()
    assert not check.ok
    assert "10 MB free" in check.detail
    assert not list(Path(tempfile.gettempdir()).glob("posecheck-doctor-*"))


def test_cameras_are_information_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No camera is no fault: a clip needs none, and a browser may bring its own."""
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    assert doctor.cameras().ok
    assert not doctor.cameras().remedy
