"""A session's result on a page: verdict, holds, rules, charts, downloads. The same after a live session and a clip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import altair as alt
import streamlit as st

from posecheck.analysis import Analysis
from posecheck.quantities import quantity_of
from posecheck.report import words
from posecheck.report.charts import hold_chart
from posecheck.report.content import moved_lines
from posecheck.report.html import render
from posecheck.report.panels import movement_panel, rule_panel
from posecheck.report.phases import SIDE_COLUMNS, rolling_line, side_rows
from posecheck.result import SessionResult, Timeline
from posecheck.safety import Safety
from posecheck.technique import Technique
from posecheck.ui.course import phase_strip
from posecheck.ui.style import chart_key, tiles, verdict_block
from posecheck.ui.wording import plain, rule_name

_CHART_WIDTH = 560
_FILES = {
    "report": ("Report (HTML)", "text/html"),
    "clip": ("Annotated clip (MP4)", "video/mp4"),
    "picture": ("Annotated picture (JPEG)", "image/jpeg"),
    "session": ("Session (JSON)", "application/json"),
    "csv": ("Measures (CSV)", "text/csv"),
    "parquet": ("Measures (Parquet)", "application/vnd.apache.parquet"),
}
"""Label and media type of each file, by its key in `Analysis.files`."""


def show_live_result(
    result: SessionResult,
    timeline: Timeline,
    technique: Technique,
    safety: Safety,
    complete: Callable[[SessionResult], SessionResult],
    *,
    ready: bool = True,
) -> None:
    """What came out of a live session; its files are made, and completed, only when they are asked for.

    They can be asked for once the page is `ready`: a file that is being made when the page is shown anew is lost.
    """
    _show_head(result, technique)
    left, right = st.container(key="pc-result").columns([9, 11], gap="large")
    with left:
        _show_tables(result, technique)
    with right:
        _show_charts(result, timeline, technique)
    st.subheader("Keep it")
    kept = "Nothing of this session is stored. Download what you want to keep."
    st.caption(kept if ready else f"{kept} One moment: the camera is being switched off.")
    first, second = st.columns(2)
    first.download_button(
        "Session (JSON)",
        lambda: complete(result).model_dump_json(indent=2),
        file_name="session.json",
        mime="application/json",
        on_click="ignore",
        disabled=not ready,
        width="stretch",
    )
    second.download_button(
        "Report (HTML)",
        lambda: render(complete(result), timeline, technique, (), datetime.now().astimezone(), safety),
        file_name="report.html",
        mime="text/html",
        on_click="ignore",
        disabled=not ready,
        width="stretch",
    )


def show_analysis(analysis: Analysis, technique: Technique) -> None:
    """What came out of a clip: the annotated clip beside its charts, and the files."""
    result = analysis.result
    st.divider()
    st.subheader(plain(f"{technique.name}: {result.clip.name}"))
    _show_head(result, technique)
    left, right = st.container(key="pc-result").columns([9, 11], gap="large")
    with left:
        if "clip" in analysis.files:
            st.video(str(analysis.files["clip"]))
        if "picture" in analysis.files:
            st.image(str(analysis.files["picture"]), width="stretch")
        _show_tables(result, technique)
    with right:
        _show_charts(result, analysis.timeline, technique)
    st.subheader("Downloads")
    present = [(key, analysis.files[key]) for key in _FILES if key in analysis.files]
    for column, (key, path) in zip(st.columns(len(present)), present, strict=True):
        label, media_type = _FILES[key]
        column.download_button(
            label,
            path.read_bytes,
            file_name=path.name,
            mime=media_type,
            key=f"download-{key}",
            on_click="ignore",
            width="stretch",
        )


def _show_head(result: SessionResult, technique: Technique) -> None:
    """The verdict, the numbers that matter, what limits them, and what was done when."""
    named = words.hold_words(technique)
    st.html(verdict_block(result.verdict))
    st.html(
        tiles(
            [
                (f"Best {named.one}, of {result.hold_target_s:g} s", words.duration(result.hold_best_s)),
                (f"In position, all {named.many}", words.duration(result.hold_total_s)),
                (named.many.capitalize(), str(len(result.holds))),
                *([("Side", " and ".join(result.sides) or str(result.side))] if technique.sided else []),
                *_movement(result),
            ]
        )
    )
    for notice in result.notices:
        st.warning(plain(notice))
    _show_course(result, technique)


def _movement(result: SessionResult) -> list[tuple[str, str]]:
    """How far and how fast the technique's movement went, if it has one."""
    movement = result.movement
    if movement is None or (movement.swings and movement.swings.range):  # what swings came to stands in sentences
        return []
    quantity = quantity_of(movement.measure)
    fastest = words.amount(movement.speed_max, quantity)
    return [
        (f"{quantity.label}, range", words.amount(movement.range, quantity)),
        ("Fastest", fastest if movement.speed_max is None else f"{fastest}/s"),
    ]


