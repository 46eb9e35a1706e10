"""The turn of a hip at 90 degrees, from where the foot is seen: followed from above, unseen from the floor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.catalog import load_technique
from posecheck.hip_turn import Turn, TurnMeter
from posecheck.landmarks import Landmark, Side
from posecheck.pose import Pose
from posecheck.studio.body import Body
from posecheck.studio.camera import Camera
from posecheck.studio.figure import figure_of
from posecheck.studio.limbs import ROTATION
from posecheck.studio.reference import camera_of, setting_of, turned
from tests.treated import seen as perfectly_seen

TECHNIQUE = load_technique("hip-rotation-90")


def camera(side: Side, off_deg: float = 0.0, height_m: float = TECHNIQUE.camera.height_m) -> Camera:
    """The recommended camera, moved round and up or down."""
    return replace(turned(camera_of(TECHNIQUE, side), off_deg, TECHNIQUE, side), height_m=height_m)


def seen(turn_deg: float, side: Side, through: Camera, time_s: float) -> Pose:
    """The landmarks that a perfect model would give of somebody in the position, the hip turned."""
    setting = setting_of(TECHNIQUE.reference_pose, side, Body())
    legs_deg = setting.legs_deg.copy()
    legs_deg[side.position, ROTATION] += turn_deg
    return perfectly_seen(figure_of(replace(setting, legs_deg=legs_deg)), through, time_s)


def turns(side: Side, through: Camera, turns_deg: tuple[float, ...] = (-25.0, 0.0, 25.0)) -> list[Turn]:
    """What the meter says of the working hip, once it has looked for a while."""
    meter, told = TurnMeter(), []
    for number, turn_deg in enumerate(turns_deg):
        for i in range(4):
            found = meter.push(seen(turn_deg, side, through, number + 0.25 * i))[side]
        told.append(found)
    return told


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("off_deg", [-20.0, 0.0, 20.0])
@pytest.mark.parametrize("height_m", [1.4, 1.7, 2.0])
def test_a_swing_is_followed_from_above(side: Side, off_deg: float, height_m: float) -> None:
    """Its size is right within its error, and external is positive on both sides."""
    low, middle, high = turns(side, camera(side, off_deg, height_m))
    assert high.deg - low.deg == pytest.approx(50.0, abs=2 * middle.share_se * 50.0)
    assert low.deg < middle.deg < high.deg
    assert abs(middle.deg) < 2 * middle.whole_se_deg


@pytest.mark.parametrize("side", Side)
def test_it_is_less_certain_from_lower_down(side: Side) -> None:
    """The lower the camera, the less of the swing is seen, and the larger are all its errors."""
    (above,), (below,) = (turns(side, camera(side, height_m=height_m), (10.0,)) for height_m in (2.0, 1.2))
    assert below.se_deg > above.se_deg
    assert below.zero_se_deg > above.zero_se_deg
    assert below.share_se > above.share_se


@pytest.mark.parametrize(
    "through",
    [
        pytest.param(camera(Side.RIGHT, height_m=0.7), id="from the floor"),
        pytest.param(camera(Side.RIGHT, 60.0), id="from the feet"),
        pytest.param(camera(Side.LEFT), id="from the other side"),
    ],
)
def test_a_view_that_was_not_judged_leaves_it_unseen(through: Camera) -> None:
    """Nothing is said of a swing that such a camera hardly shows."""
    assert all(np.isnan(turn.deg) for turn in turns(Side.RIGHT, through))


def test_a_hidden_foot_leaves_it_unseen_and_so_does_nobody() -> None:
    """By the model's own word."""
    pose = seen(0.0, Side.RIGHT, camera(Side.RIGHT), 0.0)
    visibility = np.array(pose.visibility)
    visibility[Landmark.RIGHT_HEEL] = 0.2
    assert np.isnan(TurnMeter().push(replace(pose, visibility=visibility))[Side.RIGHT].deg)
    assert np.isnan(TurnMeter().push(None)[Side.RIGHT].deg)


def test_a_leg_that_was_moved_is_found_anew() -> None:
    """Where the knee was before the leg was lifted has no say in where the foot swings now."""
    through, meter = camera(Side.RIGHT), TurnMeter()
    pose = seen(10.0, Side.RIGHT, through, 0.0)
    lowered = np.array(pose.image_px)
    lowered[Landmark.RIGHT_KNEE] += (60.0, 80.0)
    for i in range(20):
        meter.push(replace(pose, time_s=0.25 * i, image_px=lowered))
    lifted = meter.push(replace(pose, time_s=5.0))[Side.RIGHT]
    assert lifted.deg == pytest.approx(TurnMeter().push(pose)[Side.RIGHT].deg, abs=0.1)
