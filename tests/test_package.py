"""The wheel holds everything that the command needs: techniques, model, page template."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str, cwd: Path, path: str = "") -> str:
    """Run a command that must succeed; what it prints."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, installed into a folder of its own, away from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT), cwd=folder)
    (wheel,) = folder.glob("*.whl")
    run("-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "site"), str(wheel), cwd=folder)
    return folder / "site"


def test_installed_package_is_the_one_that_runs(unpacked: Path, tmp_path: Path) -> None:
    """The tests below really look at the wheel, not at the checkout."""
    where = run("-c", "import posecheck; print(posecheck.__file__)", cwd=tmp_path, path=str(unpacked))
    assert Path(where.strip()).is_relative_to(unpacked)


def test_techniques_come_along(unpacked: Path, tmp_path: Path) -> None:
    """The wheel lists the same techniques as the checkout."""
    listed = run("-m", "posecheck.cli", "techniques", cwd=tmp_path, path=str(unpacked))
    for file in (ROOT / "reference_poses").glob("*.yaml"):
        assert (file.stem in listed) == (file.name != "safety.yaml")


def test_sample_clips_and_pictures_come_along(unpacked: Path, tmp_path: Path) -> None:
    """The wheel's own command finds what `posecheck demo` and the pages show."""
    code = "from posecheck.samples import sample_clips; print(*[s.clip for s in sample_clips()], sep='\\n')"
    found = {Path(line) for line in run("-c", code, cwd=tmp_path, path=str(unpacked)).split()}
    assert {path.name for path in found} == {path.name for path in (ROOT / "sample_videos").glob("[!.]*.mp4")}
    assert all(path.is_relative_to(unpacked) and path.is_file() for path in found)
    for picture in (ROOT / "reference_poses" / "pictures").iterdir():
        assert (unpacked / "posecheck" / "reference_poses" / "pictures" / picture.name).is_file()


@pytest.mark.model
def test_analysis_works_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    """Model, template and licences are in the wheel: a report is rendered from nothing but it."""
    code = """
import datetime, sys
from posecheck.catalog import load_technique
from posecheck.several_looks import open_estimator
from posecheck.estimator import BUILT_IN_MODEL
from posecheck.report.html import render
from posecheck.result import ClipInfo
from posecheck.session import Session
open_estimator().close()
technique = load_technique("glute-max-roll")
session = Session(technique)
session.push(0.0, None)
result, timeline = session.finish(ClipInfo(name="x", duration_s=0.1, frames=1, size=(640, 480)))
print(render(result, timeline, technique, [], datetime.datetime.now().astimezone())[:15])
print(sorted(file.name for file in BUILT_IN_MODEL.parent.iterdir()))
"""
    out = run("-c", code, cwd=tmp_path, path=str(unpacked))
    assert out.lower().startswith("<!doctype html>")
    for name in ("LICENSE", "NOTICE", "MODEL_CARD.md", "pose_landmarker_full.task"):
        assert name in out


def test_app_is_in_the_wheel(unpacked: Path) -> None:
    """The pages and the file that Streamlit runs come along."""
    assert (unpacked / "posecheck" / "ui" / "main.py").is_file()
    assert (unpacked / "posecheck" / "report" / "report.html.j2").is_file()
