"""Both sides in turn: each with its time and holds, the change said once, the difference told when both are known."""

from dataclasses import replace

import numpy as np
import pytest

from posecheck.bilateral import asymmetry
from posecheck.catalog import load_technique
from posecheck.coach import SWITCH
from posecheck.landmarks import MIRROR, Landmark, Side
from posecheck.measures import COLUMNS
from posecheck.phase import Phase
from posecheck.pose import Track
from posecheck.result import ClipInfo, MovementSummary, Reading, SessionResult, SideSummary
from posecheck.session import Session, assess
from posecheck.sides import Sides
from posecheck.technique import Technique, measure_key
from tests.figure import ON_THE_SIDE, PX_PER_M, Leg, body, seen
from tests.recorded import recorded

ONE_SIDE_S = 14.0
"""The recorded leg is crossed from 3.2 to 11.0 s and down again at 12.0 s."""


def short() -> Technique:
    """The glute roll with a hold of 5 s asked for."""
    technique = load_technique("glute-max-roll")
    return technique.model_copy(update={"hold": technique.hold.model_copy(update={"target_s": 5.0})})


def in_turn() -> Track:
    """The recorded glute roll on the right, and then the same in the mirror: on the left, somewhat shorter."""
    track = recorded("glute_roll_crossed")
    one = track.time_s < ONE_SIDE_S
    other = track.time_s < 10.0
    width = track.size_px[0]
    image = track.image_px[other][:, MIRROR] * np.array([-1.0, 1.0]) + np.array([width, 0.0])
    world = track.world_m[other][:, MIRROR] * np.array([-1.0, 1.0, 1.0])
    return Track(
        np.concatenate([track.time_s[one], track.time_s[other] + ONE_SIDE_S]),
        np.concatenate([track.image_px[one], image]),
        np.concatenate([track.world_m[one], world]),
        np.concatenate([track.visibility[one], track.visibility[other][:, MIRROR]]),
        track.size_px,
    )


def clip_of(track: Track) -> ClipInfo:
    """A description of a track's clip."""
    return ClipInfo(name="track", duration_s=float(track.time_s[-1]), frames=len(track), size=track.size_px)


def both() -> SessionResult:
    """Both sides in turn, the side left to be found."""
    return assess(in_turn(), short())[0]


def test_each_side_has_its_time_and_its_holds() -> None:
    """The result is about the side held longest; both are there, with what was held on each."""
    result = both()
    assert result.side is Side.RIGHT
    assert set(result.sides) == {Side.LEFT, Side.RIGHT}
    left, right = result.sides[Side.LEFT], result.sides[Side.RIGHT]
    assert right.hold_best_s == pytest.approx(7.8, abs=0.5) == result.hold_best_s
    assert left.hold_best_s == pytest.approx(6.8, abs=0.5)
    assert left.holds[0].start_s == pytest.approx(ONE_SIDE_S + 3.2, abs=0.5)
    assert left.time_s == pytest.approx(7.0, abs=1.5)
    assert result.holds == right.holds
    assert [span.phase for span in result.phases] == [Phase.SET_UP, Phase.HOLD, Phase.SWITCH, Phase.HOLD]


def test_the_change_is_said_once_and_not_corrected() -> None:
    """When the first side is done and its position left, the coach asks for the other side, and for nothing else."""
    cues = both().cues
    said = [cue.time_s for cue in cues if cue.text == SWITCH]
    assert len(said) == 1
    assert 11.0 < said[0] < 14.0
    assert not [cue for cue in cues if said[0] < cue.time_s < 16.0 and cue.rule == "leg-crossed"]


def test_the_sides_are_compared_in_a_plain_sentence() -> None:
    """Left less right, in seconds and in words."""
    found = both().asymmetry
    assert found is not None
    assert found.hold_best_s == pytest.approx(-1.3, abs=0.4)
    assert found.range is None
    assert found.sentence.startswith("Both sides were held about equally long")


