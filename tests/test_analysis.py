"""A clip goes in, files come out: real pixels, the real model, and what happens when something goes wrong."""

import csv
import errno
import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pyarrow.parquet as pq
import pytest

from posecheck import analysis as analysis_module
from posecheck import overlap
from posecheck.analysis import FILE_NAMES, Analysis, analyze
from posecheck.catalog import load_technique
from posecheck.errors import ClipError, ModelError, NobodyFoundError, OutputError
from posecheck.landmarks import Side
from posecheck.pair_finder import Around, PairFinder
from posecheck.quantities import OF_THE_PARTNER, columns
from posecheck.video import ClipReader, ClipWriter
from tests.recorded import MEDIA

GLUTE, SUPINE, PHOTO = MEDIA / "glute_roll_crossed.mp4", MEDIA / "hip_rotation_supine.mp4", MEDIA / "real_pose.jpg"
pytestmark = pytest.mark.model
needs_media = pytest.mark.skipif(not MEDIA.exists(), reason="the media to test on are not here")


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones included."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def glute(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The rendered glute roll, analysed once."""
    out = tmp_path_factory.mktemp("glute") / "results"
    return analyze(GLUTE, load_technique("glute-max-roll"), Side.RIGHT, out)


@pytest.fixture
def empty_room(tmp_path: Path) -> Path:
    """A clip of a wall."""
    path = tmp_path / "wall.mp4"
    with ClipWriter(path, (320, 240)) as writer:
        for i in range(20):
            writer.write(np.full((240, 320, 3), 120, np.uint8), i / 10)
    return path


@needs_media
def test_holds_are_found_on_real_pixels(glute: Analysis) -> None:
    """Two holds, each end within 0.4 s of the truth, and never crossed while both feet stand on the floor."""
    ends = [(hold.start_s, hold.end_s) for hold in glute.result.holds]
    assert np.abs(np.array(ends) - [(3.2, 11.3), (15.2, 20.0)]).max() <= 0.4
    span = (glute.timeline.time_s >= 12) & (glute.timeline.time_s <= 14)
    assert "PASS" not in glute.timeline.verdicts["leg-crossed"][span]


@needs_media
def test_supine_knee_against_its_true_angle(tmp_path: Path) -> None:
    """The right knee is seen in 90% of the frames, to within 6 degrees of the rendered figure's true angle."""
    done = analyze(SUPINE, load_technique("hip-rotation-90"), Side.RIGHT, tmp_path, annotate=False)
    truth = json.loads(SUPINE.with_suffix(".json").read_text())["frames"]
    knee = done.timeline.measures["knee_flexion.right"].value
    true_knee = np.interp(
        done.timeline.time_s, [frame["t"] for frame in truth], [frame["knee_flexion.right"] for frame in truth]
    )
    seen = np.isfinite(knee)
    assert seen.mean() >= 0.9
    assert np.abs(knee - true_knee)[seen].mean() < 6.0


@needs_media
def test_session_json_has_the_promised_names(glute: Analysis) -> None:
    """Others read session.json: its names are fixed."""
    content = json.loads(glute.files["session"].read_text())
    assert content["schema_version"] == 1
    assert (content["technique"], content["side"]) == ("glute-max-roll", "right")
    assert set(content["clip"]) == {"name", "duration_s", "frames", "size"}
    assert (content["clip"]["frames"], content["clip"]["size"]) == (300, [640, 480])
    assert content["clip"]["duration_s"] == pytest.approx(20.0, abs=0.1)
    assert all(set(hold) == {"start_s", "end_s", "held_s", "ended_by"} for hold in content["holds"])
    assert {"hold_total_s", "hold_best_s", "hold_target_s", "verdict"} <= content.keys()
    assert all({"pass_s", "fail_s", "unseen_s", "cue"} == set(rule) for rule in content["rules"].values())
    knee = content["measures"]["knee_flexion.left"]
    assert set(knee) == {"mean", "min", "max", "standard_error", "seen_share"}
    assert all(set(cue) == {"time_s", "rule", "text"} for cue in content["cues"])
    assert content["software"]["posecheck"]
    assert len(content["model"]["sha256"]) == 64


