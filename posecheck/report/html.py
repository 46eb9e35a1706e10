"""A session as one self-contained HTML page, for a therapist to read on a screen, on a phone or on paper."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import altair as alt
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from posecheck.report import content, words
from posecheck.report.charts import hold_chart
from posecheck.report.panels import LOOKS, movement_panel, rule_panel
from posecheck.report.phases import SIDE_COLUMNS, phase_bars, phase_totals, rolling_line, side_rows
from posecheck.report.svg import to_svgs
from posecheck.result import SessionResult, Timeline
from posecheck.safety import Safety, aftercare, precautions
from posecheck.technique import Technique

_PHONE_WIDTH = 350
"""Of a chart that fits a phone held upright, px."""
_JPEG_START = b"\xff\xd8\xff"


@dataclass(frozen=True)
class KeyFrame:
    """A picture from the session.

    Parameters
    ----------
    time_s : float
        When it was taken.
    caption : str
        What it shows, one sentence.
    jpeg : bytes
        The picture, a JPEG file.

    Raises
    ------
    ValueError
        If the bytes are not a JPEG file.
    """

    time_s: float
    caption: str
    jpeg: bytes

    def __post_init__(self) -> None:
        if not self.jpeg.startswith(_JPEG_START):
            raise ValueError(f"the key frame at {self.time_s:g} s is not a JPEG file")

    @property
    def data_uri(self) -> str:
        """The picture as an address that needs no file."""
        return f"data:image/jpeg;base64,{base64.b64encode(self.jpeg).decode('ascii')}"


def render(
    result: SessionResult,
    timeline: Timeline,
    technique: Technique,
    key_frames: Sequence[KeyFrame],
    created: datetime,
    safety: Safety | None = None,
) -> str:
    """The report of a session as one HTML file without scripts and without references to anything outside it.

    Parameters
    ----------
    result : SessionResult
        The session; the numbers in the report are its numbers.
    timeline : Timeline
        The same session over time, for the charts; may have no frames, or one (a still: no charts, no hold).
    technique : Technique
        What was done.
    key_frames : sequence of KeyFrame
        Pictures to show; may be none.
    created : datetime
        When the session took place, printed as it is.
    safety : Safety, optional
        When to stop and that this is no diagnosis, in the words of the safety file; with it, what was asked before a
        live session is printed as well.

    Returns
    -------
    str
        The page, to be written as UTF-8.

    Raises
    ------
    ValueError
        If the result belongs to another technique.
    """
    if result.technique != technique.id:
        raise ValueError(f"the result is of technique {result.technique!r}, not of {technique.id!r}")
    frames, clip_s = len(timeline.time_s), result.clip.duration_s
    svgs = [Markup(svg) for svg in to_svgs(_charts(result, timeline, technique))] if frames > 1 else []  # noqa: S704
    rules = [content.rule_row(rule, result, timeline, technique) for rule in technique.rules]
    return _template().render(
        technique=technique,
        result=result,
        created=f"{created.day} {created:%B %Y, %H:%M}",
        duration=words.duration(clip_s),
        still=frames == 1,
        tiles=content.tiles(result, timeline, technique),
        holds=[
            (words.hold_title(number, hold, result, technique), words.ending(hold, result, technique))
            for number, hold in enumerate(result.holds, start=1)
        ],
        hold_words=words.hold_words(technique),
        hold_svg={"wide": svgs[0], "narrow": svgs[1]} if svgs else None,
        panels=list(zip(rules, svgs[2 : 2 + len(rules)], strict=True)) if svgs else [],
        movement_svg=svgs[-1] if svgs and technique.movement else None,
        looks=[(verdict.value.lower(), looks) for verdict, looks in LOOKS.items()],
        pictures=[(words.moment(frame.time_s, clip_s), frame) for frame in key_frames],
        cues=[(words.moment(cue.time_s, clip_s), cue.text) for cue in result.cues],
        rules=rules,
        measures=content.measure_rows(result, technique),
        safety=safety,
        precautions=precautions(safety, technique) if safety else ("", technique.precautions),
        aftercare=aftercare(safety, technique) if safety else technique.aftercare,
        screen=content.safety_lines(result.safety, safety) if result.safety and safety else [],
        phases=phase_bars(result),
        sides=side_rows(result),
        side_columns=SIDE_COLUMNS,
        phase_totals=phase_totals(result),
        rolling=rolling_line(result.strokes, technique.rolling) if result.strokes else "",
        movement=content.moved_lines(result, technique),
    )


def _charts(result: SessionResult, timeline: Timeline, technique: Technique) -> Iterator[alt.LayerChart]:
    """The hold chart for screen and phone, a panel for each rule in order, and one of the movement, if there is one.

    They are built one by one, as asked for.
    """
    yield hold_chart(result, technique)
    yield hold_chart(result, technique, _PHONE_WIDTH)
    for rule in technique.rules:
        yield rule_panel(timeline, result, rule)
    if technique.movement:
        yield movement_panel(timeline, result, technique.movement)


@cache
def _template() -> Template:
    """The page's template; everything put into it is escaped unless it is the charts' own markup."""
    environment = Environment(
        loader=PackageLoader("posecheck.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")
