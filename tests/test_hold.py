"""The hold clock counts time in position, from timestamps only."""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.hold import LONGEST_FRAME_GAP_S, HoldClock
from posecheck.result import HoldSpan, HoldState
from posecheck.technique import Hold

HOLD = Hold(target_s=5, maximum_s=8, grace_s=1.0, minimum_s=1.0)


def run(spans: Iterable[tuple[float, float, str]], end_s: float, fps: float = 20.0) -> list[HoldSpan]:
    """Push frames at an even rate; in position except within the spans (from, to, cause)."""
    clock, breaks = HoldClock(HOLD, ["knee", "foot"]), list(spans)
    for i in range(round(end_s * fps) + 1):
        time_s = i / fps
        cause = next((why for start, stop, why in breaks if start <= time_s < stop), None)
        clock.push(time_s, cause is None, cause or "left_view")
    return clock.finish()


def test_counts_time_in_position() -> None:
    """An unbroken hold lasts from its first frame to its last, and ends with the clip."""
    (hold,) = run([], 4.0)
    assert (hold.start_s, hold.end_s, hold.ended_by) == (0.0, 4.0, "clip_end")
    assert hold.held_s == pytest.approx(4.0)


def test_short_break_pauses() -> None:
    """A break shorter than the grace is not counted and does not end the hold."""
    (hold,) = run([(2.0, 2.6, "knee")], 4.0)
    assert hold.end_s == 4.0
    assert hold.held_s == pytest.approx(4.0 - 0.65, abs=0.051)


def test_what_cannot_be_told_is_like_no_frame() -> None:
    """Unseen for less than the longest gap between frames in position is counted; for longer, or at the end, not."""
    (hold,) = run([(2.0, 2.4, "left_view")], 4.0)
    assert hold.held_s == pytest.approx(4.0)
    assert hold.ended_by == "clip_end"
    (hold,) = run([(2.0, 2.6, "left_view")], 4.0)
    assert hold.held_s == pytest.approx(4.0 - 0.65)
    (hold,) = run([(2.0, 2.2, "left_view"), (2.2, 2.4, "knee")], 4.0)
    assert hold.held_s == pytest.approx(4.0 - 0.45)
    (hold,) = run([(3.8, 4.1, "left_view")], 4.0)
    assert hold.held_s == pytest.approx(3.75)
    assert hold.end_s == pytest.approx(3.75)
    assert hold.ended_by == "left_view"


@given(st.lists(st.sampled_from(["right", "wrong", "unseen"]), min_size=1, max_size=120))
def test_unseen_frames_change_nothing(seen: list[str]) -> None:
    """Holds are those of the same clip without the frames in which it could not be told, whatever ends the last one."""
    clock, without = HoldClock(HOLD), HoldClock(HOLD)
    for i, what in enumerate(seen):
        time_s = i / 10
        clock.push(time_s, what == "right", "left_view" if what == "unseen" else "knee")
        if what != "unseen":
            without.push(time_s, what == "right", "knee")
    spans = [(hold.start_s, hold.end_s, hold.held_s) for hold in clock.finish()]
    assert spans == [(hold.start_s, hold.end_s, hold.held_s) for hold in without.finish()]


def test_long_break_ends_the_hold_when_it_began() -> None:
    """A longer break ends the hold at its first frame, names the cause, and the next hold is a new one."""
    first, second = run([(2.0, 3.5, "knee")], 5.0)
    assert first.end_s == pytest.approx(1.95)
    assert first.ended_by == "knee"
    assert second.start_s == pytest.approx(3.5)


@pytest.mark.parametrize(
    ("causes", "expected"),
    [
        pytest.param(("knee", "foot"), "knee", id="the heavier first"),
        pytest.param(("foot", "knee"), "knee", id="the heavier second"),
        pytest.param(("left_view", "foot"), "foot", id="something known before something unseen"),
        pytest.param(("foot", "left_view"), "foot", id="and the other way round"),
        pytest.param(("left_view", "left_view"), "left_view", id="nothing known"),
    ],
)
def test_cause_is_the_most_important_of_the_break(causes: tuple[str, str], expected: str) -> None:
    """Of the rules that fail within the break that ends a hold, the most important one is its cause."""
    first = run([(2.0, 2.5, causes[0]), (2.5, 4.0, causes[1])], 4.0)[0]
    assert first.ended_by == expected
    assert first.end_s == pytest.approx(1.95)


