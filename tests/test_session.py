"""Poses in, verdicts and holds out: replayed recordings, and the same live as offline."""

from dataclasses import replace

import numpy as np
import pytest

from posecheck.catalog import load_technique
from posecheck.endings import CLIP_END, LEFT_VIEW
from posecheck.landmarks import Landmark, Side
from posecheck.pose import Track
from posecheck.result import ClipInfo, SessionResult, Timeline, Verdict
from posecheck.session import Session, assess
from tests.recorded import recorded

CASES = [
    pytest.param("glute_roll_crossed", "glute-max-roll", Side.RIGHT, id="glute roll, right"),
    pytest.param("glute_roll_crossed", "glute-max-roll", None, id="glute roll, side found"),
    pytest.param("hip_rotation_supine", "hip-rotation-90", Side.RIGHT, id="hip rotation, right"),
    pytest.param("real_squats", "half-kneeling-hip-flexor-stretch", None, id="squats, not kneeling"),
]


def glute(side: Side | None = Side.RIGHT) -> tuple[SessionResult, Timeline]:
    """The recorded glute roll, assessed."""
    return assess(recorded("glute_roll_crossed"), load_technique("glute-max-roll"), side)


def between(timeline: Timeline, rule: str, start_s: float, end_s: float) -> set[str]:
    """Verdicts of a rule within a span."""
    span = (timeline.time_s >= start_s) & (timeline.time_s <= end_s)
    return {str(verdict) for verdict in timeline.verdicts[rule][span]}


@pytest.mark.parametrize("side", [Side.RIGHT, None], ids=["right", "found automatically"])
def test_glute_roll_has_its_two_holds(side: Side | None) -> None:
    """Crossed from 3.2 to 11.3 and from 15.2 to 20.0 s: two holds with those ends, on the right side."""
    result, _ = glute(side)
    assert result.side is Side.RIGHT
    first, second = result.holds
    assert first.start_s == pytest.approx(3.2, abs=0.4)
    assert first.end_s == pytest.approx(11.3, abs=0.4)
    assert second.start_s == pytest.approx(15.2, abs=0.4)
    assert second.end_s == pytest.approx(20.0, abs=0.4)
    assert second.ended_by == CLIP_END
    assert first.ended_by == "leg-crossed"
    assert result.hold_breaks == {"leg-crossed": 1}
    assert result.hold_total_s == pytest.approx(first.held_s + second.held_s, abs=0.002)


def test_uncrossed_leg_never_passes() -> None:
    """With both feet planted between 12 and 14 s the leg is not called crossed in a single frame."""
    _, timeline = glute()
    assert Verdict.PASS not in between(timeline, "leg-crossed", 12.0, 14.0)
    assert between(timeline, "leg-crossed", 4.0, 10.5) == {"PASS"}
    assert not timeline.in_position[(timeline.time_s > 12) & (timeline.time_s < 14)].any()


def test_knee_at_90_passes_and_fails_when_it_should() -> None:
    """The supine knee is at 90 degrees from 4.5 to 11.5 s and at 55 after 14 s."""
    _, timeline = assess(recorded("hip_rotation_supine"), load_technique("hip-rotation-90"), Side.RIGHT)
    assert between(timeline, "knee-at-90", 4.5, 11.5) == {"PASS"}
    assert between(timeline, "knee-at-90", 14.0, 16.0) == {"FAIL"}


def test_rotation_that_cannot_be_seen_is_not_reported() -> None:
    """From the side the swing of the shank points at the camera: its range is missing, not small."""
    result, _ = assess(recorded("hip_rotation_supine"), load_technique("hip-rotation-90"), Side.RIGHT)
    assert result.movement is not None
    assert result.movement.range is None


@pytest.mark.parametrize("name", ["glute-max-roll", "hip-rotation-90", "half-kneeling-hip-flexor-stretch"])
def test_squats_are_no_hold(name: str) -> None:
    """Somebody who squats does none of the techniques, on either side."""
    result, _ = assess(recorded("real_squats"), load_technique(name))
    assert result.holds == []
    assert "held for" not in result.verdict.lower()