def _show_course(result: SessionResult, technique: Technique) -> None:
    """What was done when, how it was rolled, and both sides beside each other."""
    if strip := phase_strip(result):
        st.markdown("**What was done when**")
        st.html(strip)
    if result.strokes and result.clip.duration_s:
        st.markdown(plain(rolling_line(result.strokes, technique.rolling)))
    if result.clip.duration_s and (lines := moved_lines(result, technique)):
        st.markdown("\n".join(f"- {plain(line)}" for line in lines))
    sides = side_rows(result)
    if not sides:
        return
    st.markdown("**Both sides**")
    rows = [{"Side": side, **dict(zip(SIDE_COLUMNS, map(_together, numbers), strict=True))} for side, numbers in sides]
    st.table(rows, hide_index=True)
    if result.asymmetry:
        st.markdown(plain(result.asymmetry.sentence))
    st.caption(f"Everything below is about the {result.side} side.")


def _show_tables(result: SessionResult, technique: Technique) -> None:
    """Holds, time per rule and the cues that were given."""
    named = words.hold_words(technique)
    st.markdown(f"**{named.many.capitalize()}**")
    if result.holds:
        st.table(
            [
                {
                    "From": _together(words.moment(hold.start_s, result.clip.duration_s)),
                    "To": _together(words.moment(hold.end_s, result.clip.duration_s)),
                    named.done.capitalize(): _together(words.duration(hold.held_s)),
                    "Ended": plain(words.cause(hold.ended_by, result, technique)),
                }
                for hold in result.holds
            ],
            hide_index=True,
        )
    else:
        st.caption(f"No {named.one} was found.")
    st.markdown("**Time for each rule**")
    st.table(
        [
            {
                "Rule": rule_name(rule_id),
                "Right": words.duration(rule.pass_s),
                "To correct": words.duration(rule.fail_s),
                "Not seen": words.duration(rule.unseen_s),
            }
            for rule_id, rule in result.rules.items()
        ],
        hide_index=True,
    )
    if result.cues:
        st.markdown("**What was said**")
        moments = ((words.moment(cue.time_s, result.clip.duration_s), cue.text) for cue in result.cues)
        st.markdown("\n".join(f"- {moment}: {plain(text)}" for moment, text in moments))


def _together(number: str) -> str:
    """A number and its unit, never broken into two lines."""
    return number.replace(" ", "\N{NO-BREAK SPACE}")


def _show_charts(result: SessionResult, timeline: Timeline, technique: Technique) -> None:
    """The holds, each rule's measure against its target, and the movement."""
    if not result.clip.duration_s:
        st.caption("A single picture has no course over time, and no hold.")
        return
    st.html('<div class="pc-swipe">Swipe a chart sideways to see the rest of it.</div>')
    named = words.hold_words(technique)
    st.markdown(f"**{named.many.capitalize()} against the target**")
    _chart(hold_chart(result, technique, _CHART_WIDTH), "holds")
    st.html(chart_key(named.one))
    for rule in technique.rules:
        st.markdown(f"**{rule_name(rule.id)}**")
        _chart(rule_panel(timeline, result, rule, _CHART_WIDTH), f"rule-{rule.id}")
    if movement := technique.movement:
        st.markdown(f"**{quantity_of(movement.measure).label}**")
        if movement.lowest or movement.highest:
            st.caption("A swing should turn within the target bands: at each end in its own.")
        _chart(movement_panel(timeline, result, movement, _CHART_WIDTH), "movement")


def _chart(chart: alt.LayerChart, key: str) -> None:
    # Streamlit would squeeze the axes into the plot's own height, and shift all that is placed by pixel.
    st.altair_chart(chart.properties(autosize=alt.AutoSizeParams(type="pad")), width="content", theme=None, key=key)
