"""The questions before a session: quick to answer, and what the answers mean said at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import streamlit as st

from posecheck.safety import WORST_PAIN, Answers, Clearance, Outcome, PainScale, Safety, clearance, not_started
from posecheck.technique import Technique
from posecheck.ui.wording import label, plain

_ANSWERS = "answers"
_PASSED = "screen-passed"
_HINTS = {
    Outcome.UNANSWERED: "Tick what applies or that nothing does, say how much it hurts, and read the precautions.",
    Outcome.NEEDS_CLEARANCE: "Say how much it hurts, confirm the clearance, and read the precautions.",
}


def passed_answers(technique: Technique) -> Answers | None:
    """What was answered, once that allows to start this technique; None before."""
    answers: Answers | None = st.session_state.get(_ANSWERS)
    return answers if st.session_state.get(_PASSED) == technique.id else None


def reopen() -> None:
    """Show the questions again, with what was answered."""
    st.session_state.pop(_PASSED, None)


def ask_again() -> None:
    """Ask before the next session: what was ticked stays ticked, how much it hurts is asked anew."""
    reopen()
    if kept := st.session_state.get(_ANSWERS):
        st.session_state[_ANSWERS] = replace(kept, pain=None)


def show_screen(safety: Safety, technique: Technique) -> bool:
    """The questions, what the answers mean, and the way on when they allow it; tells whether they forbid to start."""
    kept: Answers = st.session_state.get(_ANSWERS) or Answers()
    st.subheader(plain(safety.ask))
    with st.container(gap="xsmall"):  # directly in a column, long labels would be cut short
        applies = [
            question.id
            for question in safety.questions
            if st.checkbox(label(question.question), question.id in kept.applies, key=f"asked-{question.id}")
        ]
        nothing = st.checkbox(label(safety.none_of_these), kept.none_of_these, key="asked-none")
    pain = ask_pain(safety.pain, safety.pain.before, "pain-before", kept.pain)
    answers = Answers(applies, nothing, pain)
    given = clearance(safety, answers)
    if given.outcome is Outcome.NEEDS_CLEARANCE:
        _say(given)
        confirmed = st.container().checkbox(label(safety.confirmation), key="confirmed")
        answers = replace(answers, confirmed=confirmed)
        given = clearance(safety, answers)
    else:
        _say(given)
    if given.outcome is Outcome.MUST_NOT_START:
        _offer_record(safety, answers, technique)
        return True
    read = st.container().checkbox(
        "I have read this technique's precautions and will keep to them.", key=f"read-{technique.id}"
    )
    ready = given.may_start and read
    st.button(
        "Go on to the camera",
        type="primary",
        disabled=not ready,
        on_click=_pass,
        args=[answers, technique.id],
        key="go-on",
    )
    if not ready:
        st.caption(_HINTS.get(given.outcome, "Read the precautions and tick the box."))
    return False


def _offer_record(safety: Safety, answers: Answers, technique: Technique) -> None:
    """What was answered and that it was not started, to be kept as a session is: by downloading it."""
    st.markdown("**Show this to who treats you.** Nothing is stored here: the record exists only if you keep it.")
    st.download_button(
        "Keep a record of this (JSON)",
        lambda: not_started(safety, answers, technique.id, datetime.now().astimezone()).model_dump_json(indent=2),
        file_name="not-started.json",
        mime="application/json",
        on_click="ignore",
        type="primary",
        width="stretch",
        key="not-started",
        help="What was asked and answered, when, and that nothing was started.",
    )


def _pass(answers: Answers, technique_id: str) -> None:
    st.session_state[_ANSWERS] = answers
    st.session_state[_PASSED] = technique_id


def _say(given: Clearance) -> None:
    """What the answers mean, in the words of the safety file."""
    if given.outcome is Outcome.MUST_NOT_START:
        st.error("**Please do not start today.**\n\n" + _lines(given.reasons))
    elif given.reasons:
        st.warning("**Ask a professional first.**\n\n" + _lines(given.reasons))
    if given.cautions:
        st.info(_lines(given.cautions))


def _lines(sentences: Sequence[str]) -> str:
    return "\n\n".join(plain(sentence) for sentence in sentences)


def ask_pain(words: PainScale, question: str, key: str, given: int | None = None) -> int | None:
    """Ask for a score from 0 to 10; None until it is given, never a number that nobody chose."""
    scores = list(range(WORST_PAIN + 1))
    score: int | None = st.segmented_control(label(question), scores, default=given, key=key)
    st.caption(f"0: {plain(words.none)}. {WORST_PAIN}: {plain(words.worst)}.")
    return score
