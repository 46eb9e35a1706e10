"""The charts of a session, the same ones in the report and on pages: one panel a rule, and the holds."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from posecheck.quantities import Quantity
from posecheck.report import words
from posecheck.report.series import pieces, spans
from posecheck.report.svg import GREY, INK, Row, chart_of, styled, to_svg, x_px, y2_px, y_px
from posecheck.result import Measurement, SessionResult, Timeline, Verdict
from posecheck.technique import Rule, Technique, measure_key

__all__ = ["LOOKS", "WIDTH", "Looks", "end_of", "hold_chart", "rule_panel", "to_svg"]

TARGET = "#0072b2"
MISSED = "#d55e00"
"""Blue and vermilion of Okabe and Ito's palette: told apart with every kind of colour vision, and in grey print."""

WIDTH = 700
"""Of a chart, px."""
_HEAD = 18
_PLOT_END = 146
_STRIP_START = 150
_HEIGHT = 166
_LABELS = 34
"""Room for the labels of the measure's axis, the same in all panels, so that their time axes are in line, px."""
_LETTER = 6.2
"""Width of an average letter of the charts' text, px."""
_TICKS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
_TICK_DISTANCE = 62
_CURVE = "curve"
_MOST_HOLDS = 12
_LINE = 15
_BAR = 16


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
    measurement = timeline.measures.get(measure_key(rule.measure, rule.side, result.side))
    if measurement is None:
        nothing = np.full(len(timeline.time_s), np.nan)
        measurement = Measurement(nothing, nothing)
    end_s = end_of(timeline, result)
    axes = _panel_axes(rule, measurement, end_s, width)
    layers = [
        _holds_behind(result, axes),
        *_target_bands(rule, axes),
        *_curve(axes),
        *_strip(timeline, rule, (width - _LABELS) / end_s),
        _cue_marks(result, rule),
    ]
    chart = styled(layers, width, _HEIGHT)
    # Set last and by name: Altair checks and copies inline rows at every step, which takes longer than the drawing.
    chart.datasets = {_CURVE: _curve_rows(timeline, measurement, axes, rule.quantity)}
    return chart


def hold_chart(result: SessionResult, technique: Technique, width: int = WIDTH) -> alt.LayerChart:
    """Each hold as a bar: how long it counted, how long it lasted with its pauses, the target, and why it ended.

    At most twelve are drawn, the longest ones, in their order in time.

    Parameters
    ----------
    result : SessionResult
        The holds; may be none.
    technique : Technique
        For the causes in words.
    width : int
        Of the chart, px.
    """
    numbered = list(enumerate(result.holds, start=1))
    shown = sorted(sorted(numbered, key=lambda item: -item[1].held_s)[:_MOST_HOLDS], key=lambda item: item[0])
    if not shown:
        mark = chart_of([{"text": "No hold was seen."}]).mark_text(color=GREY, fontSize=12, align="left")
        note = mark.encode(text=alt.Text("text:N"), x=x_px(0), y=y_px(12))
        return styled([note], width, 24)
    rows: list[Row] = []
    top = 20
    for number, hold in shown:
        why = textwrap.wrap(words.ending(hold, result, technique), int(width / _LETTER))
        lasted = max(hold.held_s, hold.end_s - hold.start_s)
        places = {"top": top, "bar": top + _LINE, "bar_end": top + _LINE + _BAR, "below": top + _LINE + _BAR + 3}
        title = words.hold_title(number, hold, result)
        rows.append({"x": 0, "held": hold.held_s, "lasted": lasted, "title": title, "why": "\n".join(why), **places})
        top += _LINE + _BAR + len(why) * _LINE + 14
    return styled(_hold_layers(rows, result.hold_target_s, width, top), width, top)


def end_of(timeline: Timeline, result: SessionResult) -> float:
    """Right end of every time axis, seconds: the clip's end, or the last frame if that is later; at least 1."""
    last = float(timeline.time_s[-1]) if len(timeline.time_s) else 0.0
    return max(1.0, last, result.clip.duration_s)