def test_flicker_is_no_hold() -> None:
    """Less than the least length in position is not reported."""
    assert run([(0.5, 4.0, "knee")], 4.0) == []


def test_reached_target_is_completed() -> None:
    """A hold broken after its target was reached is completed, not broken."""
    hold = run([(6.0, 9.0, "knee")], 9.0)[0]
    assert hold.ended_by == "completed"


def test_maximum_ends_the_hold_until_the_position_is_left() -> None:
    """At its maximum a hold ends, and staying does not start another; leaving and coming back does."""
    assert [hold.held_s for hold in run([], 15.0)] == [pytest.approx(8.0)]
    again = run([(10.0, 12.0, "knee")], 14.0)
    assert [hold.ended_by for hold in again] == ["maximum", "clip_end"]
    assert again[1].start_s == pytest.approx(12.0)


def test_ring_stays_full_at_the_maximum() -> None:
    """After the maximum the clock goes on showing a completed hold until the position is left."""
    clock, state = HoldClock(HOLD), None
    for i in range(200):
        state = clock.push(i / 20, True)
    assert isinstance(state, HoldState)
    assert state.completed
    assert state.remaining_s == 0.0


def test_time_nobody_watched_is_not_counted() -> None:
    """Frames further apart than the longest gap do not add their distance, and a long gap ends the hold."""
    clock = HoldClock(HOLD)
    for time_s in (0.0, 0.4, 0.8, 1.2, 1.2 + LONGEST_FRAME_GAP_S + 0.1, 2.2):
        clock.push(time_s, True)
    (hold,) = clock.finish()
    assert hold.held_s == pytest.approx(1.2 + 0.4)
    clock = HoldClock(HOLD)
    for time_s in (0.0, 0.4, 0.8, 1.2, 9.0, 9.4, 9.8, 10.2):
        clock.push(time_s, True)
    first, second = clock.finish()
    assert (first.end_s, first.ended_by) == (1.2, "left_view")
    assert second.start_s == 9.0


frames = st.lists(st.tuples(st.floats(0.01, 2.0), st.booleans()), max_size=200)


@given(frames)
def test_holds_are_what_was_watched(steps: list[tuple[float, bool]]) -> None:
    """Holds are in order, apart, no longer than their span, no longer than the maximum by more than a frame."""
    clock, time_s, in_position_s, last = HoldClock(HOLD), 0.0, 0.0, False
    for step, right in steps:
        time_s += step
        in_position_s += step if last and right and step <= LONGEST_FRAME_GAP_S + 1e-9 else 0.0
        state = clock.push(time_s, right, "knee")
        assert state.best_s <= state.total_s + 1e-9
        last = right
    holds = clock.finish()
    for hold in holds:
        assert HOLD.minimum_s <= hold.held_s <= hold.end_s - hold.start_s + 1e-6
        assert hold.held_s <= HOLD.maximum_s + LONGEST_FRAME_GAP_S
    for before, after in itertools.pairwise(holds):
        assert before.end_s < after.start_s
    assert sum(hold.held_s for hold in holds) <= in_position_s + 1e-6


@given(st.floats(2.5, 60.0))
def test_frame_rate_does_not_matter(fps: float) -> None:
    """The same hold filmed at another rate is as long, to within two frames."""
    (hold,) = run([(0.0, 1.0, "knee")], 5.0, fps)
    assert hold.held_s == pytest.approx(4.0, abs=2.0 / fps + 0.01)


def released(after_s: float, since_s: float | None = None, fps: float = 20.0, end_s: float = 12.0) -> HoldClock:
    """A clock in position all the time, told after some seconds that the tension let go."""
    clock, told = HoldClock(HOLD), False
    for i in range(round(end_s * fps) + 1):
        if i / fps > after_s and not told:
            told = True
            clock.release(after_s if since_s is None else since_s)
        clock.push(i / fps, True)
    return clock


@pytest.mark.parametrize("after_s", [3.0, 6.0], ids=["before the target", "after it"])
def test_a_hold_ends_when_the_tension_lets_go(after_s: float) -> None:
    """What the person says is recorded, and staying in position does not start another hold."""
    (hold,) = released(after_s).finish()
    assert hold.ended_by == "released"
    assert hold.held_s == pytest.approx(after_s, abs=0.06)


