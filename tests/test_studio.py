"""The studio: what was asked for is what stands there, moves and is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.catalog import load_technique, load_techniques
from posecheck.errors import StudioError
from posecheck.estimator import PoseLandmarkerEstimator
from posecheck.landmarks import Side
from posecheck.pose import FloatArray
from posecheck.reference import Place, Seat, Stroke
from posecheck.studio.body import Body, random_body
from posecheck.studio.camera import Camera
from posecheck.studio.figure import BALL_RADIUS_M, CHAIR_HEIGHT_M, ROLLER_RADIUS_M, Figure, Setting, blend, figure_of
from posecheck.studio.film import framing
from posecheck.studio.limbs import KNEE
from posecheck.studio.motion import Keyframe, Rocking, Script, Sway, ease, rolling_axis
from posecheck.studio.portrait import portrait
from posecheck.studio.reference import camera_of, setting_of, stance_of
from posecheck.studio.scene import Scene, framed
from posecheck.studio.solids import roller_of
from posecheck.studio.stance import Stance, settle
from posecheck.studio.storyboard import story_of
from posecheck.studio.truth import true_measures

TECHNIQUES = load_techniques()
SMALL = (160, 120)

leg_angles = st.tuples(st.floats(0, 120), st.floats(-20, 45), st.floats(-60, 60), st.floats(10, 140))
leans = st.floats(-80, 90)
seeds = st.integers(0, 10_000)


def reference_setting(technique_id: str, side: Side = Side.RIGHT, body: Body | None = None) -> Setting:
    """A technique's reference pose, set."""
    return setting_of(TECHNIQUES[technique_id].reference_pose, side, body or Body())


@given(left=leg_angles, right=leg_angles, lean_deg=leans, seed=seeds)
def test_free_legs_have_the_angles_that_were_asked_for(
    left: tuple[float, ...], right: tuple[float, ...], lean_deg: float, seed: int
) -> None:
    """Forward kinematics and the definitions of the measures agree, whoever it is and however they lean."""
    body = random_body(np.random.default_rng(seed))
    truth = true_measures(figure_of(settle(Stance(lean_deg, np.array([left, right])), body)))
    for side, (flexion, abduction, rotation, knee) in zip(Side, (left, right), strict=True):
        assert truth[f"hip_flexion.{side}"] == pytest.approx(flexion, abs=0.01)
        assert truth[f"knee_flexion.{side}"] == pytest.approx(knee, abs=0.01)
        assert truth[f"hip_abduction.{side}"] == pytest.approx(abduction, abs=0.01)
        assert truth[f"hip_rotation.{side}"] == pytest.approx(rotation, abs=0.01)


@given(flexion=st.floats(-20, 130), lean_deg=leans)
def test_hip_extension_is_negative_flexion(flexion: float, lean_deg: float) -> None:
    """However the trunk leans, hip flexion is what was asked for, extension negative."""
    legs = np.array([[flexion, 0.0, 0.0, 30.0], [10.0, 0.0, 0.0, 30.0]])
    truth = true_measures(figure_of(settle(Stance(lean_deg, legs), Body())))
    assert truth["hip_flexion.left"] == pytest.approx(flexion, abs=0.01)


@given(left=leg_angles, right=leg_angles, lean_deg=leans)
def test_a_mirrored_stance_has_mirrored_truth(
    left: tuple[float, ...], right: tuple[float, ...], lean_deg: float
) -> None:
    """Left and right change places, and nothing else changes."""
    one = true_measures(figure_of(settle(Stance(lean_deg, np.array([left, right])), Body())))
    other = true_measures(figure_of(settle(Stance(lean_deg, np.array([right, left])), Body())))
    for column, value in one.items():
        name, _, side = column.partition(".")
        mirrored = f"{name}.{Side(side).other}" if side else name
        assert other[mirrored] == pytest.approx(value, abs=1e-6)


