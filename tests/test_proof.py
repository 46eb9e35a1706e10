"""Every rule of every technique, proven through real pixels and the real model: it passes when it should, and fails."""

from functools import cache

import pytest

from posecheck.catalog import load_techniques
from posecheck.landmarks import Side
from posecheck.proof import Performance, perform
from posecheck.result import Verdict
from posecheck.technique import Rule, Technique

pytestmark = pytest.mark.model
TECHNIQUES = load_techniques()
FAULTS = [(technique.id, rule.id) for technique in TECHNIQUES.values() for rule in technique.rules if rule.fault]


@cache
def performed(technique_id: str, side: Side, fault: str | None = None) -> Performance:
    """What posecheck makes of the reference pose, or of a rule's fault."""
    return perform(TECHNIQUES[technique_id], side, fault)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("technique_id", sorted(TECHNIQUES))
def test_reference_pose_passes_every_rule(technique_id: str, side: Side) -> None:
    """From the recommended camera the reference pose passes every rule, and nothing is corrected."""
    done = performed(technique_id, side)
    others = {key: str(verdict) for key, verdict in done.results[-1].verdicts.items() if verdict is not Verdict.PASS}
    assert others == {}
    assert done.corrected == []


@pytest.mark.parametrize(("technique_id", "rule_id"), FAULTS, ids=["/".join(fault) for fault in FAULTS])
def test_fault_fails_its_rule_and_gets_its_cue(technique_id: str, rule_id: str) -> None:
    """With just that rule violated, it fails, and its cue is the first to be given.

    Who does not keep still in a technique with rolling rolls, and is told to do it slower.
    """
    technique = TECHNIQUES[technique_id]
    done = performed(technique_id, Side.RIGHT, rule_id)
    failed = [result.verdicts[rule_id] is Verdict.FAIL for result in done.last_second]
    assert sum(failed) > len(failed) / 2  # who rolls is still for a moment at each turning point
    rolls = technique.rolling if technique.rule(rule_id) is technique.rest_rule else None
    assert done.corrected[:1] == (["rolling"] if rolls else [rule_id])


@pytest.mark.parametrize("technique_id", ["adductor-roll", "hip-flexor-roll"])
def test_who_is_pushed_up_on_straight_arms_is_still_face_down(technique_id: str) -> None:
    """The trunk's front then looks down at a slant; nobody is told to turn face down who is."""
    done = performed(technique_id, Side.RIGHT, "propped")
    assert {result.verdicts["face-down"] for result in done.last_second} == {Verdict.PASS}
    assert set(done.corrected) == {"propped"}


@pytest.mark.parametrize("technique", TECHNIQUES.values(), ids=lambda technique: technique.id)
def test_every_rule_has_a_fault(technique: Technique) -> None:
    """A rule that cannot be shown to fail is not a rule."""
    missing: list[Rule] = [rule for rule in technique.rules if rule.fault is None]
    assert missing == []