def test_a_side_that_was_asked_for_is_the_only_one() -> None:
    """With the side given, the other one is not judged, and the coach does not ask for it."""
    result = assess(in_turn(), short(), Side.RIGHT)[0]
    assert set(result.sides) == {Side.RIGHT}
    assert result.asymmetry is None
    assert SWITCH not in {cue.text for cue in result.cues}


def test_one_side_alone_is_not_compared() -> None:
    """A session of one side knows that one, found automatically or given."""
    result = assess(recorded("glute_roll_crossed"), short())[0]
    assert set(result.sides) == {Side.RIGHT}
    assert result.sides[Side.RIGHT].holds == result.holds
    assert result.asymmetry is None


def test_time_that_nobody_watched_counts_in_no_number() -> None:
    """With one frame a second nothing is known of what happened between: neither held nor in position."""
    track = recorded("glute_roll_crossed")
    frames = np.arange(0, len(track), 15)
    thin = Track(
        track.time_s[frames], track.image_px[frames], track.world_m[frames], track.visibility[frames], track.size_px
    )
    result = assess(thin, load_technique("glute-max-roll"), Side.RIGHT)[0]
    assert result.rules["leg-crossed"].pass_s > 0
    assert result.hold_total_s == 0.0
    assert result.sides[Side.RIGHT].time_s == 0.0


def test_in_turn_live_is_the_same_as_the_clip() -> None:
    """Frame by frame both sides come out as from the whole clip, and each frame tells which one it is about."""
    track, session = in_turn(), Session(short())
    results = [session.push(float(time_s), track.pose(i)) for i, time_s in enumerate(track.time_s)]
    whole = both()
    live = session.finish(whole.clip)[0]
    assert live.model_copy(update={"measures": whole.measures}) == whole
    for name, measure in live.measures.items():  # networks round otherwise for one frame than for many
        assert measure.model_dump() == pytest.approx(whole.measures[name].model_dump(), abs=2e-3)
    assert {result.side for result in results if 5.0 < result.time_s < 10.0} == {Side.RIGHT}
    assert {result.side for result in results if result.time_s > ONE_SIDE_S + 6.0} == {Side.LEFT}
    assert set(results[200].side_times_s) == {Side.RIGHT}
    assert results[-1].side_times_s == pytest.approx(
        {side: done.time_s for side, done in whole.sides.items()}, abs=1e-3
    )


def side(best_s: float, range_deg: float | None) -> SideSummary:
    """A side's numbers."""
    return SideSummary(time_s=40.0, holds=[], hold_total_s=best_s, hold_best_s=best_s, range=range_deg)


def moved(range_deg: float) -> MovementSummary:
    """A movement with an error of 3 degrees."""
    return MovementSummary(
        measure="hip_rotation.left", low=0.0, high=range_deg, range=range_deg, range_standard_error=3.0,
        speed_median=10.0, speed_max=20.0, seen_share=1.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("left_deg", "right_deg", "words"),
    [
        pytest.param(
            40.0, 62.0, "The right side moves 22° further than the left one: 40° left and 62° right.", id="far"
        ),
        pytest.param(40.0, 46.0, "does not differ by more than can be measured: 40° left and 46° right.", id="near"),
    ],
)
def test_ranges_are_called_different_only_when_they_are(left_deg: float, right_deg: float, words: str) -> None:
    """A difference within two standard errors is none."""
    sides = {Side.LEFT: side(30.0, left_deg), Side.RIGHT: side(30.0, right_deg)}
    found = asymmetry(sides, {Side.LEFT: moved(left_deg), Side.RIGHT: moved(right_deg)})
    assert found is not None
    assert found.range == left_deg - right_deg
    assert words in found.sentence


def test_without_both_ranges_only_the_holds_are_compared() -> None:
    """What was not seen on one side is not compared."""
    sides = {Side.LEFT: side(12.0, None), Side.RIGHT: replace_held(side(30.0, 50.0))}
    found = asymmetry(sides, {Side.LEFT: None, Side.RIGHT: moved(50.0)})
    assert found is not None
    assert found.range is None
    assert found.sentence == "The right side was held 18.0 s longer than the left one: 12.0 s left, 30.0 s right."