@given(seed=seeds)
def test_the_crossed_ankle_lies_over_the_knee(seed: int) -> None:
    """Whoever it is, the ankle comes within what the technique accepts."""
    body = random_body(np.random.default_rng(seed))
    truth = true_measures(figure_of(reference_setting("glute-max-roll", Side.RIGHT, body)))
    assert truth["ankle_to_opposite_knee.right"] < 0.35


@given(seed=seeds)
def test_a_planted_foot_stands_on_its_sole(seed: int) -> None:
    """Its ankle is as high as the body's ankle is above the sole."""
    body = random_body(np.random.default_rng(seed))
    for technique in ("glute-max-roll", "half-kneeling-hip-flexor-stretch"):
        figure = figure_of(reference_setting(technique, Side.RIGHT, body))
        assert figure.ankle[0, 1] == pytest.approx(body.ankle_m, abs=0.005)


@given(leg=leg_angles, lean_deg=leans, seed=seeds)
def test_toes_point_to_the_front_of_the_shank(leg: tuple[float, ...], lean_deg: float, seed: int) -> None:
    """However far the knee is bent: straight, with the front of the thigh; at a right angle, on along the thigh."""
    body = random_body(np.random.default_rng(seed))
    setting = settle(Stance(lean_deg, np.array([leg, (0.0, 45.0, 0.0, 10.0)])), body)
    figure = figure_of(replace(setting, pelvis_m=setting.pelvis_m + np.array([0.0, 9.0, 0.0])))  # nothing in their way
    bend, thigh = np.radians(leg[3]), figure.knee[0] - figure.hip[0]
    front = np.cos(bend) * figure.thigh_front[0] + np.sin(bend) * thigh / np.linalg.norm(thigh)
    assert (figure.toe[0] - figure.heel[0]) @ front > 0.9 * (body.foot_m - 0.02)


@pytest.mark.parametrize("name", sorted(TECHNIQUES))
def test_feet_do_not_jump_while_somebody_sways(name: str) -> None:
    """Neither turned about nor pointed from one moment to the next: in a reference pose they rest."""
    script = Script([Keyframe(0.0, reference_setting(name)), Keyframe(30.0, reference_setting(name))], Sway(3))
    feet = [figure_of(script.at(time_s)) for time_s in np.arange(0.0, 30.0, 0.2)]
    ways = np.array([(each.toe - each.heel) / np.linalg.norm(each.toe - each.heel, axis=1)[:, None] for each in feet])
    turned_deg = np.degrees(np.arccos(np.clip((ways[1:] * ways[:-1]).sum(axis=-1), -1.0, 1.0)))
    assert turned_deg.max() < 10.0


@pytest.mark.parametrize("seat", [Seat.BALL, Seat.CHAIR, Seat.ROLLER])
def test_the_pelvis_rests_on_what_carries_it(seat: Seat) -> None:
    """Neither in the air nor inside it: the flesh of the buttocks gives way by a finger's breadth."""
    stance = replace(stance_of(TECHNIQUES["glute-max-roll"].reference_pose, Side.RIGHT), seat=seat)
    figure = figure_of(settle(stance, Body()))
    top = {Seat.BALL: 2 * BALL_RADIUS_M, Seat.CHAIR: CHAIR_HEIGHT_M, Seat.ROLLER: 2 * ROLLER_RADIUS_M}[seat]
    below = figure.hip[:, 1].min() - figure.body.buttock_m
    assert -0.05 < below - top < 0.02
    assert figure.ankle[0, 1] == pytest.approx(figure.body.ankle_m, abs=0.005)


def test_a_figure_placed_elsewhere_keeps_its_angles() -> None:
    """Turned and moved, it has the same measures, and stands where it was put."""
    figure = figure_of(reference_setting("half-kneeling-hip-flexor-stretch"))
    placed = figure.placed(70.0, np.array([1.0, 0.0, -0.5]))
    for column, value in true_measures(figure).items():
        assert true_measures(placed)[column] == pytest.approx(value, abs=1e-6)
    np.testing.assert_allclose(placed.pelvis, figure.pelvis + np.array([1.0, 0.0, -0.5]), atol=0.2)


