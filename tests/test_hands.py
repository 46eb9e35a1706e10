"""Where a partner's hands are on the body that they treat: told with its error, or not at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.catalog import load_technique
from posecheck.hands import FOLLOWED, HandMeter, Spot
from posecheck.landmarks import Side, sided
from posecheck.pose import Pose
from posecheck.studio.body import Body
from posecheck.studio.partner import true_hands
from posecheck.studio.reference import turned
from tests.treated import seen, treatment

STROKES = load_technique("partner-effleurage")


def spot(side: Side, turns: float, *, off_deg: float = 0.0, height_m: float = 1.7, body: Body | None = None) -> Spot:
    """What the meter says from the recommended camera, moved round and up or down."""
    recipient, beside, _ = treatment(STROKES, side, body)
    camera = replace(turned(treatment(STROKES, side)[2], off_deg, STROKES, side), height_m=height_m)
    meter = HandMeter(STROKES.camera, (body or Body()).height_m)
    return meter.push(seen(recipient, camera, 0.0), seen(beside.at(recipient, turns), camera, 0.0))


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("off_deg", [-20.0, 0.0, 20.0])
@pytest.mark.parametrize("height_m", [1.4, 1.7, 2.0])
def test_hands_are_found_on_the_body(side: Side, off_deg: float, height_m: float) -> None:
    """Within two standard errors of the truth, along the body and across it; the way between its ends as well."""
    recipient, beside, _ = treatment(STROKES, side)
    told = [spot(side, turns, off_deg=off_deg, height_m=height_m) for turns in (0.0, 0.6)]
    true = [true_hands(recipient, beside.at(recipient, turns)) for turns in (0.0, 0.6)]
    for found, expected in zip(told, true, strict=True):
        assert 100 * found.along == pytest.approx(expected["hands_along"], abs=200 * found.along_zero_se)
        assert 100 * found.right == pytest.approx(expected["hands_outward.right"], abs=200 * found.right_zero_se)
    way = 100 * FOLLOWED * (told[0].along - told[1].along)  # a perfect model does not damp
    assert way == pytest.approx(true[0]["hands_along"] - true[1]["hands_along"], rel=2 * told[0].share_se)


@pytest.mark.parametrize("height_m", [1.5, 1.9])
def test_a_known_height_makes_distances_right(height_m: float) -> None:
    """A tall body's strokes are not told as short ones."""
    body = Body(height_m)
    recipient, beside, _ = treatment(STROKES, Side.RIGHT, body)
    ends = [spot(Side.RIGHT, turns, body=body) for turns in (0.0, 0.6)]
    true = [true_hands(recipient, beside.at(recipient, turns))["hands_along"] for turns in (0.0, 0.6)]
    assert 100 * FOLLOWED * (ends[0].along - ends[1].along) == pytest.approx(true[0] - true[1], rel=0.06)
    assert ends[0].share_se < HandMeter(STROKES.camera).push(*_poses(Side.RIGHT)).share_se


def _poses(side: Side) -> tuple[Pose, Pose]:
    recipient, beside, camera = treatment(STROKES, side)
    return seen(recipient, camera, 0.0), seen(beside.at(recipient, 0.2), camera, 0.0)


@pytest.mark.parametrize(
    ("off_deg", "height_m"), [(70.0, 1.7), (-75.0, 1.7), (0.0, 0.4)], ids=["from the feet", "from the head", "too low"]
)
def test_from_elsewhere_they_are_not_told(off_deg: float, height_m: float) -> None:
    """Along the line of sight, and from the floor, a hand's place on the body is not seen."""
    assert np.isnan(spot(Side.RIGHT, 0.2, off_deg=off_deg, height_m=height_m).along)


@pytest.mark.parametrize("hand", Side)
def test_one_hidden_hand_leaves_the_middle_unseen(hand: Side) -> None:
    """The middle of both is not made up from one."""
    recipient, partner = _poses(Side.RIGHT)
    visibility = partner.visibility.copy()
    visibility[sided("WRIST")[hand.position]] = 0.1
    hidden = Pose(partner.time_s, partner.image_px, partner.world_m, visibility, partner.size_px)
    assert np.isnan(HandMeter(STROKES.camera).push(recipient, hidden).along)
    assert np.isnan(HandMeter(STROKES.camera).push(recipient, None).along)
    assert np.isnan(HandMeter(STROKES.camera).push(None, partner).along)


