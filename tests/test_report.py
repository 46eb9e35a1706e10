"""The report: its numbers are the session's, nothing unseen becomes a number, nothing comes from or goes outside."""

from __future__ import annotations

import io
import math
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from posecheck.catalog import load_technique
from posecheck.landmarks import Side
from posecheck.phase import Phase, PhaseSpan, Spread, StrokeSummary
from posecheck.quantities import QUANTITIES
from posecheck.report import words
from posecheck.report.charts import hold_chart, to_svg
from posecheck.report.content import movement_lines
from posecheck.report.html import KeyFrame, render
from posecheck.report.panels import movement_panel, rule_panel
from posecheck.report.phases import asked_strokes, rolling_line
from posecheck.report.series import pieces, share_of, spans
from posecheck.result import (
    Asymmetry,
    HoldSpan,
    Measurement,
    MovementSummary,
    SessionResult,
    SideSummary,
    Timeline,
    Verdict,
)
from posecheck.technique import Band, Technique
from tests import samples

WHEN = datetime(2025, 3, 3, 14, 5, tzinfo=UTC)
EVIL = "<script>alert(1)</script>.mp4"
TAGS_WITHOUT_END = {"meta", "img", "br"}


def jpeg() -> bytes:
    """A small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 18), (80, 120, 160)).save(buffer, "JPEG")
    return buffer.getvalue()


class Page(HTMLParser):
    """A parsed page: its elements with their attributes, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that is opened."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in TAGS_WITHOUT_END:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Check that it closes the element opened last."""
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        """Add to the text, the style sheet left out."""
        if "style" not in self.open:
            self.text = f"{self.text} {' '.join(data.split())}".strip()

    def all(self, *tags: str) -> list[dict[str, str]]:
        """Attributes of all elements of these kinds."""
        return [attributes for tag, attributes in self.elements if tag in tags]


def report(result: SessionResult | None = None, timeline: Timeline | None = None, **options: Any) -> str:
    """The report of the sample session, or of another one."""
    line = samples.timeline() if timeline is None else timeline
    frames = options.get("key_frames", [KeyFrame(20.0, "First hold, position right.", jpeg())])
    return render(result or samples.result(line), line, options.get("technique", samples.technique()), frames, WHEN)


@pytest.fixture(scope="module")
def source() -> str:
    """The report of the sample session."""
    return report()


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    """The same, parsed."""
    return Page(source)


def test_the_report_says_what_the_session_says(page: Page) -> None:
    """Verdict, key numbers, holds with causes, cues, notices, precautions, aftercare and versions are all there."""
    result, technique = samples.result(), samples.technique()
    expected = [
        technique.name, "right side", "monday_evening.mp4", "3 March 2025, 14:05", result.verdict, *result.notices,
        f"Best hold {words.duration(result.hold_best_s)} of 30 s asked for",
        f"Total held {words.duration(result.hold_total_s)} in 2 holds",
        "Holds broken early 1 once: ankle to opposite knee (right) no longer on target",
        *(cue.text for cue in result.cues), *technique.precautions, *technique.aftercare,
        "training aid, not a diagnosis", "mediapipe 0.10.33", result.model["sha256"], "First hold, position right.",
    ]  # fmt: skip
    assert [text for text in expected if text not in page.text] == []


def test_a_treatment_is_not_called_a_hold() -> None:
    """Where what a partner does counts, nobody held anything: tiles, headings, the list and the chart say so."""
    sample = samples.technique()
    treatment = sample.model_copy(update={"hold": sample.hold.model_copy(update={"cue_idle": "Go on rubbing"})})
    source = report(technique=treatment)
    text = Page(source).text
    for named in ("Best treatment", "Total treated", "in 2 treatments", "Treatments broken early", "Treatment 1:"):
        assert named in text
    assert not re.search(r"\b(Best hold|Total held|Holds|Hold \d)\b", text)


def test_seconds_of_each_rule_are_those_of_the_result(page: Page) -> None:
    """Each rule's row has its target in words and its three times as they are in the result."""
    for rule in samples.technique().rules:
        summary = samples.result().rules[rule.id]
        times = " ".join(words.duration(part) for part in (summary.pass_s, summary.fail_s, summary.unseen_s))
        assert f"{words.target(rule)} {times}" in page.text


