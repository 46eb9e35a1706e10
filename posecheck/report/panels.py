"""One measure of a session over time, the same charts in the report and on pages: of each rule, and of the movement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from posecheck.coach import MOVEMENT
from posecheck.quantities import Quantity, quantity_of
from posecheck.report import words
from posecheck.report.charts import LETTER_PX, MISSED, TARGET, WIDTH, end_of, time_axis
from posecheck.report.series import pieces, spans
from posecheck.report.svg import INK, Row, chart_of, styled, y2_px, y_px
from posecheck.result import Measurement, SessionResult, Timeline, Verdict
from posecheck.technique import Band, Movement, Rule, measure_key

__all__ = ["LOOKS", "Looks", "movement_panel", "rule_panel"]

_HEAD = 18
_PLOT_END = 146
_STRIP_START = 150
_HEIGHT = 166
_LABELS = 34
"""Room for the labels of the measure's axis, the same in all panels, so that their time axes are in line, px."""
_CURVE = "curve"


@dataclass(frozen=True)
class Looks:
    """A verdict in the strip: word, sign, colours, and where its bar starts, so that no verdict rests on hue alone."""

    word: str
    sign: str
    fill: str
    stroke: str
    ink: str
    start: int


LOOKS = {
    Verdict.PASS: Looks("on target", "✓", TARGET, TARGET, "white", _STRIP_START),
    Verdict.FAIL: Looks("off target", "✗", "#f7d3b7", MISSED, "#7a3300", _STRIP_START + 5),
    Verdict.UNSEEN: Looks(words.NOT_SEEN, "?", "white", "#9aa5b1", "#52606d", _STRIP_START),
}


@dataclass(frozen=True)
class _Axes:
    """Both axes of a panel. Its first layers carry them, the others share them: Altair checks every copy at length."""

    x: alt.X
    y: alt.Y
    y_title: str
    bottom: float
    top: float

    def shared_y(self, field: str = "y") -> alt.Y:
        """A field on the same axis. Layers with one title share it, with different ones they are listed."""
        return alt.Y(f"{field}:Q", title=self.y_title)


_X = alt.X("x:Q", title=None)


def rule_panel(timeline: Timeline, result: SessionResult, rule: Rule, width: int = WIDTH) -> alt.LayerChart:
    """One rule over time: its measure with two standard errors either way, target, verdicts, holds and cues.

    The line has a gap wherever the measure is unseen. The target band is blue, the tolerance around it paler, the
    holds are grey behind it all. Triangles mark when the rule's cue was given. The strip below shows the verdict by
    colour, height and sign.

    Parameters
    ----------
    timeline : Timeline
        The session; may be empty.
    result : SessionResult
        Holds, cues and the side.
    rule : Rule
        One of the technique's rules.
    width : int
        Of the chart, px.

    Returns
    -------
    altair.LayerChart
        Time on the x axis in seconds, as m:ss in long clips.
    """
    measurement = _measurement(timeline, measure_key(rule.measure, rule.side, result.side))
    end_s = end_of(timeline, result)
    ends = _ends(rule.target)
    inside = [*ends, *np.subtract(ends, rule.tolerance), *np.add(ends, rule.tolerance)]
    axes = _panel_axes(rule.quantity, inside, measurement, end_s, width)
    layers = [
        _holds_behind(result, axes),
        *_target_bands(rule.target, rule.tolerance, axes),
        *_curve(axes),
        *_strip(timeline, rule, (width - _LABELS) / end_s),
        _cue_marks(result, rule.id),
    ]
    return _panel(layers, width, _HEIGHT, _curve_rows(timeline, measurement, axes, rule.quantity))


