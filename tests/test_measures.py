"""Measures against a figure whose angles are known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from posecheck.landmarks import MIRROR, Landmark
from posecheck.measures import COLUMNS, measure
from posecheck.pose import Pose, Track
from posecheck.quantities import QUANTITIES
from tests.figure import ON_THE_SIDE, PRONE, SHANK_M, STANDING, SUPINE, THIGH_M, Leg, body, seen
from tests.recorded import recorded


def one(pose: Pose) -> tuple[dict[str, float], dict[str, float]]:
    """Values and standard errors of one pose, by column."""
    result = measure(Track.of(pose))
    return dict(zip(COLUMNS, result.value[0], strict=True)), dict(zip(COLUMNS, result.se[0], strict=True))


legs = st.builds(
    Leg,
    hip_flexion=st.floats(50, 120),
    knee_flexion=st.floats(35, 130),
    abduction=st.floats(-10, 35),
    rotation=st.floats(-40, 40),
)


@settings(max_examples=60, deadline=None)
@given(left=legs, right=legs, azimuth=st.floats(-180, 180))
def test_angles_of_an_errorless_view_are_the_true_ones(left: Leg, right: Leg, azimuth: float) -> None:
    """From any side, knee flexion, abduction and rotation of a perfectly seen figure come out as posed."""
    value, _ = one(seen(body(left, right), azimuth_deg=azimuth))
    for side, leg in (("left", left), ("right", right)):
        for name in ("knee_flexion", "hip_abduction", "hip_rotation"):
            truth = getattr(leg, name.removeprefix("hip_"))
            measured = value[f"{name}.{side}"]
            assert np.isnan(measured) or measured == pytest.approx(truth, abs=0.5), (name, side)


@pytest.mark.parametrize(
    ("flexion", "expected"),
    [(90.0, 90.0), (45.0, 45.0), (0.0, 0.0), (-20.0, -20.0)],
    ids=["right angle", "half", "straight", "extension is negative"],
)
def test_hip_flexion_has_a_sign(flexion: float, expected: float) -> None:
    """Side-on, hip flexion is that between trunk and thigh, negative when the thigh is behind the trunk."""
    value, _ = one(seen(body(Leg(), Leg(hip_flexion=flexion, knee_flexion=10)), azimuth_deg=90))
    assert value["hip_flexion.right"] == pytest.approx(expected, abs=0.1)


def test_trunk_inclination() -> None:
    """Standing is 0, lying is 90."""
    figure = body(Leg(), Leg())
    assert one(seen(figure, azimuth_deg=90))[0]["trunk_inclination"] == pytest.approx(0, abs=0.1)
    assert one(seen(figure, azimuth_deg=90, room=SUPINE))[0]["trunk_inclination"] == pytest.approx(90, abs=0.1)


@pytest.mark.parametrize(
    ("room", "azimuth_deg", "expected"),
    [(STANDING, 90.0, 90.0), (SUPINE, 90.0, 0.0), (SUPINE, 40.0, 0.0), (PRONE, 90.0, 180.0), (ON_THE_SIDE, 0.0, 90.0)],
    ids=["upright", "on the back", "on the back, seen obliquely", "on the belly", "on the side"],
)
def test_facing(room: NDArray[np.float64], azimuth_deg: float, expected: float) -> None:
    """0 on the back, 180 on the belly, 90 between."""
    value, se = one(seen(body(Leg(), Leg()), azimuth_deg=azimuth_deg, room=room))
    assert value["facing"] == pytest.approx(expected, abs=0.5)
    assert 0.0 < se["facing"] < 90.0


def test_hip_height_is_that_of_standing_hips() -> None:
    """The hips of somebody who stands are a leg's length above the lowest contact, in shank lengths."""
    value, _ = one(seen(body(Leg(), Leg()), azimuth_deg=90))
    assert value["hip_height"] == pytest.approx((THIGH_M + SHANK_M + 0.05) / SHANK_M, abs=0.1)


