"""A session of two: the recipient's position, the partner's hands, and what is said to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from posecheck.catalog import load_technique, load_techniques
from posecheck.landmarks import Side
from posecheck.phase import Phase
from posecheck.pose import Pose, Track
from posecheck.reference import PartnerChange, PoseChange
from posecheck.result import ClipInfo, FrameResult, SessionResult, Verdict
from posecheck.session import Session, assess
from posecheck.studio.body import Body
from posecheck.studio.film import framing
from posecheck.studio.partner import true_hands
from posecheck.studio.reference import camera_of
from posecheck.studio.storyboard import story_of
from posecheck.technique import Technique
from tests.recorded import partners, recorded
from tests.techniques import EXAMPLE
from tests.treated import seen

STROKES, FRICTION = load_technique("partner-effleurage"), load_technique("partner-cross-fibre-friction")
GLIDING, RUBBING = "partner-effleurage-well", "partner-cross-fibre-friction-well"


def judged(
    technique: Technique, track: Track, beside: Sequence[Pose | None], side: Side | None = None
) -> tuple[list[FrameResult], SessionResult]:
    """Every frame, and the result."""
    session = Session(technique, side)
    frames = session.push_track(track, beside)
    clip = ClipInfo(name="clip", duration_s=float(track.time_s[-1]), frames=len(track), size=track.size_px)
    return frames, session.finish(clip)[0]


def test_strokes_of_a_recorded_clip_are_measured() -> None:
    """Length, ends and each way's time are as scripted: 36 cm, 3 s toward the feet, 2 s back; the side is found."""
    _, result = judged(STROKES, recorded(GLIDING), partners(GLIDING))
    assert result.side is Side.RIGHT
    assert [span.phase for span in result.phases][:2] == [Phase.SET_UP, Phase.TREAT]
    (hold,) = result.holds
    assert hold.start_s == pytest.approx(2.0, abs=1.0)
    movement = result.movement
    assert movement is not None
    assert movement.range == pytest.approx(36.0, rel=0.1)
    assert movement.low == pytest.approx(-18.0, abs=4.0)
    assert movement.high == pytest.approx(18.0, abs=4.0)
    swings = movement.swings
    assert swings is not None
    assert swings.falling_s is not None
    assert swings.rising_s is not None
    assert swings.falling_s.mean == pytest.approx(3.0, abs=0.2)
    assert swings.rising_s.mean == pytest.approx(2.0, abs=0.2)
    assert result.partner_seen_share == 1.0


def test_friction_of_a_recorded_clip_is_measured() -> None:
    """How often is right to a twentieth; how far and in which direction within two standard errors."""
    _, result = judged(FRICTION, recorded(RUBBING), partners(RUBBING), Side.LEFT)
    (hold,) = result.holds
    assert hold.start_s == pytest.approx(2.0, abs=1.0)
    rubbing = result.rubbing
    assert rubbing is not None
    assert rubbing.far_cm is not None
    assert rubbing.rate_hz is not None
    assert rubbing.angle_deg is not None
    assert rubbing.time_s == pytest.approx(33.0, abs=2.0)
    assert rubbing.rate_hz.mean == pytest.approx(1 / 0.72, rel=0.05)
    assert rubbing.far_cm.mean == pytest.approx(4.0, abs=2 * rubbing.far_cm.standard_error)
    assert rubbing.angle_deg.mean == pytest.approx(90.0, abs=2 * rubbing.angle_deg.standard_error)
    assert rubbing.faulty_share == 0.0


def test_one_by_one_is_the_same_as_all_at_once() -> None:
    """Live and offline agree, with a partner as well."""
    track, beside = recorded(GLIDING), partners(GLIDING)
    session = Session(STROKES)
    live = [session.push(float(time_s), track.pose(i), beside[i]) for i, time_s in enumerate(track.time_s)]
    offline, _ = judged(STROKES, track, beside)
    assert [frame.verdicts for frame in live] == [frame.verdicts for frame in offline]
    assert [frame.hold for frame in live] == [frame.hold for frame in offline]
    assert [str(frame.swinging) for frame in live] == [str(frame.swinging) for frame in offline]


def test_each_reminder_of_a_hold_is_said_once() -> None:
    """Hands that are hidden for a moment do not have "10 seconds left" said again when two are left."""
    _, result = judged(STROKES, recorded(GLIDING), partners(GLIDING))
    texts = [cue.text for cue in result.cues]
    assert len(texts) == len(set(texts))
    assert any("pressure" in text for text in texts)


def test_without_the_partner_nothing_passes_and_that_is_said() -> None:
    """A missing partner is no fault and no hold: the hands' rule is unseen, and what to do is said."""
    track = recorded(GLIDING)
    frames, result = judged(STROKES, track, [None] * len(track), Side.RIGHT)
    assert {frame.verdicts["hands-on-the-buttock"] for frame in frames} == {Verdict.UNSEEN}
    assert result.holds == []
    assert result.partner_seen_share == 0.0
    assert "can't see your partner" in result.cues[0].text


