"""CSV, Parquet and session.json: same values in all, and never half a file."""

from __future__ import annotations

import csv
import errno
import json
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from posecheck import export
from posecheck.errors import OutputError, PosecheckError
from posecheck.files import atomic_path
from posecheck.result import Measurement, Timeline, Verdict
from tests import samples

MEASURES = ("knee_flexion.left", "trunk_inclination", "pelvis_speed")
RULES = ("leg-crossed", "foot-planted")


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Any timeline of up to 30 frames, some of it unseen."""
    frames = draw(st.integers(0, 30))
    number = st.one_of(st.just(math.nan), st.floats(-1e4, 1e4))

    def numbers() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return draw(hnp.arrays(np.float64, frames, elements=number))

    measures = {}
    for name in MEASURES:
        value = numbers()
        measures[name] = Measurement(value, np.where(np.isnan(value), np.nan, np.abs(numbers())))
    verdict = st.sampled_from([verdict.value for verdict in Verdict])
    verdicts = {
        rule: np.array(draw(st.lists(verdict, min_size=frames, max_size=frames)), dtype=np.str_) for rule in RULES
    }
    steps = draw(hnp.arrays(np.float64, frames, elements=st.floats(0.001, 2.0)))
    held = draw(hnp.arrays(np.float64, frames, elements=st.floats(0, 600)))
    return Timeline(np.cumsum(steps), measures, verdicts, draw(hnp.arrays(np.bool_, frames)), held)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(timeline=timelines())
def test_csv_and_parquet_hold_the_same_rows(timeline: Timeline, tmp_path: Path) -> None:
    """Both formats have the same columns, the same verdicts, the same numbers up to rounding, and the same holes."""
    export.write_csv(timeline, tmp_path / "measures.csv")
    export.write_parquet(timeline, tmp_path / "measures.parquet")
    cells, table = rows_of(tmp_path / "measures.csv"), pyarrow.parquet.read_table(tmp_path / "measures.parquet")
    header = (tmp_path / "measures.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert table.column_names == header
    assert len(cells) == table.num_rows == len(timeline.time_s)
    for cell, row in zip(cells, table.to_pylist(), strict=True):
        for name, value in row.items():
            if value is None:
                assert cell[name] == ""
            elif isinstance(value, bool):
                assert cell[name] == str(value).lower()
            elif isinstance(value, str):
                assert cell[name] == value
            else:
                assert float(cell[name]) == pytest.approx(value, abs=0.00051)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(timeline=timelines())
def test_parquet_gives_back_the_timeline(timeline: Timeline, tmp_path: Path) -> None:
    """Every value comes back exactly, and is null exactly where the measure was unseen."""
    export.write_parquet(timeline, tmp_path / "measures.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "measures.parquet")
    np.testing.assert_array_equal(table["time_s"].to_numpy(), timeline.time_s)
    for name, measurement in timeline.measures.items():
        np.testing.assert_array_equal(table[name].to_numpy(), measurement.value)
        assert table[name].is_null().to_pylist() == np.isnan(measurement.value).tolist()
        assert table[f"{name}.se"].to_pylist() == [None if math.isnan(se) else se for se in measurement.se]
    for rule, verdicts in timeline.verdicts.items():
        assert table[f"rule.{rule}"].to_pylist() == verdicts.tolist()
    assert table["in_position"].to_pylist() == timeline.in_position.tolist()


def test_columns_are_named_as_promised(tmp_path: Path) -> None:
    """Time first, each measure before its standard error, then rules, in_position and hold_s."""
    export.write_csv(samples.timeline(duration_s=0.2), tmp_path / "measures.csv")
    header = (tmp_path / "measures.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header[:3] == ["time_s", "knee_flexion.left", "knee_flexion.left.se"]
    assert header[-3:] == ["rule.hands-behind", "in_position", "hold_s"]


def test_numbers_in_csv_are_short(tmp_path: Path) -> None:
    """Times have at most 4 decimals, measures 3, there is no minus zero, and an error without a value is left out."""
    measures = {"knee_flexion.left": Measurement(np.array([71.23456, -0.0001, np.nan]), np.array([2.0004, 1, 3]))}
    verdicts = {"bent": np.array(["PASS", "FAIL", "UNSEEN"])}
    line = Timeline(np.array([1 / 30, 2 / 30, 3 / 30]), measures, verdicts, np.array([True, False, False]), np.zeros(3))
    export.write_csv(line, tmp_path / "measures.csv")
    assert (tmp_path / "measures.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "0.0333,71.235,2,PASS,true,0",
        "0.0667,0,1,FAIL,false,0",
        "0.1,,,UNSEEN,false,0",
    ]


def test_parquet_says_what_it_holds(tmp_path: Path) -> None:
    """The schema's metadata has the technique and the unit of every measure."""
    export.write_parquet(samples.timeline(duration_s=1), tmp_path / "m.parquet", technique="glute-max-roll")
    schema = pyarrow.parquet.read_schema(tmp_path / "m.parquet")
    units = json.loads(schema.metadata[b"units"])
    assert schema.metadata[b"technique"] == b"glute-max-roll"
    assert (units["time_s"], units["knee_flexion.left.se"], units["pelvis_speed"]) == ("s", "deg", "m/s")
    assert schema.field("ankle_to_opposite_knee.right").metadata[b"unit"] == b"shank"


