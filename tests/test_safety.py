"""What is asked before a session, what the answers mean, what is kept of them, and the file that says it all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from posecheck import terminal
from posecheck.catalog import load_technique, load_techniques, techniques_folder
from posecheck.errors import SafetyError, TechniqueError
from posecheck.report.content import safety_lines
from posecheck.safety import Answers, Consequence, Outcome, clearance, hurts_more, not_started, precautions, record
from posecheck.safety_file import load_safety, safety_schema
from posecheck.technique import Technique
from posecheck.ui.wording import plain

FILE = techniques_folder() / "safety.yaml"
GOOD = FILE.read_text(encoding="utf-8")
SAFETY = load_safety()
IDS = {each: [q.id for q in SAFETY.questions if q.means is each] for each in Consequence}
FORBIDS, CLEARANCE, CAUTION = IDS[Consequence.FORBIDS], IDS[Consequence.NEEDS_CLEARANCE], IDS[Consequence.CAUTION]
answers = st.builds(
    Answers,
    st.sets(st.sampled_from([question.id for question in SAFETY.questions])),
    st.booleans(),
    st.none() | st.integers(0, 10),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("given_answers", "outcome", "may_start"),
    [
        pytest.param(Answers(), Outcome.UNANSWERED, False, id="nothing answered"),
        pytest.param(Answers(none_of_these=True), Outcome.UNANSWERED, False, id="no pain score"),
        pytest.param(Answers(pain=0), Outcome.UNANSWERED, False, id="no question answered"),
        pytest.param(Answers(none_of_these=True, pain=0), Outcome.MAY_START, True, id="nothing applies"),
        pytest.param(Answers(CAUTION, pain=3), Outcome.MAY_START, True, id="a caution only"),
        pytest.param(Answers(["pregnancy"], pain=3), Outcome.NEEDS_CLEARANCE, False, id="not confirmed"),
        pytest.param(Answers(["pregnancy"], pain=3, confirmed=True), Outcome.NEEDS_CLEARANCE, True, id="confirmed"),
        pytest.param(Answers(["pregnancy"], confirmed=True), Outcome.NEEDS_CLEARANCE, False, id="without a score"),
        pytest.param(Answers(["pregnancy"], True, 3), Outcome.NEEDS_CLEARANCE, False, id="none of these, and one"),
        pytest.param(Answers((), True, 6), Outcome.MAY_START, True, id="pain below severe"),
        pytest.param(Answers((), True, 7), Outcome.NEEDS_CLEARANCE, False, id="severe pain"),
        pytest.param(Answers(["acute-injury"]), Outcome.MUST_NOT_START, False, id="forbidden at once"),
        pytest.param(Answers(["acute-injury"], True, 0, True), Outcome.MUST_NOT_START, False, id="whatever else"),
    ],
)
def test_the_strictest_answer_decides(given_answers: Answers, outcome: Outcome, may_start: bool) -> None:
    """Forbidding outweighs clearance, clearance outweighs caution, and nothing starts before all is answered."""
    given_clearance = clearance(SAFETY, given_answers)
    assert (given_clearance.outcome, given_clearance.may_start) == (outcome, may_start)


@given(answers)
def test_nobody_starts_who_should_not(given_answers: Answers) -> None:
    """Over all answers: what forbids is final, what needs clearance needs its confirmation, each with its reason."""
    given_clearance = clearance(SAFETY, given_answers)
    severe = given_answers.pain is not None and given_answers.pain >= 7
    if set(FORBIDS) & set(given_answers.applies):
        assert not given_clearance.may_start
        assert given_clearance.reasons
    elif set(CLEARANCE) & set(given_answers.applies) or severe:
        assert given_clearance.may_start == (given_answers.confirmed and given_answers.pain is not None)
        assert given_clearance.reasons
    else:
        answered = bool(given_answers.applies) or given_answers.none_of_these
        assert given_clearance.may_start == (answered and given_answers.pain is not None)
        assert not given_clearance.reasons
    assert len(given_clearance.cautions) == len(set(CAUTION) & set(given_answers.applies))


@given(answers, st.none() | st.integers(0, 10))
def test_the_record_says_what_was_answered(given_answers: Answers, after: int | None) -> None:
    """Every question has its answer in it; a confirmation that was not needed is not recorded as given."""
    kept = record(SAFETY, given_answers, after)
    assert list(kept.answers) == [question.id for question in SAFETY.questions]
    ticked = {question_id for question_id, yes in kept.answers.items() if yes}
    assert ticked - {"severe-pain"} == set(given_answers.applies) - {"severe-pain"}
    assert (kept.pain_before, kept.pain_after) == (given_answers.pain, after)
    assert (kept.clearance_confirmed is None) == (kept.outcome != Outcome.NEEDS_CLEARANCE)
    assert hurts_more(kept) == (after is not None and given_answers.pain is not None and after > given_answers.pain)
    assert json.loads(kept.model_dump_json())["outcome"] == clearance(SAFETY, given_answers).outcome


def test_the_report_says_what_was_asked() -> None:
    """Names and answers in words; what was not answered is said to be that."""
    kept = record(SAFETY, Answers(["pregnancy"], False, 3, confirmed=True))
    lines = dict(safety_lines(kept, SAFETY))
    assert lines["Asked before"] == "Pregnancy, or a birth in the last weeks"
    assert lines["Clearance by a professional"] == "Confirmed by the person"
    assert (lines["Pain before"], lines["Pain after"]) == ("3 of 10", "Not answered")
    assert dict(safety_lines(record(SAFETY, Answers((), True, 0), 4), SAFETY)) == {
        "Asked before": "None of the questions applied",
        "Pain before": "0 of 10",
        "Pain after": "4 of 10",
    }


def test_the_report_says_why_it_was_stopped() -> None:
    """In the words of the file; a reason that the file no longer has by its id; nothing where nothing was answered."""
    answered = Answers((), True, 2)
    assert ("Stopped because", "Numbness or tingling") in safety_lines(
        record(SAFETY, answered, None, "numbness"), SAFETY
    )
    assert ("Stopped because", "cramp") in safety_lines(record(SAFETY, answered, None, "cramp"), SAFETY)
    assert "Stopped because" not in dict(safety_lines(record(SAFETY, answered), SAFETY))


def test_what_forbade_to_start_is_kept() -> None:
    """The record says that nothing was started, why not in the words that were said, and all answers."""
    when = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
    kept = json.loads(
        not_started(SAFETY, Answers(["recent-surgery"], pain=4), "glute-max-roll", when).model_dump_json()
    )
    assert (kept["started"], kept["technique"], kept["answered"]) == (False, "glute-max-roll", "2026-03-01T18:30:00Z")
    assert kept["reasons"] == [question.say for question in SAFETY.questions if question.id == "recent-surgery"]
    assert kept["safety"]["outcome"] == "must_not_start"
    assert [question for question, yes in kept["safety"]["answers"].items() if yes] == ["recent-surgery"]
    assert kept["safety"]["pain_before"] == 4


@pytest.mark.parametrize("technique", load_techniques().values(), ids=lambda technique: technique.id)
def test_when_to_stop_is_said_once(technique: Technique) -> None:
    """In the technique's own words, which are more exact; without them in those of the safety file; nothing is lost."""
    stop, others = precautions(SAFETY, technique)
    assert [stop, *others] == technique.precautions
    silent = technique.model_copy(update={"precautions": others})
    assert precautions(SAFETY, silent) == (SAFETY.stop, others)


