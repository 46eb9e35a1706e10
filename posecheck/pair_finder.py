"""The recipient and the partner in every frame of a stream, by looks of the landmark network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from posecheck.closeup import Closeups
from posecheck.estimator import PoseLandmarkerEstimator
from posecheck.overview import overview
from posecheck.people.belief import are_two
from posecheck.people.find import Find, metre_px
from posecheck.people.glance import Glance
from posecheck.people.match import Role
from posecheck.people.pair import distinct
from posecheck.people.region import Region
from posecheck.people.steady import Steady
from posecheck.people.tracking import Closer, Pair, PairTracker
from posecheck.pose import Pose
from posecheck.registration import HandRegistration

DETECTED: Final = 3
"""People that the detector may find: both, and somebody else in the room."""


class Around(NamedTuple):
    """What a look round finds.

    Parameters
    ----------
    people : int
        How many are in the picture, up to 3.
    together : bool
        Whether one of them lies under somebody's hands.
    """

    people: int
    together: bool


class PairFinder:
    """Follows two people through one stream of frames.

    Parameters
    ----------
    model : Path, optional
        A pose landmarker bundle; the built-in one by default.
    closer : Closer, optional
        See `PairTracker`; a partner's hands are then followed in the picture itself as well.
    """

    def __init__(self, model: Path | None = None, *, closer: Closer | None = None) -> None:
        self._closeups = Closeups(model)
        self._detector = PoseLandmarkerEstimator(model, still=True, people=DETECTED)
        self._tracker = PairTracker(closer=closer)
        self._steady = (Steady(), Steady())
        self._hands = HandRegistration() if closer is Closer.PARTNER else None

    def find(self, image: NDArray[np.uint8], time_s: float) -> tuple[Pose | None, Pose | None]:
        """Recipient and partner in an upright RGB image of shape (H, W, 3); None for whoever is not found."""
        present = _Present(self._closeups, self._detector, image, time_s)
        pair = self._tracker.push(present, time_s)
        recipient, partner = (
            steady.push(present.glance().as_glanced(found, role).pose, metre_px(found.pose)) if found else None
            for role, steady, found in zip(Role, self._steady, pair, strict=True)
        )
        if self._hands is not None and partner is not None:
            partner = self._hands.push(image, partner)
        return recipient, partner

    def around(self, image: NDArray[np.uint8]) -> Around:
        """Who is in an upright RGB image of shape (H, W, 3); what is known of the stream is not used.

        A brief search for both says no cheaply; its yes may be somebody's own legs taken for a body, and is searched
        again.
        """
        present = _Present(self._closeups, self._detector, image, 0.0)
        together = all(
            _found_two(PairTracker(brief=brief).push(present, 0.0), present.glance()) for brief in (True, False)
        )
        return Around(len(distinct(present.everybody())), together)

    def close(self) -> None:
        """Free the models; safe to call twice."""
        self._closeups.close()
        self._detector.close()


def _found_two(pair: Pair, glance: Glance) -> bool:
    recipient, partner = pair
    return recipient is not None and partner is not None and are_two(recipient, partner, glance)


class _Present:
    """One picture to look at."""

    def __init__(
        self, closeups: Closeups, detector: PoseLandmarkerEstimator, image: NDArray[np.uint8], time_s: float
    ) -> None:
        self._closeups, self._detector, self._image, self._time_s = closeups, detector, image, time_s

    def look(self, region: Region) -> Find | None:
        return self._closeups.look(self._image, region, self._time_s)

    def everybody(self) -> Sequence[Pose]:
        return self._detected

    def glance(self) -> Glance:
        return self._glanced

    @cached_property
    def _glanced(self) -> Glance:
        return overview(self._image)

    @cached_property
    def _detected(self) -> Sequence[Pose]:
        return self._detector.everybody(self._image, self._time_s)
