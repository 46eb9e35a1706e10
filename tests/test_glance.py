"""What a glance at a whole picture says of where recipient and partner are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.landmarks import LANDMARK_COUNT, sided
from posecheck.overview import overview
from posecheck.people.glance import CELLS, CENTRES_PX, SIDE_PX, Glance
from posecheck.people.match import Role
from posecheck.pose import FloatArray, Pose
from posecheck.studio.camera import Camera
from posecheck.studio.figure import Figure
from posecheck.studio.randomise import random_room
from posecheck.studio.scene import ONE_RAY, Scene
from posecheck.studio.treatment import Kind, camera_round, random_treatment

SIZE_PX = (256, 192)
TRUNK_PX = 20.0
AZIMUTHS_DEG = (0, 60, 120, 180, -120, -60)


def middles_px(figure: Figure, camera: Camera) -> FloatArray:
    """Where the middles of shoulders, hips and knees are in the picture."""
    return camera.project(np.stack([getattr(figure, joint).mean(axis=0) for joint in ("shoulder", "hip", "knee")]))


def pose_at(middles: FloatArray) -> Pose:
    """A pose of which only the middles of shoulders, hips and knees are known."""
    image_px = np.zeros((LANDMARK_COUNT, 2))
    for joint, place in zip(("SHOULDER", "HIP", "KNEE"), middles, strict=True):
        image_px[list(sided(joint))] = place
    return Pose(0.0, image_px, np.zeros((LANDMARK_COUNT, 3)), np.ones(LANDMARK_COUNT), SIZE_PX)


def glance_at(middles: FloatArray) -> Glance:
    """Both at the same middles, given in the small picture, which is the picture itself; known to a cell."""
    chance = np.zeros((2, 3, CELLS, CELLS), np.float32)
    for number, (x, y) in enumerate(middles):
        chance[:, number, np.abs(CENTRES_PX - y).argmin(), np.abs(CENTRES_PX - x).argmin()] = 1.0
    onto = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return Glance(chance, np.full((2, CELLS, CELLS), TRUNK_PX, np.float32), onto)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_both_are_where_a_glance_says(kind: Kind) -> None:
    """Of treatments from cameras all round, hips are within a third of a trunk of where they are said to be.

    One in six may be wrong.
    """
    right = []
    for number, azimuth_deg in enumerate(AZIMUTHS_DEG):
        rng = np.random.default_rng([77, number])
        treatment = random_treatment(kind, rng)
        camera = camera_round(treatment, azimuth_deg, rng, SIZE_PX)
        both = treatment.at(0.0)
        glance = overview(Scene(both[0], camera, random_room(rng), both[1:]).picture(ONE_RAY))
        for role, figure in zip(Role, both, strict=True):
            away_m = float((figure.pelvis - camera.position_m) @ camera.axes[2])
            near_px = figure.body.trunk_m * camera.focal_px / away_m / 3.0
            middles = middles_px(figure, camera)
            right.append(np.linalg.norm(glance.regions(role)[0].middle_px - middles[1]) < near_px)
            other = Role.PARTNER if role is Role.RECIPIENT else Role.RECIPIENT
            assert glance.agreement(pose_at(middles), role) > glance.agreement(pose_at(middles), other)
    assert np.mean(right) > 5 / 6


@given(st.floats(-3.1, 3.1), st.tuples(st.floats(38.0, 58.0), st.floats(38.0, 58.0)))
def test_squares_are_about_the_hips_with_the_head_up(turn_rad: float, hips: tuple[float, float]) -> None:
    """The first square's middle is at the hips, the shoulders are above it; the pose there agrees, no other does."""
    up = np.array([np.sin(turn_rad), -np.cos(turn_rad)])
    middles = np.array(hips) + np.outer([TRUNK_PX, 0.0, -TRUNK_PX], up)
    glance = glance_at(middles)
    for role in Role:
        region = glance.regions(role)[0]
        assert region.middle_px == pytest.approx(middles[1], abs=SIDE_PX / CELLS)
        assert abs(np.angle(np.exp(1j * (region.turn_rad - turn_rad)))) < np.radians(20)
        assert glance.agreement(pose_at(middles), role) == pytest.approx(1.0)
        assert glance.agreement(pose_at(middles + 2 * TRUNK_PX), role) < 0.5


@pytest.mark.parametrize("size_px", [(640, 480), (480, 640), (1080, 1920), (96, 96), (3, 2), (1, 400)], ids=str)
def test_a_picture_of_any_size_is_seen_whole(size_px: tuple[int, int]) -> None:
    """The whole of a picture is in the small one, and chances of each joint sum to one."""
    width, height = size_px
    image = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    glance = overview(image)
    corners = np.array([[0, 0], [width, height]]) @ glance.onto[:, :2].T + glance.onto[:, 2]
    assert corners.min() >= 0.0
    assert corners.max() <= SIDE_PX
    assert (corners[1] - corners[0]).max() == pytest.approx(SIDE_PX)
    assert glance.chance.sum(axis=(2, 3)) == pytest.approx(np.ones((2, 3)), abs=1e-4)
    assert np.isfinite(glance.trunk).all()
    assert all(np.isfinite(region.middle_px).all() and region.half_px > 0.0 for region in glance.regions(Role.PARTNER))