def test_everything_that_the_field_asks_about_is_asked() -> None:
    """Surgery, swelling, injury, hip replacement, thrombosis, pregnancy, blood thinners, severe or chronic pain."""
    asked = " ".join(question.question for question in SAFETY.questions).lower()
    for word in ("surgery", "incision", "swelling", "bruising", "acute injury", "hip replacement", "deep vein", "pregn",
                 "blood thinners", "severe pain", "three months"):  # fmt: skip
        assert word in asked
    assert "not a diagnosis" in SAFETY.no_diagnosis
    assert {"deep-vein-thrombosis", "acute-injury", "recent-surgery", "swelling-bruising"} == set(FORBIDS)
    after = " ".join(SAFETY.aftercare).lower()
    assert all(word in after for word in ("water", "stretch", "warmth", "cool"))


@pytest.mark.parametrize("technique", load_techniques().values(), ids=lambda technique: technique.id)
def test_every_technique_says_when_to_stop_how_strong_and_which_stretch(technique: Technique) -> None:
    """Its own precautions name the signs; the pressure is coached; the stretch that it names is there."""
    stop = technique.precautions[0].lower()
    assert all(word in stop for word in ("stop", "sharp", "shooting", "numbness", "tingling"))
    assert technique.hold.cue is not None
    assert technique.stretch is None or load_technique(technique.stretch).id != technique.id