def test_measures_are_those_of_the_result_and_never_zero_when_unseen(page: Page) -> None:
    """A seen measure has its five numbers; one that was never seen has no number at all."""
    knee = samples.result().measures["knee_flexion.right"]
    numbers = f"{knee.mean:.0f} {knee.min:.0f} {knee.max:.0f} {knee.standard_error:.0f} {words.share(knee.seen_share)}"
    assert f"Knee flexion (right) degrees {numbers}" in page.text
    assert "Hip rotation (left) degrees not seen" in page.text


def test_a_clip_name_cannot_become_markup() -> None:
    """Markup in a name, a verdict, a cue or a caption is shown as text, in the page and in its charts."""
    data = samples.technique().model_dump(mode="json")
    data["rules"][0]["cue"] = "<img src=x onerror=alert(1)>"
    data["name"] = '"><script>alert(2)</script>'
    result = samples.result(name=EVIL)
    rules = {
        name: rule.model_copy(update={"cue": "<img src=x onerror=alert(1)>"}) for name, rule in result.rules.items()
    }
    result = result.model_copy(update={"verdict": "<b onclick=x>", "rules": rules})
    source = report(
        result, technique=Technique.model_validate(data), key_frames=[KeyFrame(1, "' onload=x <i>", jpeg())]
    )
    parsed = Page(source)
    assert parsed.all("script", "b onclick", "i") == []
    assert all(attributes["src"].startswith("data:image/jpeg;base64,") for attributes in parsed.all("img"))
    assert not [name for _, attributes in parsed.elements for name in attributes if name.startswith("on")]
    assert EVIL in parsed.text


def test_the_page_needs_nothing_from_outside(source: str, page: Page) -> None:
    """No script, no address outside the file except the names of SVG, and a policy that forbids the rest."""
    addresses = {address.rstrip('"') for address in re.findall(r"(?:https?:)?//[^\s<>)]+", source)}
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert page.all("script", "link", "iframe", "object", "embed", "form", "base", "a") == []
    assert not re.search(r"@import|javascript:|url\((?!#)", source)
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")


def test_the_page_can_be_read_aloud(page: Page) -> None:
    """It has a language, headings in order, a described picture and chart each, and table heads with a scope."""
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert page.all("html") == [{"lang": "en"}]
    assert all(attributes["alt"] for attributes in page.all("img"))
    assert all(attributes["scope"] in ("row", "col") for attributes in page.all("th"))
    charts = [attributes for attributes in page.all("div") if attributes.get("role") == "img"]
    assert len(charts) == 1 + len(samples.technique().rules)
    assert all(len(attributes["aria-label"]) > 30 for attributes in charts)
    assert all(attributes["aria-hidden"] == "true" for attributes in page.all("svg"))
    assert page.open == []


def test_ids_in_the_page_are_unique(page: Page) -> None:
    """Charts side by side do not share the names of their clip paths."""
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("frames", [0, 1, 2, 40])
def test_a_session_without_anybody_is_reported_as_unseen(frames: int) -> None:
    """Whatever its length, a session in which nothing was seen gives a whole page without a made-up number."""
    line = samples.never_seen(frames)
    parsed = Page(report(samples.result(line), line))
    assert parsed.open == []
    assert "Trunk inclination degrees not seen" in parsed.text
    assert "nan" not in parsed.text.lower().split()
    assert ("single picture" in parsed.text) == (frames == 1)


def test_a_still_says_for_each_rule_what_it_saw() -> None:
    """A still has verdict and value of each rule, and neither hold nor charts."""
    moment = samples.timeline(every_s=1.0, duration_s=1.0)
    text = Page(report(samples.result(moment), moment)).text
    value = words.amount(moment.measures["trunk_inclination"].value[0], QUANTITIES["trunk_inclination"])
    assert f"between 12° and 45° off target ({value})" in text
    assert "Best hold" not in text


def test_another_technique_is_refused() -> None:
    """A result cannot be reported under a technique that it is not of."""
    other = samples.technique().model_copy(update={"id": "another"})
    with pytest.raises(ValueError, match="another"):
        report(technique=other)


