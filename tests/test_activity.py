"""Time in a position counts only while what is to be done in it is done, where a technique says so."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posecheck.activity import Streak
from posecheck.catalog import load_technique
from posecheck.coach import MOVEMENT
from posecheck.endings import IDLE
from posecheck.landmarks import Side
from posecheck.pose import Pose, Track
from posecheck.result import ClipInfo, SessionResult
from posecheck.session import Session
from posecheck.studio.body import Body
from posecheck.studio.film import framing
from posecheck.studio.reference import camera_of
from posecheck.studio.storyboard import story_of
from posecheck.technique import Hold, Technique
from tests.recorded import partners, recorded
from tests.treated import seen

SIDES = {
    "partner-effleurage": Side.RIGHT,
    "partner-cross-fibre-friction": Side.LEFT,
    "partner-hip-rotation": Side.RIGHT,
}
RESTS_S = 14.0


def judged(technique: Technique, track: Track, beside: list[Pose | None], side: Side) -> SessionResult:
    """A session's result."""
    session = Session(technique, side)
    session.push_track(track, beside)
    clip = ClipInfo(name="clip", duration_s=float(track.time_s[-1]), frames=len(track), size=track.size_px)
    return session.finish(clip)[0]


def test_pieces_with_short_pauses_are_one_streak() -> None:
    """A long pause begins a new one; before anything was done, nothing goes on."""
    streak = Streak(2.0)
    assert not streak.activity.goes_on(0.0)
    assert math.isnan(streak.activity.since_s)
    streak.note(1.0, 3.0)
    streak.note(4.5, 6.0)
    assert streak.activity[:2] == (1.0, 6.0)
    assert streak.activity.goes_on(8.0)
    assert not streak.activity.goes_on(8.1)
    streak.note(8.5, 9.0)
    assert streak.activity[:2] == (8.5, 9.0)


@pytest.mark.parametrize("judge", SIDES)
@pytest.mark.parametrize("done", SIDES)
def test_what_one_technique_asks_for_is_no_other(done: str, judge: str) -> None:
    """Gliding hands hold nothing in friction, rubbing ones nothing in gliding, and neither turns a hip."""
    track, beside = recorded(f"{done}-well"), partners(f"{done}-well")
    technique = load_technique(judge)
    result = judged(technique, track, beside, SIDES[done])
    if done == judge:
        assert result.hold_best_s >= technique.hold.target_s
    else:
        assert result.holds == []
        assert result.cues


@pytest.mark.parametrize("name", ["partner-effleurage", "partner-cross-fibre-friction"])
def test_hands_that_come_to_rest_end_the_hold_when_they_did(name: str) -> None:
    """The pause is understood later and dated back; it is said what to do, and the report says why the hold ended."""
    technique, side = load_technique(name), SIDES[name]
    story = story_of(technique, side, Body(), hold_s=RESTS_S + 14.0)
    camera = framing(story, camera_of(technique, side))
    times = np.arange(0.0, RESTS_S + 14.0, 1 / 12)
    session = Session(technique, side)
    for time_s in times.tolist():
        recipient, partner = story.at(min(time_s, RESTS_S))
        session.push(time_s, seen(recipient, camera, time_s), seen(partner, camera, time_s))
    result, _ = session.finish(
        ClipInfo(name="clip", duration_s=float(times[-1]), frames=len(times), size=camera.size_px)
    )
    (hold,) = result.holds
    assert hold.ended_by == IDLE
    assert hold.start_s == pytest.approx(2.0, abs=1.6)
    assert hold.end_s == pytest.approx(RESTS_S, abs=4.0)
    assert "because the movement stopped" in result.verdict
    assert technique.hold.cue_idle in [cue.text for cue in result.cues if cue.rule == MOVEMENT and cue.time_s > RESTS_S]


@pytest.mark.parametrize("name", SIDES)
def test_a_partner_lost_for_a_moment_before_it_is_understood_costs_nothing(name: str) -> None:
    """What began before is dated back past it, as past the time between two frames."""
    track, beside, technique = recorded(f"{name}-well"), partners(f"{name}-well"), load_technique(name)
    whole = judged(technique, track, beside, SIDES[name]).holds[0]
    gone = (track.time_s >= 3.0) & (track.time_s < 3.3)
    lost = [None if away else partner for away, partner in zip(gone, beside, strict=True)]
    assert judged(technique, track, lost, SIDES[name]).holds[0].held_s == pytest.approx(whole.held_s, abs=0.15)


def test_hands_that_never_move_hold_nothing() -> None:
    """The position was right: that is said, and what is to be done."""
    technique = load_technique("partner-effleurage")
    story = story_of(technique, Side.RIGHT, Body(), hold_s=20.0)
    camera = framing(story, camera_of(technique, Side.RIGHT))
    session = Session(technique, Side.RIGHT)
    times = np.arange(0.0, 20.0, 1 / 10)
    for time_s in times.tolist():
        recipient, partner = story.at(2.0)
        session.push(time_s, seen(recipient, camera, time_s), seen(partner, camera, time_s))
    result, _ = session.finish(ClipInfo(name="clip", duration_s=20.0, frames=len(times), size=camera.size_px))
    assert result.holds == []
    assert "The position was right" in result.verdict
    assert "glide" in result.verdict


def test_without_anything_to_be_done_there_is_nothing_to_say_about_it() -> None:
    """A cue for idle hands needs a movement or rubbing."""
    technique = load_technique("glute-ball-release")
    content = technique.model_dump(mode="json")
    content["hold"] = Hold(target_s=30, maximum_s=60, cue_idle="Do something.").model_dump(mode="json")
    with pytest.raises(ValueError, match="needs a movement or rubbing"):
        Technique.model_validate(content)