@pytest.mark.model
def test_a_second_person_is_seen() -> None:
    """Somebody who kneels beside a person lying is counted."""
    lying = figure_of(reference_setting("hip-rotation-90"))
    beside = figure_of(reference_setting("half-kneeling-hip-flexor-stretch")).placed(
        -90.0, np.array([-0.75, 0.0, -0.5])
    )
    camera = framed(camera_of(TECHNIQUES["hip-rotation-90"], Side.RIGHT), lying)
    with PoseLandmarkerEstimator(still=True, people=2) as counter:
        assert counter.count(Scene(lying, camera).picture()) == 1
        assert counter.count(Scene(lying, camera, others=(beside,)).picture()) == 2


def test_a_blend_begins_and_ends_with_its_settings() -> None:
    """Share 0 is the one, share 1 the other."""
    one = reference_setting("glute-max-roll")
    upright = TECHNIQUES["glute-max-roll"].reference_pose.model_copy(update={"trunk_inclination_deg": 10})
    other = setting_of(upright, Side.RIGHT, Body())
    for share, expected in ((0.0, one), (1.0, other)):
        np.testing.assert_allclose(figure_of(blend(one, other, share)).wrist, figure_of(expected).wrist, atol=1e-9)
    assert blend(one, other, 0.5).lean_deg == pytest.approx(26.0)


def test_easing_starts_and_stops_gently_and_never_turns_back() -> None:
    """From 0 to 1, always onward, slow at both ends."""
    shares = np.array([ease(x) for x in np.linspace(-0.5, 1.5, 201)])
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert (np.diff(shares) >= 0).all()
    assert ease(0.02) < 0.001
    assert ease(0.98) > 0.999


@given(seed=seeds)
@settings(max_examples=20)
def test_sway_is_small_slow_and_zero_on_average(seed: int) -> None:
    """A body that keeps still neither wanders off nor jerks."""
    sway = Sway(seed)
    courses = np.array([sway.courses(time_s) for time_s in np.arange(0.0, 120.0, 0.1)])
    assert np.abs(courses).max() <= 1.0
    assert np.abs(courses.mean(axis=0)).max() < 0.1
    assert np.abs(np.diff(courses, axis=0)).max() < 0.2


@pytest.mark.parametrize("technique_id", TECHNIQUES)
def test_what_rests_stays_put_while_the_body_sways(technique_id: str) -> None:
    """Planted feet, a kneeling knee and hands on the floor do not slide by a millimetre."""
    setting = reference_setting(technique_id)
    script = Script([Keyframe(0.0, setting), Keyframe(20.0, setting)], Sway(3))
    rest = figure_of(setting)
    for time_s in (0.7, 5.3, 14.9):
        figure = figure_of(script.at(time_s))
        assert np.abs(figure.chest - rest.chest).max() > 1e-4
        for before, after in resting(rest, figure):
            np.testing.assert_allclose(after, before, atol=1e-3)


