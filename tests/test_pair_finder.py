"""Recipient and partner by the real model in rendered pictures, from eight cameras all round."""

import numpy as np
import pytest

from benchmarks.looks import treatment
from benchmarks.people import AZIMUTHS_DEG, PARTNER, PASSER, RECIPIENT, who_is
from posecheck.pair_finder import PairFinder


@pytest.mark.model
def test_both_are_found_from_eight_cameras_and_taken_for_two() -> None:
    """At once, nobody known before; neither is taken for the other one, nor for somebody who walks past.

    Of eight pictures one of each may be missed.
    """
    found, two = [], []
    for number, azimuth_deg in enumerate(AZIMUTHS_DEG):
        rng = np.random.default_rng([78, number])
        picture, clip = treatment(number, rng, azimuths_deg=(azimuth_deg, azimuth_deg))
        finder = PairFinder()
        shown = [who_is(clip, 0, pose) for pose in finder.find(picture, 0.0)]
        two.append(finder.around(picture).together)
        finder.close()
        found.append(shown == [RECIPIENT, PARTNER])
        assert shown[0] != PARTNER
        assert shown[1] != RECIPIENT
        assert PASSER not in shown
    assert sum(found) >= 7, found
    assert sum(two) >= 7, two
