"""Verdicts: bands, tolerance, errors, and never a guess."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.landmarks import Side
from posecheck.reference import RuleSide
from posecheck.result import Reading, Verdict
from posecheck.rules import in_position, judge, judge_rule
from posecheck.technique import Band, Rule
from tests.techniques import technique

RULE = Rule(
    id="knee-at-90",
    measure="knee_flexion",
    side=RuleSide.WORKING,
    target=Band(min=80, max=100),
    tolerance=5,
    max_error=10,
    cue="Bend your {side} knee",
)
PASS, FAIL, UNSEEN = Verdict.PASS, Verdict.FAIL, Verdict.UNSEEN


@pytest.mark.parametrize(
    ("value", "se", "before", "expected"),
    [
        pytest.param(90, 4, UNSEEN, PASS, id="in the band"),
        pytest.param(80, 2, FAIL, PASS, id="on its edge"),
        pytest.param(78, 4, FAIL, FAIL, id="below the band"),
        pytest.param(78, 4, PASS, PASS, id="within the tolerance once it passed"),
        pytest.param(74, 4, PASS, FAIL, id="past the tolerance"),
        pytest.param(103, 4, PASS, PASS, id="within the tolerance above"),
        pytest.param(106, 4, PASS, FAIL, id="past the tolerance above"),
        pytest.param(82, 5, UNSEEN, UNSEEN, id="in the band, but it may well lie outside"),
        pytest.param(82, 5, PASS, PASS, id="so near the edge, but it passed before"),
        pytest.param(73, 9, UNSEEN, FAIL, id="outside, likely enough"),
        pytest.param(77, 9, UNSEEN, UNSEEN, id="outside, but it may well lie inside"),
        pytest.param(90, 11, UNSEEN, UNSEEN, id="error too large"),
        pytest.param(90, 11, PASS, PASS, id="a little too large, but it was seen"),
        pytest.param(90, 13, PASS, UNSEEN, id="much too large"),
        pytest.param(30, 20, UNSEEN, FAIL, id="large error, but far outside"),
        pytest.param(60, 20, UNSEEN, UNSEEN, id="large error, not far enough outside"),
        pytest.param(math.nan, math.nan, PASS, UNSEEN, id="not measured"),
        pytest.param(90, math.nan, PASS, UNSEEN, id="no error, no value"),
        pytest.param(90, math.inf, PASS, UNSEEN, id="infinite error"),
    ],
)
def test_verdict(value: float, se: float, before: Verdict, expected: Verdict) -> None:
    """Each case of the table gives its verdict."""
    assert judge_rule(RULE, Reading(value, se), before) is expected


numbers = st.floats(-50, 250)
errors = st.floats(0, 60)
verdicts = st.sampled_from(list(Verdict))


@given(numbers, errors, verdicts)
def test_pass_lies_in_the_band_and_fail_outside(value: float, se: float, before: Verdict) -> None:
    """A pass is never outside band and tolerance, a fail never inside the band."""
    verdict = judge_rule(RULE, Reading(value, se), before)
    if verdict is PASS:
        assert 75 <= value <= 105
    if verdict is FAIL:
        assert not 80 <= value <= 100


@given(numbers, errors, st.floats(0, 40), verdicts)
def test_more_doubt_never_turns_fail_into_pass(value: float, se: float, more: float, before: Verdict) -> None:
    """Growing the error changes a verdict to unseen or not at all."""
    sure = judge_rule(RULE, Reading(value, se), before)
    doubtful = judge_rule(RULE, Reading(value, se + more), before)
    assert doubtful in (sure, UNSEEN)


def test_sides_are_those_of_the_working_leg() -> None:
    """A working rule reads the side worked on, an opposite rule the other, a missing column is unseen."""
    example = technique()
    readings = {"knee_flexion.right": Reading(90, 3), "foot_height.left": Reading(0.1, 0.1)}
    right = judge(example, Side.RIGHT, readings, {})
    assert (right["knee"], right["foot"]) == (PASS, PASS)
    left = judge(example, Side.LEFT, readings, {})
    assert (left["knee"], left["foot"]) == (UNSEEN, UNSEEN)


@pytest.mark.parametrize(
    ("knee", "foot", "advice", "expected"),
    [
        pytest.param(PASS, PASS, FAIL, True, id="advice does not count"),
        pytest.param(PASS, FAIL, PASS, False, id="one required rule fails"),
        pytest.param(PASS, UNSEEN, PASS, False, id="one required rule is unseen"),
    ],
)
def test_in_position(knee: Verdict, foot: Verdict, advice: Verdict, expected: bool) -> None:
    """Only required rules count, and unseen is not passed."""
    assert in_position(technique(), {"knee": knee, "foot": foot, "still": advice}) is expected
