"""The sample clips: small, true to their description, and judged as they should be."""

from __future__ import annotations

import json
import runpy
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pytest

from benchmarks.clips import watched
from benchmarks.samples import Truth
from posecheck.catalog import load_technique, load_techniques
from posecheck.errors import SampleError
from posecheck.pose import Pose, Track
from posecheck.quantities import columns
from posecheck.report.html import render
from posecheck.result import SessionResult, Timeline
from posecheck.samples import SampleClip, sample_clip, sample_clips
from posecheck.session import assess
from posecheck.shipped import picture_of
from posecheck.studio.film import truth_of
from posecheck.video import ClipReader
from posecheck.watcher import open_watcher

CLIPS = sample_clips()
names = pytest.mark.parametrize("sample", CLIPS, ids=lambda sample: sample.clip.stem)
LARGEST_BYTES = 600_000
SAMPLES: Any = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "make_samples.py"))["SAMPLES"]


def told(sample: SampleClip) -> dict[str, Any]:
    """What the file beside a clip says."""
    content: dict[str, Any] = json.loads(sample.truth.read_text(encoding="utf-8"))
    return content


def test_every_technique_has_a_good_clip_and_a_faulty_one() -> None:
    """Those that the script makes, and no other."""
    assert {sample.clip.stem for sample in CLIPS} == {sample.name for sample in SAMPLES}
    for technique in load_techniques():
        assert sample_clip(technique).fault is None
        assert sample_clip(technique, fault=True).fault in {rule.id for rule in load_technique(technique).rules}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_truth_can_be_made_again_from_the_seeds(sample: Any) -> None:
    """The numbers of one frame a second are as committed, to the last digit but for another machine's rounding."""
    committed = next(told(clip) for clip in CLIPS if clip.clip.stem == sample.name)
    take = sample.take()
    expected = {row["t"]: row for row in committed.pop("frames")}
    assert list(expected) == pytest.approx(take.times_s, abs=1e-4)
    made = json.loads(truth_of(replace(take, fps=1)))
    frames = made.pop("frames")
    assert made | {"fps": take.fps} == committed
    assert len(frames) == round(take.story.script.duration_s)
    for row in frames:
        assert row == pytest.approx(expected[row["t"]], abs=0.11)


def test_a_technique_without_a_sample_is_an_error_that_names_the_others() -> None:
    """A mistake is answered with what can be chosen."""
    with pytest.raises(SampleError, match="glute-max-roll"):
        sample_clip("handstand")


@names
def test_clips_are_small_and_their_truth_has_a_row_for_every_frame(sample: SampleClip) -> None:
    """Times agree with the clip's own, measures with the dictionary of measures."""
    assert sample.clip.stat().st_size < LARGEST_BYTES
    truth = told(sample)
    with ClipReader(sample.clip) as reader:
        assert [reader.header.width, reader.header.height] == truth["camera"]["size_px"]
        times_s = [frame.time_s for frame in reader]
    rows = truth["frames"]
    assert [row["t"] for row in rows] == pytest.approx(times_s, abs=1e-3)
    assert 15 <= len(rows) / truth["fps"] <= 41
    assert all(row.keys() - {"t"} <= set(columns()) for row in rows)


@names
def test_the_truth_breaks_the_rule_that_the_name_says_and_no_good_clip_breaks_any(sample: SampleClip) -> None:
    """Judged by the true values in the middle of what is scripted, a clip shows what it claims."""
    truth, technique = told(sample), load_technique(sample.technique)
    row = truth["frames"][-15]
    sides = {"working": sample.side, "opposite": sample.side.other}
    broken = set()
    for rule in technique.rules:
        value = row.get(f"{rule.measure}.{sides[rule.side]}" if rule.side else rule.measure)
        low, high = rule.target.min, rule.target.max
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            broken.add(rule.id)
    if sample.fault is None:
        assert not {rule.id for rule in technique.rules if rule.required} & broken
        assert sum(end_s - start_s for start_s, end_s in truth["holds"]) > technique.hold.target_s
    else:
        assert sample.fault in broken
        assert truth["holds"] == []