@needs_media
def test_tables_hold_one_row_a_frame(glute: Analysis) -> None:
    """CSV and Parquet hold the same frames, with a value and an error for each measure and a verdict for each rule."""
    with glute.files["csv"].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 300
    expected = {"time_s", "in_position", "hold_s", "rule.leg-crossed", "rule.foot-planted"}
    own = [column for column in columns() if column.partition(".")[0] not in OF_THE_PARTNER]
    expected |= {name for column in own for name in (column, f"{column}.se")}
    assert expected <= rows[0].keys()
    assert not any(name.startswith("hands_") for name in rows[0]), "there is no partner"
    table = pq.read_table(glute.files["parquet"])
    assert table.num_rows == 300
    assert expected <= set(table.column_names)
    row = table.slice(100, 1).to_pylist()[0]
    assert float(rows[100]["knee_flexion.left"]) == pytest.approx(row["knee_flexion.left"], abs=0.001)
    assert rows[100]["rule.leg-crossed"] == row["rule.leg-crossed"] == "PASS"
    assert (rows[100]["in_position"], row["in_position"]) == ("true", True)
    assert rows[1]["stillness"] == ""
    assert all(math.isfinite(float(row["time_s"])) for row in rows)


@needs_media
def test_annotated_clip_keeps_the_timing(glute: Analysis) -> None:
    """The annotated clip is H.264 with the original's frame times, and its pictures differ from the original's."""
    with av.open(str(glute.files["clip"])) as container:
        assert container.streams.video[0].codec_context.name == "h264"
    with ClipReader(GLUTE) as original, ClipReader(glute.files["clip"]) as drawn:
        pairs = list(zip(original, drawn, strict=True))
    assert [a.time_s for a, _ in pairs] == pytest.approx([b.time_s for _, b in pairs], abs=1e-3)
    assert np.abs(pairs[100][0].image.astype(int) - pairs[100][1].image).max() > 100


@needs_media
def test_report_has_pictures_and_numbers(glute: Analysis) -> None:
    """The report shows the verdict, at least one picture of the hold and one of the fault."""
    page = glute.files["report"].read_text(encoding="utf-8")
    assert "In position" in page
    assert page.count("data:image/jpeg;base64,") >= 2
    assert "<script" not in page


@needs_media
def test_a_picture_works_too(tmp_path: Path) -> None:
    """A photo gives one row, no hold, an annotated picture and a report."""
    done = analyze(PHOTO, load_technique("half-kneeling-hip-flexor-stretch"), None, tmp_path)
    assert set(done.files) == {"picture", "report", "session", "csv", "parquet"}
    assert done.result.holds == []
    assert len(done.timeline.time_s) == 1
    assert done.result.clip.frames == 1
    assert done.files["csv"].read_text().count("\n") == 2


