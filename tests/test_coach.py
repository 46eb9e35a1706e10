"""One cue at a time: safety first, then position, then the hold; not too soon, not too often."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from posecheck.coach import (
    ARRIVE_S,
    BREATH_S,
    COOLDOWN_S,
    HOLD,
    PERSIST_S,
    READY_S,
    UNSEEN_PERSIST_S,
    Coach,
)
from posecheck.endings import LEFT_VIEW
from posecheck.landmarks import Landmark, Side
from posecheck.phase import Phase
from posecheck.result import Cue, CueKind, HoldState, Reading, Verdict
from posecheck.sight import Obstacle, Reason
from posecheck.situation import Situation
from posecheck.technique import Priority, Technique
from tests.techniques import EXAMPLE, technique

PASS, FAIL, UNSEEN = Verdict.PASS, Verdict.FAIL, Verdict.UNSEEN
FPS = 20.0
OBSTACLE = Obstacle(Landmark.LEFT_ANKLE, Reason.OUT_OF_FRAME)
RIGHT = {"knee": PASS, "foot": PASS, "still": PASS}


def situation(
    time_s: float,
    verdicts: Mapping[str, Verdict],
    *,
    held_s: float = 0.0,
    knee_deg: float = 60.0,
    somebody: bool = True,
) -> Situation:
    """One frame for the coach."""
    right = all(verdicts[rule] is PASS for rule in ("knee", "foot"))
    hold = HoldState(held_s, 30.0, held_s, held_s, right, held_s > 0)
    obstacle = OBSTACLE if UNSEEN in (verdicts["knee"], verdicts["foot"]) else None
    readings = {"knee_flexion.right": Reading(knee_deg, 3.0)}
    return Situation(time_s, Side.RIGHT, verdicts, readings, hold, obstacle, somebody)


def coached(
    phases: Sequence[tuple[float, Mapping[str, Verdict]]], example: Technique | None = None
) -> tuple[list[tuple[float, Cue | None, bool]], list[Cue]]:
    """Run the coach through phases (seconds, verdicts); what it showed, and what it said."""
    coach, shown, start = Coach(example or technique()), [], 0.0
    for seconds, verdicts in phases:
        for i in range(round(seconds * FPS)):
            time_s = start + i / FPS
            shown.append((time_s, *coach.push(situation(time_s, verdicts))))
        start += seconds
    return shown, coach.said


def test_fault_is_said_after_it_persisted() -> None:
    """A fault is shown and said once it has lasted, in the words for its direction and side."""
    shown, said = coached([(ARRIVE_S, RIGHT), (3.0, {**RIGHT, "knee": FAIL})])
    first = next(time_s for time_s, cue, _ in shown if cue is not None)
    assert first == pytest.approx(ARRIVE_S + PERSIST_S[Priority.POSITION], abs=1.5 / FPS)
    assert [cue.text for cue in said] == ["Bend your right knee more"]


def first_cue_s(
    *, moves_until_s: float, phase: Phase = Phase.SET_UP, priority: Priority = Priority.POSITION
) -> float | None:
    """When a fault that is there from the first frame is said to somebody who moves for so long."""
    rules = [dict(rule) for rule in EXAMPLE["rules"]]
    rules[0] |= {"priority": priority.value}
    coach = Coach(technique(rules=rules))
    for i in range(round(12.0 * FPS)):
        now = situation(i / FPS, {**RIGHT, "knee": FAIL})
        moving = Reading(0.3 if i / FPS < moves_until_s else 0.01, 0.01)
        now = replace(now, readings={**now.readings, "stillness": moving}, phase=phase)
        if coach.push(now)[0] is not None:
            return i / FPS
    return None


@pytest.mark.parametrize(
    ("moves_until_s", "first_s"),
    [
        pytest.param(0.0, ARRIVE_S, id="who keeps still has a moment"),
        pytest.param(4.0, 4.0 + PERSIST_S[Priority.POSITION], id="who moves is left alone until they keep still"),
        pytest.param(12.0, READY_S, id="but not for ever"),
    ],
)
def test_who_is_on_the_way_into_position_is_not_corrected(moves_until_s: float, first_s: float) -> None:
    """A fault of the posture in which somebody starts is theirs to leave."""
    assert first_cue_s(moves_until_s=moves_until_s) == pytest.approx(first_s, abs=1.5 / FPS)


def test_what_safety_asks_and_who_has_been_in_position_do_not_wait() -> None:
    """They are corrected however they move."""
    safety = first_cue_s(moves_until_s=12.0, priority=Priority.SAFETY)
    assert safety == pytest.approx(PERSIST_S[Priority.SAFETY], abs=1.5 / FPS)
    later = first_cue_s(moves_until_s=12.0, phase=Phase.REST)
    assert later == pytest.approx(PERSIST_S[Priority.POSITION], abs=1.5 / FPS)


def test_brief_fault_is_not_said() -> None:
    """A fault shorter than that is passed over."""
    _, said = coached([(1.0, RIGHT), (0.4, {**RIGHT, "knee": FAIL}), (1.0, RIGHT)])
    assert said == []


def test_heavier_rule_first() -> None:
    """Of two faults of one priority the heavier is said, and only that one."""
    _, said = coached([(3.0, {"knee": FAIL, "foot": FAIL, "still": PASS})])
    assert {cue.rule for cue in said} == {"knee"}


def test_safety_before_position() -> None:
    """A light safety rule goes before a heavy rule of position."""
    rules = [dict(rule) for rule in EXAMPLE["rules"]]
    rules[1] |= {"priority": "safety", "weight": 0.1}
    _, said = coached([(3.0, {"knee": FAIL, "foot": FAIL, "still": PASS})], technique(rules=rules))
    assert said[0].rule == "foot"


def test_same_cue_waits_for_its_cooldown() -> None:
    """A fault that stays is said again after the cooldown, and shown all the while."""
    shown, said = coached([(20.0, {**RIGHT, "knee": FAIL})])
    times = [cue.time_s for cue in said]
    assert all(later - earlier >= COOLDOWN_S for earlier, later in itertools.pairwise(times))
    assert len(times) == 3
    assert all(cue is not None for time_s, cue, _ in shown if time_s > ARRIVE_S)


def test_one_breath_between_sentences() -> None:
    """Two different cues are never said closer together than a sentence takes."""
    _, said = coached([(1.0, {**RIGHT, "knee": FAIL}), (3.0, {**RIGHT, "foot": FAIL}), (4.0, RIGHT)])
    times = [cue.time_s for cue in said]
    assert all(later - earlier >= BREATH_S - 1e-9 for earlier, later in itertools.pairwise(times))


def test_praise_when_put_right() -> None:
    """The corrected rule is praised once it passes; a rule that was never corrected is not."""
    _, said = coached([(2.5, {**RIGHT, "knee": FAIL}), (3.0, RIGHT)])
    assert [cue.kind for cue in said] == [CueKind.CORRECTION, CueKind.PRAISE]
    assert said[1].text == "Good, the right knee is right"
    assert coached([(4.0, RIGHT)])[1] == []


@pytest.mark.parametrize("verdict", [FAIL, UNSEEN])
def test_no_praise_for_what_does_not_pass(verdict: Verdict) -> None:
    """Praise stops the moment its rule no longer passes, and unseen is never praised."""
    shown, _ = coached([(2.5, {**RIGHT, "knee": FAIL}), (0.6, RIGHT), (2.0, {**RIGHT, "knee": verdict})])
    praised = [time_s for time_s, cue, _ in shown if cue is not None and cue.kind is CueKind.PRAISE]
    assert max(praised) < 3.1
    unseen, _ = coached([(2.5, {**RIGHT, "knee": FAIL}), (3.0, {**RIGHT, "knee": UNSEEN})])
    assert not any(cue is not None and cue.kind is CueKind.PRAISE for _, cue, _ in unseen)


def test_unseen_asks_for_the_camera() -> None:
    """What cannot be seen is said as such after a while, and never as a fault."""
    shown, said = coached([(4.0, {**RIGHT, "foot": UNSEEN})])
    first = next(time_s for time_s, cue, _ in shown if cue is not None)
    assert first >= UNSEEN_PERSIST_S
    assert {(cue.rule, cue.kind) for cue in said} == {(LEFT_VIEW, CueKind.VIEW)}
    assert said[0].text == "I can't see your left ankle: move the camera back"


def test_known_fault_before_the_unseen() -> None:
    """A fault that is seen is said before something unseen."""
    assert coached([(4.0, {**RIGHT, "knee": FAIL, "foot": UNSEEN})])[1][0].rule == "knee"


def test_nobody_in_view() -> None:
    """With nobody in view the only cue is to step into the picture."""
    coach, cue = Coach(technique()), None
    for i in range(60):
        now = situation(i / FPS, dict.fromkeys(RIGHT, UNSEEN), somebody=False)
        cue, _ = coach.push(now)
    assert cue is not None
    assert cue.text.startswith("I can't see you")


def test_hold_is_announced_counted_down_and_done() -> None:
    """The hold is announced, its last 10 s and its end are said, each once."""
    coach = Coach(technique())
    for i in range(round(33 * FPS)):
        coach.push(situation(i / FPS, RIGHT, held_s=i / FPS))
    texts = [cue.text for cue in coach.said if cue.rule == HOLD]
    assert len(texts) == 3
    assert "hold it for 30 seconds" in texts[0]
    assert texts[1].startswith("10 seconds left")
    assert texts[2].startswith("Done")


def test_done_is_said_only_when_done() -> None:
    """One frame short of the target nothing is called done."""
    coach = Coach(technique())
    for i in range(round(29.9 * FPS)):
        coach.push(situation(i / FPS, RIGHT, held_s=i / FPS))
    assert not any(cue.text.startswith("Done") for cue in coach.said)


def test_value_decides_between_too_low_and_too_high() -> None:
    """Above the band the other cue is given; without a value the general one."""
    coach = Coach(technique(), patient=False)
    cue, said = coach.push(situation(0.0, {**RIGHT, "knee": FAIL}, knee_deg=130))
    assert cue is not None
    assert said
    assert cue.text == "Open your right knee a little"
    coach = Coach(technique(), patient=False)
    cue, _ = coach.push(situation(0.0, {**RIGHT, "knee": FAIL}, knee_deg=math.nan))
    assert cue is not None
    assert cue.text


def held(steps: Sequence[tuple[float, float, str | None, bool]], example: Technique) -> list[tuple[float, Cue]]:
    """What is said while all is right; steps are (time, held, enough, released in this frame)."""
    coach, said = Coach(example), []
    for time_s, held_s, enough, released in steps:
        hold = HoldState(held_s, 30.0, held_s, held_s, True, True, enough)
        cue, aloud = coach.push(Situation(time_s, Side.RIGHT, RIGHT, {}, hold, None, True, released))
        if cue is not None and aloud:
            said.append((time_s, cue))
    return said


def test_pressure_is_coached_during_the_hold_and_its_end_at_the_maximum() -> None:
    """After the announcement how strong it should feel, then the last seconds, the target, and that it is enough."""
    example = technique(hold={**EXAMPLE["hold"], "cue": "Intense but bearable on your {side} side"})
    said = held([(t / 5, min(t / 5, 60.0), "maximum" if t >= 300 else None, False) for t in range(330)], example)
    assert [(round(time_s), cue.text) for time_s, cue in said] == [
        (1, "That is the position: hold it for 30 seconds"),
        (6, "Intense but bearable on your right side"),
        (20, "10 seconds left: keep breathing"),
        (30, "Done: 30 seconds held. Let go slowly"),
        (60, "60 seconds are enough: ease off slowly and move on"),
    ]


@pytest.mark.parametrize("release_s", [3.0, 6.2, 20.2], ids=["calmly", "just after a cue", "just after another"])
def test_a_tension_that_let_go_is_praised(release_s: float) -> None:
    """The praise is said even if something else was said a moment before; then the person is told to move on."""
    example = technique(hold={**EXAMPLE["hold"], "cue": "Intense but bearable"})
    steps = [
        (t / 5, min(t / 5, release_s), "released" if t / 5 >= release_s else None, t / 5 == release_s)
        for t in range(150)
    ]
    (praised_s, praise), (_, after) = held(steps, example)[-2:]
    assert (praise.text, praise.kind) == ("Good, it let go: ease off slowly", CueKind.PRAISE)
    assert praised_s == pytest.approx(release_s, abs=BREATH_S + 0.3)
    assert after.text == "Move on: find the next spot, or rest"