def replace_held(summary: SideSummary) -> SideSummary:
    """The same with a hold in it."""
    hold = both().holds[0]
    return summary.model_copy(update={"holds": [hold]})


def test_the_position_on_the_other_side_than_asked_for_is_told() -> None:
    """Who was to treat the left hip and keeps the position on the right one is told so, now and in the result."""
    track = recorded("glute_roll_crossed")
    once = [i for i in range(len(track)) if track.time_s[i] < ONE_SIDE_S]
    session = Session(load_technique("glute-max-roll"), Side.LEFT)
    frames = [session.push(float(track.time_s[i]), track.pose(i)) for i in once]
    told = [frame.cue.text for frame in frames if frame.cue and 6.0 < frame.time_s < 10.5]
    assert told
    assert set(told) == {"That is your right side: I was asked to judge your left one"}
    result, _ = session.finish(clip_of(track))
    assert not result.holds
    assert result.verdict.startswith("The right side was in position for ")
    seconds = float(result.verdict.partition(" for ")[2].partition(" s")[0])
    assert seconds == pytest.approx(8.0, abs=1.0)  # from two seconds after it was taken until the leg is down


@pytest.mark.parametrize("side", [Side.RIGHT, None])
def test_nothing_of_the_other_side_is_told_where_the_right_one_is_judged(side: Side | None) -> None:
    """Asked for or found."""
    track = recorded("glute_roll_crossed")
    session = Session(load_technique("glute-max-roll"), side)
    assert not [frame for frame in session.push_track(track) if frame.cue and "side" in frame.cue.text]
    assert "side" not in session.finish(clip_of(track))[0].verdict


def test_a_target_that_was_reached_is_told_whatever_the_other_side_did() -> None:
    """Both sides were done, the one asked for for less time than the other, but for long enough."""
    result = assess(in_turn(), short(), Side.LEFT)[0]
    assert result.hold_best_s == pytest.approx(6.8, abs=0.5)
    assert result.verdict.startswith("Held for ")


def test_a_picture_of_the_other_side_is_told() -> None:
    """At once, in a single picture."""
    track = recorded("glute_roll_crossed")
    session = Session(load_technique("glute-max-roll"), Side.LEFT, still=True)
    middle = int(np.searchsorted(track.time_s, 7.0))
    assert session.push(0.0, track.pose(middle)).cue is not None
    result, _ = session.finish(clip_of(track))
    assert result.verdict.startswith("The right side was in position, but the left one")


def test_understanding_the_side_late_loses_no_stroke_and_invents_none() -> None:
    """Until the side is known both are followed; what moves a single landmark is no stroke."""
    technique = load_technique("outer-thigh-roll")
    nothing = dict.fromkeys(COLUMNS, Reading(np.nan, np.nan))
    right = {}
    for rule in technique.rules:
        low, high = rule.target.min, rule.target.max
        inside = (low or 0.0) + 0.02 if high is None else high - 0.02
        right[measure_key(rule.measure, rule.side, Side.RIGHT)] = Reading(inside, 1e-3)
    sides, pose = Sides(technique, None, still=False, height_m=None), seen(body(Leg(), Leg()), room=ON_THE_SIDE)
    apart = np.array(pose.image_px)
    apart[Landmark.LEFT_HIP, 0] += 0.15 * PX_PER_M
    for time_s in np.arange(0.0, 12.0, 0.05).tolist():
        shift = 0.08 * np.sin(2 * np.pi * (time_s - 1.0) / 4.0) * (1.0 <= time_s <= 9.0) * PX_PER_M
        frame = replace(pose, time_s=time_s, image_px=apart + np.array([shift, 0.0]))
        sides.push(time_s, 0.05, {**nothing, **right}, frame, 1.0 / PX_PER_M, lambda _: None)
    sides.finish()
    found = sides.strokes()
    assert sides.current.side is Side.RIGHT
    assert found is not None
    assert found.count == 5
    assert found.time_s == pytest.approx(8.0, abs=0.3)