def _time(end_s: float, width: int) -> alt.X:
    """The time axis, with ticks at round times, far enough apart to be read."""
    most = max(2, width // _TICK_DISTANCE)
    step = next((tick for tick in _TICKS_S if end_s / tick <= most), end_s / 2)
    ticks = [round(step * i, 3) for i in range(int(end_s / step + 1e-9) + 1)]
    clock = "floor(datum.value / 60) + ':' + pad(floor(datum.value % 60), 2, '0', 'left')"
    label = clock if end_s > words.LONG_CLIP_S else "datum.value + ' s'"
    axis = alt.Axis(values=ticks, labelExpr=label, grid=False, tickColor=GREY, domainColor=GREY)
    return alt.X("x:Q", title=None, scale=alt.Scale(domain=[0, end_s], nice=False), axis=axis)


def _panel_axes(rule: Rule, measurement: Measurement, end_s: float, width: int) -> _Axes:
    """Axes of a panel: what was measured and the target both lie within them."""
    ends = [end for end in (rule.target.min, rule.target.max) if end is not None]
    seen = measurement.value[np.isfinite(measurement.value)]
    inside = np.concatenate([seen, ends, np.subtract(ends, rule.tolerance), np.add(ends, rule.tolerance)])
    low, high = float(inside.min()), float(inside.max())
    margin = max(0.12 * (high - low), 0.02 * max(abs(low), abs(high)), 1e-3)
    title = f"{rule.quantity.label} ({words.unit_name(rule.quantity)})"
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
    return _Axes(_time(end_s, width), alt.Y("y:Q", scale=scale, axis=axis), title, low, high)


def _holds_behind(result: SessionResult, axes: _Axes) -> alt.Chart:
    rows: list[Row] = [{"x": hold.start_s, "x2": hold.end_s} for hold in result.holds]
    bars = chart_of(rows).mark_rect(color="#9aa5b1", opacity=0.14)
    layer: alt.Chart = bars.encode(x=axes.x, x2=alt.X2("x2:Q"), y=y_px(_HEAD), y2=y2_px(_PLOT_END))
    return layer


def _target_bands(rule: Rule, axes: _Axes) -> list[alt.Chart]:
    """The target band, the paler tolerance round it, and a line at each end; an open end reaches the edge."""
    low = axes.bottom if rule.target.min is None else rule.target.min
    high = axes.top if rule.target.max is None else rule.target.max
    outer: Row = {"y": max(axes.bottom, low - rule.tolerance), "y2": min(axes.top, high + rule.tolerance)}
    ends: list[Row] = [{"y": end} for end in (rule.target.min, rule.target.max) if end is not None]
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
        room = (span.end_s - span.start_s) * pixels_per_s / _LETTER
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


def _cue_marks(result: SessionResult, rule: Rule) -> alt.Chart:
    rows: list[Row] = [{"x": cue.time_s, "text": cue.text} for cue in result.cues if cue.rule == rule.id]
    marks = chart_of(rows).mark_point(shape="triangle-down", filled=True, size=80, color=MISSED, opacity=1)
    layer: alt.Chart = marks.encode(x=_X, y=y_px(_HEAD + 5), tooltip=alt.Tooltip("text:N", title="cue"))
    return layer


def _hold_layers(rows: list[Row], target_s: float, width: int, height: int) -> list[alt.Chart]:
    """Bars from the start of each hold, all against one target line."""
    longest = max(1.08 * target_s, *(row["lasted"] for row in rows))
    pixels = alt.Scale(domain=[0, height], range=[0, height], nice=False, zero=False)
    bar = {"y": alt.Y("bar:Q", title=None, scale=pixels, axis=None), "y2": alt.Y2("bar_end:Q")}
    base = chart_of(rows)
    text: dict[str, Any] = {"align": "left", "baseline": "top", "color": INK}
    title = base.mark_text(fontSize=12, fontWeight="bold", **text)
    why = base.mark_text(lineHeight=_LINE, lineBreak="\n", **text)
    goal = chart_of([{"x": target_s, "text": f"target {target_s:g} s"}])
    line = goal.mark_rule(color=MISSED, strokeWidth=2, strokeDash=[5, 3])
    label = goal.mark_text(color="#a84300", baseline="top", align="left" if target_s < 0.8 * longest else "right")
    return [
        base.mark_rect(fill="white", stroke=GREY, strokeDash=[2, 2]).encode(
            x=_time(longest, width), x2=alt.X2("lasted:Q"), **bar
        ),
        base.mark_rect(fill=TARGET).encode(x=_X, x2=alt.X2("held:Q"), **bar),
        line.encode(x=_X, y=y_px(14), y2=y2_px(height)),
        label.encode(x=_X, y=y_px(0), text=alt.Text("text:N")),
        title.encode(x=_X, y=alt.Y("top:Q", title=None), text=alt.Text("title:N")),
        why.encode(x=_X, y=alt.Y("below:Q", title=None), text=alt.Text("why:N")),
    ]
