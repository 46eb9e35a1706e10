"""What a glance at a whole picture says of where recipient and partner are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.landmarks import LANDMARK_COUNT, sided
from posecheck.overview import overview
from posecheck.people.find import TORSO, Find
from posecheck.people.glance import CELLS, CENTRES_PX, POINTS, SIDE_PX, Glance
from posecheck.people.match import Role
from posecheck.people.region import region_of
from posecheck.pose import FloatArray, Pose
from posecheck.studio.camera import Camera
from posecheck.studio.figure import Figure
from posecheck.studio.randomise import random_room
from posecheck.studio.scene import ONE_RAY, Scene
from posecheck.studio.treatment import Kind, camera_round, random_treatment

SIZE_PX = (256, 192)
TRUNK_PX = 20.0
AZIMUTHS_DEG = (0, 60, 120, 180, -120, -60)


def places_px(figure: Figure, camera: Camera) -> FloatArray:
    """Where left and right shoulder, hip and knee are in the picture, shape (6, 2)."""
    return camera.project(np.concatenate([getattr(figure, joint) for joint in ("shoulder", "hip", "knee")]))


def find_at(places: FloatArray) -> Find:
    """Somebody of whom only shoulders, hips and knees are known."""
    image_px = np.zeros((LANDMARK_COUNT, 2))
    image_px[TORSO] = places
    pose = Pose(0.0, image_px, np.zeros((LANDMARK_COUNT, 3)), np.ones(LANDMARK_COUNT), SIZE_PX)
    return Find(pose, np.ones(LANDMARK_COUNT), region_of(pose))


def glance_at(places: FloatArray) -> Glance:
    """Both at the same places, given in the small picture, which is the picture itself; known to a cell."""
    chance = np.zeros((2, len(POINTS), CELLS, CELLS), np.float32)
    for number, (x, y) in enumerate(places):
        chance[:, number, np.abs(CENTRES_PX - y).argmin(), np.abs(CENTRES_PX - x).argmin()] = 1.0
    onto = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return Glance(chance, np.full((2, CELLS, CELLS), TRUNK_PX, np.float32), onto)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_both_are_where_a_glance_says(kind: Kind) -> None:
    """Of treatments from cameras all round, hips are within a third of a trunk of where they are said to be.

    One in six may be wrong. Who is turned over there, left for right, is set right, and who is right is left alone.
    """
    right, the_right_way_round = [], []
    for number, azimuth_deg in enumerate(AZIMUTHS_DEG):
        rng = np.random.default_rng([77, number])
        treatment = random_treatment(kind, rng)
        camera = camera_round(treatment, azimuth_deg, rng, SIZE_PX)
        both = treatment.at(0.0)
        glance = overview(Scene(both[0], camera, random_room(rng), both[1:]).picture(ONE_RAY))
        for role, figure in zip(Role, both, strict=True):
            away_m = float((figure.pelvis - camera.position_m) @ camera.axes[2])
            near_px = figure.body.trunk_m * camera.focal_px / away_m / 3.0
            places = places_px(figure, camera)
            right.append(np.linalg.norm(glance.regions(role)[0].middle_px - places[2:4].mean(axis=0)) < near_px)
            other = Role.PARTNER if role is Role.RECIPIENT else Role.RECIPIENT
            there = find_at(places)
            assert glance.agreement(there.pose, role) > glance.agreement(there.pose, other)
            the_right_way_round.append(glance.the_right_way_round(there, role) is there)
            if np.linalg.norm(places[::2] - places[1::2], axis=1).min() > near_px:
                the_right_way_round.append(glance.the_right_way_round(there.turned_over, role) is not there.turned_over)
    assert np.mean(right) > 5 / 6
    assert np.mean(the_right_way_round) > 5 / 6


def test_a_picture_in_the_mirror_is_seen_alike() -> None:
    """What a glance says of a picture in the mirror is what it says of the picture, left for right."""
    rng = np.random.default_rng(5)
    treatment = random_treatment(Kind.PRONE, rng)
    camera, room = camera_round(treatment, 60, rng, SIZE_PX), random_room(rng)
    both = treatment.at(0.0)
    picture = Scene(both[0], camera, room, both[1:]).picture(ONE_RAY)
    straight, mirrored = overview(picture), overview(np.ascontiguousarray(picture[:, ::-1]))
    assert mirrored.chance[:, [1, 0, 3, 2, 5, 4], :, ::-1] == pytest.approx(straight.chance, abs=0.02)
    assert mirrored.trunk[..., ::-1] == pytest.approx(straight.trunk, rel=0.02)


@given(st.floats(-3.1, 3.1), st.tuples(st.floats(38.0, 58.0), st.floats(38.0, 58.0)))
def test_squares_are_about_the_hips_with_the_head_up(turn_rad: float, hips: tuple[float, float]) -> None:
    """The first square's middle is at the hips, the shoulders are above it; the pose there agrees, no other does."""
    up = np.array([np.sin(turn_rad), -np.cos(turn_rad)])
    middles = np.array(hips) + np.outer([TRUNK_PX, 0.0, -TRUNK_PX], up)
    places = np.repeat(middles, 2, axis=0) + np.outer([-6.0, 6.0] * 3, [-up[1], up[0]])
    glance = glance_at(places)
    for role in Role:
        region = glance.regions(role)[0]
        assert region.middle_px == pytest.approx(middles[1], abs=SIDE_PX / CELLS)
        assert abs(np.angle(np.exp(1j * (region.turn_rad - turn_rad)))) < np.radians(20)
        assert glance.agreement(find_at(places).pose, role) == pytest.approx(1.0)
        assert glance.agreement(find_at(places + 2 * TRUNK_PX).pose, role) < 0.5


