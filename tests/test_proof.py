"""Every rule of every technique, proven through real pixels and the real model: it passes when it should, and fails."""

from functools import cache

import numpy as np
import pytest

from posecheck.catalog import load_techniques
from posecheck.estimator import open_estimator
from posecheck.landmarks import Side
from posecheck.pose import Pose
from posecheck.reference import ReferencePose, Stroke
from posecheck.result import CueKind, FrameResult, Verdict
from posecheck.session import Session
from posecheck.studio.body import Body
from posecheck.studio.contacts import moved
from posecheck.studio.figure import figure_of
from posecheck.studio.reference import camera_of, setting_of
from posecheck.studio.scene import Scene, framed
from posecheck.technique import Rule, Technique

pytestmark = pytest.mark.model
TECHNIQUES = load_techniques()
FAULTS = [(technique.id, rule.id) for technique in TECHNIQUES.values() for rule in technique.rules if rule.fault]
FRAME_S, STILL_FRAMES, MOVING_FRAMES = 1 / 8, 16, 36
STANDS_STILL = Stroke(distance_m=0.001, period_s=4.0)


@cache
def film(technique_id: str, rule_id: str | None, side: Side) -> tuple[Pose | None, ...]:
    """What the model sees of a reference pose, or of one rule's fault, in some seconds, from the recommended camera."""
    technique = TECHNIQUES[technique_id]
    fault = technique.rule(rule_id).fault if rule_id else None
    pose: ReferencePose = technique.reference_pose.changed(fault) if fault else technique.reference_pose
    stroke = (fault.stroke if fault else None) or STANDS_STILL
    setting = setting_of(pose, side, Body())
    camera = framed(figure_of(setting), camera_of(technique, side))
    seen = []
    estimator = open_estimator()
    for i in range(STILL_FRAMES if stroke is STANDS_STILL else MOVING_FRAMES):
        way_m = stroke.distance_m / 2.0 * np.sin(2 * np.pi * i * FRAME_S / stroke.period_s)
        # Who keeps still looks the same in every frame: one picture will do.
        if i == 0 or stroke is not STANDS_STILL:
            picture = Scene(figure_of(moved(setting, np.array([0.0, 0.0, way_m]))), camera).picture()
        seen.append(estimator.estimate(picture, i * FRAME_S))
    estimator.close()
    return tuple(seen)


def judged(technique: Technique, rule_id: str | None, side: Side) -> tuple[list[FrameResult], list[str]]:
    """The results of the last second, and the rules that were corrected, in order."""
    session = Session(technique, side)
    results, corrected = [], []
    for i, pose in enumerate(film(technique.id, rule_id, side)):
        result = session.push(i * FRAME_S, pose)
        results.append(result)
        if result.cue and result.cue.kind is CueKind.CORRECTION:
            corrected.append(result.cue.rule)
    return results[-round(1 / FRAME_S) :], corrected


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("technique_id", sorted(TECHNIQUES))
def test_reference_pose_passes_every_rule(technique_id: str, side: Side) -> None:
    """From the recommended camera the reference pose passes every rule, and nothing is corrected."""
    results, corrected = judged(TECHNIQUES[technique_id], None, side)
    others = {key: str(verdict) for key, verdict in results[-1].verdicts.items() if verdict is not Verdict.PASS}
    assert others == {}
    assert corrected == []


@pytest.mark.parametrize(("technique_id", "rule_id"), FAULTS, ids=["/".join(fault) for fault in FAULTS])
def test_fault_fails_its_rule_and_gets_its_cue(technique_id: str, rule_id: str) -> None:
    """With just that rule violated, it fails, and its cue is the first to be given."""
    technique = TECHNIQUES[technique_id]
    results, corrected = judged(technique, rule_id, Side.RIGHT)
    failed = [result.verdicts[rule_id] is Verdict.FAIL for result in results]
    assert sum(failed) > len(failed) / 2  # who rolls is still for a moment at each turning point
    assert corrected[:1] == [rule_id]


@pytest.mark.parametrize("technique", TECHNIQUES.values(), ids=lambda technique: technique.id)
def test_every_rule_has_a_fault(technique: Technique) -> None:
    """A rule that cannot be shown to fail is not a rule."""
    missing: list[Rule] = [rule for rule in technique.rules if rule.fault is None]
    assert missing == []
