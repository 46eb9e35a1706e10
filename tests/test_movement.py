"""Speed, travel, stillness and range of movement."""

from dataclasses import replace

import numpy as np
import pytest

from posecheck.movement import MotionMeter, summarise
from posecheck.result import Measurement
from tests.figure import PX_PER_M, Leg, body, seen


def readings(speed_m_s: float, seconds: float = 3.0, fps: float = 30.0) -> dict[str, tuple[float, float]]:
    """What the meter says of a figure that glides across the picture."""
    meter, pose, out = MotionMeter(), seen(body(Leg(), Leg())), {}
    for i in range(round(seconds * fps)):
        shift = (speed_m_s * PX_PER_M * i / fps, 0.0)
        out = meter.push(replace(pose, time_s=i / fps, image_px=pose.image_px + shift), 1 / PX_PER_M)
    return out


@pytest.mark.parametrize("fps", [12.0, 30.0, 60.0])
def test_speed_of_a_gliding_figure(fps: float) -> None:
    """A steady glide is measured to a tenth at any frame rate."""
    out = readings(0.2, fps=fps)
    assert out["pelvis_speed"][0] == pytest.approx(0.2, rel=0.1)
    assert out["stillness"][0] == pytest.approx(0.2, rel=0.1)


def test_standing_still_is_still() -> None:
    """A figure that does not move has no speed and no travel."""
    out = readings(0.0)
    assert out["pelvis_speed"][0] == pytest.approx(0.0, abs=1e-9)
    assert out["pelvis_travel"][0] == pytest.approx(0.0, abs=1e-9)


def test_travel_is_that_of_the_last_seconds() -> None:
    """Travel grows with the path, up to its window of 4 s."""
    assert readings(0.1, seconds=2.0)["pelvis_travel"][0] == pytest.approx(0.2, abs=0.05)
    assert readings(0.1, seconds=9.0)["pelvis_travel"][0] == pytest.approx(0.4, abs=0.05)


def test_nobody_and_newcomers_are_unseen() -> None:
    """Without a person, and just after one came into view, speeds are unseen."""
    meter, pose = MotionMeter(), seen(body(Leg(), Leg()))
    assert np.isnan(meter.push(None, float("nan"))["pelvis_speed"][0])
    assert np.isnan(meter.push(pose, 1 / PX_PER_M)["stillness"][0])


def test_coming_back_is_no_jump() -> None:
    """A person who comes back elsewhere after a pause did not race across the picture."""
    meter, pose = MotionMeter(), seen(body(Leg(), Leg()))
    for i in range(60):
        meter.push(replace(pose, time_s=i / 30), 1 / PX_PER_M)
    for i in range(30):
        moved = replace(pose, time_s=4.0 + i / 30, image_px=pose.image_px + 200.0)
        out = meter.push(moved, 1 / PX_PER_M)
    assert out["pelvis_speed"][0] < 0.01


def test_summary_of_a_swing() -> None:
    """Range and speed of a swing of 30 degrees either way in 5 s."""
    time_s = np.arange(0, 20, 1 / 30)
    value = 30 * np.sin(2 * np.pi * time_s / 5)
    value[100:130] = np.nan
    found = summarise("hip_rotation.right", time_s, Measurement(value, np.full_like(value, 4.0)), most_se=8.0)
    assert found.range == pytest.approx(60, abs=1.5)
    assert found.speed_max == pytest.approx(30 * 2 * np.pi / 5, rel=0.05)
    assert found.seen_share == pytest.approx(0.95)


def test_summary_of_the_unseen() -> None:
    """A movement that was hardly seen has no range, not a range of nothing."""
    nothing = np.full(50, np.nan)
    found = summarise("hip_rotation.right", np.arange(50) / 30, Measurement(nothing, nothing), most_se=8.0)
    assert found.range is None
    assert found.seen_share == 0.0