def test_squat_knees_rise_and_fall() -> None:
    """The real person's knee flexion goes up and down with each squat."""
    _, timeline = assess(recorded("real_squats"), load_technique("half-kneeling-hip-flexor-stretch"))
    knee = timeline.measures["knee_flexion.left"].value
    hips = recorded("real_squats").image_px[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 1].mean(axis=1)
    seen = np.isfinite(knee)
    assert seen.mean() > 0.5
    assert np.corrcoef(knee[seen], hips[seen])[0, 1] > 0.8
    assert knee[seen].max() - knee[seen].min() > 40


@pytest.mark.parametrize(("clip", "technique", "side"), CASES)
def test_frame_by_frame_equals_all_at_once(clip: str, technique: str, side: Side | None) -> None:
    """Frames pushed one at a time give identical verdicts, holds and cues to the clip analysed as a whole."""
    track, chosen = recorded(clip), load_technique(technique)
    info = ClipInfo(name=clip, duration_s=1.0, frames=len(track), size=track.size_px)
    whole, timeline = assess(track, chosen, side, info)
    session = Session(chosen, side)
    results = [session.push(float(time_s), track.pose(i)) for i, time_s in enumerate(track.time_s)]
    live, live_timeline = session.finish(info)
    assert live.holds == whole.holds
    assert live.cues == whole.cues
    assert live.rules == whole.rules
    assert live.side is whole.side
    for rule_id, verdicts in timeline.verdicts.items():
        assert np.array_equal(verdicts, live_timeline.verdicts[rule_id])
        if side is not None:
            assert [result.verdicts[rule_id] for result in results] == verdicts.tolist()
    assert np.array_equal(timeline.in_position, live_timeline.in_position)
    assert np.array_equal(timeline.hold_s, live_timeline.hold_s)


def _without(track: Track, start_s: float, end_s: float) -> Track:
    """The track with nobody found within a span."""
    gone = (track.time_s >= start_s) & (track.time_s < end_s)
    image = np.array(track.image_px)
    image[gone] = np.nan
    world, visibility = np.array(track.world_m), np.array(track.visibility)
    world[gone], visibility[gone] = np.nan, np.nan
    return replace(track, image_px=image, world_m=world, visibility=visibility)


def test_leaving_the_view_ends_the_hold() -> None:
    """Out of view for longer than the grace the hold ends as out of view, and that time is not counted."""
    track = _without(recorded("glute_roll_crossed"), 6.0, 8.0)
    result, timeline = assess(track, load_technique("glute-max-roll"), Side.RIGHT)
    assert result.holds[0].ended_by == LEFT_VIEW
    assert result.holds[0].end_s == pytest.approx(6.0, abs=0.1)
    assert between(timeline, "leg-crossed", 6.0, 7.9) == {"UNSEEN"}


def test_a_moment_unseen_is_as_between_two_frames() -> None:
    """Out of view for less than the longest gap between frames, in position before and after: the hold goes on."""
    whole = glute()[0].holds[0]
    away = _without(recorded("glute_roll_crossed"), 6.0, 6.4)
    result, timeline = assess(away, load_technique("glute-max-roll"), Side.RIGHT)
    assert between(timeline, "leg-crossed", 6.0, 6.3) == {"UNSEEN"}
    assert result.holds[0].end_s == whole.end_s
    assert result.holds[0].held_s == pytest.approx(whole.held_s)


def test_rule_totals_add_up() -> None:
    """Seconds passed, failed and unseen of each rule add up to the clip."""
    result, _ = glute()
    for summary in result.rules.values():
        assert summary.pass_s + summary.fail_s + summary.unseen_s == pytest.approx(20.0, abs=0.1)


def test_cut_off_person_is_told() -> None:
    """With the feet outside the picture a notice says so, and the foot is unseen."""
    track = recorded("glute_roll_crossed")
    low = replace(track, image_px=track.image_px + np.array([0.0, 200.0]))
    result, timeline = assess(low, load_technique("glute-max-roll"), Side.RIGHT)
    assert any("outside the picture" in notice for notice in result.notices)
    assert between(timeline, "foot-planted", 1.0, 2.0) == {"UNSEEN"}
    assert result.holds == []
    assert any(cue.rule == LEFT_VIEW for cue in result.cues)


def test_small_person_is_told() -> None:
    """Somebody far away gets the notice to come nearer."""
    track = recorded("glute_roll_crossed")
    far = replace(track, image_px=track.image_px * 0.2 + 200.0)
    result, _ = assess(far, load_technique("glute-max-roll"), Side.RIGHT)
    assert any("small in the picture" in notice for notice in result.notices)


