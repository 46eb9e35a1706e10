"""The page on which a technique is made by showing it: upload, choose the moment, look, take the file along."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import streamlit as st

from posecheck.errors import PosecheckError
from posecheck.landmarks import Side
from posecheck.new_technique import Demonstrated, Image, Span, demonstrate, duration_s, picture_at, reference_picture
from posecheck.still import encode_jpeg
from posecheck.ui.belongings import belongings
from posecheck.ui.new_technique_view import show_demonstrated
from posecheck.ui.uploads import EXTENSIONS, LIMIT_MB, Workspace, shown_name
from posecheck.ui.wording import plain

_KEY = "demonstration"
_SIDES: dict[str, tuple[Side | None, bool | None]] = {
    "Left": (Side.LEFT, None),
    "Right": (Side.RIGHT, None),
    "Both alike": (None, False),
    "Find it": (None, None),
}


@dataclass
class _Upload:
    """The clip of this browser session, the folder it lies in, and what was made of it, of which question."""

    upload_id: str
    workspace: Workspace
    path: Path
    shown: str
    duration_s: float | None
    frame: tuple[float, Image] | None = None
    asked: tuple[object, ...] = ()
    made: Demonstrated | None = None
    drawn: bytes | None = None


def show() -> None:
    """Upload, choose the moment, the side and the name; below it what was measured, and the file."""
    st.title("New technique")
    st.write(
        "A clip or photo of somebody who does it right becomes a technique: reference pose, rules, target bands. "
        "It stays here and is deleted when you close this page."
    )
    upload = st.file_uploader(
        f"Clip or photo (up to {LIMIT_MB} MB)", type=list(EXTENSIONS), key="shown", max_upload_size=LIMIT_MB
    )
    if upload is None:
        _forget()
        return
    try:
        kept = _kept(upload.file_id, upload.name, upload)
        _ask(kept)
    except PosecheckError as error:
        _forget()
        st.error(plain(str(error)))
        return
    if kept.made is not None:
        show_demonstrated(kept.made, kept.drawn)


def _ask(kept: _Upload) -> None:
    """Ask for the moment, the side and the name; measure when told to."""
    at = None
    if kept.duration_s is not None:
        middle_s = round(kept.duration_s / 2.0, 1)
        at = st.slider(
            "The moment at which it is done right", 0.0, kept.duration_s, middle_s, 0.1, "%.1f s", key="moment"
        )
    left, right = st.columns([3, 2], gap="large", vertical_alignment="bottom")
    name = left.text_input("Name of the technique", "my-technique", help="Small letters, digits and hyphens.")
    words = right.segmented_control("Side worked on", list(_SIDES), default="Find it", required=True)
    wanted = st.button("Measure this moment", type="primary")
    asked = (at, name.strip(), words)
    if asked != kept.asked:
        kept.made = kept.drawn = None
    if kept.made is None and not wanted:
        st.image(_frame(kept, at or 0.0), width=640)
    if not wanted:
        return
    side, sided = _SIDES[str(words)]
    kept.asked = asked
    try:
        with st.spinner("Looking at this moment…"):
            span = None if at is None else Span(at, at)
            kept.made = demonstrate(kept.path, name.strip(), span, side=side, sided=sided)
            picture = reference_picture(kept.made)
            kept.drawn = None if picture is None else encode_jpeg(picture)
    except PosecheckError as error:
        st.error(f"**{plain(error.problem.replace(str(kept.path), kept.shown))}** {plain(error.advice)}")


def _frame(kept: _Upload, at: float) -> Image:
    """The frame of the moment, read once."""
    if kept.frame is None or kept.frame[0] != at:
        with st.spinner("Reading the clip…"):
            kept.frame = (at, picture_at(kept.path, at))
    return kept.frame[1]


def _kept(upload_id: str, name: str, content: BytesIO) -> _Upload:
    """The upload on disk: written once, measured as often as the moment is changed."""
    kept: _Upload | None = st.session_state.get(_KEY)
    if kept and kept.upload_id == upload_id and kept.path.exists():
        return kept
    _forget()
    workspace = Workspace()
    belongings().keep(_KEY, workspace)
    path, shown = workspace.store(name, content), shown_name(name)
    try:
        kept = _Upload(upload_id, workspace, path, shown, duration_s(path))
    except PosecheckError as error:
        # The person knows the clip by its own name; where this machine put it is none of the page's business.
        raise type(error)(error.problem.replace(str(path), shown), error.advice) from error
    st.session_state[_KEY] = kept
    return kept


def _forget() -> None:
    """Delete the last clip and all that was made of it."""
    st.session_state.pop(_KEY, None)
    belongings().give_back(_KEY)
