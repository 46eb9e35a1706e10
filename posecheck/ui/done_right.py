"""The short loop that shows a technique done right, where there is one."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from posecheck.shipped import picture_of
from posecheck.technique import Technique


def show_done_right(technique: Technique) -> None:
    """Show the way into the position; a technique without a picture shows nothing."""
    loop = picture_of(technique.id, "webp")
    if loop is not None:
        st.html(figure(technique.name, _encoded(loop)))


def figure(name: str, webp_base64: str) -> str:
    """The loop with its caption. It is part of the page, since `st.image` would keep its first frame only."""
    caption = escape(f"Done right: {name}, right side", quote=True)
    return (
        f'<figure class="pc-done-right"><img src="data:image/webp;base64,{webp_base64}" alt="{caption}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


@lru_cache(maxsize=32)
def _encoded(path: Path) -> str:
    return b64encode(path.read_bytes()).decode()