def resting(rest: Figure, figure: Figure) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Joints that rest on the floor in a figure, with where they are in another; a straight leg that lies slides."""
    for joint, limit in (("ankle", rest.body.ankle_m + 0.02), ("wrist", 0.06)):
        for side in (0, 1):
            lies_straight = joint == "ankle" and rest.setting.legs_deg[side, KNEE] < 10.0
            if getattr(rest, joint)[side, 1] < limit and not lies_straight:
                yield getattr(rest, joint)[side], getattr(figure, joint)[side]


def test_rolling_moves_the_pelvis_by_the_stroke_and_leaves_the_foot() -> None:
    """A stroke goes back and forth by its distance, once a period."""
    setting = reference_setting("glute-max-roll")
    stroke = Stroke(distance_m=0.12, period_s=4.0)
    script = Script([Keyframe(0.0, setting), Keyframe(20.0, setting)], rockings=[Rocking(stroke, 2.0, 18.0)])
    figures = [figure_of(script.at(time_s)) for time_s in np.arange(4.0, 12.0, 0.25)]
    along = np.array([figure.pelvis[2] for figure in figures])
    assert np.ptp(along) == pytest.approx(0.12, abs=0.002)
    assert along[0] == pytest.approx(along[16], abs=1e-6)
    assert np.ptp([figure.ankle[0] for figure in figures], axis=0).max() < 1e-3
    assert max(true_measures(figure)["ankle_to_opposite_knee.right"] for figure in figures) < 0.35


@pytest.mark.parametrize("technique_id", TECHNIQUES)
def test_a_story_arrives_in_the_reference_pose(technique_id: str) -> None:
    """No limb jumps on the way, nothing sinks into the floor, and the pose at the end is the target."""
    technique = TECHNIQUES[technique_id]
    story = story_of(technique, Side.LEFT, Body(), hold_s=0.0)
    script = replace(story.script, sway=None)
    figures = [figure_of(script.at(time_s)) for time_s in np.arange(0.0, story.in_position_s + 0.05, 0.05)]
    for joint in ("ankle", "knee", "wrist"):
        course = np.array([getattr(figure, joint) for figure in figures])
        assert np.linalg.norm(np.diff(course, axis=0), axis=-1).max() < 0.25, joint
        assert course[..., 1].min() > 0.0, joint
    truth, target = (
        true_measures(figures[-1]),
        true_measures(figure_of(setting_of(technique.reference_pose, Side.LEFT, Body()))),
    )
    assert truth["knee_flexion.left"] == pytest.approx(target["knee_flexion.left"], abs=0.5)


def test_a_fault_is_what_the_story_ends_in() -> None:
    """The rule's fault is acted, and no hold is claimed."""
    technique = TECHNIQUES["half-kneeling-hip-flexor-stretch"]
    story = story_of(technique, Side.RIGHT, Body(), hold_s=2.0, fault="trunk-upright")
    end = figure_of(story.script.at(story.script.duration_s))
    assert true_measures(end)["trunk_inclination"] == pytest.approx(35.0, abs=2.0)
    assert story.holds_s == ()


def test_the_point_looked_at_is_in_the_middle_and_higher_is_up() -> None:
    """The camera: known points, known pixels."""
    camera = Camera(azimuth_deg=0.0, height_m=1.0, distance_m=3.0, look_at_m=(0.0, 1.0, 0.0), size_px=(640, 480))
    np.testing.assert_allclose(camera.project(np.array([0.0, 1.0, 0.0])), [320.0, 240.0])
    x, y = camera.project(np.array([0.0, 1.5, -0.5]))
    assert y == pytest.approx(240.0 - camera.focal_px * 0.5 / 3.0)
    assert x == pytest.approx(320.0 + camera.focal_px * 0.5 / 3.0), "seen from the right, the front is on the right"


@pytest.mark.parametrize("technique_id", TECHNIQUES)
def test_a_camera_that_frames_a_story_sees_all_of_it(technique_id: str) -> None:
    """Head, hands and feet stay inside the picture from start to end."""
    technique = TECHNIQUES[technique_id]
    story = story_of(technique, Side.RIGHT, random_body(np.random.default_rng(1)), hold_s=3.0)
    camera = framing(story, camera_of(technique, Side.RIGHT))
    for time_s in np.arange(0.0, story.script.duration_s, 0.4):
        figure = figure_of(story.script.at(time_s))
        pixels = camera.project(np.concatenate([figure.head[None], figure.toe, figure.wrist]))
        assert (pixels > 10).all()
        assert (pixels < np.array(camera.size_px) - 10).all()