def test_crossed_ankle_is_near_and_an_uncrossed_one_far() -> None:
    """The distance from ankle to opposite thigh is what it is in the figure, in shank lengths."""
    points = body(Leg(90, 90), Leg(90, 90))
    far = one(seen(points, azimuth_deg=90))[0]["ankle_to_opposite_knee.right"]
    assert far == pytest.approx(np.hypot(SHANK_M, 0.2) / SHANK_M, abs=0.01)
    crossed = points.copy()
    crossed[Landmark.RIGHT_ANKLE] = points[Landmark.LEFT_KNEE] + (0.0, 0.06, 0.0)
    near = one(seen(crossed, azimuth_deg=90))[0]["ankle_to_opposite_knee.right"]
    assert near < 0.25


def test_view_decides_the_error() -> None:
    """A bent knee is measured well side-on and badly from the front; a rotated hip the other way round."""
    points = body(Leg(90, 90), Leg(90, 90))
    _, side_on = one(seen(points, azimuth_deg=-90))
    _, front = one(seen(points, azimuth_deg=180))
    limit = QUANTITIES["hip_rotation"].max_error
    assert side_on["knee_flexion.left"] < 8 < limit < front["knee_flexion.left"]
    assert front["hip_rotation.left"] < limit < side_on["hip_rotation.left"]


def test_straight_knee_hides_rotation() -> None:
    """With a knee bent less than 30 degrees, hip rotation is unseen from everywhere."""
    for azimuth in (0, 45, 90, 180):
        value, _ = one(seen(body(Leg(60, 20), Leg(60, 20)), azimuth_deg=azimuth))
        assert np.isnan(value["hip_rotation.left"])


def test_far_knee_behind_the_near_leg_is_doubted() -> None:
    """Side-on with both legs alike, the far knee is covered by the near one and its error grows."""
    _, se = one(seen(body(Leg(90, 90), Leg(90, 90)), azimuth_deg=90))
    assert se["knee_flexion.left"] > 2 * se["knee_flexion.right"]


@pytest.mark.parametrize("cause", ["outside the picture", "low visibility"])
def test_landmark_not_seen_makes_its_measures_unseen(cause: str) -> None:
    """Without its ankle a knee is unseen, while the trunk is still measured."""
    pose = seen(body(Leg(20, 60), Leg(20, 60)), azimuth_deg=90)
    if cause == "outside the picture":
        image = np.array(pose.image_px)
        image[Landmark.RIGHT_ANKLE] = (-50, 300)
        pose = replace(pose, image_px=image)
    else:
        visibility = np.array(pose.visibility)
        visibility[Landmark.RIGHT_ANKLE] = 0.2
        pose = replace(pose, visibility=visibility)
    value, se = one(pose)
    assert np.isnan(value["knee_flexion.right"])
    assert np.isnan(se["knee_flexion.right"])
    assert np.isfinite(value["trunk_inclination"])


def test_hand_behind_and_on_the_floor() -> None:
    """A hand on the floor behind the pelvis of a sitting figure supports it; hands in front do not."""
    points = body(Leg(90, 100), Leg(90, 100))
    floor = points[Landmark.LEFT_HEEL, 1]
    points[Landmark.LEFT_WRIST] = (-0.25, floor + 0.03, 0.35)
    points[Landmark.RIGHT_WRIST] = (0.25, 0.2, -0.3)
    value, _ = one(seen(points, azimuth_deg=90))
    assert value["hand_behind"] == pytest.approx(0.35 / 0.5, abs=0.05)
    assert value["hand_height"] < 0.35
    points[Landmark.LEFT_WRIST] = (-0.25, 0.2, -0.3)
    assert one(seen(points, azimuth_deg=90))[0]["hand_behind"] < 0


def test_lifted_foot_is_higher_than_a_planted_one() -> None:
    """Foot height tells a planted foot from a lifted one."""
    value, _ = one(seen(body(Leg(90, 90), Leg(90, 20)), azimuth_deg=90))
    assert value["foot_height.left"] < 0.3
    assert value["foot_height.right"] > 0.8