def movement_panel(timeline: Timeline, result: SessionResult, movement: Movement, width: int = WIDTH) -> alt.LayerChart:
    """The technique's movement over time, drawn as a rule is, without verdicts: it does not decide about the hold.

    Blue bands are where its ends should be, if the technique says so.

    Parameters
    ----------
    timeline : Timeline
        The session; may be empty.
    result : SessionResult
        Holds, cues and the side.
    movement : Movement
        Of the technique.
    width : int
        Of the chart, px.

    Returns
    -------
    altair.LayerChart
        Time on the x axis in seconds, as m:ss in long clips.
    """
    measurement = _measurement(timeline, measure_key(movement.measure, movement.side, result.side))
    quantity, bands = quantity_of(movement.measure), [band for band in (movement.lowest, movement.highest) if band]
    inside = [end for band in bands for end in _ends(band)]
    axes = _panel_axes(quantity, inside, measurement, end_of(timeline, result), width)
    targets = [layer for band in bands for layer in _target_bands(band, 0.0, axes)]
    layers = [_holds_behind(result, axes), *targets, *_curve(axes), _cue_marks(result, MOVEMENT)]
    return _panel(layers, width, _PLOT_END, _curve_rows(timeline, measurement, axes, quantity))


def _measurement(timeline: Timeline, column: str) -> Measurement:
    """A measure over time; never seen, if the session has none of that name."""
    nothing = np.full(len(timeline.time_s), np.nan)
    return timeline.measures.get(column, Measurement(nothing, nothing))


def _panel(layers: list[alt.Chart], width: int, height: int, rows: list[Row]) -> alt.LayerChart:
    chart = styled(layers, width, height)
    # Set last and by name: Altair checks and copies inline rows at every step, which takes longer than the drawing.
    chart.datasets = {_CURVE: rows}
    return chart


def _ends(band: Band) -> list[float]:
    """The ends that a band has."""
    return [end for end in (band.min, band.max) if end is not None]


def _panel_axes(
    quantity: Quantity, inside: Sequence[float], measurement: Measurement, end_s: float, width: int
) -> _Axes:
    """Axes of a panel: what was measured lies within them, and some values more."""
    within = [*inside, *measurement.value[np.isfinite(measurement.value)]] or [0.0]
    low, high = float(min(within)), float(max(within))
    margin = max(0.12 * (high - low), 0.02 * max(abs(low), abs(high)), 1e-3)
    title = f"{quantity.label} ({words.unit_name(quantity)})"
    heading: dict[str, Any] = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": -34, "titleY": 7}
    axis = alt.Axis(
        title=title,
        titleFontWeight="normal",
        tickCount=4,
        domain=False,
        ticks=False,
        minExtent=_LABELS,
        maxExtent=_LABELS,
        **heading,
    )
    low, high = low - margin, high + margin
    scale = alt.Scale(domain=[low, high], range=[_PLOT_END, _HEAD], nice=False, zero=False)
    return _Axes(time_axis(end_s, width), alt.Y("y:Q", scale=scale, axis=axis), title, low, high)


def _holds_behind(result: SessionResult, axes: _Axes) -> alt.Chart:
    rows: list[Row] = [{"x": hold.start_s, "x2": hold.end_s} for hold in result.holds]
    bars = chart_of(rows).mark_rect(color="#9aa5b1", opacity=0.14)
    layer: alt.Chart = bars.encode(x=axes.x, x2=alt.X2("x2:Q"), y=y_px(_HEAD), y2=y2_px(_PLOT_END))
    return layer


def _target_bands(target: Band, tolerance: float, axes: _Axes) -> list[alt.Chart]:
    """The target band, the paler tolerance round it, and a line at each end; an open end reaches the edge."""
    low = axes.bottom if target.min is None else target.min
    high = axes.top if target.max is None else target.max
    outer: Row = {"y": max(axes.bottom, low - tolerance), "y2": min(axes.top, high + tolerance)}
    ends: list[Row] = [{"y": end} for end in _ends(target)]
    return [
        chart_of([outer]).mark_rect(color=TARGET, opacity=0.08).encode(y=axes.y, y2=alt.Y2("y2:Q")),
        chart_of([{"y": low, "y2": high}])
        .mark_rect(color=TARGET, opacity=0.17)
        .encode(y=axes.shared_y(), y2=alt.Y2("y2:Q")),
        chart_of(ends).mark_rule(color=TARGET, strokeWidth=1, opacity=0.8).encode(y=axes.shared_y()),
    ]


