"""A hand held above the head is a signal; a hand that is hidden, low, quick or part of the pose is none."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.catalog import load_technique
from posecheck.gesture import RAISED_S, RaisedHand, has_hand_signal, is_raised
from posecheck.hold import LONGEST_FRAME_GAP_S
from posecheck.landmarks import MIRROR, Landmark, Side, sided
from posecheck.pose import FloatArray, Pose
from posecheck.reference import Place
from posecheck.several_looks import open_estimator
from posecheck.studio.portrait import portrait
from posecheck.technique import Technique
from tests.figure import SIZE_PX, SUPINE, Leg, body, seen
from tests.recorded import recorded
from tests.techniques import EXAMPLE, technique

FPS = 15.0
UP, DOWN, RESTING = (0.45, 0.95), (0.22, -0.05), (0.55, 0.75)
"""Heights of elbow and wrist above the hips, metres: the hand up, hanging, and resting on the hair."""


def arms(points: FloatArray, left: tuple[float, float] = DOWN, right: tuple[float, float] = DOWN) -> FloatArray:
    """The figure with its elbows and wrists at other heights, in the body frame."""
    placed = points.copy()
    for side, (elbow, wrist) in ((Side.LEFT, left), (Side.RIGHT, right)):
        placed[sided("ELBOW")[side.position], 1] = elbow
        placed[sided("WRIST")[side.position], 1] = wrist
    return placed


def standing(time_s: float = 0.0, **raised: tuple[float, float]) -> Pose:
    """Somebody upright, seen from the front."""
    return seen(arms(body(Leg(), Leg()), **raised), azimuth_deg=180, time_s=time_s)


def lying(reach: FloatArray) -> Pose:
    """Somebody on the back, seen from the right, whose right arm points along `reach` in the body frame."""
    points = body(Leg(), Leg())
    shoulder = points[Landmark.RIGHT_SHOULDER]
    points[Landmark.RIGHT_ELBOW], points[Landmark.RIGHT_WRIST] = shoulder + 0.28 * reach, shoulder + 0.54 * reach
    return seen(points, azimuth_deg=90, room=SUPINE)


def dimmed(pose: Pose, *landmarks: Landmark) -> Pose:
    """The same pose with some landmarks hidden."""
    visibility = pose.visibility.copy()
    visibility[list(landmarks)] = 0.1
    return Pose(pose.time_s, pose.image_px, pose.world_m, visibility, pose.size_px)


def signals(spans: list[tuple[float, str]], example: Technique | None = None) -> list[tuple[float, float]]:
    """When signals came, and since when the hand was up; spans are (seconds, what is seen)."""
    raised, found, frame = RaisedHand(example or technique()), [], itertools.count()
    poses = {"up": standing(right=UP), "down": standing(), "hidden": dimmed(standing(right=UP), Landmark.RIGHT_WRIST)}
    for seconds, what in spans:
        for _ in range(round(seconds * FPS)):
            time_s = next(frame) / FPS
            since_s = raised.push(time_s, poses.get(what))
            if since_s is not None:
                found.append((time_s, since_s))
    return found


@pytest.mark.parametrize(
    ("pose", "expected"),
    [
        pytest.param(standing(), (False, False), id="hanging"),
        pytest.param(standing(right=UP), (False, True), id="right up"),
        pytest.param(standing(left=UP, right=UP), (True, True), id="both up"),
        pytest.param(standing(right=RESTING), (False, False), id="hand on the hair"),
        pytest.param(dimmed(standing(right=UP), Landmark.RIGHT_WRIST), (False, None), id="wrist hidden"),
        pytest.param(dimmed(standing(right=UP), Landmark.RIGHT_ELBOW), (False, None), id="elbow hidden"),
        pytest.param(dimmed(standing(right=UP), Landmark.LEFT_HIP), (None, None), id="trunk hidden"),
        pytest.param(dimmed(standing(right=UP), Landmark.NOSE), (False, True), id="an ear is head enough"),
        pytest.param(dimmed(standing(right=UP), *list(Landmark)[:11]), (None, None), id="no head in view"),
    ],
)
def test_a_raised_hand_is_seen_or_not_judged(pose: Pose, expected: tuple[bool | None, bool | None]) -> None:
    """Up only when clearly above the head; neither up nor down when something needed is not seen."""
    assert (is_raised(pose, Side.LEFT), is_raised(pose, Side.RIGHT)) == expected


def test_up_is_up_for_somebody_who_lies() -> None:
    """An arm lifted from the floor is raised; one that lies on the floor beyond the head is not."""
    assert is_raised(lying(np.array([0.0, 0.0, -1.0])), Side.RIGHT)
    assert not is_raised(lying(np.array([0.0, 1.0, 0.0])), Side.RIGHT)
    assert not is_raised(lying(np.array([0.0, 0.97, -0.26])), Side.RIGHT), "a camera that looks down sees it higher"


def test_a_hand_outside_the_picture_is_not_judged() -> None:
    """The model places it all the same; nobody saw it."""
    pose = standing(right=UP)
    image = pose.image_px.copy()
    image[:, 1] += -20 - image[Landmark.RIGHT_WRIST, 1]
    outside = Pose(0.0, image, pose.world_m, pose.visibility, pose.size_px)
    assert is_raised(outside, Side.RIGHT) is None


def test_one_raise_is_one_signal_after_about_a_second() -> None:
    """It tells since when the hand was up, and waits for it to come down before the next."""
    (first, since_s), (second, _) = signals([(1.0, "down"), (5.0, "up"), (1.0, "down"), (2.0, "up")])
    assert since_s == pytest.approx(1.0, abs=1.5 / FPS)
    assert first == pytest.approx(1.0 + RAISED_S, abs=2.5 / FPS)
    assert second == pytest.approx(7.0 + RAISED_S, abs=2.5 / FPS)


@pytest.mark.parametrize(
    "spans",
    [
        pytest.param([(0.8, "up"), (0.2, "down"), (0.8, "up")], id="twice too short"),
        pytest.param([(0.8, "up"), (3.0, "hidden"), (0.8, "up")], id="unseen time does not count"),
        pytest.param([(0.8, "up"), (3.0, "nobody"), (0.8, "up")], id="nor time without a person"),
        pytest.param([(5.0, "hidden")], id="hidden all the time"),
    ],
)
def test_what_was_not_seen_for_long_enough_is_no_signal(spans: list[tuple[float, str]]) -> None:
    """Only time in which the hand was seen up counts."""
    assert signals(spans) == []


def test_a_moment_unseen_is_passed_over_but_not_counted() -> None:
    """A hand lost for a few frames on its way is the same raise."""
    ((time_s, since_s),) = signals([(0.6, "up"), (0.3, "hidden"), (1.0, "up")])
    assert since_s == 0.0
    assert time_s >= RAISED_S + 0.3 - 1.5 / FPS


def test_a_technique_with_hands_overhead_has_no_hand_signal() -> None:
    """There the raised hand is the pose."""
    overhead = {**EXAMPLE["reference_pose"], "places": {"hand.opposite": "overhead"}}
    assert signals([(5.0, "up")], technique(reference_pose=overhead)) == []
    assert has_hand_signal(technique())
    assert not has_hand_signal(technique(reference_pose=overhead))


@pytest.mark.parametrize("name", ["glute_roll_crossed", "hip_rotation_supine", "real_squats"])
def test_nobody_raises_a_hand_by_chance(name: str) -> None:
    """In recordings of people who do something else there is no signal."""
    track, raised = recorded(name), RaisedHand(load_technique("glute-max-roll"))
    assert all(raised.push(float(time_s), track.pose(i)) is None for i, time_s in enumerate(track.time_s))


@pytest.mark.model
@pytest.mark.parametrize("name", ["glute-max-roll", "half-kneeling-hip-flexor-stretch"])
def test_the_model_sees_a_rendered_hand_go_up(name: str) -> None:
    """Through real pixels and the real model: the reference pose has no hand up; with an arm overhead it has one."""
    example = load_technique(name)
    places = {**example.reference_pose.places, "hand.working": Place.OVERHEAD}
    lifted = example.model_copy(update={"reference_pose": example.reference_pose.model_copy(update={"places": places})})
    for shown, expected in ((example, False), (lifted, True)):
        picture, estimator = portrait(shown, Side.RIGHT), open_estimator()
        try:
            pose = [estimator.estimate(picture, i / 10) for i in range(8)][-1]
        finally:
            estimator.close()
        assert pose is not None
        assert is_raised(pose, Side.RIGHT) is expected


@given(st.lists(st.tuples(st.floats(0.005, 1.0), st.sampled_from([True, False, None])), max_size=120))
def test_a_signal_stands_on_a_second_of_seen_raise(steps: list[tuple[float, bool | None]]) -> None:
    """However frames come: no signal without that much watched time since it began, and none twice in one raise."""
    raised, poses = RaisedHand(technique()), {True: standing(right=UP), False: standing(), None: None}
    time_s, frames = 0.0, []
    for step, up in steps:
        time_s += step
        frames.append((time_s, up))
        since_s = raised.push(time_s, poses[up])
        if since_s is None:
            continue
        span = [(at, was) for at, was in frames if at >= since_s]
        assert all(was is not False for _, was in span)
        watched = sum(
            b - a for (a, was), (b, now) in itertools.pairwise(span) if was and now and b - a <= LONGEST_FRAME_GAP_S
        )
        assert watched >= RAISED_S - 1e-6
        frames = frames[-1:]


@given(st.sampled_from([UP, DOWN, RESTING]), st.sampled_from([UP, DOWN, RESTING]), st.floats(0.3, 3.0))
def test_sides_and_size_do_not_matter(left: tuple[float, float], right: tuple[float, float], scale: float) -> None:
    """Mirrored, left and right change places; a person twice as large raises the same hand."""
    pose = standing(left=left, right=right)
    mirrored = Pose(
        0.0, pose.image_px[MIRROR] * (-1, 1) + (SIZE_PX[0], 0), pose.world_m[MIRROR] * (-1, 1, 1), pose.visibility,
        SIZE_PX,
    )  # fmt: skip
    larger = Pose(0.0, pose.image_px, pose.world_m * scale, pose.visibility, SIZE_PX)
    for side in Side:
        assert is_raised(mirrored, side) == is_raised(pose, side.other)
        assert is_raised(larger, side) == is_raised(pose, side)