def test_the_other_side_than_asked_for_is_told_to_two_as_well() -> None:
    """The clip is of the right side."""
    frames, result = judged(STROKES, recorded(GLIDING), partners(GLIDING), Side.LEFT)
    assert not result.holds
    assert result.verdict.startswith("The right side was in position for ")
    assert any(frame.cue is not None and frame.cue.text.startswith("That is your right side") for frame in frames)


def test_a_technique_for_one_knows_nothing_of_hands() -> None:
    """Neither its measures nor its frames speak of a partner."""
    result, timeline = assess(recorded("hip_rotation_supine"), load_technique("hip-rotation-90"), Side.RIGHT)
    assert not any(column.startswith("hands_") for column in (*result.measures, *timeline.measures))
    assert result.rubbing is None


def rubbed(side: Side, seconds: float, *, along: bool = False) -> SessionResult:
    """A session of friction as a perfect model would see it."""
    story = story_of(FRICTION, side, Body(), hold_s=seconds)
    assert story.beside is not None
    camera, times = framing(story, camera_of(FRICTION, side)), np.arange(0.0, seconds, 1 / 15)
    if along:
        fibres = PoseChange(partner=PartnerChange.model_validate({"course": _ALONG}))
        technique = FRICTION.model_copy(update={"reference_pose": FRICTION.reference_pose.changed(fibres)})
        story = story_of(technique, side, Body(), hold_s=seconds)
    people = [[seen(figure, camera, float(time_s)) for figure in story.at(float(time_s))] for time_s in times]
    session = Session(FRICTION, side)
    for time_s, (recipient, partner) in zip(times.tolist(), people, strict=True):
        session.push(time_s, recipient, partner)
    clip = ClipInfo(name="clip", duration_s=seconds, frames=len(times), size=camera.size_px)
    return session.finish(clip)[0]


_ALONG = {"along_cm": 2.0, "outward_cm": 3.46, "there_s": 0.36, "back_s": 0.36}


@pytest.mark.parametrize("side", Side)
def test_friction_across_the_fibres_is_measured(side: Side) -> None:
    """How far, how often and at which angle, on both sides."""
    rubbing = rubbed(side, 9.0).rubbing
    assert rubbing is not None
    assert rubbing.far_cm is not None
    assert rubbing.rate_hz is not None
    assert rubbing.angle_deg is not None
    assert rubbing.far_cm.mean == pytest.approx(4.0, rel=0.1)
    assert rubbing.rate_hz.mean == pytest.approx(1 / 0.72, abs=0.1)
    assert rubbing.angle_deg.mean > 70.0
    assert rubbing.faulty_share == 0.0


def test_who_rubs_along_the_fibres_is_told_the_way_across() -> None:
    """The first correction is that."""
    asked = FRICTION.rubbing
    assert asked is not None
    said = [cue.text for cue in rubbed(Side.RIGHT, 9.0, along=True).cues if cue.rule == "movement"]
    assert said[:1] == [asked.cues["along"]]


def test_a_partner_needs_a_technique_for_two() -> None:
    """What a partner does cannot be asked of somebody alone."""
    asked = FRICTION.rubbing
    assert asked is not None
    for changes in (
        {"rubbing": asked.model_dump()},
        {"reference_pose": {**EXAMPLE["reference_pose"], "partner": {}}},
    ):
        with pytest.raises(ValueError, match="people: 2"):
            Technique.model_validate({**EXAMPLE, **changes})


@pytest.mark.parametrize("technique", [STROKES, FRICTION], ids=lambda technique: technique.id)
@pytest.mark.parametrize("side", Side)
def test_the_rendered_partner_has_the_hands_where_the_file_says(technique: Technique, side: Side) -> None:
    """The middle of the palms goes round the place, toward the feet first, and no arm is stretched too far."""
    story = story_of(technique, side, Body(), hold_s=9.0)
    asked = technique.reference_pose.partner
    assert asked is not None
    assert asked.course is not None
    period_s = asked.course.there_s + asked.course.back_s
    spots = [true_hands(*story.at(story.in_position_s + share * period_s)) for share in np.linspace(0.0, 1.0, 20)]
    along = [spot["hands_along"] for spot in spots]
    assert (max(along) + min(along)) / 2 == pytest.approx(asked.along_cm, abs=1.0)
    assert max(along) - min(along) == pytest.approx(asked.course.along_cm, abs=1.0)
    assert along[0] > along[5]
    assert np.mean([spot[f"hands_outward.{side}"] for spot in spots]) == pytest.approx(asked.outward_cm, abs=2.5)


def test_every_technique_for_two_shows_both_in_its_reference_pose() -> None:
    """Or its picture would show nobody to learn from."""
    for technique in load_techniques().values():
        assert (technique.reference_pose.partner is not None) is (technique.people == 2)