def test_a_key_frame_must_be_a_jpeg() -> None:
    """Anything else is refused before it gets into a page."""
    with pytest.raises(ValueError, match=r"2\.5 s is not a JPEG"):
        KeyFrame(2.5, "caption", b"<svg onload=alert(1)>")


@pytest.mark.parametrize(
    ("ends", "unit", "expected"),
    [
        pytest.param({"min": -45, "max": -5}, "°", "between -45° and -5°", id="a sign stands behind each number"),
        pytest.param({"min": 4, "max": 12}, " s", "between 4 and 12 s", id="a word behind the last"),
        pytest.param({"min": 0.3}, " shank lengths", "at least 0.3 shank lengths", id="open above"),
        pytest.param({"max": 90}, "°", "at most 90°", id="open below"),
    ],
)
def test_a_band_is_worded_in_one_way(ends: dict[str, float], unit: str, expected: str) -> None:
    """Alone, and behind what was measured; without a band nothing is asked for."""
    assert words.band(Band(**ends), unit) == expected
    assert words.asked_for(Band(**ends), unit) == f"; asked for: {expected}"
    assert words.asked_for(None, unit) == ""


def test_a_stroke_with_one_end_says_which() -> None:
    """At most is not read as exactly."""
    rolling = load_technique("glute-max-roll").rolling
    assert rolling is not None
    assert asked_strokes(rolling) == "between 5 and 25 cm, at most 8 cm a second"
    open_below = rolling.model_copy(update={"stroke_m": Band(max=0.25)})
    assert asked_strokes(open_below) == "at most 25 cm, at most 8 cm a second"


def test_movement_is_reported_beside_what_was_asked_for() -> None:
    """Range and speed are sentences with unit and standard error; what was not seen has no number."""
    data = samples.technique().model_dump(mode="json")
    data["movement"] = {"measure": "hip_rotation", "side": "working", "range": {"min": 40}, "max_speed": 30}
    technique = Technique.model_validate(data)
    seen = MovementSummary(
        measure="hip_rotation.right", low=-20.4, high=31, range=51.4, range_standard_error=4.2,
        speed_median=12.2, speed_max=38, seen_share=0.93,
    )  # fmt: skip
    text = " ".join(movement_lines(seen, technique))
    assert "from -20° to 31°, a range of 51° (standard error 4°); asked for: at least 40°" in text
    assert "usually 12° a second, at most 38° a second; allowed: at most 30° a second" in text
    unseen = seen.model_copy(update={"range": None, "low": None, "high": None, "seen_share": 0.0})
    assert movement_lines(unseen, technique) == [
        "Hip rotation (right): not seen for long enough to tell range and speed."
    ]
    assert "a range of 51°" in Page(report(samples.result().model_copy(update={"movement": seen}))).text


def test_the_movement_is_drawn_with_where_its_ends_should_be() -> None:
    """Its course stands in the report as a chart, with a band for each end; of what was never seen there is no line."""
    data = samples.technique().model_dump(mode="json")
    ends = {"lowest": {"min": -45, "max": -5}, "highest": {"min": 5, "max": 60}}
    data["movement"] = {"measure": "knee_flexion", "side": "working", "range": {"min": 40}, "max_speed": 30} | ends
    technique = Technique.model_validate(data)
    assert technique.movement is not None
    chart = movement_panel(samples.timeline(), samples.result(), technique.movement)
    rows = [row["y"] for row in _rows(chart) if row["y"] is not None]
    measured = samples.timeline().measures["knee_flexion.right"].value
    assert np.nanmin(measured) - 0.01 <= min(rows) <= max(rows) <= np.nanmax(measured) + 0.01
    bands = [row for data in chart.to_dict()["datasets"].values() for row in data if "y2" in row and "x" not in row]
    assert {"y": -45, "y2": -5} in bands
    assert {"y": 5, "y2": 60} in bands
    line = samples.never_seen(30)
    assert _rows(movement_panel(line, samples.result(line), technique.movement)) == []
    seen = MovementSummary(
        measure="knee_flexion.right", low=-20.4, high=31, range=51.4, range_standard_error=4.2,
        speed_median=12.2, speed_max=38, seen_share=0.93,
    )  # fmt: skip
    moved = samples.result().model_copy(update={"movement": seen})
    assert report(moved, technique=technique).count("<svg") == report(moved).count("<svg") + 1


