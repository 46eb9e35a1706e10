"""Small rubbing back and forth: how far, how often, and across the fibres or along them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.catalog import load_technique
from posecheck.hands import NOWHERE, Spot
from posecheck.phase import Rub
from posecheck.rubbing import RubMeter, fit
from posecheck.technique import Rubbing

ASKED = load_technique("partner-cross-fibre-friction").rubbing
assert ASKED is not None
RUBBING: Rubbing = ASKED


def spot(along_m: float, right_m: float) -> Spot:
    """A place of the hands with usual errors."""
    return Spot(along_m, right_m, 0.02, 0.035, 0.045, 0.08, 0.086)


def rubbed(
    far_cm: float, rate_hz: float, angle_deg: float, *, seconds: float = 6.0, fps: float = 15.0, noise_cm: float = 0.0,
    right: bool = True, placed: bool = True,
) -> RubMeter:  # fmt: skip
    """The meter after hands rubbed at an angle, as the damping landmark model follows them.

    The angle is from straight outward, turned toward the feet.
    """
    meter, rng = RubMeter(RUBBING), np.random.default_rng(5)
    outward = (1.0 if right else -1.0) * math.cos(math.radians(angle_deg))
    for time_s in np.arange(0.0, seconds, 1.0 / fps).tolist():
        way = 0.005 * far_cm * math.sin(2.0 * math.pi * rate_hz * time_s)
        noise = 0.01 * noise_cm * rng.normal(size=2)
        here = spot(-way * math.sin(math.radians(angle_deg)) + noise[0], way * outward + noise[1])
        meter.push(time_s, here, placed, right)
    return meter


@settings(deadline=None, max_examples=30)
@given(
    far_cm=st.floats(2.0, 7.0), rate_hz=st.floats(0.8, 2.4), angle_deg=st.floats(-80.0, 90.0), fps=st.floats(12.0, 60.0)
)
def test_it_is_measured_at_any_frame_rate(far_cm: float, rate_hz: float, angle_deg: float, fps: float) -> None:
    """Through jitter of half a centimetre: the way within its error, the rate to a tenth, the angle to some degrees."""
    found = rubbed(far_cm, rate_hz, angle_deg, fps=fps, noise_cm=0.4).now
    assert found.moving
    assert found.far_cm == pytest.approx(far_cm, abs=found.far_se_cm)
    assert found.rate_hz == pytest.approx(rate_hz, abs=0.11)
    off = abs(angle_deg - RUBBING.fibre_deg) % 180.0
    assert found.angle_deg == pytest.approx(min(off, 180.0 - off), abs=found.angle_se_deg)


@pytest.mark.parametrize("right", [True, False])
def test_across_and_along_are_told_apart_on_both_sides(right: bool) -> None:
    """Fibres run outward and toward the feet on either side."""
    assert rubbed(4.0, 1.4, 120.0, right=right).now.angle_deg > 80.0
    along = rubbed(4.0, 1.4, 30.0, right=right).now
    assert along.angle_deg < 10.0
    assert along.fault == "along"


@pytest.mark.parametrize(
    ("far_cm", "rate_hz", "fault"),
    [(3.5, 1.4, None), (3.5, 3.4, "fast"), (3.5, 0.5, "slow"), (14.0, 1.4, "wide"), (1.3, 1.4, "narrow")],
)
def test_what_is_surely_not_as_asked_is_said(far_cm: float, rate_hz: float, fault: str | None) -> None:
    """Nothing is said of what may be right."""
    assert rubbed(far_cm, rate_hz, 120.0, fps=30.0).now.fault == fault


def test_hands_that_rest_or_drift_rub_nothing() -> None:
    """Jitter alone, and a slow glide, are no rubbing."""
    assert not rubbed(0.0, 1.0, 0.0, noise_cm=0.4).now.moving
    meter = RubMeter(RUBBING)
    for i in range(60):
        meter.push(i / 15, spot(0.01 * i / 15, 0.0), True, True)
    assert not meter.now.moving


def test_gliding_hands_that_waver_rub_nothing() -> None:
    """Long strokes in which landmarks go back and forth by themselves."""
    meter = RubMeter(RUBBING)
    for i in range(15 * 12):
        time_s = i / 15
        waver = 0.015 * math.sin(2.0 * math.pi * 1.2 * time_s)
        meter.push(time_s, spot(0.18 * math.sin(2.0 * math.pi * time_s / 4.9) + waver, waver), True, True)
        assert not meter.now.moving
    assert not math.isfinite(meter.activity.since_s)


def test_out_of_place_or_out_of_sight_nothing_is_told() -> None:
    """What is rubbed elsewhere does not count; after a gap it begins anew."""
    assert not rubbed(4.0, 1.4, 120.0, placed=False).now.moving
    meter = rubbed(4.0, 1.4, 120.0)
    assert meter.push(6.1, NOWHERE, True, True).moving, "a hand hidden for a moment changes nothing"
    assert not meter.push(9.0, spot(0.0, 0.0), True, True).moving


def test_a_session_is_summed_up() -> None:
    """Time, means and how much of it was not as asked."""
    found = rubbed(4.0, 1.4, 30.0, seconds=8.0).summary()
    assert found.time_s == pytest.approx(7.0, abs=0.6)
    assert found.far_cm is not None
    assert found.far_cm.mean == pytest.approx(4.0, abs=0.5)
    assert found.faulty_share == 1.0
    nothing = rubbed(0.0, 1.0, 0.0).summary()
    assert (nothing.time_s, nothing.far_cm, nothing.faulty_share) == (0.0, None, None)


def test_too_few_frames_fit_nothing() -> None:
    """A second of five frames tells no rate."""
    assert fit(np.linspace(0.0, 1.0, 5), np.zeros((5, 2))) is None
    assert fit(np.zeros(0), np.zeros((0, 2))) is None


def test_the_direction_is_said_before_the_rate() -> None:
    """One thing at a time."""
    both = Rub(True, 4.0, 1.0, 3.4, 0.1, 5.0, 18.0)
    assert RUBBING.fault(both) == "along"