def test_a_picture_shows_the_person_and_comes_out_the_same_twice() -> None:
    """Skin where the face is, shirt where the chest is, floor elsewhere."""
    technique = load_technique("half-kneeling-hip-flexor-stretch")
    figure = figure_of(reference_setting(technique.id))
    camera = framed(replace(camera_of(technique, Side.RIGHT), size_px=SMALL), figure)
    scene = Scene(figure, camera)
    picture = scene.picture()
    assert picture.shape == (120, 160, 3)
    np.testing.assert_array_equal(picture, scene.picture())
    x, y = camera.project((figure.chest + figure.pelvis) / 2.0).astype(int)
    shirt = picture[y, x].astype(int)
    assert shirt[2] > shirt[0] + 40, "the shirt is blue"
    x, y = camera.project(figure.wrist[1]).astype(int)
    skin = picture[y, x].astype(int)
    assert skin[0] > skin[2] + 20, "the wrist is bare"


def test_a_portrait_of_an_unknown_fault_names_those_there_are() -> None:
    """A mistake is answered with what can be chosen."""
    with pytest.raises(StudioError, match="leg-crossed"):
        portrait(TECHNIQUES["glute-max-roll"], Side.RIGHT, fault="legcrossed", size_px=SMALL)


def test_hands_rest_on_the_front_of_the_thigh_however_the_trunk_leans() -> None:
    """A wrist on the thigh lies above it, not inside and not below."""
    for lean_deg in (-35.0, 0.0, 30.0):
        legs = np.array([[85.0 - lean_deg, 3.0, 0.0, 95.0]] * 2)
        figure = figure_of(settle(Stance(lean_deg, legs, hands=(Place.OWN_THIGH, Place.OWN_THIGH)), Body()))
        middle = 0.35 * figure.hip + 0.65 * figure.knee
        assert (figure.wrist[:, 1] > middle[:, 1] + 0.06).all()


@given(seed=seeds)
@settings(max_examples=20)
def test_soles_lie_against_each_other_on_the_floor(seed: int) -> None:
    """Whoever it is: ankles an ankle's height to either side of the middle, feet along each other, knees outward."""
    body = random_body(np.random.default_rng(seed))
    legs = np.array([[55.0, 60.0, 40.0, 112.0]] * 2)
    figure = figure_of(settle(Stance(90.0, legs, ankles=(Place.OTHER_SOLE, Place.OTHER_SOLE)), body))
    np.testing.assert_allclose(figure.ankle[:, 0], [-body.ankle_m, body.ankle_m], atol=1e-6)
    assert (figure.ankle[:, 1] < 0.06).all()
    np.testing.assert_allclose(figure.toe[0] - figure.heel[0], figure.toe[1] - figure.heel[1], atol=1e-6)
    assert (np.abs(figure.knee[:, 0]) > body.half_hips_m + 0.1).all()
    truth = true_measures(figure)
    assert truth["knee_flexion.left"] == pytest.approx(112.0, abs=0.5)


def test_hands_hold_a_thigh_from_behind() -> None:
    """Both wrists lie on the side of the thigh that faces the feet, near its middle, when somebody lies."""
    legs = np.array([[95.0, 2.0, 0.0, 80.0], [45.0, 2.0, 0.0, 95.0]])
    hands = (Place.BEHIND_OWN_THIGH, Place.BEHIND_OPPOSITE_THIGH)
    figure = figure_of(settle(Stance(90.0, legs, hands=hands), Body()))
    middle = (figure.hip[0] + figure.knee[0]) / 2.0
    assert (np.linalg.norm(figure.wrist - middle, axis=1) < 0.15).all()
    assert (figure.wrist[:, 2] < middle[2] - 0.02).all()