def _rows(chart: alt.LayerChart) -> list[dict[str, float | None]]:
    """The rows of a panel's curve."""
    rows: list[dict[str, float | None]] = chart.to_dict()["datasets"]["curve"]
    return rows


def test_unseen_time_is_a_gap_in_the_line() -> None:
    """Between the last seen frame and the next one there is a row of nulls, and no point lies in unseen time."""
    rule = samples.technique().rule("hands-behind")
    rows = _rows(rule_panel(samples.timeline(), samples.result(), rule))
    gaps = [row["x"] for row in rows if row["y"] is None]
    assert gaps == [pytest.approx(39.933), pytest.approx(63.933), pytest.approx(71.933)]
    assert not [row for row in rows if row["y"] is not None and row["x"] is not None and 40 <= row["x"] < 46]


def _lines(svg: str) -> list[int]:
    """How many separate pieces each stroked curve of a chart has."""
    groups = [group for group in ET.fromstring(svg).iter() if "mark-line" in group.get("class", "")]
    return [str(path.get("d")).count("M") for group in groups for path in group]


@pytest.mark.parametrize(("rule", "parts"), [("hands-behind", 3), ("leg-crossed", 2)])
def test_the_drawn_line_is_broken_where_unseen(rule: str, parts: int) -> None:
    """In the SVG itself the curve is as many pieces as there are seen stretches."""
    svg = to_svg(rule_panel(samples.timeline(), samples.result(), samples.technique().rule(rule)))
    assert _lines(svg) == [parts]


@pytest.mark.parametrize("frames", [0, 1, 30])
def test_charts_of_next_to_nothing_can_be_drawn(frames: int) -> None:
    """Panels and hold chart of an empty, a one-frame and a never-seen session are valid SVG without a curve."""
    line = samples.never_seen(frames)
    result = samples.result(line)
    for chart in [rule_panel(line, result, samples.technique().rules[0]), hold_chart(result, samples.technique())]:
        ET.fromstring(to_svg(chart))
    assert _rows(rule_panel(line, result, samples.technique().rules[0])) == []


def _all_svgs() -> Iterator[str]:
    line, result = samples.timeline(), samples.result()
    yield to_svg(hold_chart(result, samples.technique()))
    for rule in samples.technique().rules:
        yield to_svg(rule_panel(line, result, rule))


def test_charts_contain_no_script() -> None:
    """An SVG has no script, no event handler and no reference to anything but itself."""
    for svg in _all_svgs():
        for element in ET.fromstring(svg).iter():
            assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "image", "a", "use"}
            assert not [name for name in element.attrib if name.startswith("on") or name.endswith("href")]


def test_the_hold_chart_names_holds_target_and_causes() -> None:
    """Each hold's time, the target and why it ended are readable in the chart."""
    text = " ".join(ET.fromstring(to_svg(hold_chart(samples.result(), samples.technique()))).itertext())
    first, second = samples.result().holds
    assert f"Hold 1: {words.duration(first.held_s)} held" in text
    assert f"Hold 2: {words.duration(second.held_s)} held" in text
    assert "target 30 s" in text
    assert "Rest your right ankle on the left knee." in text
    assert "Target reached." in text


def test_only_the_longest_holds_are_drawn_but_all_are_listed() -> None:
    """Of twenty holds twelve are drawn, the longest ones; the page lists them all."""
    holds = [HoldSpan(start_s=3 * i, end_s=3 * i + 2, held_s=1 + i / 20, ended_by="left_view") for i in range(20)]
    result = samples.result().model_copy(update={"holds": holds})
    text = " ".join(ET.fromstring(to_svg(hold_chart(result, samples.technique()))).itertext())
    assert re.findall(r"Hold (\d+):", text) == [str(number) for number in range(9, 21)]
    assert "Hold 1:" in Page(report(result)).text