def test_knee_on_the_floor_and_in_the_air() -> None:
    """Kneeling on one knee, that knee is on the floor and the other is a shank's length above it."""
    points = body(Leg(0, 90), Leg(90, 90))
    points[[Landmark.RIGHT_ANKLE, Landmark.RIGHT_HEEL, Landmark.RIGHT_FOOT_INDEX], 1] = points[Landmark.LEFT_KNEE, 1]
    value, _ = one(seen(points, azimuth_deg=90))
    assert value["knee_height.left"] < 0.3
    assert value["knee_height.right"] > 0.7


def _mirrored(pose: Pose) -> Pose:
    flip = np.array([-1.0, 1.0, 1.0])
    image = pose.image_px[MIRROR] * flip[:2] + (pose.size_px[0], 0)
    return Pose(pose.time_s, image, pose.world_m[MIRROR] * flip, pose.visibility[MIRROR], pose.size_px)


@settings(max_examples=30, deadline=None)
@given(left=legs, right=legs, azimuth=st.floats(-180, 180))
def test_mirroring_swaps_left_and_right(left: Leg, right: Leg, azimuth: float) -> None:
    """The mirror image of a person measures the same with the sides exchanged."""
    pose = seen(body(left, right), azimuth_deg=azimuth)
    straight, straight_se = one(pose)
    mirrored, mirrored_se = one(_mirrored(pose))
    for column in COLUMNS:
        other = column.replace(".left", ".x").replace(".right", ".left").replace(".x", ".right")
        assert mirrored[other] == pytest.approx(straight[column], abs=1e-6, nan_ok=True), column
        assert mirrored_se[other] == pytest.approx(straight_se[column], abs=1e-6, nan_ok=True), column


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(0.3, 3.0))
def test_picture_size_does_not_matter(factor: float) -> None:
    """The same scene filmed with more or fewer pixels measures the same."""
    pose = seen(body(Leg(80, 70), Leg(90, 90)), azimuth_deg=70)
    size = (round(pose.size_px[0] * factor), round(pose.size_px[1] * factor))
    scaled = replace(pose, image_px=pose.image_px * factor, size_px=size)
    for a, b in zip(one(pose)[0].values(), one(scaled)[0].values(), strict=True):
        assert a == pytest.approx(b, abs=1e-6, nan_ok=True)


def test_frame_by_frame_is_the_same_as_all_at_once() -> None:
    """A clip measured in one go gives what its frames give one by one."""
    track = recorded("glute_roll_crossed")
    whole = measure(track)
    for i in range(0, len(track), 7):
        pose = track.pose(i)
        assert pose is not None
        single = measure(Track.of(pose))
        assert np.allclose(whole.value[i], single.value[0], equal_nan=True, atol=1e-9)
        assert np.allclose(whole.se[i], single.se[0], equal_nan=True, atol=1e-9)


def test_nobody_found_measures_nothing() -> None:
    """A frame without a person gives NaN throughout, beside a frame with one."""
    pose = seen(body(Leg(90, 90), Leg(90, 90)), azimuth_deg=90, time_s=1.0)
    result = measure(Track.from_poses([0.0, 1.0], [None, pose], pose.size_px))
    assert np.isnan(result.value[0]).all()
    assert np.isfinite(result.value[1]).any()


def _share(condition: NDArray[np.bool_]) -> float:
    return float(np.mean(condition))


def test_recorded_supine_knee_follows_the_truth() -> None:
    """On recorded landmarks of a rendered figure the knee is seen and reads 30, 90 and 55 degrees as it was posed."""
    track = recorded("hip_rotation_supine")
    result = measure(track)
    column = COLUMNS.index("knee_flexion.right")
    value, se, time_s = result.value[:, column], result.se[:, column], track.time_s
    assert _share(se <= QUANTITIES["knee_flexion"].max_error) >= 0.9
    for start, end, truth in ((0.0, 1.9, 30.0), (4.1, 11.9, 90.0), (13.7, 16.0, 55.0)):
        span = (time_s >= start) & (time_s <= end)
        assert np.abs(value[span] - truth).mean() < 6.0
        assert _share(np.abs(value[span] - truth) < 2 * se[span]) > 0.9
