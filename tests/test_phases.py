"""What was done when: set-up, rolling, holds, rest; the hold begins when the rolling stops, and not before."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from posecheck.catalog import load_technique
from posecheck.coach import ROLLING
from posecheck.evidence import gather
from posecheck.landmarks import Side
from posecheck.phase import Phase
from posecheck.phases import Work, phases_of
from posecheck.pose import Track
from posecheck.result import FrameResult, HoldSpan, SessionResult
from posecheck.session import Session, assess
from posecheck.technique import Technique
from tests.recorded import recorded

ROLL, HOLD, REST, SET_UP, SWITCH = Phase.ROLL, Phase.HOLD, Phase.REST, Phase.SET_UP, Phase.SWITCH
L, R = Side.LEFT, Side.RIGHT
GLUTE = "glute-max-roll"


@pytest.mark.parametrize(
    ("works", "expected"),
    [
        pytest.param([], [(0, 20, SET_UP)], id="nothing done"),
        pytest.param([Work(4, 9, ROLL, R)], [(0, 4, SET_UP), (4, 9, ROLL), (9, 20, REST)], id="rolled, then rested"),
        pytest.param(
            [Work(9.2, 20, HOLD, R), Work(4, 9, ROLL, R)],
            [(0, 4, SET_UP), (4, 9.2, ROLL), (9.2, 20, HOLD)],
            id="a moment between rolling and holding is no rest",
        ),
        pytest.param(
            [Work(2, 6, HOLD, R), Work(9, 19.5, HOLD, R)],
            [(0, 2, SET_UP), (2, 6, HOLD), (6, 9, REST), (9, 20, HOLD)],
            id="rest between two holds",
        ),
        pytest.param(
            [Work(2, 6, HOLD, R), Work(6.5, 20, HOLD, L)],
            [(0, 2, SET_UP), (2, 6, HOLD), (6, 6.5, SWITCH), (6.5, 20, HOLD)],
            id="a change of sides, however quick",
        ),
        pytest.param([Work(0, 20, HOLD, R)], [(0, 20, HOLD)], id="all of it held"),
    ],
)
def test_phases_follow_each_other_without_a_gap(works: list[Work], expected: list[tuple[float, float, Phase]]) -> None:
    """Whatever was done, each moment has one phase."""
    assert [(span.start_s, span.end_s, span.phase) for span in phases_of(0.0, 20.0, works)] == expected


def rolled(start_s: float, end_s: float, *, length_m: float = 0.12, period_s: float = 4.0) -> Track:
    """The recorded glute roll (leg crossed from 3.2 to 11.0 s), its body shifted back and forth within a span."""
    track = recorded("glute_roll_crossed")
    scale = float(np.nanmedian(gather(track).metres_per_px))
    inside = (track.time_s >= start_s) & (track.time_s < end_s)
    course = np.where(inside, 0.5 * length_m * np.sin(2 * np.pi * (track.time_s - start_s) / period_s), 0.0)
    image = np.array(track.image_px)
    image[..., 0] += (course / scale)[:, None]
    return replace(track, image_px=image)


def checked(track: Track, technique: Technique | None = None) -> SessionResult:
    """The track, checked on the right side."""
    return assess(track, technique or load_technique(GLUTE), R)[0]


def first(holds: list[HoldSpan]) -> HoldSpan:
    """The first hold."""
    return holds[0]


@pytest.mark.parametrize(("length_m", "period_s"), [(0.14, 2.0), (0.12, 3.0), (0.09, 3.0)])
def test_the_hold_begins_when_the_rolling_stops(length_m: float, period_s: float) -> None:
    """Fast or slow, rolling is not held, its turning points are no holds, and the stop is dated to 0.6 s."""
    result = checked(rolled(3.5, 6.5, length_m=length_m, period_s=period_s))
    hold = first(result.holds)
    assert hold.start_s == pytest.approx(6.5, abs=0.6)
    assert hold.held_s == pytest.approx(11.0 - 6.5, abs=0.6)
    assert [span.phase for span in result.phases][:3] == [SET_UP, ROLL, HOLD]
    assert result.phases[1].start_s == pytest.approx(3.5, abs=0.5)
    assert result.strokes is not None
    assert result.strokes.count >= 2


def test_rolling_on_after_a_hold_ends_it_where_the_rolling_began() -> None:
    """However slow the rolling begins, the time from its beginning is taken back from the hold."""
    hold = first(checked(rolled(7.0, 10.8, length_m=0.1, period_s=3.8)).holds)
    assert hold.end_s == pytest.approx(7.0, abs=0.4)
    assert hold.ended_by == "stay-still"


def test_a_technique_without_rolling_has_no_strokes() -> None:
    """Its strokes are null, its phases are told all the same."""
    result = checked(recorded("glute_roll_crossed"), load_technique(GLUTE).model_copy(update={"rolling": None}))
    assert result.strokes is None
    assert [span.phase for span in result.phases] == [SET_UP, HOLD, REST, HOLD]


def test_who_only_rolled_is_told_so_and_what_comes_next() -> None:
    """The position was right, so it is no fault to be corrected that nothing was held."""
    result = checked(rolled(0.0, 30.0, length_m=0.14, period_s=2.5))
    assert result.holds == []
    assert result.strokes is not None
    assert result.verdict.startswith(f"Rolled for {result.strokes.time_s:.1f} s, {result.strokes.count} strokes at ")
    assert result.verdict.endswith("but nothing was held. To do next: Stop rolling and hold the sore spot.")


def test_who_rolled_a_little_and_was_mostly_wrong_is_told_what_is_wrong() -> None:
    """A stroke in a session whose leg was mostly not crossed do not hide that."""
    whole = rolled(0.0, 30.0, length_m=0.14, period_s=2.5)
    early = whole.time_s < 5.2
    result = checked(
        Track(whole.time_s[early], whole.image_px[early], whole.world_m[early], whole.visibility[early], whole.size_px)
    )
    assert result.verdict.startswith("Rolled for")
    assert "nothing was held. To correct first: Lay your right ankle over your left knee" in result.verdict


def test_phases_cover_the_session() -> None:
    """From the first frame to the last, each beginning where the last one ended."""
    track = rolled(3.5, 6.5)
    phases = checked(track).phases
    assert phases[0].start_s == 0.0
    assert phases[-1].end_s == pytest.approx(float(track.time_s[-1]), abs=1e-3)
    assert all(one.end_s == other.start_s for one, other in itertools.pairwise(phases))


def said(track: Track, technique: Technique) -> list[tuple[float, str]]:
    """Rules of the cues that were said, with their times."""
    return [(cue.time_s, cue.rule) for cue in checked(track, technique).cues]


def with_rolling(**changes: object) -> Technique:
    """The glute roll, its rolling changed."""
    technique = load_technique(GLUTE)
    assert technique.rolling is not None
    return technique.model_copy(update={"rolling": technique.rolling.model_copy(update=changes)})


def test_fast_rolling_is_slowed_down_and_nobody_is_nagged_to_keep_still() -> None:
    """At 14 cm a second the cue is to go slower; to keep still is not asked of somebody who rolls."""
    cues = said(rolled(3.5, 10.5, length_m=0.14, period_s=2.0), with_rolling())
    assert ROLLING in {rule for _, rule in cues}
    assert "stay-still" not in {rule for time_s, rule in cues if time_s < 10.5}


def test_slow_rolling_is_left_alone_until_it_is_time_to_stop() -> None:
    """Within its time slow rolling gets no cue; after it, the one to stop and hold, once."""
    track = rolled(3.5, 10.8, length_m=0.08, period_s=3.6)
    assert not {"stay-still", ROLLING} & {rule for time_s, rule in said(track, with_rolling()) if time_s < 10.8}
    cues = [cue for cue in checked(track, with_rolling(roll_s=3.0)).cues if cue.rule == ROLLING]
    assert [cue.text for cue in cues] == ["Stop rolling and hold the sore spot."]
    assert cues[0].time_s == pytest.approx(3.5 + 3.0, abs=1.5)


def pushed(track: Track) -> tuple[list[FrameResult], SessionResult]:
    """The track, frame by frame."""
    session = Session(load_technique(GLUTE), R)
    results = [session.push(float(time_s), track.pose(i)) for i, time_s in enumerate(track.time_s)]
    whole = checked(track)
    return results, session.finish(whole.clip)[0]


def test_frame_by_frame_is_the_same_and_knows_the_phase() -> None:
    """Live, phases, strokes and holds are those of the clip; each frame tells the phase as understood by then."""
    track = rolled(3.5, 6.5)
    results, live = pushed(track)
    assert live == checked(track)
    assert {result.phase for result in results if 5.0 < result.time_s < 6.4} == {ROLL}
    assert {result.phase for result in results if 8.8 < result.time_s < 10.5} == {HOLD}
    assert results[0].phase is SET_UP
    paced = [result.pace for result in results if result.pace.rolling and np.isfinite(result.pace.speed_m_s)]
    assert paced
    assert not any(np.isfinite(result.pace.speed_m_s) for result in results if not result.pace.rolling)
    assert live.strokes is not None
    assert live.strokes.speed_cm_s is not None
    assert np.median([pace.speed_m_s for pace in paced]) == pytest.approx(live.strokes.speed_cm_s.mean / 100, rel=0.3)
