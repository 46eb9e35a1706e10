"""The techniques: what each is for, how to get into it, what is checked, and when to leave it alone."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from posecheck.catalog import load_techniques
from posecheck.errors import PosecheckError
from posecheck.report.asked import asked_besides
from posecheck.report.words import how_long
from posecheck.safety import Safety, aftercare, precautions
from posecheck.safety_file import load_safety
from posecheck.technique import Technique
from posecheck.ui.done_right import show_done_right
from posecheck.ui.wording import example_cue, plain, rule_name, rule_words


def show() -> None:
    """One technique at a time, chosen from all their names."""
    st.title("Techniques")
    st.write("What each technique is for, how it is done, and what posecheck looks at.")
    try:
        techniques, safety = load_techniques(), load_safety()
    except PosecheckError as error:
        st.error(plain(str(error)))
        return
    names = {key: plain(technique.name) for key, technique in techniques.items()}
    first = next(iter(names))
    chosen = st.pills(
        "Technique", list(names), format_func=names.__getitem__, default=first, label_visibility="collapsed"
    )
    _show_technique(techniques[chosen or first], safety)


def _show_technique(technique: Technique, safety: Safety) -> None:
    st.markdown(f"#### {plain(technique.summary)}")
    st.markdown(f"**{how_long(technique)}.** Muscles: {plain(', '.join(technique.muscles))}.")
    left, right = st.columns(2, gap="large")
    with left:
        show_done_right(technique)
        st.subheader("How to do it")
        st.markdown(numbered(technique.setup))
        st.subheader("Where to put the camera")
        st.markdown(plain(technique.camera.advice))
    with right:
        show_precautions(technique, safety)
        st.subheader("Afterwards")
        st.markdown(bullets(aftercare(safety, technique)))
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("What is checked")
        _show_checks(technique)
    with right:
        if unseen := technique.camera.unseen:
            st.subheader("What is not seen from this camera")
            st.markdown(bullets(unseen))
        st.subheader("Sources")
        st.markdown(bullets(technique.sources))


def _show_checks(technique: Technique) -> None:
    """Rules, rolling and movement in words, with what is said when they fail."""
    for rule in technique.rules:
        st.markdown(f"**{rule_name(rule.id)}.** {plain(rule_words(rule))}  \n“{plain(example_cue(rule))}”")
    for what, asked, cue in asked_besides(technique):
        said = f"  \n“{plain(cue)}”" if cue else ""
        st.markdown(f"**{what}** {plain(asked)}{said}")


def show_precautions(technique: Technique, safety: Safety) -> None:
    """When to stop, when not to do it: set off, so that it is read."""
    stop, others = precautions(safety, technique)
    st.error(f"**{plain(stop)}**")
    if others:
        st.warning("**When not to do it**\n\n" + bullets(others))


def numbered(sentences: Iterable[str]) -> str:
    """Sentences as a numbered Markdown list."""
    return "\n".join(f"{i}. {plain(sentence)}" for i, sentence in enumerate(sentences, 1))


def bullets(sentences: Iterable[str]) -> str:
    """Sentences as a Markdown list."""
    return "\n".join(f"- {plain(sentence)}" for sentence in sentences)
