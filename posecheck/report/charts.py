"""The chart of the holds of a session, the same one in the report and on pages, and how all charts look."""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt

from posecheck.report import words
from posecheck.report.svg import GREY, INK, Row, chart_of, styled, to_svg, x_px, y2_px, y_px
from posecheck.result import SessionResult, Timeline
from posecheck.technique import Technique

__all__ = ["LETTER_PX", "MISSED", "TARGET", "WIDTH", "end_of", "hold_chart", "time_axis", "to_svg"]

TARGET = "#0072b2"
MISSED = "#d55e00"
"""Blue and vermilion of Okabe and Ito's palette: told apart with every kind of colour vision, and in grey print."""

WIDTH = 700
"""Of a chart, px."""
LETTER_PX = 6.2
"""Width of an average letter of the charts' text, px."""
_TICKS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
_TICK_DISTANCE = 62
_MOST_HOLDS = 12
_LINE = 15
_BAR = 16
_X = alt.X("x:Q", title=None)


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
        none = f"No {words.hold_words(technique).one} was seen."
        mark = chart_of([{"text": none}]).mark_text(color=GREY, fontSize=12, align="left")
        note = mark.encode(text=alt.Text("text:N"), x=x_px(0), y=y_px(12))
        return styled([note], width, 24)
    rows: list[Row] = []
    top = 20
    for number, hold in shown:
        why = textwrap.wrap(words.ending(hold, result, technique), int(width / LETTER_PX))
        lasted = max(hold.held_s, hold.end_s - hold.start_s)
        places = {"top": top, "bar": top + _LINE, "bar_end": top + _LINE + _BAR, "below": top + _LINE + _BAR + 3}
        title = words.hold_title(number, hold, result, technique)
        rows.append({"x": 0, "held": hold.held_s, "lasted": lasted, "title": title, "why": "\n".join(why), **places})
        top += _LINE + _BAR + len(why) * _LINE + 14
    return styled(_hold_layers(rows, result.hold_target_s, width, top), width, top)


def end_of(timeline: Timeline, result: SessionResult) -> float:
    """Right end of every time axis, seconds: the clip's end, or the last frame if that is later; at least 1."""
    last = float(timeline.time_s[-1]) if len(timeline.time_s) else 0.0
    return max(1.0, last, result.clip.duration_s)


def time_axis(end_s: float, width: int) -> alt.X:
    """The time axis, with ticks at round times, far enough apart to be read."""
    most = max(2, width // _TICK_DISTANCE)
    step = next((tick for tick in _TICKS_S if end_s / tick <= most), end_s / 2)
    ticks = [round(step * i, 3) for i in range(int(end_s / step + 1e-9) + 1)]
    clock = "floor(datum.value / 60) + ':' + pad(floor(datum.value % 60), 2, '0', 'left')"
    label = clock if end_s > words.LONG_CLIP_S else "datum.value + ' s'"
    axis = alt.Axis(values=ticks, labelExpr=label, grid=False, tickColor=GREY, domainColor=GREY)
    return alt.X("x:Q", title=None, scale=alt.Scale(domain=[0, end_s], nice=False), axis=axis)


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
            x=time_axis(longest, width), x2=alt.X2("lasted:Q"), **bar
        ),
        base.mark_rect(fill=TARGET).encode(x=_X, x2=alt.X2("held:Q"), **bar),
        line.encode(x=_X, y=y_px(14), y2=y2_px(height)),
        label.encode(x=_X, y=y_px(0), text=alt.Text("text:N")),
        title.encode(x=_X, y=alt.Y("top:Q", title=None), text=alt.Text("title:N")),
        why.encode(x=_X, y=alt.Y("below:Q", title=None), text=alt.Text("why:N")),
    ]