@cache
def seen(clip: Path, technique: str) -> tuple[Track, list[Pose | None]]:
    """Whom the real model sees in a clip: the person, and their partner in each frame.

    To look at two people takes five times as long: every second frame has to do.
    """
    with closing(open_watcher(load_technique(technique), staged=True)) as watcher:
        return watched(clip, watcher, load_technique(technique).people)[:2]


def checked(sample: SampleClip) -> tuple[SessionResult, Timeline]:
    """The clip, checked with the real model."""
    track, partners = seen(sample.clip, sample.technique)
    return assess(track, load_technique(sample.technique), sample.side, partners=partners)


@pytest.mark.model
@pytest.mark.parametrize("technique", load_techniques())
def test_done_well_reaches_the_target(technique: str) -> None:
    """Through real pixels and the real model, the good clip is held for as long as asked, while it truly is."""
    sample = sample_clip(technique)
    result, timeline = checked(sample)
    assert result.hold_best_s >= result.hold_target_s
    ((_, end_s),) = told(sample)["holds"]
    best = max(result.holds, key=lambda hold: hold.held_s)
    assert best.start_s == pytest.approx(Truth.of(sample).begun_s(load_technique(technique)), abs=1.0)
    assert best.end_s == pytest.approx(end_s, abs=0.5)
    assert all(result.rules[rule.id].pass_s > 0 for rule in load_technique(technique).rules)
    page = render(result, timeline, load_technique(technique), [], datetime.now(UTC))
    assert escape(result.verdict) in page


@pytest.mark.model
@pytest.mark.parametrize("technique", load_techniques())
def test_a_fault_is_the_first_thing_to_correct(technique: str) -> None:
    """Through real pixels and the real model, that rule's cue is the first of all, and no hold has the target."""
    sample = sample_clip(technique, fault=True)
    result, _ = checked(sample)
    assert result.hold_best_s < result.hold_target_s
    cue = result.rules[str(sample.fault)].cue
    assert cue.rstrip(".") in result.verdict
    assert result.cues[0].rule == sample.fault


@pytest.mark.model
@pytest.mark.parametrize(
    ("shown", "others"),
    [
        ("glute-max-roll", ["piriformis-ball-release", "glute-ball-release", "figure-four-stretch"]),
        ("piriformis-ball-release", ["glute-max-roll", "glute-ball-release", "figure-four-stretch"]),
        ("gluteus-medius-roll", ["outer-thigh-roll", "supine-adductor-stretch", "hip-flexor-roll", "hip-rotation-90"]),
    ],
    ids=lambda names: names if isinstance(names, str) else "others",
)
def test_a_technique_does_not_pass_for_one_that_looks_like_it(shown: str, others: list[str]) -> None:
    """Done well, it is held in its own rules, and never in those of its likes (all: benchmarks/confusion.py)."""
    sample = sample_clip(shown)
    track, _ = seen(sample.clip, shown)
    held = {name: assess(track, load_technique(name), sample.side)[0].hold_total_s for name in (shown, *others)}
    assert held.pop(shown) >= load_technique(shown).hold.target_s
    assert set(held.values()) == {0.0}


@pytest.mark.parametrize("technique", load_techniques())
def test_every_technique_has_a_picture_and_a_loop(technique: str) -> None:
    """Crisp enough, small enough for a page."""
    still, loop = picture_of(technique, "jpg"), picture_of(technique, "webp")
    assert still is not None
    assert loop is not None
    assert loop.stat().st_size < 250_000
    assert still.stat().st_size < 100_000


def test_an_unknown_technique_has_no_picture() -> None:
    """It shows nothing, and is no error."""
    assert picture_of("handstand", "webp") is None