@needs_media
def test_progress_goes_from_start_to_end(tmp_path: Path) -> None:
    """Progress never goes back and ends at 1."""
    shares: list[float] = []
    analyze(SUPINE, load_technique("hip-rotation-90"), None, tmp_path, annotate=False, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 100


def test_nobody_in_it(empty_room: Path, tmp_path: Path) -> None:
    """A clip without a person says so and writes nothing."""
    out = tmp_path / "out"
    with pytest.raises(NobodyFoundError, match=r"Nobody was found in wall\.mp4"):
        analyze(empty_room, load_technique("glute-max-roll"), None, out)
    assert not out.exists()


def test_not_a_video_leaves_earlier_results(tmp_path: Path) -> None:
    """A text file called .mp4 is refused, and what was in the folder stays."""
    clip, out = tmp_path / "notes.mp4", tmp_path / "out"
    clip.write_text("dear diary")
    out.mkdir()
    (out / "session.json").write_text("earlier")
    with pytest.raises(ClipError, match=r"notes\.mp4"):
        analyze(clip, load_technique("glute-max-roll"), None, out)
    assert files_of(out) == {"session.json": b"earlier"}


def test_broken_model_is_said_before_the_clip_is_watched(empty_room: Path, tmp_path: Path) -> None:
    """A model that is none gives its own error."""
    with pytest.raises(ModelError):
        analyze(empty_room, load_technique("glute-max-roll"), None, tmp_path / "out", model=empty_room)


def _interrupting(after: int) -> Iterator[float]:
    for _ in range(after):
        yield 0.0
    raise KeyboardInterrupt


@needs_media
def test_ctrl_c_leaves_no_half_file(tmp_path: Path) -> None:
    """Interrupted in the middle, earlier results are whole and nothing else is there."""
    out = tmp_path / "out"
    out.mkdir()
    for name in FILE_NAMES.values():
        (out / name).write_bytes(b"earlier")
    before, calls = files_of(out), _interrupting(30)

    def interrupt(_: float) -> None:
        next(calls)

    with pytest.raises(KeyboardInterrupt):
        analyze(SUPINE, load_technique("hip-rotation-90"), None, out, progress=interrupt)
    assert files_of(out) == before


@needs_media
@pytest.mark.parametrize("failing", ["write_parquet", "write_session", "render"])
def test_full_disk_leaves_earlier_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """When the disk fills up while the files are written, the error says so and earlier results stay."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "session.json").write_text("earlier")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(analysis_module, failing, full)
    with pytest.raises(OutputError, match="disk is full"):
        analyze(PHOTO, load_technique("glute-max-roll"), None, out)
    assert files_of(out) == {"session.json": b"earlier"}


@needs_media
def test_truncated_clip_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """A clip cut off in the middle is analysed up to there, and says so."""
    whole, cut = tmp_path / "whole.mkv", tmp_path / "cut.mkv"
    with av.open(str(SUPINE)) as source, av.open(str(whole), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    done = analyze(cut, load_technique("hip-rotation-90"), Side.RIGHT, tmp_path / "out", annotate=False)
    assert 2.0 < done.result.clip.duration_s < 14.0
    assert any("cut off" in notice for notice in done.result.notices)


@needs_media
def test_an_earlier_annotated_clip_does_not_outlive_its_analysis(tmp_path: Path) -> None:
    """Files of an earlier analysis that the new one does not have are removed, other files are left alone."""
    (tmp_path / "annotated.mp4").write_bytes(b"of another clip")
    (tmp_path / "notes.txt").write_text("mine")
    analyze(PHOTO, load_technique("glute-max-roll"), None, tmp_path)
    assert not (tmp_path / "annotated.mp4").exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"


class Progress:
    """Counts the frames that detection is done with, and lets other threads wait for it to go on."""

    def __init__(self) -> None:
        self.frames = 0
        self._changed = threading.Condition()

    def __call__(self, _: float) -> None:
        """Take a call of `analyze`."""
        with self._changed:
            self.frames += 1
            self._changed.notify_all()

    def went_on(self, frames: int) -> bool:
        """Wait until so many more frames are done; False when nothing moves for five seconds."""
        with self._changed:
            goal = self.frames + frames
            return self._changed.wait_for(lambda: self.frames >= goal, 5.0)


@needs_media
def test_detection_goes_on_while_a_block_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handing over a block of frames to be drawn never waits for the drawing of that block."""
    progress = Progress()
    waited: list[bool] = []
    add = analysis_module._Artist.add

    def slow(artist: Any, writer: Any, frame: Any, result: Any) -> None:
        if not waited:
            waited.append(progress.went_on(analysis_module.BLOCK // 2))
        add(artist, writer, frame, result)

    monkeypatch.setattr(overlap, "usable_cores", lambda: 2)
    monkeypatch.setattr(analysis_module._Artist, "add", slow)
    analyze(SUPINE, load_technique("hip-rotation-90"), Side.RIGHT, tmp_path, annotate=False, progress=progress)
    assert waited == [True]


@needs_media
def test_detection_goes_on_while_somebody_looks_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for others, which takes as long as many frames, holds up nothing; what it finds is still said."""
    progress = Progress()
    waited: list[bool] = []

    def slow(_: Any, __: Any) -> Around:
        waited.append(progress.went_on(analysis_module.BLOCK // 2))
        return Around(people=2, together=False)

    monkeypatch.setattr(overlap, "usable_cores", lambda: 2)
    monkeypatch.setattr(PairFinder, "around", slow)
    done = analyze(SUPINE, load_technique("hip-rotation-90"), Side.RIGHT, tmp_path, annotate=False, progress=progress)
    assert len(waited) > 1
    assert all(waited)
    assert any(f"seen in {len(waited)} of {len(waited)} looks" in notice for notice in done.result.notices)


@needs_media
def test_an_error_of_who_looks_round_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong beside the detection ends the analysis and leaves nothing behind."""

    def fail(_: Any, __: Any) -> Around:
        raise ModelError("The model broke.", "Leave it out.")

    monkeypatch.setattr(PairFinder, "around", fail)
    with pytest.raises(ModelError, match="broke"):
        analyze(SUPINE, load_technique("hip-rotation-90"), Side.RIGHT, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