@pytest.mark.parametrize("side", Side)
def test_a_tilt_brings_the_working_side_down_onto_the_ball(side: Side) -> None:
    """The buttock of the side being worked on is the lower one, and rests on the ball."""
    pose = TECHNIQUES["glute-max-roll"].reference_pose.model_copy(update={"side_tilt_deg": 8.0, "seat": Seat.BALL})
    figure = figure_of(setting_of(pose, side, Body()))
    low, high = figure.hip[side.position, 1], figure.hip[side.other.position, 1]
    assert high - low == pytest.approx(2 * figure.body.half_hips_m * np.sin(np.radians(8.0)), abs=1e-3)
    assert -0.05 < low - figure.body.buttock_m - 2 * BALL_RADIUS_M < 0.0


def test_a_foot_is_planted_flat_whoever_lies_with_a_knee_at_a_right_angle() -> None:
    """Its toes point away from the head, level with the heel."""
    legs = np.array([[45.0, 5.0, 0.0, 90.0]] * 2)
    figure = figure_of(settle(Stance(90.0, legs, ankles=(Place.FLOOR, Place.FLOOR)), Body()))
    np.testing.assert_allclose(figure.toe[:, 1], figure.heel[:, 1], atol=1e-6)
    assert (figure.toe[:, 2] < figure.heel[:, 2] - 0.2).all()


ROLLS = ("gluteus-medius-roll", "outer-thigh-roll", "hip-flexor-roll", "adductor-roll")


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", ROLLS)
def test_a_thigh_lies_on_the_roller(name: str, side: Side, seed: int) -> None:
    """Whatever the body: the thigh over the roller, its own thickness above; legs and hands that rest, on the floor."""
    body = random_body(np.random.default_rng(seed))
    pose = TECHNIQUES[name].reference_pose
    figure = figure_of(setting_of(pose, side, body))
    at, share = side.position, pose.roller_at or 0.0
    height = figure.hip[at, 1] + share * (figure.knee[at, 1] - figure.hip[at, 1])
    assert 0.04 < height - 2 * ROLLER_RADIUS_M < 0.13
    middle, _ = roller_of(figure)
    assert middle[1] == ROLLER_RADIUS_M
    for limb, place in pose.places.items():
        of = at if limb.endswith("working") else 1 - at
        joint = figure.wrist if limb.startswith("hand") else figure.ankle
        if place is Place.OWN_THIGH:
            continue
        assert joint[of, 1] < 0.11, (limb, place)


@pytest.mark.parametrize("side", Side)
def test_a_foot_stands_before_somebody_on_their_side(side: Side) -> None:
    """Before the body, flat on the floor, with its knee bent and high."""
    figure = figure_of(setting_of(TECHNIQUES["gluteus-medius-roll"].reference_pose, side, Body()))
    upper = side.other.position
    assert figure.ankle[upper, 1] == pytest.approx(figure.body.ankle_m, abs=0.01)
    assert (figure.ankle[upper] - figure.ankle[side.position]) @ -figure.axes[:, 2] > 0.15
    assert figure.knee[upper, 1] > 0.35


@pytest.mark.parametrize(("twist_deg", "facing_deg"), [(0.0, 90.0), (40.0, 50.0), (-40.0, 130.0)])
@pytest.mark.parametrize("side", Side)
def test_a_twist_turns_the_front_up(side: Side, twist_deg: float, facing_deg: float) -> None:
    """Of somebody who lies on their side, whichever it is."""
    pose = TECHNIQUES["gluteus-medius-roll"].reference_pose
    flat = pose.model_copy(update={"trunk_inclination_deg": 90.0, "twist_deg": twist_deg})
    assert true_measures(figure_of(setting_of(flat, side, Body())))["facing"] == pytest.approx(facing_deg, abs=0.1)


def test_who_rolls_on_a_thigh_goes_along_it() -> None:
    """Level, across the roller, whatever the body's place in the room."""
    setting = setting_of(TECHNIQUES["adductor-roll"].reference_pose, Side.RIGHT, Body())
    axis = rolling_axis(setting)
    _, roller_axis = roller_of(figure_of(setting))
    assert axis[1] == 0.0
    assert abs(axis @ roller_axis) < 1e-9
