"""Which technique, and which side: asked in the same way on the live page and on the clip page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from posecheck.catalog import load_techniques
from posecheck.landmarks import Side
from posecheck.technique import Technique

_KEY = "choice"
USUAL: Final = "glute-max-roll"
"""Chosen until somebody chooses another one."""
_SIDES: dict[str, Side | None] = {"Left": Side.LEFT, "Right": Side.RIGHT, "Find it": None}


@dataclass(frozen=True)
class Choice:
    """A technique and the side it is done on; None: found from the picture."""

    technique: Technique
    side: Side | None


def offer(technique: Technique) -> None:
    """Make a technique the one that is chosen next, on the side chosen before."""
    kept: Choice | None = st.session_state.get(_KEY)
    st.session_state[_KEY] = Choice(technique, kept.side if kept else Side.RIGHT)


def choose() -> Choice:
    """Ask for technique and side; the answer is kept from page to page within this browser session."""
    techniques = load_techniques()
    kept: Choice | None = st.session_state.get(_KEY)
    ids = list(techniques)
    sides = list(_SIDES)
    usual = kept.technique.id if kept else USUAL
    left, right = st.columns([3, 2], gap="large", vertical_alignment="bottom")
    technique_id = left.selectbox(
        "Technique",
        ids,
        index=ids.index(usual) if usual in ids else 0,
        format_func=lambda key: techniques[key].name,
    )
    side = right.segmented_control(
        "Side you work on",
        sides,
        default=next(word for word, value in _SIDES.items() if value is (kept.side if kept else Side.RIGHT)),
        required=True,
        help="Your own left or right. “Find it” looks at the picture to tell which side you are working on.",
    )
    choice = Choice(techniques[technique_id], _SIDES[str(side)])
    st.session_state[_KEY] = choice
    return choice