def test_time_must_increase() -> None:
    """A frame that is not later than the last is refused."""
    session = Session(load_technique("glute-max-roll"))
    session.push(1.0, None)
    with pytest.raises(ValueError, match="comes after"):
        session.push(1.0, None)


def test_nobody_at_all() -> None:
    """A session without anybody has no hold, no value and says so."""
    session = Session(load_technique("glute-max-roll"))
    for i in range(60):
        session.push(i / 30, None)
    result, timeline = session.finish(ClipInfo(name="x", duration_s=2.0, frames=60, size=(640, 480)))
    assert result.holds == []
    assert all(summary.mean is None for summary in result.measures.values())
    assert result.notices[0].startswith("Nobody was found in 100%")
    assert {str(v) for each in timeline.verdicts.values() for v in each} == {"UNSEEN"}
    assert "could not be seen" in result.verdict


def test_a_session_without_a_frame_has_a_result() -> None:
    """Ended before its first frame, it says that nothing could be seen."""
    result, timeline = Session(load_technique("glute-max-roll")).finish(
        ClipInfo(name="x", duration_s=0.0, frames=0, size=(640, 480))
    )
    assert len(timeline.time_s) == 0
    assert "could not be seen" in result.verdict


def test_pictures_too_far_apart_are_said_to_be_so() -> None:
    """A machine too slow to count time by is not answered with where to put the camera."""
    track = recorded("glute_roll_crossed")
    session = Session(load_technique("glute-max-roll"), Side.RIGHT)
    for i in range(0, len(track), 12):
        session.push(float(track.time_s[i]), track.pose(i))
    result, _ = session.finish(ClipInfo(name="x", duration_s=20.0, frames=25, size=track.size_px))
    assert result.verdict.startswith("Pictures came 0.8 s apart")
    assert "camera" not in result.verdict


def test_single_picture_is_judged_at_once() -> None:
    """One frame of the crossed leg is the right position; one of planted feet is told what to correct."""
    track, technique = recorded("glute_roll_crossed"), load_technique("glute-max-roll")
    info = ClipInfo(name="x", duration_s=0.0, frames=1, size=track.size_px)
    verdicts = {}
    for name, time_s in (("crossed", 8.0), ("planted", 13.0)):
        session = Session(technique, Side.RIGHT, still=True)
        session.push(0.0, track.pose(int(np.searchsorted(track.time_s, time_s))))
        verdicts[name] = session.finish(info)[0].verdict
    assert "ankle over your left knee" in verdicts["planted"]
    assert "ankle over your left knee" not in verdicts["crossed"]


def test_a_raised_hand_ends_the_hold_live_and_offline_alike() -> None:
    """The right hand goes up in the first hold: it ends as released, not as broken, whichever way frames come in."""
    track, up_s = recorded("glute_roll_crossed"), 6.0
    image, world, visibility = track.image_px.copy(), track.world_m.copy(), track.visibility.copy()
    raised = (track.time_s >= up_s) & (track.time_s < up_s + 2.0)
    for points in (image, world):
        head = points[raised, : Landmark.MOUTH_RIGHT + 1, 1].min(axis=1)
        scale = 60.0 if points is image else 0.35
        points[raised, Landmark.RIGHT_WRIST, 1] = head - scale
        points[raised, Landmark.RIGHT_ELBOW, 1] = head
        points[raised, Landmark.RIGHT_ELBOW, 0] = points[raised, Landmark.RIGHT_WRIST, 0]
    visibility[:, [*range(25)]] = np.maximum(visibility[:, [*range(25)]], 0.9)
    lifted = Track(track.time_s, image, world, visibility, track.size_px)
    offline, _ = assess(lifted, load_technique("glute-max-roll"), Side.RIGHT)
    assert offline.holds[0].ended_by == "released"
    assert up_s - 1.0 <= offline.holds[0].end_s <= up_s + 1.5
    live = Session(load_technique("glute-max-roll"), Side.RIGHT)
    for i, time_s in enumerate(lifted.time_s):
        live.push(float(time_s), lifted.pose(i))
    found = live.finish(offline.clip)[0]
    assert found.model_copy(update={"measures": offline.measures}) == offline
    assert found.measures.keys() == offline.measures.keys()
    for column, summary in found.measures.items():  # few rows and many are multiplied in another order
        assert summary.model_dump() == pytest.approx(offline.measures[column].model_dump(), abs=0.002)