def test_how_it_was_enough_is_told_until_the_position_is_left() -> None:
    """The state says whether the maximum or the person ended the hold, and forgets it with the position."""
    clock = released(3.0, end_s=4.0)
    assert clock.state(True).enough == "released"
    assert clock.push(4.1, False, "knee").enough == "released"
    assert [clock.push(time_s, False, "knee").enough for time_s in (4.5, 5.2)] == ["released", None]
    assert not clock.push(5.4, True).enough
    clock = HoldClock(HOLD)
    assert [clock.push(i / 10, True).enough for i in range(90)][-1] == "maximum"


def test_who_left_the_position_to_say_it_has_not_broken_the_hold() -> None:
    """A hold that broke after the hand went up was ended by that; one that broke before was not."""
    for since_s, expected in ((1.5, "released"), (3.0, "knee")):
        clock = HoldClock(HOLD)
        for i in range(81):
            clock.push(i / 20, i / 20 < 2.0, "knee")
        assert clock.release(since_s) == (expected == "released")
        assert [hold.ended_by for hold in clock.finish()] == [expected]


def test_there_must_be_a_hold_to_release() -> None:
    """Nothing held, or less than the least length: nothing is ended, and a maximum stays one."""
    clock = HoldClock(HOLD)
    assert not clock.release(0.0)
    clock.push(0.0, True)
    clock.push(0.4, True)
    assert not clock.release(0.0)
    for i in range(1, 30):
        clock.push(0.4 + i * 0.4, True)
    assert not clock.release(0.0)
    assert [hold.ended_by for hold in clock.finish()] == ["maximum"]


@given(frames, st.integers(0, 200), st.floats(0.0, 5.0))
def test_a_release_ends_at_most_one_hold_and_adds_no_time(
    steps: list[tuple[float, bool]], at: int, back_s: float
) -> None:
    """Whenever it is said: holds stay apart and in bounds, and at most one of them was released."""
    clock, time_s, total_s = HoldClock(HOLD), 0.0, 0.0
    for i, (step, right) in enumerate(steps):
        time_s += step
        total_s += step if step <= LONGEST_FRAME_GAP_S else 0.0
        state = clock.push(time_s, right, "knee")
        assert state.active or not state.enough
        if i == at:
            clock.release(time_s - back_s)
    holds = clock.finish()
    assert sum(hold.ended_by == "released" for hold in holds) <= 1
    assert sum(hold.held_s for hold in holds) <= total_s + 1e-6
    assert all(before.end_s < after.start_s for before, after in itertools.pairwise(holds))
    assert all(HOLD.minimum_s <= hold.held_s <= HOLD.maximum_s + LONGEST_FRAME_GAP_S for hold in holds)


def late(known_s: float, since_s: float, *, right: bool) -> HoldSpan:
    """The hold of a clip of 6 s in which a change at `since_s` is understood at `known_s`."""
    clock = HoldClock(HOLD)
    for i in range(121):
        time_s = i / 20
        was_right = (time_s >= known_s) is right
        clock.push(time_s, was_right, "still", since_s if time_s == known_s else None)
    return clock.finish()[0]


def test_rest_that_is_understood_late_is_counted_from_its_beginning() -> None:
    """Who came to rest at 2 s, as known at 3 s, has held since 2 s."""
    hold = late(3.0, 2.0, right=True)
    assert hold.start_s == pytest.approx(2.0)
    assert hold.held_s == pytest.approx(4.0)


def test_movement_that_is_understood_late_is_taken_back() -> None:
    """Who set off at 2 s, as known at 3 s, held until 2 s."""
    hold = late(3.0, 2.0, right=False)
    assert hold.end_s == pytest.approx(2.0)
    assert hold.held_s == pytest.approx(2.0)
    assert hold.ended_by == "still"


def test_no_more_is_taken_back_than_was_held() -> None:
    """A movement that began before the hold leaves none of it."""
    clock = HoldClock(HOLD)
    for i in range(41):
        clock.push(i / 20 + 1.0, True)
    clock.push(3.1, False, "still", 0.2)
    assert clock.finish() == []