def test_a_long_clip_has_minutes_on_its_axis() -> None:
    """Times are in seconds up to a minute and a half, and as m:ss beyond."""
    short, long = samples.timeline(duration_s=60), samples.timeline(duration_s=240)
    rule = samples.technique().rules[2]
    ticks = [
        " ".join(ET.fromstring(to_svg(rule_panel(line, samples.result(line), rule))).itertext())
        for line in (short, long)
    ]
    assert "50 s" in ticks[0]
    assert "3:30" in ticks[1]


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.one_of(st.just(math.nan), st.floats(-100, 100)), max_size=400),
    points=st.integers(8, 60),
)
def test_thinning_keeps_peaks_and_never_bridges_a_gap(values: list[float], points: int) -> None:
    """No more points than asked for, the extremes among them, all seen, and no unseen frame inside a piece."""
    value = np.array(values, dtype=np.float64)
    parts = pieces(np.arange(len(value)) / 30, value, points)
    kept = np.concatenate([*parts, np.array([], dtype=np.intp)])
    assert len(kept) <= points
    assert np.all(np.diff(kept) > 0)
    assert all(len(part) > 0 and np.isfinite(value[part[0] : part[-1] + 1]).all() for part in parts)
    seen = value[np.isfinite(value)]
    if len(seen):
        assert value[kept].min() == seen.min()
        assert value[kept].max() == seen.max()
        assert np.isfinite(value[[kept[0], kept[-1]]]).all()


def test_a_pause_between_frames_is_not_bridged() -> None:
    """Seen frames on both sides of a pause in the recording are not joined."""
    time_s = np.array([0, 0.1, 0.2, 9.0, 9.1])
    assert [part.tolist() for part in pieces(time_s, np.ones(5))] == [[0, 1, 2], [3, 4]]
    assert [(span.start_s, round(span.end_s, 6)) for span in spans(time_s, np.full(5, "PASS"))] == [
        (0.0, 0.3),
        (9.0, 9.2),
    ]


@settings(max_examples=40, deadline=None)
@given(codes=st.lists(st.sampled_from([verdict.value for verdict in Verdict]), min_size=1, max_size=60))
def test_spans_are_the_verdicts_frame_by_frame(codes: list[str]) -> None:
    """Each frame lies in exactly one span, which has its verdict; neighbouring spans differ."""
    time_s = np.arange(len(codes)) / 10
    found = spans(time_s, np.array(codes))
    assert [next(span.verdict.value for span in reversed(found) if span.start_s <= t) for t in time_s] == codes
    assert all(a.verdict is not b.verdict and a.end_s == b.start_s for a, b in pairwise(found))


def test_flicker_too_fine_to_draw_is_never_shown_as_better() -> None:
    """When spans must be merged, one that holds a FAIL is a FAIL and one that holds an UNSEEN is no PASS."""
    frames = 60_000
    flicker = np.tile(np.array(["PASS", "UNSEEN"]), frames // 2)
    flicker[30_000::2] = "FAIL"
    found = spans(np.arange(frames) / 30, flicker)
    assert len(found) <= 1500
    assert {span.verdict for span in found} == {Verdict.UNSEEN, Verdict.FAIL}


def test_the_share_unseen_is_of_time_not_of_frames() -> None:
    """A frame that stands for a longer time weighs more; a session without frames has no share."""
    unseen = np.array(["PASS", "UNSEEN", "PASS", "PASS"])
    nothing: dict[str, Measurement] = {}
    line = Timeline(np.array([0.0, 0.1, 0.4, 0.5]), nothing, {"a": unseen}, np.zeros(4, dtype=np.bool_), np.zeros(4))
    assert share_of(line, ["a"], Verdict.UNSEEN) == pytest.approx(0.5)
    empty = samples.never_seen(0)
    assert share_of(empty, ["leg-crossed"], Verdict.UNSEEN) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(words.duration(29.97), "29.9 s", id="a hold just short of its target is not rounded up to it"),
        pytest.param(words.duration(125.9), "2 min 5 s", id="minutes"),
        pytest.param(words.moment(65.9, 300), "1:05", id="a moment in a long clip"),
        pytest.param(words.moment(65.94, 80), "65.9 s", id="a moment in a short clip"),
        pytest.param(words.amount(math.nan, QUANTITIES["knee_flexion"]), "not seen", id="unseen is no number"),
        pytest.param(words.amount(-0.2, QUANTITIES["knee_flexion"]), "0°", id="no minus zero"),
        pytest.param(words.amount(0.416, QUANTITIES["hand_behind"]), "0.42 trunk lengths", id="trunk lengths"),
        pytest.param(words.share(0.003), "under 1%", id="a little is not nothing"),
        pytest.param(words.share(0.998), "over 99%", id="nearly all is not all"),
    ],
)
def test_numbers_are_put_into_words(said: str, expected: str) -> None:
    """Numbers are printed as a person would say them, and never better than they are."""
    assert said == expected


