"""Results as files for others to read: CSV and Parquet, one row a frame, and session.json."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import ArrayLike
from pydantic import ValidationError

from posecheck import __version__
from posecheck.errors import PosecheckError
from posecheck.files import atomic_path
from posecheck.quantities import QUANTITIES
from posecheck.result import SessionResult, Timeline

_TIME_DECIMALS = 4
"""A tenth of a millisecond: finer than any frame timestamp."""
_MEASURE_DECIMALS = 3
"""A thousandth of a degree, a millimetre: finer than any standard error."""
_ROWS_AT_ONCE = 8192
"""Rows converted at a time, which bounds the memory beyond the timeline itself."""
_SESSION_LIMIT_BYTES = 64 * 2**20
"""No session.json comes near this; a larger file is something else."""


def write_csv(timeline: Timeline, path: str | os.PathLike[str]) -> None:
    """Write a timeline as CSV: a header and one row a frame.

    Times have 4 decimals and measures 3. A measure that is unseen is an empty cell, `in_position` is true or false.

    Parameters
    ----------
    timeline : Timeline
        The session.
    path : path-like
        Where the file is to be; replaced when it exists.

    Raises
    ------
    OutputError
        If it cannot be written; nothing is left behind then.
    """
    # Nothing needs quotes: names are identifiers, the text cells are PASS, FAIL and UNSEEN.
    options = pa.csv.WriteOptions(quoting_style="none", quoting_header="none")
    with (
        atomic_path(path) as temporary,
        temporary.open("wb") as file,
        pa.csv.CSVWriter(file, _schema(timeline), write_options=options) as writer,
    ):
        for batch in _batches(timeline, rounded=True):
            writer.write_batch(batch)


def write_parquet(timeline: Timeline, path: str | os.PathLike[str], *, technique: str | None = None) -> None:
    """Write a timeline as Parquet, with the columns of the CSV and unrounded values.

    A measure that is unseen is null. The schema's metadata has `units` (JSON, unit by column), `posecheck` (version)
    and, when given, `technique`; each column's own metadata has its `unit`.

    Parameters
    ----------
    timeline : Timeline
        The session.
    path : path-like
        Where the file is to be; replaced when it exists.
    technique : str, optional
        Id of the technique.

    Raises
    ------
    OutputError
        If it cannot be written; nothing is left behind then.
    """
    schema = _schema(timeline, technique)
    with (
        atomic_path(path) as temporary,
        temporary.open("wb") as file,
        pa.parquet.ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        for batch in _batches(timeline, rounded=False):
            writer.write_batch(batch)


def write_session(result: SessionResult, path: str | os.PathLike[str]) -> None:
    """Write a session's result as JSON (`session.json`).

    Raises
    ------
    OutputError
        If it cannot be written; nothing is left behind then.
    """
    with atomic_path(path) as temporary:
        temporary.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_session(path: str | os.PathLike[str]) -> SessionResult:
    """Read what `write_session` wrote.

    Raises
    ------
    PosecheckError
        If the file is missing, unreadable, or not a session; the message names the first entry that is wrong.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _SESSION_LIMIT_BYTES:
            raise PosecheckError(f"{path} is too large to be a session.", "Give the session.json of an analysis.")
        content = path.read_bytes()
    except OSError as error:
        raise PosecheckError(
            f"{path} could not be read: {error.strerror}.", "Give the session.json of an analysis."
        ) from error
    try:
        return SessionResult.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise PosecheckError(
            f"{path} is not a session: {where}: {first['msg']}.",
            "Analyse the clip again, or give a session.json that this version wrote.",
        ) from error


def _schema(timeline: Timeline, technique: str | None = None) -> pa.Schema:
    """Columns with their units, the same for both formats."""
    units = {"time_s": "s", "hold_s": "s"}
    fields = [_field("time_s", pa.float64(), "s")]
    for column in timeline.measures:
        quantity = QUANTITIES.get(column.partition(".")[0])
        unit = quantity.unit if quantity else ""
        units |= {column: unit, f"{column}.se": unit}
        fields += [_field(column, pa.float64(), unit), _field(f"{column}.se", pa.float64(), unit)]
    fields += [_field(f"rule.{rule}", pa.string()) for rule in timeline.verdicts]
    fields += [_field("in_position", pa.bool_()), _field("hold_s", pa.float64(), "s")]
    metadata = {"posecheck": __version__, "units": json.dumps(units)}
    if technique is not None:
        metadata["technique"] = technique
    return pa.schema(fields, metadata=metadata)


def _field(name: str, kind: pa.DataType, unit: str = "") -> pa.Field:
    return pa.field(name, kind, metadata={"unit": unit} if unit else None)


def _batches(timeline: Timeline, *, rounded: bool) -> Iterator[pa.RecordBatch]:
    """The timeline's rows in pieces, as the columns of `_schema`."""
    schema = _schema(timeline)
    decimals = (_TIME_DECIMALS, _MEASURE_DECIMALS) if rounded else (None, None)
    for start in range(0, len(timeline.time_s), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        columns = [_numbers(timeline.time_s[rows], decimals[0])]
        for measurement in timeline.measures.values():
            value = np.asarray(measurement.value[rows], dtype=np.float64)
            # An error without a value would look like a measurement: both are left out together.
            se = np.where(np.isfinite(value), measurement.se[rows], np.nan)
            columns += [_numbers(value, decimals[1]), _numbers(se, decimals[1])]
        columns += [pa.array(np.asarray(v[rows], dtype=np.str_), pa.string()) for v in timeline.verdicts.values()]
        columns.append(pa.array(np.asarray(timeline.in_position[rows], dtype=np.bool_)))
        columns.append(_numbers(timeline.hold_s[rows], decimals[0]))
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _numbers(values: ArrayLike, decimals: int | None) -> pa.Array:
    """A column of numbers; what is not finite becomes null."""
    numbers = np.asarray(values, dtype=np.float64)
    if decimals is not None:
        numbers = np.round(numbers, decimals) + 0.0  # adding zero turns -0.0 into 0.0
    return pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers))
