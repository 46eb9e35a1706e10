"""`posecheck technique new` and `check`, as a user runs them, and the page that does the same."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from streamlit.testing.v1 import AppTest

from posecheck.catalog import load_file, techniques_folder
from posecheck.cli import main
from posecheck.likely_pose import POSTURES
from posecheck.samples import sample_clip
from posecheck.technique_commands import Posture

KNEEL = sample_clip("half-kneeling-hip-flexor-stretch").clip
GOOD = (techniques_folder() / "half-kneeling-hip-flexor-stretch.yaml").read_text(encoding="utf-8")


class Done(NamedTuple):
    """What a command ended with and printed."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def posecheck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["posecheck", *arguments])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Done(code, *capsys.readouterr())

    return run


def as_own(text: str, folder: Path) -> Path:
    """A technique file of one's own, with only a rule or two, so that the proof is quick."""
    path = folder / "my-kneeling.yaml"
    head, rules = text.split("rules:\n")
    wanted = rules.split("  - id: ")
    kept = [part for part in wanted if part.startswith(("knee-down", "trunk-upright"))]
    tail = rules[rules.index("\nhold:") :]
    head = head.replace("id: half-kneeling-hip-flexor-stretch", "id: my-kneeling")
    path.write_text(head + "rules:\n" + "".join(f"  - id: {part}" for part in kept) + tail, encoding="utf-8")
    return path


@pytest.mark.model
def test_new_writes_a_file_and_says_how_to_go_on(posecheck: Command, tmp_path: Path) -> None:
    """The file loads; a second run refuses to replace it, and with --force does."""
    line = ["technique", "new", "my-kneeling", "--from", str(KNEEL), "--at", "15-16"]
    done = posecheck(*line)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "technique check my-kneeling.yaml" in said
    assert "--technique my-kneeling.yaml" in said
    assert "knee-on-floor" in said
    technique = load_file(tmp_path / "my-kneeling.yaml")
    assert KNEEL.stem not in (tmp_path / "my-kneeling.yaml").read_text(encoding="utf-8")  # it may be a patient's name
    again = posecheck(*line)
    assert again.returncode == 1
    assert "is there already" in again.stderr
    (tmp_path / "my-kneeling.yaml").write_text("mine")
    assert posecheck(*line, "--force").returncode == 0
    assert load_file(tmp_path / "my-kneeling.yaml") == technique


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["new", "My Roll", "--from", "x.mp4", "--at", "1"], "such as my-roll", id="bad name"),
        pytest.param(["new", "my-roll", "--from", "x.mp4", "--at", "noon"], "not a time", id="bad time"),
        pytest.param(["new", "my-roll", "--from", "x.mp4", "--at", "1"], "no file x.mp4", id="no clip"),
        pytest.param(["new", "my-roll", "--from", "x.mp4", "--at", "1", "-o", "b.yaml"], "my-roll.yaml", id="other"),
        pytest.param(["check", "nowhere.yaml"], "nowhere.yaml", id="no file"),
        pytest.param(["check", "bad.yaml"], "line 3", id="malformed"),
    ],
)
def test_mistakes_get_plain_words(posecheck: Command, arguments: list[str], words: str, tmp_path: Path) -> None:
    """Exit code 1, what and what to do, no traceback, no file."""
    (tmp_path / "bad.yaml").write_text("schema_version: 1\nrules: [\n")
    done = posecheck("technique", *arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


@pytest.mark.model
def test_check_proves_a_good_file(posecheck: Command, tmp_path: Path) -> None:
    """Each rule passes on either side and fails on its fault; the picture is there."""
    done = posecheck("technique", "check", str(as_own(GOOD, tmp_path)))
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["knee-down", "PASS", "PASS", "FAIL"] in rows
    assert ["trunk-upright", "PASS", "PASS", "FAIL"] in rows
    assert (tmp_path / "my-kneeling-reference.jpg").read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.model
def test_check_refuses_a_pose_that_breaks_its_own_rules(posecheck: Command, tmp_path: Path) -> None:
    """A band that the reference pose does not lie in: exit code 1, and the rule is named."""
    impossible = GOOD.replace("target: {min: 65, max: 125}", "target: {min: 5, max: 25}")
    done = posecheck("technique", "check", str(as_own(impossible, tmp_path)), "-o", "drawn.jpg")
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "does not pass its own rules: knee-down" in said
    assert (tmp_path / "drawn.jpg").is_file()


def page() -> None:
    """The page by itself."""
    from posecheck.ui.new_technique_page import show  # noqa: PLC0415 - AppTest runs this function's text

    show()


@pytest.mark.model
def test_the_page_makes_a_technique_of_a_clip() -> None:
    """Upload, choose the moment, measure: the frame, the drawn pose, the bands and the file."""
    app = AppTest.from_function(page, default_timeout=100).run()
    assert not app.exception
    app.file_uploader(key="shown").set_value((KNEEL.name, KNEEL.read_bytes(), "video/mp4")).run()
    app.slider(key="moment").set_value(15.0).run()
    app.text_input[0].set_value("my-kneeling").run()
    app.button[0].click().run()
    assert not app.exception
    assert not app.error
    assert [getattr(each, "label", "") for each in app.get("download_button")] == ["Technique (YAML)", "Picture (JPEG)"]
    assert "Knee on floor" in app.table[0].value["Rule"].tolist()


@pytest.mark.model
def test_the_page_says_what_is_wrong() -> None:
    """A bad name and a file that is no clip are said; where this machine keeps uploads is not."""
    app = AppTest.from_function(page, default_timeout=100).run()
    app.file_uploader(key="shown").set_value((KNEEL.name, KNEEL.read_bytes(), "video/mp4")).run()
    app.text_input[0].set_value("My Technique").run()
    app.button[0].click().run()
    assert "cannot be a technique" in app.error[0].value
    app.file_uploader(key="shown").set_value(("notes.mp4", b"dear diary" * 99, "video/mp4")).run()
    assert "notes" in app.error[0].value
    assert "/tmp" not in app.error[0].value.replace("\\", "")


@pytest.mark.parametrize("command", ["new", "check"])
def test_help(posecheck: Command, command: str) -> None:
    """Both explain themselves."""
    done = posecheck("technique", command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_every_posture_of_the_schema_can_be_said() -> None:
    """Beside leaving it to be guessed."""
    assert {posture.value for posture in Posture} == {"auto", *POSTURES}
