"""After a session: what helps now, the matching stretch, and how much it hurts."""

from __future__ import annotations

import streamlit as st

from posecheck.catalog import load_techniques
from posecheck.result import SafetyRecord
from posecheck.safety import Answers, Safety, aftercare, hurts_more, record
from posecheck.technique import Technique
from posecheck.ui.choose import offer
from posecheck.ui.screen import ask_pain
from posecheck.ui.techniques_page import bullets
from posecheck.ui.wording import label, plain


def show_afterwards(safety: Safety, technique: Technique, answers: Answers) -> tuple[SafetyRecord, bool]:
    """The card of what to do now, why it was stopped, and the pain after.

    Returns
    -------
    tuple of SafetyRecord and bool
        What is kept with the session, and whether the stretch that was offered is wanted next.
    """
    with st.container(border=True, key="pc-afterwards"):
        left, right = st.columns(2, gap="large")
        with left:
            st.markdown("**What helps now**\n\n" + bullets(aftercare(safety, technique)))
        with right:
            because = _ask_reason(safety)
            after = ask_pain(safety.pain, safety.pain.after, "pain-after")
            kept = record(safety, answers, after, because)
            if hurts_more(kept):
                st.warning(plain(safety.pain.worse))
            wanted = _offer_stretch(technique)
    return kept, wanted


def _ask_reason(safety: Safety) -> str | None:
    """Why it was stopped: one tap, or none; what is to be heeded then is said."""
    reasons = {reason.id: label(reason.reason) for reason in safety.stopping.reasons}
    chosen = st.pills(label(safety.stopping.ask), list(reasons), format_func=reasons.__getitem__, key="stopped-because")
    reason = safety.stop_reason(chosen)
    if reason and reason.say:
        st.warning(plain(reason.say))
    return chosen


def _offer_stretch(technique: Technique) -> bool:
    """Offer the technique that gently stretches the same muscles, if this one names it and it is there."""
    stretch = load_techniques().get(technique.stretch) if technique.stretch else None
    if stretch is None:
        return False
    st.markdown(f"**Gentle stretch:** {plain(stretch.name)}")
    wanted = st.button("Do this stretch next", key="stretch")
    if wanted:
        offer(stretch)
    return wanted