def test_the_safety_file_is_no_technique() -> None:
    """It lies beside the techniques and is not listed, loaded or offered as one."""
    assert "safety" not in load_techniques()
    with pytest.raises(TechniqueError, match="no technique 'safety'"):
        load_technique("safety")


def test_the_committed_schema_fits_the_file() -> None:
    """Editors check by the schema beside the file; it says what the code says, and the file fits it."""
    written = json.loads((FILE.parent / "safety.schema.json").read_text(encoding="utf-8"))
    assert written == safety_schema(), "refresh it: posecheck safety --schema > reference_poses/safety.schema.json"
    jsonschema.Draft202012Validator(safety_schema()).validate(yaml.safe_load(GOOD))
    described = [*written["properties"].values(), *written["$defs"]["Question"]["properties"].values()]
    assert all(part.get("description") for part in described)


# what stands in the good file, what it is replaced with, the key it is about, what is said
BROKEN = {
    "unknown key": ("stop: Stop", "stopp: Stop", "stopp", "no such key; did you mean 'stop'?"),
    "unknown consequence": (
        "means: forbids",
        "means: forbid",
        "questions[0].means",
        "forbids, needs_clearance, caution",
    ),
    "missing sentence": ("ask: Does", "# ask: Does", "ask", "this key is missing"),
    "score off the scale": ("pain_from: 7", "pain_from: 11", "questions[7].pain_from", "at most 10"),
    "half a score": ("pain_from: 7", "pain_from: 7.5", "questions[7].pain_from", "found the number 7.5"),
    "no for a text": ("ask: Does", "ask: no #", "ask", "which YAML reads as false; put quotes"),
    "id twice": ("id: acute-injury", "id: deep-vein-thrombosis", "", "ids of questions must be unique"),
    "reason twice": ("id: other", "id: pain", "", "ids of reasons must be unique"),
    "other version": ("schema_version: 1", "schema_version: 2", "schema_version", "expected 1, found the number"),
    "not YAML": ("ask: Does", "\task: Does", "", "indented with a tab; use spaces"),
    "anchor": ("stop: Stop", "stop: &a Stop", "stop", "anchors (&a) are not used here"),
}


@pytest.mark.parametrize(("old", "new", "key", "words"), BROKEN.values(), ids=list(BROKEN))
def test_a_mistake_is_told_with_its_line_and_key(tmp_path: Path, old: str, new: str, key: str, words: str) -> None:
    """A safety file with one mistake gives an error that leads to it."""
    assert old in GOOD
    path = tmp_path / "safety.yaml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SafetyError) as caught:
        load_safety(path)
    assert str(path) in caught.value.problem
    assert words in caught.value.problem
    assert f", {key}: " in caught.value.problem if key else True
    assert "line " in caught.value.problem
    assert "technique" not in caught.value.advice


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "just text\n"], ids=["empty", "list", "text"])
def test_a_file_without_form_is_an_error(tmp_path: Path, content: str) -> None:
    """And so is a missing one."""
    path = tmp_path / "safety.yaml"
    with pytest.raises(SafetyError):
        load_safety(path)
    path.write_text(content)
    with pytest.raises(SafetyError):
        load_safety(path)


