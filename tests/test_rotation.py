"""Hip rotation at 90 degrees through a whole session: its figures, its cue, and what each frame knows."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from posecheck.catalog import load_technique
from posecheck.coach import MOVEMENT, SLOW_ENOUGH, Coach
from posecheck.landmarks import Side
from posecheck.phase import Swinging, SwingSummary
from posecheck.pose import Track
from posecheck.report.content import movement_lines
from posecheck.result import FrameResult, SessionResult, Timeline
from posecheck.samples import sample_clip
from posecheck.session import Session, assess
from posecheck.situation import Situation
from posecheck.swing_summary import summarise
from posecheck.swings import Moved, SwingMeter
from posecheck.ui.course import now_strip
from tests.recorded import partners, recorded

TECHNIQUE = load_technique("hip-rotation-90")
WELL = "hip-rotation-90-well"
HELD = "partner-hip-rotation-well"


def track(faster: float = 1.0) -> Track:
    """The good sample clip as the model saw it, played faster."""
    return replace(recorded(WELL), time_s=recorded(WELL).time_s / faster)


@cache
def checked(faster: float = 1.0) -> tuple[SessionResult, Timeline]:
    """Its session."""
    return assess(track(faster), TECHNIQUE, Side.RIGHT)


def swings_of(result: SessionResult) -> SwingSummary:
    """What the swings came to."""
    assert result.movement is not None
    assert result.movement.swings is not None
    return result.movement.swings


@cache
def truth(technique: str = TECHNIQUE.id) -> SwingSummary:
    """The same of the true angles."""
    meter = SwingMeter()
    for row in json.loads(sample_clip(technique).truth.read_text(encoding="utf-8"))["frames"]:
        meter.push(row["t"], Moved(row["hip_rotation.right"], 0.0, 0.0, 0.0), row["t"] > 3.0)
    return summarise(meter.swings, 25.0)


def test_the_good_clip_has_its_range_speed_and_tempo() -> None:
    """Range to 6 degrees, speed to a tenth, tempo to a tenth of a second, each within two standard errors."""
    found, true = swings_of(checked()[0]), truth()
    assert found.count == true.count
    for name, most in (("range", 6.0), ("speed", 1.4), ("tempo_s", 0.1), ("lowest", 6.0), ("highest", 6.0)):
        measured, expected = getattr(found, name), getattr(true, name)
        assert measured.mean == pytest.approx(expected.mean, abs=most), name
        assert measured.mean == pytest.approx(expected.mean, abs=2 * measured.standard_error), name
    assert found.too_fast_share == 0.0
    assert found.jerky_share == 0.0


def test_the_movement_is_that_of_the_swings() -> None:
    """Range and ends are those from turning point to turning point, not the extremes of single frames."""
    movement, swings = checked()[0].movement, swings_of(checked()[0])
    assert movement is not None
    assert swings.range is not None
    assert movement.range == swings.range.mean
    assert movement.range_standard_error == swings.range.standard_error
    assert movement.seen_share > 0.9


def test_the_turn_is_in_the_table_from_when_the_position_is_taken() -> None:
    """On the way into it, what a foot does is no turn; afterwards the course follows the true one."""
    timeline = checked()[1]
    turn = timeline.measures["hip_rotation.right"]
    assert np.isnan(turn.value[timeline.time_s < 1.5]).all()
    rows = json.loads(sample_clip(TECHNIQUE.id).truth.read_text(encoding="utf-8"))["frames"]
    true = np.interp(timeline.time_s, [row["t"] for row in rows], [row["hip_rotation.right"] for row in rows])
    seen = np.isfinite(turn.value)
    assert np.corrcoef(turn.value[seen], true[seen])[0, 1] > 0.94  # it comes a tenth of a second late
    assert (np.abs(turn.value - true)[seen] < 2 * turn.se[seen]).mean() > 0.95


def test_who_swings_too_fast_is_told_to_go_slower() -> None:
    """At 40 degrees a second, again and again, the cue of the movement is the only correction in the position."""
    result, _ = checked(2.8)
    said = [(cue.rule, cue.text) for cue in result.cues if cue.time_s > 2.0]
    assert (MOVEMENT, TECHNIQUE.movement.cue_fast if TECHNIQUE.movement else "") in said
    assert swings_of(result).too_fast_share == 1.0
    assert result.movement is not None
    assert any("Too fast: 100% of the swings." in line for line in movement_lines(result.movement, TECHNIQUE))


def test_who_swings_slowly_is_left_alone_and_who_slows_down_is_praised() -> None:
    """No cue on the movement at 15 degrees a second; praise for slowing down."""
    assert MOVEMENT not in {cue.rule for cue in checked()[0].cues}
    whole = recorded(WELL).time_s
    slowing = replace(recorded(WELL), time_s=np.where(whole < 18.0, whole / 2.8, 18.0 / 2.8 + (whole - 18.0) / 1.6))
    cues = assess(slowing, TECHNIQUE, Side.RIGHT)[0].cues
    assert SLOW_ENOUGH in [cue.text for cue in cues if cue.rule == MOVEMENT]


@cache
def pushed(faster: float) -> tuple[list[FrameResult], SessionResult]:
    """Frame by frame, as live."""
    session, played = Session(TECHNIQUE, Side.RIGHT), track(faster)
    results = [session.push(float(time_s), played.pose(i)) for i, time_s in enumerate(played.time_s)]
    return results, session.finish(checked(faster)[0].clip)[0]


def test_live_is_the_same_and_shows_the_speed_in_large_letters() -> None:
    """The result is that of the clip; while it is too fast the speed is set off beside what is allowed."""
    results, live = pushed(2.8)
    assert live.model_dump(exclude={"clip"}) == checked(2.8)[0].model_dump(exclude={"clip"})
    assert "°/s" not in now_strip(TECHNIQUE, results[0])
    fast = next(result for result in results if result.swinging.too_fast)
    assert '<div class="fast">' in now_strip(TECHNIQUE, fast)
    assert "°/s</b><span>too fast: at most 25°/s" in now_strip(TECHNIQUE, fast)
    unseen = next(result for result in results if result.swinging.moving and np.isnan(result.swinging.speed))
    assert "<b>? °/s</b><span>speed not seen yet" in now_strip(TECHNIQUE, unseen)


def test_a_jerk_is_corrected_shown_and_reported() -> None:
    """Not too fast as a whole: the cue is that of the jerk; one that is too fast is told that first."""
    assert TECHNIQUE.movement is not None
    results, _ = pushed(1.0)
    settled = next(result for result in results if result.hold.held_s > 10.0 and result.swinging.moving)
    frame, coach, said = (settled.side, settled.verdicts, settled.readings, settled.hold), Coach(TECHNIQUE), {}
    for name, too_fast in (("jerk", False), ("fast", True)):
        swinging = Swinging(True, too_fast, 15.0, 2.0, True)
        cue, _ = coach.push(Situation(settled.time_s, *frame, None, True, swinging=swinging))
        said[name] = cue.text if cue else None
    assert said == {"jerk": TECHNIQUE.movement.cue_jerk, "fast": TECHNIQUE.movement.cue_fast}
    jerky = replace(settled, swinging=Swinging(True, False, 15.0, 2.0, True))
    assert '<div class="fast"><b>15°/s</b><span>with a jerk</span></div>' in now_strip(TECHNIQUE, jerky)
    movement = checked()[0].movement
    assert movement is not None
    jerked = movement.model_copy(update={"swings": swings_of(checked()[0]).model_copy(update={"jerky_share": 0.25})})
    text = "\n".join(movement_lines(jerked, TECHNIQUE))
    assert "Its fastest half second: 27° ± 11° a second; smooth is up to twice the mean. Jerked: 25% of" in text
    assert "Jerked" not in "\n".join(movement_lines(movement, TECHNIQUE))


def test_the_report_says_it_in_sentences() -> None:
    """Range, both ends, tempo each way, evenness and speed, with their errors and beside what is asked for."""
    movement = checked()[0].movement
    assert movement is not None
    text = "\n".join(movement_lines(movement, TECHNIQUE))
    assert "9 swings of 44° ± 5°; asked for: between 20° and 90°." in text
    assert "Inward (the foot goes out): -25° ± 11°; asked for: between -45° and -5°." in text
    assert "Outward (the foot comes in): 19° ± 11°" in text
    assert "There and back in 6.0 ± 0.3 s; asked for: between 4 and 12 s" in text
    assert "Evenness: from swing to swing the range differs by" in text
    assert "Speed of a swing: 15° ± 2° a second; allowed: at most 25° a second." in text


def test_a_leg_in_the_hands_of_a_partner_is_measured_as_well() -> None:
    """Held as scripted; range right to 6 degrees, there and back to a twentieth, all of it within two errors."""
    technique = load_technique(HELD.removesuffix("-well"))
    result, _ = assess(recorded(HELD), technique, Side.RIGHT, partners=partners(HELD))
    (hold,) = result.holds
    assert hold.held_s > technique.hold.target_s
    found, true = swings_of(result), truth(technique.id)
    assert found.range is not None
    assert true.range is not None
    assert found.range.mean == pytest.approx(true.range.mean, abs=6.0)
    for name in ("range", "speed", "tempo_s", "rising_s", "falling_s"):
        one, other = getattr(found, name), getattr(true, name)
        assert one.mean == pytest.approx(other.mean, abs=2 * one.standard_error), name
    assert found.tempo_s is not None
    assert found.tempo_s.mean == pytest.approx(6.0, rel=0.05)


def test_a_hip_that_is_kept_still_has_no_range() -> None:
    """It was seen, and was not swung: that is said, instead of a range of nothing."""
    still = recorded(WELL)
    frames = np.full(len(still), 60)
    held = Track(still.time_s, still.image_px[frames], still.world_m[frames], still.visibility[frames], still.size_px)
    movement = assess(held, TECHNIQUE, Side.RIGHT)[0].movement
    assert movement is not None
    assert movement.range is None
    assert movement_lines(movement, TECHNIQUE)[0] == "Hip rotation (right): no swinging back and forth was seen."


def test_a_movement_of_another_measure_is_followed_by_its_readings() -> None:
    """A technique that has the knee move reports the swings of the knee, from single frames that are certain enough."""
    assert TECHNIQUE.movement is not None
    knee = TECHNIQUE.movement.model_copy(update={"measure": "knee_flexion", "lowest": None, "highest": None})
    result, _ = assess(recorded(WELL), TECHNIQUE.model_copy(update={"movement": knee}), Side.RIGHT)
    assert result.movement is not None
    assert result.movement.measure == "knee_flexion.right"
    assert result.movement.range is not None
    assert result.movement.swings is not None