def _curve_rows(timeline: Timeline, measurement: Measurement, axes: _Axes, quantity: Quantity) -> list[Row]:
    """Points of the line and of its ribbon, two standard errors either way; a row of nulls at each gap.

    The ribbon is cut at the ends of the axis, below which the strip lies.
    """
    least, most = max(axes.bottom, quantity.bounds[0]), min(axes.top, quantity.bounds[1])
    digits = 2 if axes.top - axes.bottom > 10 else 4
    rows: list[Row] = []
    for frames in pieces(timeline.time_s, measurement.value):
        value = measurement.value[frames]
        error = 2 * np.nan_to_num(measurement.se[frames])
        edges = np.clip([value - error, value + error], least, most)
        columns = np.round([value, *edges], digits).tolist()
        times = np.round(timeline.time_s[frames], 3).tolist()
        rows += [{"x": x, "y": y, "low": low, "high": high} for x, y, low, high in zip(times, *columns, strict=True)]
        rows.append({"x": times[-1], "y": None, "low": None, "high": None})
    return rows


def _curve(axes: _Axes) -> list[alt.Chart]:
    """The ribbon and the line over it, both broken at rows of nulls."""
    base = alt.Chart(alt.NamedData(_CURVE))
    gaps: dict[str, Any] = {"invalid": "break-paths-show-path-domains"}
    ribbon = base.mark_area(color=INK, opacity=0.16, **gaps)
    line = base.mark_line(color=INK, strokeWidth=1.6, strokeCap="round", strokeJoin="round", **gaps)
    return [ribbon.encode(x=_X, y=axes.shared_y("low"), y2=alt.Y2("high:Q")), line.encode(x=_X, y=axes.shared_y())]


def _strip(timeline: Timeline, rule: Rule, pixels_per_s: float) -> list[alt.Chart]:
    """The verdicts: a full blue bar, a low pale vermilion one, an empty dashed one, each with its word or sign."""
    verdicts = timeline.verdicts.get(rule.id, np.full(len(timeline.time_s), Verdict.UNSEEN.value))
    rows: dict[Verdict, list[Row]] = {verdict: [] for verdict in Verdict}
    for span in spans(timeline.time_s, verdicts):
        looks = LOOKS[span.verdict]
        room = (span.end_s - span.start_s) * pixels_per_s / LETTER_PX
        text = f"{looks.sign} {looks.word}" if room > len(looks.word) + 4 else looks.sign if room > 2 else ""
        middle_s = (span.start_s + span.end_s) / 2
        rows[span.verdict].append({"x": span.start_s, "x2": span.end_s, "middle": middle_s, "text": text})
    layers = []
    for verdict, looks in LOOKS.items():
        dash = [2, 2] if verdict is Verdict.UNSEEN else [1, 0]
        bar = chart_of(rows[verdict]).mark_rect(fill=looks.fill, stroke=looks.stroke, strokeWidth=0.8, strokeDash=dash)
        layers.append(bar.encode(x=_X, x2=alt.X2("x2:Q"), y=y_px(looks.start), y2=y2_px(_HEIGHT)))
        label = chart_of([row for row in rows[verdict] if row["text"]])
        middle = y_px((looks.start + _HEIGHT) / 2)
        layers.append(
            label.mark_text(color=looks.ink, fontSize=10, baseline="middle").encode(
                x=alt.X("middle:Q", title=None), y=middle, text=alt.Text("text:N")
            )
        )
    return layers


def _cue_marks(result: SessionResult, rule_id: str) -> alt.Chart:
    rows: list[Row] = [{"x": cue.time_s, "text": cue.text} for cue in result.cues if cue.rule == rule_id]
    marks = chart_of(rows).mark_point(shape="triangle-down", filled=True, size=80, color=MISSED, opacity=1)
    layer: alt.Chart = marks.encode(x=_X, y=y_px(_HEAD + 5), tooltip=alt.Tooltip("text:N", title="cue"))
    return layer