def test_the_command_line_shows_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Questions, when to stop and the statement are printed."""
    terminal.print_safety(SAFETY)
    printed = " ".join(capsys.readouterr().out.split())
    assert SAFETY.stop in printed
    assert "This is a training aid, not a diagnosis." in printed


def screen() -> None:
    """The screen as a page of its own."""
    import streamlit as st  # noqa: PLC0415 - AppTest runs this function's text

    from posecheck.catalog import load_technique  # noqa: PLC0415
    from posecheck.safety_file import load_safety  # noqa: PLC0415
    from posecheck.ui.screen import passed_answers, show_screen  # noqa: PLC0415

    technique = load_technique("glute-max-roll")
    show_screen(load_safety(), technique)
    passed = passed_answers(technique)
    st.text(f"passed: {passed.pain} {passed.confirmed}" if passed else "not passed")


def shown() -> AppTest:
    """The screen, run once."""
    return AppTest.from_function(screen, default_timeout=30).run()


def test_who_has_nothing_against_it_goes_on() -> None:
    """None of these, a score, the precautions: then, and only then, the way on is open."""
    page = shown()
    assert page.button("go-on").disabled
    page.checkbox("asked-none").check().run()
    page.segmented_control("pain-before").set_value(3).run()
    assert page.button("go-on").disabled
    page.checkbox("read-glute-max-roll").check().run()
    assert not page.button("go-on").disabled
    page.button("go-on").click().run()
    assert page.text[-1].value == "passed: 3 False"


def test_a_forbidding_answer_takes_the_way_on_away() -> None:
    """The page says why, in the words of the file, and has no button any more."""
    page = shown()
    page.checkbox("asked-recent-surgery").check().run()
    (error,) = page.error
    assert "Please do not start today" in error.value
    assert "before your surgeon allows it" in error.value
    assert not [button for button in page.button if button.key == "go-on"]
    (offered,) = page.get("download_button")
    assert (offered.proto.label, offered.proto.type) == ("Keep a record of this (JSON)", "primary")
    assert "the record exists only if you keep it" in page.markdown[-1].value
    assert page.text[-1].value == "not passed"


def live_page() -> None:
    """The live page alone."""
    from posecheck.ui.live_page import show  # noqa: PLC0415 - AppTest runs this function's text

    show()


def test_who_must_not_start_is_not_shown_how_to() -> None:
    """Once an answer forbids it, the way into the position is gone; when to leave it alone stays."""
    page = AppTest.from_function(live_page, default_timeout=60).run()
    technique = load_technique("glute-max-roll")

    def told() -> str:
        return " ".join(each.value for each in (*page.markdown, *page.warning, *page.caption))

    assert plain(technique.setup[0]) in told()
    page.checkbox("asked-recent-surgery").check().run()
    assert not page.exception
    assert plain(technique.setup[0]) not in told()
    assert plain(technique.camera.advice) not in told()
    assert plain(technique.precautions[-1]) in told()


def test_clearance_is_asked_for_and_kept() -> None:
    """An explicit confirmation opens the way, and stands in the answers."""
    page = shown()
    page.checkbox("asked-pregnancy").check().run()
    page.segmented_control("pain-before").set_value(0).run()
    page.checkbox("read-glute-max-roll").check().run()
    assert "Ask a professional first" in page.warning[0].value
    assert page.button("go-on").disabled
    page.checkbox("confirmed").check().run()
    page.button("go-on").click().run()
    assert page.text[-1].value == "passed: 0 True"


def afterwards() -> None:
    """The card after a session, as a page of its own."""
    import streamlit as st  # noqa: PLC0415 - AppTest runs this function's text

    from posecheck.catalog import load_technique  # noqa: PLC0415
    from posecheck.safety import Answers  # noqa: PLC0415
    from posecheck.safety_file import load_safety  # noqa: PLC0415
    from posecheck.ui.afterwards import show_afterwards  # noqa: PLC0415

    kept, _ = show_afterwards(load_safety(), load_technique("glute-max-roll"), Answers((), True, 2))
    st.text(f"{kept.stopped_because} {kept.pain_after}")


def test_why_it_was_stopped_is_asked_and_need_not_be_answered() -> None:
    """One tap is kept, and says what to heed; none is none, and the pain is asked all the same."""
    page = AppTest.from_function(afterwards, default_timeout=30).run()
    assert page.text[0].value == "None None"
    page.segmented_control("pain-after").set_value(1).run()
    assert page.text[0].value == "None 1"
    reasons = page.pills("stopped-because")
    assert reasons.options == [reason.reason for reason in SAFETY.stopping.reasons]
    reasons.set_value("pain").run()
    assert page.text[0].value == "pain 1"
    assert "Leave it for today" in page.warning[0].value
    page.pills("stopped-because").set_value("finished").run()
    assert not page.warning