@pytest.mark.browser
def test_the_page_fits_screen_phone_and_paper(source: str, tmp_path: Path) -> None:
    """In Chromium nothing is fetched or blocked, no page is wider than its window, and A4 takes it in few sheets."""
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Chromium")
    path = tmp_path / "report.html"
    path.write_text(source, encoding="utf-8")
    asked, complaints = [], []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width in (1280, 390, 320):
            window = browser.new_page(viewport={"width": width, "height": 800})
            window.on("request", lambda request: asked.append(request.url))
            window.on("console", lambda message: complaints.append(message.text))
            window.goto(path.as_uri())
            assert window.evaluate("document.documentElement.scrollWidth") <= width
            assert window.evaluate("document.querySelector('figure img').naturalWidth") == 32
        pdf = window.pdf(prefer_css_page_size=True, print_background=True)
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 8


def test_the_course_of_a_session_is_told() -> None:
    """A strip shows what was done when, in words for who does not see it; one sentence tells of the rolling."""
    phases = [
        PhaseSpan(start_s=0.0, end_s=6.0, phase=Phase.SET_UP),
        PhaseSpan(start_s=6.0, end_s=20.0, phase=Phase.ROLL),
        PhaseSpan(start_s=20.0, end_s=72.0, phase=Phase.HOLD),
    ]
    strokes = StrokeSummary(
        count=7,
        measured=7,
        time_s=14.0,
        length_cm=Spread(mean=12.4, sd=0.8, standard_error=1.3),
        speed_cm_s=Spread(mean=6.2, sd=0.4, standard_error=0.6),
        too_fast_share=0.0,
    )
    changed = samples.result().model_copy(update={"phases": phases, "strokes": strokes})
    page = report(changed)
    assert 'aria-label="set-up from 0.0 s to 6.0 s; rolling from 6.0 s to 20.0 s; hold from 20.0 s to 72.0 s."' in page
    assert "Rolled for 14.0 s, 7 strokes of 12 ± 1 cm at 6 ± 1 cm a second" in Page(page).text
    assert "What was done when" not in Page(report(samples.result())).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"count": 0, "measured": 0}, "No rolling back and forth was seen.", id="none"),
        pytest.param({"measured": 0}, "could not be seen from this camera", id="towards the camera"),
        pytest.param({}, "none of them from one turning point to another", id="one way only"),
    ],
)
def test_rolling_that_was_not_measured_has_no_numbers(changes: dict[str, int], words: str) -> None:
    """What was not seen is said, and is not a number."""
    nothing = StrokeSummary(count=2, measured=2, time_s=3.0, length_cm=None, speed_cm_s=None, too_fast_share=None)
    assert words in rolling_line(nothing.model_copy(update=changes), None)


def test_both_sides_stand_beside_each_other() -> None:
    """With both sides in turn a table shows them, and a sentence how they differ; one side alone has neither."""
    sides = {
        side: SideSummary(time_s=40.0, holds=[], hold_total_s=best_s, hold_best_s=best_s)
        for side, best_s in ((Side.LEFT, 21.5), (Side.RIGHT, 34.0))
    }
    difference = Asymmetry(hold_best_s=-12.5, sentence="The right side was held 12.5 s longer than the left one.")
    changed = samples.result().model_copy(update={"sides": sides, "asymmetry": difference})
    text = Page(report(changed)).text
    assert "Both sides" in text
    assert "21.5 s" in text
    assert difference.sentence in text
    assert "Both sides" not in Page(report(samples.result())).text
