"""What is being done, large beside the camera, and what was done when, on the pages of a result."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from posecheck.catalog import load_technique
from posecheck.landmarks import Side
from posecheck.phase import Pace, Phase
from posecheck.result import FrameResult, HoldState, Verdict
from posecheck.ui.course import meanwhile, now_strip
from posecheck.ui.style import rule_list

GLUTE = load_technique("glute-max-roll")
BEFORE = HoldState(0.0, 30.0, 0.0, 0.0, in_position=False, active=False)
NOW = FrameResult(1.0, None, Side.RIGHT, {}, {}, BEFORE, None, False, (), Phase.SET_UP)


def test_somebody_who_rolls_sees_it_with_pace_and_side() -> None:
    """The speed of the last stroke stands beside what is allowed; too fast is set off."""
    slow = now_strip(GLUTE, replace(NOW, phase=Phase.ROLL, pace=Pace(True, False, 7.2, 0.062, 0.006)))
    assert "<b>Rolling</b><span>for 7 s</span>" in slow
    assert '<div class="pace"><b>6 cm/s</b><span>at most 8 cm/s</span></div>' in slow
    assert "<b>Right</b><span>side worked on</span>" in slow
    fast = now_strip(GLUTE, replace(NOW, phase=Phase.ROLL, pace=Pace(True, True, 7.2, 0.14, 0.012)))
    assert '<div class="fast"><b>14 cm/s</b><span>too fast: at most 8 cm/s</span></div>' in fast


def test_a_pace_that_was_not_seen_is_no_number() -> None:
    """Before the first stroke has ended, and towards the camera, there is no speed."""
    unseen = now_strip(GLUTE, replace(NOW, phase=Phase.ROLL, pace=Pace(True)))
    assert "<b>? cm/s</b><span>pace not seen yet" in unseen


@pytest.mark.parametrize("phase", [Phase.SET_UP, Phase.HOLD, Phase.REST])
def test_who_does_not_roll_has_no_pace(phase: Phase) -> None:
    """Nor has a technique without rolling."""
    assert "cm/s" not in now_strip(GLUTE, replace(NOW, phase=phase))
    rolling = replace(NOW, phase=Phase.ROLL, pace=Pace(True, False, 1.0, 0.05, 0.01))
    assert "cm/s" not in now_strip(load_technique("figure-four-stretch"), rolling)


def test_a_hold_counts_up_and_a_change_of_sides_names_the_next() -> None:
    """Who holds sees how long of how long; who changes over sees the side that comes next."""
    held = replace(NOW, phase=Phase.HOLD, hold=HoldState(12.4, 30.0, 12.4, 12.4, in_position=True, active=True))
    assert "<b>Hold</b><span>12 of 30 s</span>" in now_strip(GLUTE, held)
    switching = now_strip(GLUTE, replace(NOW, phase=Phase.SWITCH))
    assert "<b>Changing sides</b>" in switching
    assert "<b>Left</b><span>comes next</span>" in switching


def test_between_cues_it_says_what_to_go_on_with() -> None:
    """Who rolls rolls on, who holds holds, and who swings in the position is not told to hold."""
    there = replace(NOW, phase=Phase.HOLD, hold=HoldState(12.4, 30.0, 12.4, 12.4, in_position=True, active=True))
    assert meanwhile(GLUTE, None) == "Looking for you…"
    assert meanwhile(GLUTE, NOW) == "Get into position"
    assert meanwhile(GLUTE, replace(there, phase=Phase.ROLL)) == "Roll on slowly"
    assert meanwhile(GLUTE, there) == "Good, hold it there"
    assert meanwhile(load_technique("hip-rotation-90"), there) == "Good, go on slowly"


def test_the_time_of_each_side_is_shown_while_it_goes_on() -> None:
    """One side's while there is one, both once both were worked on, and the first side's during the change."""
    one = replace(NOW, phase=Phase.HOLD, side_times_s={Side.RIGHT: 34.9})
    assert "<b>Right</b><span>in position 34 s right</span>" in now_strip(GLUTE, one)
    assert "<b>Left</b><span>comes next (so far 34 s right)</span>" in now_strip(
        GLUTE, replace(one, phase=Phase.SWITCH)
    )
    both = replace(one, side=Side.LEFT, side_times_s={Side.LEFT: 12.0, Side.RIGHT: 34.9})
    assert "<b>Left</b><span>in position 12 s left, 34 s right</span>" in now_strip(GLUTE, both)


def test_who_rolls_is_not_told_to_keep_still() -> None:
    """The rule that only rest is held waits for the hold; once the rolling is over it counts again."""
    moving = {rule.id: Verdict.PASS for rule in GLUTE.rules} | {"stay-still": Verdict.FAIL}
    rolling = rule_list(GLUTE, replace(NOW, verdicts=moving, pace=Pace(True)))
    assert '<li class="later"><span class="sign">·</span>Stay still<span class="word">for the hold</span>' in rolling
    assert "correct this" not in rolling
    assert "correct this" in rule_list(GLUTE, replace(NOW, verdicts=moving))
    dropped = [rule.id for rule in GLUTE.rules if rule not in GLUTE.while_rolling.rules]
    assert dropped == ["stay-still"]


def test_a_technique_for_both_sides_at_once_names_none() -> None:
    """There is no side to tell."""
    assert "side worked on" not in now_strip(load_technique("supine-adductor-stretch"), NOW)


def result_page() -> None:
    """The result of a session in which both sides were rolled."""
    from posecheck.landmarks import Side  # noqa: PLC0415 - AppTest runs this function's text
    from posecheck.phase import Phase, PhaseSpan, Spread, StrokeSummary  # noqa: PLC0415
    from posecheck.result import Asymmetry, SideSummary  # noqa: PLC0415
    from posecheck.safety_file import load_safety  # noqa: PLC0415
    from posecheck.ui.result_view import show_live_result  # noqa: PLC0415
    from tests import samples  # noqa: PLC0415

    times = [(0.0, 6.0, Phase.SET_UP), (6.0, 20.0, Phase.ROLL), (20.0, 72.0, Phase.HOLD)]
    length, speed = Spread(mean=12.4, sd=0.8, standard_error=1.3), Spread(mean=9.2, sd=0.4, standard_error=0.3)
    changes = {
        "phases": [PhaseSpan(start_s=start, end_s=end, phase=phase) for start, end, phase in times],
        "strokes": StrokeSummary(
            count=7, measured=6, time_s=14.0, length_cm=length, speed_cm_s=speed, too_fast_share=0.5
        ),
        "sides": {
            side: SideSummary(time_s=40.0, holds=[], hold_total_s=best_s, hold_best_s=best_s)
            for side, best_s in ((Side.LEFT, 21.5), (Side.RIGHT, 34.0))
        },
        "asymmetry": Asymmetry(hold_best_s=-12.5, sentence="The right side was held 12.5 s longer."),
    }
    result = samples.result().model_copy(update=changes)
    show_live_result(result, samples.timeline(), samples.technique(), load_safety(), lambda same: same)


def test_a_result_shows_phases_strokes_and_both_sides() -> None:
    """The strip in words for who does not see it, the strokes once, with their errors, the sides beside each other."""
    page = AppTest.from_function(result_page, default_timeout=60).run()
    assert not page.exception
    blocks = " ".join(block.proto.body for block in page.get("html"))
    assert 'aria-label="set-up from 0.0 s to 6.0 s; rolling from 6.0 s to 20.0 s; hold from 20.0 s to 72.0 s"' in blocks
    assert "cm" not in blocks
    assert '<span class="band"></span>target</li>' in blocks
    assert "<span>Side</span><b>left and right</b>" in blocks
    said = " ".join(text.value for text in page.markdown)
    assert "7 strokes of 12 ± 1 cm at 9 ± 1 cm a second" in said
    assert "Too fast\\: 50\\% of those measured" in said
    assert "held 12\\.5 s longer" in said
    sides = next(table.value for table in page.table if "Side" in table.value)
    assert sides["Longest"].tolist() == ["21.5\N{NO-BREAK SPACE}s", "34.0\N{NO-BREAK SPACE}s"]


@pytest.mark.parametrize(
    ("crossed", "foot", "expected"),
    [
        pytest.param(Verdict.UNSEEN, Verdict.PASS, "Stay there, looking again…", id="something is not seen"),
        pytest.param(Verdict.UNSEEN, Verdict.FAIL, "Keep the position", id="and something is wrong"),
        pytest.param(Verdict.PASS, Verdict.PASS, "Keep the position", id="all is right, as before the work begins"),
    ],
)
def test_who_holds_out_of_sight_is_not_told_to_get_there(crossed: Verdict, foot: Verdict, expected: str) -> None:
    """During a gap of the camera, or behind an arm, the position may be as it was; a rule that fails says otherwise."""
    paused = HoldState(12.4, 30.0, 12.4, 12.4, in_position=False, active=True)
    verdicts = {rule.id: Verdict.PASS for rule in GLUTE.rules} | {"leg-crossed": crossed, "foot-planted": foot}
    assert meanwhile(GLUTE, replace(NOW, hold=paused, verdicts=verdicts)) == expected
    assert meanwhile(GLUTE, replace(NOW, verdicts=verdicts)) == "Get into position"