def test_who_is_turned_over_is_set_right() -> None:
    """Left is right, and near is far, where the whole picture shows it so; the body stays where it is."""
    rng = np.random.default_rng(1)
    places = np.array([[30.0, 20], [50, 20], [32, 48], [48, 48], [32, 70], [48, 70]])
    seen = find_at(places)
    seen = replace(seen, pose=replace(seen.pose, world_m=rng.normal(size=(LANDMARK_COUNT, 3))))
    wrong = seen.turned_over
    assert wrong.pose.image_px[TORSO] == pytest.approx(places[[1, 0, 3, 2, 5, 4]])
    left, right = sided("KNEE")
    assert wrong.pose.world_m[left] == pytest.approx(seen.pose.world_m[right] * [1.0, 1.0, -1.0])
    assert wrong.turned_over.pose.world_m == pytest.approx(seen.pose.world_m)
    for role in Role:
        told = glance_at(places).the_right_way_round(wrong, role)
        assert told.pose.image_px == pytest.approx(seen.pose.image_px)
        assert glance_at(places).the_right_way_round(seen, role) is seen


def test_who_is_plainly_elsewhere_is_brought_back_and_unseen() -> None:
    """Knees and hips seen on somebody else's legs are brought to where the whole picture shows them, feet go along.

    Nothing is measured by them. Who agrees on the whole is left as they were seen, with a joint that is off as well.
    """
    places = np.array([[30.0, 20], [50, 20], [32, 48], [48, 48], [32, 70], [48, 70]])
    elsewhere = places + np.array([[0.0, 0.0]] * 2 + [[40.0, 0.0]] * 4)
    seen, off_by_one = find_at(elsewhere), find_at(np.concatenate([places[:5], elsewhere[5:]]))
    for role in Role:
        told = glance_at(places).as_glanced(seen, role).pose
        assert np.linalg.norm(told.image_px[TORSO] - places, axis=1).max() < SIDE_PX / CELLS
        assert told.image_px[TORSO[:2]] == pytest.approx(places[:2])
        for joint, foot in (("KNEE", "ANKLE"), ("KNEE", "HEEL")):
            moved = (told.image_px - seen.pose.image_px)[list(sided(joint))]
            assert (told.image_px - seen.pose.image_px)[list(sided(foot))] == pytest.approx(moved)
        assert told.visibility[TORSO] == pytest.approx([1, 1, 0, 0, 0, 0])
        assert told.visibility[list(sided("WRIST"))] == pytest.approx(1.0)
        assert glance_at(places).as_glanced(off_by_one, role) is off_by_one


def test_nobody_is_turned_over_for_a_little() -> None:
    """Who is seen from the side, left and right before each other, is left as they were seen."""
    places = np.array([[30.0, 20], [32, 20], [30, 48], [32, 48], [30, 70], [32, 70]])
    seen = find_at(places[[1, 0, 3, 2, 5, 4]])
    assert glance_at(places).the_right_way_round(seen, Role.RECIPIENT) is seen


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
    assert glance.chance.sum(axis=(2, 3)) == pytest.approx(np.ones((2, len(POINTS))), abs=1e-4)
    assert np.isfinite(glance.trunk).all()
    assert all(np.isfinite(region.middle_px).all() and region.half_px > 0.0 for region in glance.regions(Role.PARTNER))
