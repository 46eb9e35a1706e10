"""How far a partner's hands are from the leg they hold: told with its error, or not at all."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posecheck.catalog import load_technique
from posecheck.landmarks import Side, sided
from posecheck.leg_hold import off_leg
from posecheck.pose import Pose
from posecheck.reference import HandsOn, PartnerChange, PoseChange
from posecheck.studio.partner import true_hands
from posecheck.technique import Technique
from tests.treated import seen, treatment

ROTATION = load_technique("partner-hip-rotation")
KNEE_FREE = ROTATION.model_copy(
    update={"reference_pose": ROTATION.reference_pose.changed(PoseChange(partner=PartnerChange(hands_on=HandsOn.HEEL)))}
)


def treated(technique: Technique, side: Side) -> tuple[Pose, Pose, float]:
    """Recipient and partner as a perfect model sees them, and how far the hands truly are from the leg, cm."""
    recipient, beside, camera = treatment(technique, side)
    partner = beside.midway(recipient)
    far_cm = true_hands(recipient, partner)[f"hands_from_leg.{side}"]
    return seen(recipient, camera, 0.0), seen(partner, camera, 0.0), far_cm


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("technique", [ROTATION, KNEE_FREE], ids=["held", "knee free"])
def test_it_is_told_within_two_errors(technique: Technique, side: Side) -> None:
    """Whether a hand is at the knee as well, or both are at the heel."""
    recipient, partner, far_cm = treated(technique, side)
    found = off_leg(recipient, partner, side)
    assert found.value == pytest.approx(far_cm, abs=2 * found.se)


@pytest.mark.parametrize("side", Side)
def test_a_knee_that_nobody_holds_is_told_apart(side: Side) -> None:
    """By the rule of the technique: a held leg lies within its band, two hands at the heel, or the other leg, not."""
    band, tolerance = ROTATION.rule("leg-held").target, ROTATION.rule("leg-held").tolerance
    assert band.max is not None
    assert off_leg(*treated(ROTATION, side)[:2], side).value < band.max
    assert off_leg(*treated(KNEE_FREE, side)[:2], side).value > band.max + tolerance
    assert off_leg(*treated(ROTATION, side)[:2], side.other).value > band.max + tolerance


def test_without_both_hands_or_people_it_is_unseen() -> None:
    """One hand does not stand for two."""
    recipient, partner, _ = treated(ROTATION, Side.RIGHT)
    assert math.isnan(off_leg(recipient, None, Side.RIGHT).value)
    assert math.isnan(off_leg(None, partner, Side.RIGHT).value)
    for hand in Side:
        visibility, image_px = partner.visibility.copy(), partner.image_px.copy()
        visibility[sided("WRIST")[hand.position]] = 0.1
        hidden = Pose(0.0, image_px, partner.world_m, visibility, partner.size_px)
        assert math.isnan(off_leg(recipient, hidden, Side.RIGHT).value)
        image_px[sided("WRIST")[hand.position]] = np.array([-400.0, 100.0])
        outside = Pose(0.0, image_px, partner.world_m, partner.visibility, partner.size_px)
        assert math.isnan(off_leg(recipient, outside, Side.RIGHT).value)