def test_a_recipient_who_has_moved_is_found_anew() -> None:
    """What rested elsewhere ten seconds ago does not count any more."""
    recipient, partner = _poses(Side.RIGHT)
    meter = HandMeter(STROKES.camera)
    for i in range(40):
        here = meter.push(_at(recipient, 0.25 * i), _at(partner, 0.25 * i))
    aside = np.array([150.0, 0.0])
    there = meter.push(_at(recipient, 10.0, aside), _at(partner, 10.0, aside))
    assert there.along == pytest.approx(here.along, abs=0.06)


def _at(pose: Pose, time_s: float, shift_px: np.ndarray | float = 0.0) -> Pose:
    return Pose(time_s, pose.image_px + shift_px, pose.world_m, pose.visibility, pose.size_px)


def test_a_dragged_landmark_moves_the_hips_little() -> None:
    """A hand that passes over a hip draws its landmark along for a moment; the hips are where they were before."""
    recipient, partner = _poses(Side.RIGHT)
    meter = HandMeter(STROKES.camera)
    for i in range(30):
        before = meter.push(_at(recipient, 0.25 * i), _at(partner, 0.25 * i))
    image = recipient.image_px.copy()
    image[list(sided("HIP"))] += (25.0, 0.0)
    dragged = Pose(7.5, image, recipient.world_m, recipient.visibility, recipient.size_px)
    after = meter.push(dragged, _at(partner, 7.5))
    assert after.along == pytest.approx(before.along, abs=0.005)


@pytest.mark.parametrize("side", Side)
def test_hands_that_are_not_on_the_body_have_no_place_on_it(side: Side) -> None:
    """Before they reach over they lie on the partner's own thighs."""
    recipient, beside, camera = treatment(STROKES, side)
    partner = beside.at(recipient, 0.0, reach=0.0)
    meter = HandMeter(STROKES.camera, 1.72)
    assert np.isnan(meter.push(seen(recipient, camera, 0.0), seen(partner, camera, 0.0)).along)


def _tilted(pose: Pose, by_deg: float) -> Pose:
    """The same picture, but the model takes the body for one that is turned about the line across the picture."""
    sin, cos = np.sin(np.radians(by_deg)), np.cos(np.radians(by_deg))
    turn = np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
    return Pose(pose.time_s, pose.image_px, pose.world_m @ turn.T, pose.visibility, pose.size_px)


def _way_m(recipient: Pose, partner: Pose, moved: Pose) -> float:
    """How far hands go across the body, as the meter sees it."""
    spots = [HandMeter(STROKES.camera, Body().height_m).push(recipient, each) for each in (partner, moved)]
    return abs(spots[1].right - spots[0].right)


@pytest.mark.parametrize("by_deg", [-10.0, 10.0])
def test_where_the_camera_is_wanted_counts_more_than_a_back_that_is_hard_to_see(by_deg: float) -> None:
    """A back that is seen tilted by its usual error changes ways across the body by a tenth, not by a third."""
    recipient, beside, camera = treatment(STROKES, Side.RIGHT)
    partner = seen(beside.at(recipient, 0.2), camera, 0.0)
    moved = Pose(0.0, partner.image_px + np.array([0.0, 8.0]), partner.world_m, partner.visibility, partner.size_px)
    pose = seen(recipient, camera, 0.0)
    assert _way_m(_tilted(pose, by_deg), partner, moved) == pytest.approx(_way_m(pose, partner, moved), rel=0.13)


def test_a_camera_that_plainly_stands_elsewhere_is_believed_to() -> None:
    """From the floor the back is hardly seen; that the technique wants the camera higher makes no place of it."""
    recipient, beside, camera = treatment(STROKES, Side.RIGHT)
    low = replace(camera, height_m=0.35)
    pose, partner = seen(recipient, low, 0.0), seen(beside.at(recipient, 0.2), low, 0.0)
    assert np.isnan(HandMeter(STROKES.camera).push(pose, partner).along)
