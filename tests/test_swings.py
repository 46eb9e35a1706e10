"""Swings of a joint: counted, measured from turning point to turning point, and told how even they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.course import Sizes
from posecheck.studio.motion import ease
from posecheck.swing_summary import summarise
from posecheck.swings import SIZES_CM, SIZES_DEG, Moved, SwingMeter

LIMIT = 25.0
Course = Callable[[float], float]


def sine(range_deg: float, period_s: float, turns: float = 4.0, start_s: float = 2.0) -> Course:
    """From the middle, there and back, and rest again."""

    def value(time_s: float) -> float:
        inside = start_s <= time_s <= start_s + turns * period_s
        return 0.5 * range_deg * np.sin(2 * np.pi * (time_s - start_s) / period_s) if inside else 0.0

    return value


def followed(
    course: Course,
    end_s: float,
    *,
    fps: float = 15.0,
    noise_deg: float = 0.0,
    placed_from_s: float = 0.0,
    unseen: tuple[float, float] = (0.0, 0.0),
) -> SwingMeter:
    """The meter after a hip has followed a course."""
    meter, rng = SwingMeter(), np.random.default_rng(3)
    for time_s in np.arange(0.0, end_s, 1.0 / fps).tolist():
        value = np.nan if unseen[0] <= time_s < unseen[1] else course(time_s) + rng.normal(0.0, noise_deg)
        meter.push(time_s, Moved(value, 2.5, 11.0, 0.09), time_s >= placed_from_s)
    return meter


@settings(deadline=None, max_examples=30)
@given(range_deg=st.floats(25.0, 70.0), period_s=st.floats(2.5, 10.0), fps=st.floats(12.0, 60.0))
def test_swings_are_counted_and_measured(range_deg: float, period_s: float, fps: float) -> None:
    """At any frame rate, through jitter of half a degree: range, speed and tempo to a tenth."""
    found = summarise(followed(sine(range_deg, period_s), 4 * period_s + 6.0, fps=fps, noise_deg=0.5).swings, LIMIT)
    assert found.count == 7
    assert found.range is not None
    assert found.speed is not None
    assert found.tempo_s is not None
    assert found.range.mean == pytest.approx(range_deg, rel=0.06)
    assert found.speed.mean == pytest.approx(2 * range_deg / period_s, rel=0.1)
    assert found.tempo_s.mean == pytest.approx(period_s, abs=2 * found.tempo_s.standard_error)


def test_a_slip_on_the_way_does_not_cut_a_swing_in_two() -> None:
    """Hands that seem to leap back a few centimetres for a moment: as many strokes, as long and as fast as without."""
    glide = sine(36.0, 5.0)
    plain, slipped = SwingMeter(SIZES_CM), SwingMeter(SIZES_CM)
    for time_s in np.arange(0.0, 26.0, 1 / 15).tolist():
        leapt_cm = 6.0 if 9.3 <= time_s < 9.6 else 0.0  # while it falls
        plain.push(time_s, Moved(glide(time_s), 1.0, 4.0, 0.05), True)
        slipped.push(time_s, Moved(glide(time_s) + leapt_cm, 1.0, 4.0, 0.05), True)
    assert len(slipped.swings) == len(plain.swings)
    for with_slip, without in zip(slipped.swings, plain.swings, strict=True):
        assert with_slip.range == pytest.approx(without.range, abs=0.5)
        assert with_slip.speed == pytest.approx(without.speed, rel=0.05)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.floats(-40.0, 40.0) | st.just(float("nan")), min_size=20, max_size=120),
    st.sampled_from([4.0, 12.0, 30.0]),
    st.sampled_from([SIZES_CM, SIZES_DEG]),
)
def test_whatever_is_seen_is_followed(values: list[float], fps: float, sizes: Sizes) -> None:
    """Landmarks may leap about: every swing takes some time, goes somewhere, and has a speed."""
    meter = SwingMeter(sizes)
    for i, value in enumerate(values):
        meter.push(i / fps, Moved(value, 1.0, 4.0, 0.05), True)
    for swing in meter.swings:
        assert swing.lasted_s > 0.0
        assert swing.range > 0.0
        assert np.isfinite([swing.speed, swing.speed_se, swing.fastest, swing.middle_s]).all()
    assert summarise(meter.swings, LIMIT).count <= len(meter.swings)


def test_a_leap_between_two_frames_is_no_swing() -> None:
    """Hands that were lost for a moment and seem to be elsewhere: there is nothing to measure a way by."""
    nan = float("nan")
    meter = SwingMeter(SIZES_CM)
    for i, value in enumerate([*[0.0] * 13, 13.6, 6.0, nan, nan, 16.1, 15.5, 14.7, 13.5, 12.0]):
        meter.push(i / 12, Moved(value, 2.0, 4.5, 0.05), True)
    assert meter.swings == []


def test_both_ends_are_told_with_the_error_of_zero() -> None:
    """The range is certain to a tenth, where it lies is not."""
    found = summarise(followed(lambda t: 8.0 + sine(40.0, 5.0)(t), 26.0).swings, LIMIT)
    assert found.lowest is not None
    assert found.highest is not None
    assert found.range is not None
    assert found.lowest.mean == pytest.approx(-12.0, abs=1.0)
    assert found.highest.mean == pytest.approx(28.0, abs=1.0)
    assert found.lowest.standard_error > 11.0 > 6.0 > found.range.standard_error


def test_an_uneven_tempo_is_told() -> None:
    """Out in two seconds and back in four."""

    def saw(time_s: float) -> float:
        part = (time_s - 2.0) % 6.0 if time_s >= 2.0 else 0.0
        return -20.0 + 40.0 * (ease(part / 2.0) - ease((part - 2.0) / 4.0))

    found = summarise(followed(saw, 26.0).swings, LIMIT)
    assert found.rising_s is not None
    assert found.falling_s is not None
    assert found.rising_s.mean == pytest.approx(2.0, abs=0.3)
    assert found.falling_s.mean == pytest.approx(4.0, abs=0.3)


def test_pauses_at_the_ends_are_no_part_of_a_swing() -> None:
    """Who stays at each end for three seconds swings as fast as one who does not."""

    def halting(time_s: float) -> float:
        part = (time_s - 2.0) % 10.0
        return -20.0 + 40.0 * (ease(part / 2.0) - ease((part - 5.0) / 2.0))

    found = summarise(followed(halting, 42.0).swings, LIMIT)
    assert found.count >= 6
    assert found.speed is not None
    assert found.speed.mean == pytest.approx(20.0, rel=0.15)


def test_too_fast_is_said_only_where_it_is_certain() -> None:
    """40 degrees in a second and a half are too fast; in three and a half they are not."""
    fast, slow = (summarise(followed(sine(40.0, period_s), 20.0).swings, LIMIT) for period_s in (2.4, 7.0))
    assert fast.too_fast_share == 1.0
    assert slow.too_fast_share == 0.0
    assert followed(sine(40.0, 2.4), 6.5).last is not None


def jerked(time_s: float) -> float:
    """There and back in eight seconds by 44 degrees, three fifths of the way in 0.3 s."""
    part = (time_s - 2.0) % 4.0
    outward = 1.0 if (time_s - 2.0) % 8.0 < 4.0 else -1.0
    slow = ease(part / 1.85) + ease((part - 2.15) / 1.85)
    return outward * 44.0 * (0.2 * slow + 0.6 * ease((part - 1.85) / 0.3) - 0.5)


@settings(deadline=None, max_examples=30)
@given(range_deg=st.floats(25.0, 70.0), period_s=st.floats(2.5, 10.0), fps=st.floats(12.0, 60.0))
def test_a_smooth_swing_has_no_jerk_however_fast(range_deg: float, period_s: float, fps: float) -> None:
    """Its fastest half second is about one and a half times as fast as all of it; noise adds to that."""
    found = summarise(followed(sine(range_deg, period_s), 4 * period_s + 6.0, fps=fps, noise_deg=0.5).swings, LIMIT)
    assert found.jerky_share == 0.0
    assert found.fastest is not None
    assert found.speed is not None
    assert found.fastest.mean == pytest.approx(1.5 * found.speed.mean, abs=found.fastest.standard_error)


def test_a_jerk_is_told_apart_from_a_fast_swing() -> None:
    """As a whole the swings are slow enough; each has a moment that is not."""
    found = summarise(followed(jerked, 30.0).swings, LIMIT)
    assert found.count >= 5
    assert found.too_fast_share == 0.0
    assert found.jerky_share == 1.0


@pytest.mark.parametrize("course", [lambda _: 3.0, lambda time_s: 2.0 * np.sin(time_s)], ids=["rest", "sway"])
def test_keeping_still_is_no_swinging(course: Course) -> None:
    """Neither rest nor sway has a range."""
    found = summarise(followed(course, 20.0, noise_deg=0.5).swings, LIMIT)
    assert (found.count, found.range, found.tempo_s, found.too_fast_share) == (0, None, None, None)


def test_what_is_unseen_or_out_of_position_is_no_swing() -> None:
    """A gap ends a swing, and what moved before the position was taken does not count."""
    gap = followed(sine(40.0, 5.0), 25.0, unseen=(8.0, 10.0))
    assert not any(swing.start_s < 9.0 < swing.end_s for swing in gap.swings)
    assert followed(sine(40.0, 5.0), 21.9, placed_from_s=21.0).swings == []


@pytest.mark.parametrize("seen_s", [2.5, 4.0, 7.0])
def test_pieces_of_swings_are_not_told_as_swings(seen_s: float) -> None:
    """Where frames are missing, as from a busy machine, a way is whole or does not count."""
    meter, course = SwingMeter(), sine(44.0, 6.0, turns=8.0)
    for time_s in np.arange(0.0, 54.0, 1 / 12).tolist():
        if time_s % (seen_s + 1.0) < seen_s:
            meter.push(time_s, Moved(course(time_s), 2.5, 11.0, 0.09), placed=True)
    found = summarise(meter.swings, LIMIT)
    assert found.too_fast_share in (None, 0.0)
    assert all(swing.range > 0.7 * 44.0 for swing in meter.swings if swing.turned)
    for told, true in ((found.tempo_s, 6.0), (found.speed, 44.0 / 3.0), (found.range, 44.0)):
        assert told is None or told.mean == pytest.approx(true, abs=2 * told.standard_error)