def test_a_long_clip_is_written_quickly(tmp_path: Path) -> None:
    """Ten minutes at 30 frames/s are written in both formats within seconds, every frame of them."""
    frames = 18_000
    values = np.random.default_rng(1).normal(60, 20, (28, frames))
    measures = {f"knee_flexion.{i}": Measurement(value, value / 10) for i, value in enumerate(values)}
    verdicts = {f"rule-{i}": np.full(frames, "UNSEEN") for i in range(4)}
    line = Timeline(np.arange(frames) / 30, measures, verdicts, np.ones(frames, np.bool_), np.arange(frames) / 30)
    start = time.process_time()
    export.write_csv(line, tmp_path / "measures.csv")
    export.write_parquet(line, tmp_path / "measures.parquet")
    assert time.process_time() - start < 5
    assert pyarrow.csv.read_csv(tmp_path / "measures.csv").num_rows == frames
    assert pyarrow.parquet.read_metadata(tmp_path / "measures.parquet").num_rows == frames


def test_a_session_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """session.json holds the whole result under its fixed names."""
    result = samples.result()
    export.write_session(result, tmp_path / "session.json")
    assert export.read_session(tmp_path / "session.json") == result
    content = json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))
    assert content["schema_version"] == 1
    assert content["holds"][0].keys() == {"start_s", "end_s", "held_s", "ended_by"}
    assert content["measures"]["hip_rotation.left"]["mean"] is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "could not be read", id="missing"),
        pytest.param("", "not a session", id="empty"),
        pytest.param('{"schema_version": 1', "not a session", id="cut off"),
        pytest.param('{"schema_version": 2}', "schema_version", id="another version"),
        pytest.param("\0\1\2", "not a session", id="binary"),
    ],
)
def test_what_is_no_session_is_refused_in_words(content: str | None, said: str, tmp_path: Path) -> None:
    """A file that is not a session gives an error that names it and says what is wrong."""
    path = tmp_path / "session.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(PosecheckError, match=said) as caught:
        export.read_session(path)
    assert str(path) in caught.value.problem
    assert caught.value.advice


def _write_half(path: Path, stop: type[BaseException]) -> None:
    path.write_text("half of the n", encoding="utf-8")
    raise stop


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError, ValueError], ids=lambda stop: stop.__name__)
def test_an_interrupted_write_leaves_what_was_there(stop: type[BaseException], tmp_path: Path) -> None:
    """When writing stops midway, the earlier file is whole and nothing else lies in the folder."""
    path = tmp_path / "report.html"
    path.write_text("earlier", encoding="utf-8")
    with pytest.raises(stop), atomic_path(path) as temporary:
        _write_half(temporary, stop)
    assert path.read_text(encoding="utf-8") == "earlier"
    assert list(tmp_path.iterdir()) == [path]


class _StopsMidway(np.ndarray[tuple[int], np.dtype[np.float64]]):
    """Times that can be counted but fail when a later row is asked for."""

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, slice) and rows.start and rows.start > 0:
            raise KeyboardInterrupt
        return super().__getitem__(rows)


@pytest.mark.parametrize("write", [export.write_csv, export.write_parquet], ids=["csv", "parquet"])
def test_ctrl_c_while_exporting_leaves_no_half_file(write: Callable[[Timeline, Path], None], tmp_path: Path) -> None:
    """An export interrupted after its first rows were written leaves the folder as it was."""
    frames = 20_000
    times = np.arange(frames, dtype=np.float64).view(_StopsMidway)
    line = Timeline(times, {}, {}, np.ones(frames, np.bool_), np.zeros(frames))
    with pytest.raises(KeyboardInterrupt):
        write(line, tmp_path / "measures")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param(errno.ENOSPC, "disk is full", id="disk full"),
        pytest.param(errno.EACCES, "no permission", id="no permission"),
        pytest.param(errno.ENOTDIR, "not a folder", id="not a folder"),
        pytest.param(errno.EROFS, "only be read", id="read-only"),
    ],
)
def test_an_error_of_the_disk_is_put_into_words(code: int, said: str, tmp_path: Path) -> None:
    """What the system refuses becomes an OutputError that names the file and says what to do."""
    with pytest.raises(OutputError, match=said) as caught, atomic_path(tmp_path / "out.csv"):
        raise OSError(code, os.strerror(code))
    assert "out.csv" in caught.value.problem
    assert caught.value.advice
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_noticed_by_a_real_write(tmp_path: Path) -> None:
    """A write that the disk has no room for ends in an OutputError, not in a short file."""
    with (
        pytest.raises(OutputError, match="disk is full"),
        atomic_path(tmp_path / "out.csv"),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"rows")
    assert list(tmp_path.iterdir()) == []


def test_trouble_with_another_file_is_not_blamed_on_this_one(tmp_path: Path) -> None:
    """An error about a file that the block reads passes through unchanged, and nothing is left behind."""
    with pytest.raises(FileNotFoundError, match="clip"), atomic_path(tmp_path / "out.mp4"):
        (tmp_path / "clip.mp4").read_bytes()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        pytest.param("nowhere/out.csv", "does not exist", id="no such folder"),
        pytest.param("file/out.csv", "not a folder", id="below a file"),
        pytest.param("folder", "folder of that name", id="a folder in the way"),
    ],
)
def test_an_impossible_place_is_refused_with_advice(place: str, said: str, tmp_path: Path) -> None:
    """A place where no file can be is refused with what to do about it."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=said) as caught:
        export.write_session(samples.result(), tmp_path / place)
    assert caught.value.advice
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder"}


def test_the_temporary_file_keeps_extension_and_folder(tmp_path: Path) -> None:
    """Writers that choose the format by the extension work, and long names still fit the file system."""
    final = tmp_path / f"{'ü' * 120}.mp4"
    with atomic_path(final) as temporary:
        assert (temporary.suffix, temporary.parent) == (".mp4", tmp_path)
        temporary.write_bytes(b"film")
    assert final.read_bytes() == b"film"
    assert list(tmp_path.iterdir()) == [final]
