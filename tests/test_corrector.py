"""The corrector: the same for both sides, sure of what it knows, unsure of what it does not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.accuracy import bare_angle
from posecheck.appearance import OUTPUTS, features
from posecheck.corrector import WEIGHTS, Corrector, built_in, measured
from posecheck.landmarks import MIRROR, Landmark, Side, sided
from posecheck.measures import COLUMNS, measure
from posecheck.pose import FloatArray, Track
from posecheck.quantities import QUANTITIES
from tests.recorded import recorded

CLIPS = ("glute_roll_crossed", "hip_rotation_supine", "real_squats")
KNEES = [COLUMNS.index(f"knee_flexion.{side}") for side in Side]


def mirrored(track: Track) -> Track:
    """The same person in a mirror."""
    width, _ = track.size_px
    image = track.image_px[:, MIRROR].copy()
    image[..., 0] = width - image[..., 0]
    world = track.world_m[:, MIRROR] * [-1.0, 1.0, 1.0]
    return replace(track, image_px=image, world_m=world, visibility=track.visibility[:, MIRROR])


def other_side(column: str) -> int:
    """The column of the opposite side."""
    name, _, side = column.partition(".")
    return COLUMNS.index(f"{name}.{Side(side).other}" if side else name)


@pytest.mark.parametrize("clip", CLIPS)
def test_a_mirror_exchanges_left_and_right(clip: str) -> None:
    """One model serves both sides."""
    one, other = measured(recorded(clip)), measured(mirrored(recorded(clip)))
    swap = [other_side(column) for column in COLUMNS]
    np.testing.assert_allclose(other.value[:, swap], one.value, rtol=1e-3, atol=1e-2)
    np.testing.assert_allclose(other.se[:, swap], one.se, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("clip", CLIPS)
def test_frames_do_not_depend_on_their_neighbours(clip: str) -> None:
    """Live, frames come one by one; in clips by the block: the numbers are the same to what a verdict could notice."""
    track = recorded(clip)
    whole = measured(track)
    for i in range(0, len(track), 25):
        alone = measured(Track.from_poses([0.0], [track.pose(i)], track.size_px))
        np.testing.assert_allclose(alone.value[0], whole.value[i], rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(alone.se[0], whole.se[i], rtol=1e-4, atol=1e-3)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), far=st.floats(8.0, 40.0))
def test_far_from_its_training_nothing_is_seen(seed: int, far: float) -> None:
    """Landmarks that no body has make every error larger than any rule allows."""
    rng = np.random.default_rng(seed)
    base = features(recorded("glute_roll_crossed"), measure(recorded("glute_roll_crossed")))[:1, 0]
    odd = base + far * built_in().parts[0].spread * rng.choice([-1.0, 1.0], base.shape)
    found = built_in().estimate(odd)
    limits = np.array([QUANTITIES[name].max_error for name in OUTPUTS])
    assert (found.se > limits).all()


@pytest.mark.parametrize("joint", ["KNEE", "ANKLE"])
def test_a_joint_outside_the_picture_is_unseen(joint: str) -> None:
    """The model places it all the same; what needs it is unseen, the rest is not."""
    track = recorded("hip_rotation_supine")
    image = track.image_px.copy()
    image[:, sided(joint)[1]] += [0.0, 2.0 * track.size_px[1]]
    result = measured(replace(track, image_px=image))
    assert np.isnan(result.value[:, KNEES[1]]).all()
    assert np.isfinite(result.value[:, COLUMNS.index("trunk_inclination")]).any()


def test_one_hand_is_enough() -> None:
    """The supporting hand is judged while one of both is visible, and only then."""
    track, column = recorded("glute_roll_crossed"), COLUMNS.index("hand_behind")

    def seen_with(*hidden: Landmark) -> FloatArray:
        visibility = track.visibility.copy()
        visibility[:, list(hidden)] = 0.1
        return measured(replace(track, visibility=visibility)).value[:, column]

    left, right = sided("WRIST")
    assert np.isfinite(seen_with(left)).any()
    assert np.isnan(seen_with(left, right)).all()


def test_nobody_is_nothing() -> None:
    """A frame without a person has no measures."""
    track = Track.from_poses([0.0, 1.0], [None, recorded("real_squats").pose(0)], recorded("real_squats").size_px)
    result = measured(track)
    assert np.isnan(result.value[0]).all()
    assert np.isfinite(result.value[1]).any()


def test_the_weights_are_small() -> None:
    """They come with the package."""
    assert WEIGHTS.stat().st_size < 3e6
    first, *others = Corrector.load(WEIGHTS).parts
    assert first.outputs.tolist() == list(range(len(OUTPUTS)))
    assert all(len(part.gain) == len(part.power) == len(part.outputs) for part in (first, *others))


def test_real_knees_lie_within_the_stated_error_of_the_plain_angle() -> None:
    """A real person squatting side-on: the near knee's plain image angle is right there, and no figure of ours."""
    track = recorded("real_squats")
    result = measured(track)
    near = int(np.nanmean(track.world_m[:, sided("KNEE")[0], 2]) > np.nanmean(track.world_m[:, sided("KNEE")[1], 2]))
    gap = result.value[:, KNEES[near]] - bare_angle(track.image_px, "knee_flexion", tuple(Side)[near])
    se = result.se[:, KNEES[near]]
    seen = se <= QUANTITIES["knee_flexion"].max_error
    assert seen.mean() > 0.8
    assert (np.abs(gap[seen]) <= 2 * se[seen]).mean() > 0.9
