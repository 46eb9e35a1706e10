"""A technique against its own pictures: the reference pose rendered, the real model on it, every rule judged.

Needs numba, which the extra "studio" brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.landmarks import Side
from posecheck.reference import Stroke
from posecheck.result import CueKind, FrameResult, Verdict
from posecheck.session import Session
from posecheck.studio.body import Body
from posecheck.studio.contacts import moved
from posecheck.studio.figure import figure_of
from posecheck.studio.motion import rolling_axis
from posecheck.studio.reference import beside_of, camera_of, room_for, setting_of
from posecheck.studio.scene import Scene, framed
from posecheck.technique import Technique
from posecheck.watcher import open_watcher

FRAME_S: Final = 1 / 8
STILL_FRAMES, MOVING_FRAMES = 16, 36
"""Two seconds of somebody who keeps still, long enough for every measure to settle; two strokes of one who does not."""
STANDS_STILL: Final = Stroke(distance_m=0.001, period_s=4.0)

Image = NDArray[np.uint8]
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Performance:
    """What posecheck makes of a rendered pose.

    Parameters
    ----------
    picture : array of uint8, shape (480, 640, 3)
        RGB, the first frame.
    results : tuple of FrameResult
        Every frame.
    """

    picture: Image
    results: tuple[FrameResult, ...]

    @property
    def last_second(self) -> tuple[FrameResult, ...]:
        """The frames in which everything has settled."""
        return self.results[-round(1 / FRAME_S) :]

    @property
    def corrected(self) -> list[str]:
        """Ids of the rules that were corrected, in order."""
        cues = [result.cue for result in self.results if result.cue]
        return [cue.rule for cue in cues if cue.kind is CueKind.CORRECTION]

    def verdict(self, rule_id: str) -> Verdict:
        """What the rule's verdict was for most of the last second; who rolls is still at each turning point."""
        verdicts = [result.verdicts[rule_id] for result in self.last_second]
        return max(Verdict, key=verdicts.count)


def perform(technique: Technique, side: Side, fault: str | None = None) -> Performance:
    """Render a reference pose, or one rule's fault, from the recommended camera, and judge what the model sees.

    Parameters
    ----------
    technique : Technique
        Whose pose it is.
    side : Side
        The side being worked on.
    fault : str, optional
        Id of a rule that has a ``fault``.

    Raises
    ------
    StudioError
        If numba is missing.
    """
    pictures, session = _pictures(technique, side, fault), Session(technique, side)
    first, results = None, []
    with closing(open_watcher(technique, staged=True)) as watcher:
        for i, picture in enumerate(pictures):
            first = picture if first is None else first
            seen = watcher.watch(picture, i * FRAME_S)
            results.append(session.push(i * FRAME_S, seen.person, seen.partner))
    assert first is not None
    return Performance(first, tuple(results))


def _pictures(technique: Technique, side: Side, fault: str | None) -> Iterator[Image]:
    change = technique.rule(fault).fault if fault else None
    pose = technique.reference_pose.changed(change)
    stroke = (change.stroke if change else None) or STANDS_STILL
    setting = setting_of(pose, side, Body())
    figure, room = figure_of(setting), room_for(technique)
    beside = beside_of(pose, side, figure)
    others = (beside.midway(figure),) if beside else ()
    camera = framed(camera_of(technique, side), figure, *others)
    still = Scene(figure, camera, room, others).picture()
    for i in range(STILL_FRAMES if stroke is STANDS_STILL else MOVING_FRAMES):
        # Who keeps still looks the same in every frame: one picture will do.
        if stroke is STANDS_STILL or i == 0:
            yield still
            continue
        way_m = stroke.distance_m / 2.0 * np.sin(2 * np.pi * i * FRAME_S / stroke.period_s)
        yield Scene(figure_of(moved(setting, way_m * rolling_axis(setting))), camera, room).picture()


@dataclass(frozen=True, eq=False)
class Proof:
    """How a technique's own pictures fare.

    Parameters
    ----------
    picture : array of uint8, shape (480, 640, 3)
        The reference pose from the recommended camera, RGB; the right side where there are two.
    verdicts : dict
        Of each rule by id, for each side.
    faults : dict
        Verdict of a rule on its own fault, right side, for rules that have one.
    required : frozenset of str
        Ids of the required rules.
    """

    picture: Image
    verdicts: dict[str, dict[Side, Verdict]]
    faults: dict[str, Verdict]
    required: frozenset[str]

    @property
    def wrong(self) -> list[str]:
        """Ids of rules that speak against the reference pose: required ones that do not pass, any that fail."""
        return [key for key, found in self._found().items() if Verdict.FAIL in found or key in self._not_passed()]

    @property
    def unseen_advice(self) -> list[str]:
        """Ids of rules that are advice, and are not seen on every side."""
        return [key for key, found in self._found().items() if Verdict.UNSEEN in found and key not in self.required]

    def _found(self) -> dict[str, set[Verdict]]:
        return {rule_id: set(by_side.values()) for rule_id, by_side in self.verdicts.items()}

    def _not_passed(self) -> set[str]:
        return {key for key, found in self._found().items() if key in self.required and found != {Verdict.PASS}}

    @property
    def blunt(self) -> list[str]:
        """Ids of rules that do not fail on their own fault."""
        return [rule_id for rule_id, verdict in self.faults.items() if verdict is not Verdict.FAIL]


def prove(technique: Technique, progress: Progress) -> Proof:
    """Judge the reference pose on every side, and each rule's fault on the right one.

    Parameters
    ----------
    technique : Technique
        Sided or not.
    progress : callable
        Called with the share done, 0 to 1.

    Raises
    ------
    StudioError
        If numba is missing.
    ModelError
        If the pose model is missing or broken.
    """
    sides = (Side.RIGHT, Side.LEFT) if technique.sided else (Side.RIGHT,)
    broken = [rule.id for rule in technique.rules if rule.fault is not None]
    steps = len(sides) + len(broken)
    right: list[Performance] = []
    for side in sides:
        right.append(perform(technique, side))
        progress(len(right) / steps)
    faults = {}
    for rule_id in broken:
        faults[rule_id] = perform(technique, Side.RIGHT, rule_id).verdict(rule_id)
        progress((len(sides) + len(faults)) / steps)
    verdicts = {
        rule.id: {side: done.verdict(rule.id) for side, done in zip(sides, right, strict=True)}
        for rule in technique.rules
    }
    required = frozenset(rule.id for rule in technique.rules if rule.required)
    return Proof(right[0].picture, verdicts, faults, required)
