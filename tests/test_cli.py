"""The command line: help at once, plain words for mistakes, exit codes that scripts can use."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.recorded import MEDIA


def posecheck(*arguments: str, cwd: Path | None = None, columns: int = 100) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "posecheck.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
        cwd=cwd,
        env={"PATH": "", "COLUMNS": str(columns), "HOME": str(cwd or Path.home())},
    )


@pytest.mark.parametrize(
    "command", [[], ["analyze"], ["demo"], ["techniques"], ["studio"], ["doctor"], ["app"]], ids=" ".join
)
def test_help_everywhere(command: list[str]) -> None:
    """Every command explains itself."""
    done = posecheck(*command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_help_imports_nothing_heavy() -> None:
    """`posecheck --help` loads neither MediaPipe nor Streamlit, OpenCV, PyAV, SciPy nor NumPy."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "posecheck.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert not loaded & {"mediapipe", "streamlit", "cv2", "av", "scipy", "numpy", "pydantic", "altair", "pyarrow"}


def test_techniques_are_listed_and_shown() -> None:
    """The list names every technique; one of them is shown in full."""
    listed = posecheck("techniques").stdout
    for name in ("glute-max-roll", "hip-rotation-90", "half-kneeling-hip-flexor-stretch"):
        assert name in listed
    shown = posecheck("techniques", "glute-max-roll").stdout
    for part in ("Set-up", "Camera", "leg-crossed", "Precautions", "Afterwards", "Sources"):
        assert part in shown
    assert "Not seen" not in shown
    assert "How far and how fast you roll" in posecheck("techniques", "adductor-roll").stdout
    rolled = " ".join(shown.split())
    assert "Rolling. Strokes of between" in rolled
    treated = " ".join(posecheck("techniques", "partner-hip-rotation").stdout.split())
    assert "Movement. Hip rotation: " in treated
    assert "Time counts only while that is done." in treated


def test_a_long_name_is_said_in_full_in_a_narrow_terminal() -> None:
    """What is being shown is not cut off where the frame about it ends."""
    shown = posecheck("techniques", "partner-effleurage", columns=50).stdout
    said = " ".join(shown.replace("│", " ").split())
    assert "Long gliding strokes over the buttock (effleurage), by a partner" in said


def test_schema_is_printed() -> None:
    """The JSON Schema for editors comes as JSON."""
    import json  # noqa: PLC0415

    assert json.loads(posecheck("techniques", "--schema").stdout)["properties"]["rules"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["analyze", "nowhere.mp4", "-t", "glute-max-roll"], "nowhere.mp4", id="no such clip"),
        pytest.param(["analyze", "x.mp4", "-t", "glut-max-roll"], "glute-max-roll", id="no such technique"),
        pytest.param(["analyze", "x.mp4", "-t", "bad.yaml"], "bad.yaml", id="malformed technique"),
        pytest.param(["analyze", "notes.mp4", "-t", "glute-max-roll"], "notes.mp4", id="not a video"),
        pytest.param(["demo", "-t", "handstand"], "handstand", id="no such sample"),
        pytest.param(["studio", "glute-max-roll", "--fault", "legs"], "legs", id="no such fault"),
    ],
)
def test_mistakes_get_plain_words(arguments: list[str], words: str, tmp_path: Path) -> None:
    """A mistake ends with exit code 1, says what and what to do, and shows no traceback."""
    (tmp_path / "notes.mp4").write_text("dear diary")
    (tmp_path / "bad.yaml").write_text("schema_version: 1\nrules: [\n")
    done = posecheck(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) >= 2
    assert not (tmp_path / "results").exists()


@pytest.mark.model
@pytest.mark.skipif(not MEDIA.exists(), reason="the media to test on are not here")
def test_ctrl_c_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    """Interrupted in the middle of a clip it ends with 130, one plain line, and no file."""
    clip = str((MEDIA / "real_squats.mp4").resolve())
    process = subprocess.Popen(
        [sys.executable, "-m", "posecheck.cli", "analyze", clip, "-t", "glute-max-roll", "-o", "out"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    started = time.monotonic()
    while not list(tmp_path.glob("out/.part.*/.*")) and time.monotonic() - started < 60:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip() == "Stopped. Earlier results are as they were."
    assert not (tmp_path / "out").exists()


def test_version() -> None:
    """The version is that of the package."""
    from posecheck import __version__  # noqa: PLC0415

    assert posecheck("--version").stdout == f"posecheck {__version__}\n"


@pytest.mark.model
@pytest.mark.skipif(not MEDIA.exists(), reason="the media to test on are not here")
def test_analyze_prints_the_verdict_and_where_the_files_are(tmp_path: Path) -> None:
    """The whole path from the command line: a picture in, verdict on the terminal, files in the folder."""
    photo = (MEDIA / "real_pose.jpg").resolve()
    done = posecheck("analyze", str(photo), "--technique", "glute-max-roll", "--out", "results", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "To correct first" in " ".join(done.stdout.split())
    assert "leg-crossed" in done.stdout
    names = {path.name for path in (tmp_path / "results").iterdir()}
    assert names == {"annotated.jpg", "report.html", "session.json", "measures.csv", "measures.parquet"}


@pytest.mark.model
def test_demo_checks_a_sample_clip(tmp_path: Path) -> None:
    """One command without any file of one's own: the verdict on the terminal, the report in the folder."""
    done = posecheck("demo", "-t", "half-kneeling-hip-flexor-stretch", "--fault", "--no-open", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "a rendered figure" in said
    assert "Make yourself tall" in said
    assert (tmp_path / "results" / "half-kneeling-hip-flexor-stretch-trunk-upright" / "report.html").is_file()


def test_studio_writes_a_picture(tmp_path: Path) -> None:
    """A reference pose from any camera, as PNG."""
    done = posecheck("studio", "hip-rotation-90", "--azimuth", "60", "--fault", "knee-at-90", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "hip-rotation-90.png").read_bytes().startswith(b"\x89PNG")


def test_studio_without_numba_says_how_to_get_it(tmp_path: Path) -> None:
    """The studio is an extra: without it there is plain advice, not a traceback."""
    code = "import sys; sys.modules['numba'] = None; from posecheck.cli import main; main()"
    line = [sys.executable, "-c", code, "studio", "glute-max-roll"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=100, cwd=tmp_path)
    assert done.returncode == 1
    assert "posecheck[studio]" in done.stderr
    assert "Traceback" not in done.stderr
