"""Who is seen in a frame: the one person of most techniques, or a recipient and their partner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.company import Company
from posecheck.estimator import Estimator
from posecheck.moving import TURNED
from posecheck.pair_finder import PairFinder
from posecheck.people.tracking import Closer
from posecheck.pose import Pose
from posecheck.quantities import ON_TRUNK
from posecheck.several_looks import open_estimator
from posecheck.technique import Technique

Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Watched:
    """Who was seen in a frame.

    Parameters
    ----------
    person : Pose or None
        Whose position is judged: the recipient, where there are two.
    partner : Pose or None
        The partner; always None where a technique is done alone.
    company : bool
        Whether somebody is close enough to touch who does alone what is done alone.
    """

    person: Pose | None
    partner: Pose | None = None
    company: bool = False

    @property
    def exchanged(self) -> Watched:
        """The same with the roles the other way round."""
        return Watched(self.partner, self.person, self.company)


class Watcher(Protocol):
    """Sees who is in a frame. One watcher follows one stream of frames."""

    def watch(self, image: Image, time_s: float) -> Watched:
        """Who is in an upright RGB image of shape (H, W, 3)."""
        ...

    @property
    def notices(self) -> list[str]:
        """What is to be known of who else was seen, after the last frame."""
        ...

    def close(self) -> None:
        """Free the model; safe to call twice."""
        ...


class Alone:
    """Watches one person.

    Parameters
    ----------
    estimator : Estimator
        Finds them; closed with the watcher.
    company : Company, optional
        Looks whether somebody is close to them; closed with the watcher. Left out, nobody looks.
    """

    def __init__(self, estimator: Estimator, company: Company | None = None) -> None:
        self._estimator = estimator
        self._company = company

    def watch(self, image: Image, time_s: float) -> Watched:
        """The person."""
        close = self._company is not None and self._company.watch(image, time_s)
        return Watched(self._estimator.estimate(image, time_s), company=close)

    @property
    def notices(self) -> list[str]:
        """That others were seen."""
        return self._company.notices if self._company is not None else []

    def close(self) -> None:
        """Free the models; safe to call twice."""
        self._estimator.close()
        if self._company is not None:
            self._company.close()


class Together:
    """Watches a recipient and their partner.

    Parameters
    ----------
    finder : PairFinder
        Finds them; closed with the watcher.
    company : Company, optional
        Looks whether there is somebody else; closed with the watcher. Left out, nobody looks.
    """

    def __init__(self, finder: PairFinder, company: Company | None = None) -> None:
        self._finder = finder
        self._company = company

    def watch(self, image: Image, time_s: float) -> Watched:
        """Both of them."""
        if self._company is not None:
            self._company.watch(image, time_s)
        return Watched(*self._finder.find(image, time_s))

    @property
    def notices(self) -> list[str]:
        """That others were seen."""
        return self._company.notices if self._company is not None else []

    def close(self) -> None:
        """Free the models; safe to call twice."""
        self._finder.close()
        if self._company is not None:
            self._company.close()


def open_watcher(
    technique: Technique, model: Path | None = None, *, still: bool = False, staged: bool = False
) -> Watcher:
    """Open what a technique needs for one stream of frames, or for a still.

    What is staged shows nobody but whom the technique is for, and nobody else is looked for.
    """
    company = None if staged else Company(model, people=technique.people, still=still)
    if technique.people == 1:
        return Alone(open_estimator(model, still=still), company)
    return Together(PairFinder(model, closer=_closer(technique)), company)


def _closer(technique: Technique) -> Closer | None:
    """Who is looked at several times in a technique for two."""
    if ON_TRUNK & technique.of_the_partner:
        return Closer.PARTNER
    turned = technique.movement is not None and technique.movement.measure == TURNED
    return Closer.RECIPIENT if turned else None
