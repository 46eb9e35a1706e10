"""Which technique, which side, how tall: asked in the same way on the live page and on the clip page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from posecheck.catalog import load_techniques
from posecheck.landmarks import Side
from posecheck.stature import SHORTEST_CM, TALLEST_CM, WHY, metres
from posecheck.technique import Technique

_KEY = "choice"
_TECHNIQUE, _SIDE, _HEIGHT = "choose-technique", "choose-side", "choose-height"
USUAL: Final = "glute-max-roll"
"""Chosen until somebody chooses another one."""
_SIDES: dict[str, Side | None] = {"Left": Side.LEFT, "Right": Side.RIGHT, "Find it": None}


@dataclass(frozen=True)
class Choice:
    """A technique, the side it is done on (None: found from the picture), and the person's height, if it was given."""

    technique: Technique
    side: Side | None
    height_cm: int | None = None

    @property
    def height_m(self) -> float | None:
        """The height where it matters: lengths and speeds are those of rolling."""
        return metres(self.height_cm) if self.technique.rolling else None


def offer(technique: Technique) -> None:
    """Make a technique the one that is chosen next, on the side chosen before."""
    kept: Choice | None = st.session_state.get(_KEY)
    st.session_state[_KEY] = replace(kept, technique=technique) if kept else Choice(technique, Side.RIGHT)


def choose() -> Choice:
    """Ask for technique, side and height; the answer is kept from page to page within this browser session."""
    techniques = load_techniques()
    kept: Choice = st.session_state.get(_KEY) or Choice(
        techniques.get(USUAL, next(iter(techniques.values()))), Side.RIGHT
    )
    left, middle, right = st.columns([5, 3, 3], gap="medium", vertical_alignment="bottom")
    _begin_with(_TECHNIQUE, kept.technique.id if kept.technique.id in techniques else next(iter(techniques)))
    _begin_with(_SIDE, next(word for word, value in _SIDES.items() if value is kept.side))
    technique_id = left.selectbox(
        "Technique", list(techniques), format_func=lambda key: techniques[key].name, key=_TECHNIQUE
    )
    side = middle.segmented_control(
        "Side you work on",
        list(_SIDES),
        required=True,
        key=_SIDE,
        help="Your own left or right. “Find it” looks at the picture to tell which side you are working on.",
    )
    choice = Choice(techniques[technique_id], _SIDES[str(side)], kept.height_cm)
    if choice.technique.rolling:
        with right:
            choice = replace(choice, height_cm=_ask_height(kept.height_cm))
    st.session_state[_KEY] = choice
    return choice


def _ask_height(kept_cm: int | None) -> int | None:
    _begin_with(_HEIGHT, kept_cm)
    height_cm: int | None = st.number_input(
        "Height in cm (may be left out)",
        SHORTEST_CM,
        TALLEST_CM,
        None,
        1,
        key=_HEIGHT,
        placeholder="such as 172",
        help=WHY,
    )
    return height_cm


def _begin_with(key: str, value: object) -> None:
    """What a widget shows when it comes into the page; a default that changes later would make another widget of it."""
    st.session_state.setdefault(key, value)
