"""The live page: prepare, practise before the camera, read the summary."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from posecheck.errors import PosecheckError
from posecheck.gesture import has_hand_signal
from posecheck.live import LiveSession, LiveState, Outcome
from posecheck.report.words import how_long
from posecheck.result import FrameResult, SafetyRecord, SessionResult
from posecheck.safety import Answers, Safety, record, with_safety
from posecheck.safety_file import load_safety
from posecheck.ui.afterwards import show_afterwards
from posecheck.ui.belongings import belongings
from posecheck.ui.camera import camera, forget, is_playing
from posecheck.ui.choose import Choice, choose
from posecheck.ui.course import meanwhile, now_strip
from posecheck.ui.done_right import show_done_right
from posecheck.ui.result_view import show_live_result
from posecheck.ui.screen import ask_again, passed_answers, reopen, show_screen
from posecheck.ui.style import KEYS_WORK, OUT_OF_SIGHT, cue_banner, hold_ring, rule_list, stop_line
from posecheck.ui.techniques_page import numbered, show_precautions
from posecheck.ui.wording import SWAP_HELP, plain

_KEY = "practice"
_REFRESH_S = 0.5
_CAMERA_OFF_S = 3.0
"""In which the camera is to say that it is off; on a busy machine its word may be late, or lost."""
_SLOW_HZ = 4.0
"""Below this many frames a second the person is told: from 2 downwards no hold can be counted."""


@dataclass
class _Practice:
    """What this browser session is doing on this page."""

    live: LiveSession
    safety: Safety
    answers: Answers = field(default_factory=Answers)
    started: bool = False
    over: bool = False
    on_air: bool = False
    outcome: Outcome | None = None
    kept: SafetyRecord | None = None
    finished_s: float = math.nan

    def finish(self) -> None:
        self.outcome = self.live.stop()
        self.over, self.finished_s = True, time.monotonic()

    def complete(self, result: SessionResult) -> SessionResult:
        """The result with what was asked before and after, as far as it was answered by now."""
        return with_safety(result, self.kept or record(self.safety, self.answers))


def show() -> None:
    """Prepare, practise, or the summary, whichever is due."""
    # The camera must keep its place in the page from Start to Stop, or the browser would open it anew.
    top = st.container()
    left, right = st.container(key="pc-live").columns([11, 9], gap="large")
    practice = _under_way()
    if practice and practice.over:
        _show_summary(practice, top, left)
        return
    if practice is None or not practice.started:
        with top:
            chosen = _choose()
        if chosen is None:
            return
        choice, safety = chosen
        practice = _practice_for(choice, safety, practice)
        answers = _prepare(choice, safety, left, right)
        if answers is None:
            return
        practice.answers = answers
        practice.live.warm_up()
    with left:
        if not practice.started:
            st.markdown("**Press Start, allow the camera, and step into the picture.**")
        playing, opening = camera(practice.live)
        if not practice.started:
            st.button("Change my answers", key="ask-again", on_click=reopen)
    if playing and practice.started:
        _show_practice(practice, top, right)
    elif practice.started and not opening:
        practice.on_air = False
        practice.finish()
        st.rerun()


def _under_way() -> _Practice | None:
    """The practice that was begun, if any, and whether its camera plays by now."""
    practice: _Practice | None = st.session_state.get(_KEY)
    if practice is None:
        forget()
    elif not practice.over and is_playing():
        practice.started = practice.on_air = True
    return practice


def leave() -> None:
    """Free what this page has in use: called when another page is shown."""
    st.session_state.pop(_KEY, None)
    belongings().give_back(_KEY)
    ask_again()


def _choose() -> tuple[Choice, Safety] | None:
    st.title("Practise before the camera")
    try:
        return choose(), load_safety()
    except PosecheckError as error:
        st.error(plain(str(error)))
        return None


def _practice_for(choice: Choice, safety: Safety, practice: _Practice | None) -> _Practice:
    """The session for this choice; another choice makes another session."""
    wanted = (choice.technique, choice.side, choice.height_m)
    if practice and (practice.live.technique, practice.live.side, practice.live.height_m) == wanted:
        return practice
    fresh = _Practice(LiveSession(choice.technique, choice.side, height_m=choice.height_m), safety)
    belongings().keep(_KEY, fresh.live)
    st.session_state[_KEY] = fresh
    return fresh


def _prepare(choice: Choice, safety: Safety, left: DeltaGenerator, right: DeltaGenerator) -> Answers | None:
    """What to know, beside the questions; their answers, once those allow to start."""
    answers, forbidden = passed_answers(choice.technique), False
    if answers is None:
        with left:
            forbidden = show_screen(safety, choice.technique)
    with right:
        _show_preparation(choice, safety, forbidden=forbidden)
    return answers


def _show_preparation(choice: Choice, safety: Safety, *, forbidden: bool) -> None:
    """What to know before starting; who must not start is not shown how to."""
    technique = choice.technique
    st.markdown(f"**{plain(technique.summary)}** {how_long(technique)}.")
    show_precautions(technique, safety)
    if forbidden:
        st.caption(plain(safety.no_diagnosis))
        return
    show_done_right(technique)
    st.markdown("**Camera.** " + plain(technique.camera.advice))
    st.markdown("**Getting into position**\n\n" + numbered(technique.setup))
    hand = ", or hold a hand above your head for a second" if has_hand_signal(technique) else ""
    st.markdown(f"**While you do it.** When the tension lets go, press L or the button{hand}. S or STOP ends it all.")
    st.caption("The picture stays on this machine. Nothing is uploaded or stored.")
    st.caption(plain(safety.no_diagnosis))


def _show_practice(practice: _Practice, top: DeltaGenerator, right: DeltaGenerator) -> None:
    with top:
        _cue_fragment(practice)
    with right:
        _panel_fragment(practice)
        st.html(KEYS_WORK, unsafe_allow_javascript=True)


@st.fragment(run_every=_REFRESH_S)
def _cue_fragment(practice: _Practice) -> None:
    """The cue and what is being done, kept up to date."""
    live = practice.live
    paused = live.state is LiveState.PAUSED
    latest = None if paused else live.latest
    banner = cue_banner(latest.cue if latest else None, "Paused" if paused else meanwhile(live.technique, latest))
    st.html(banner + (now_strip(live.technique, latest) if latest else ""))


@st.fragment(run_every=_REFRESH_S)
def _panel_fragment(practice: _Practice) -> None:
    """Hold clock, rules, pause and stop, kept up to date."""
    live = practice.live
    paused = live.state is LiveState.PAUSED
    if st.button("STOP", key="stop", type="primary", width="stretch", shortcut="S") or live.closed:
        practice.finish()
        st.rerun()
    st.html(stop_line(practice.safety.stop))
    if live.problem:
        st.warning(plain(live.problem))
    elif live.rate_hz is not None and live.rate_hz < _SLOW_HZ:
        st.warning(
            "This computer is too busy to follow you well. Close other programs; time it cannot see is not counted."
        )
    let_go, pause = st.columns([3, 2])
    let_go.button(
        "The tension let go", key="let-go", width="stretch", shortcut="L", on_click=live.release, disabled=paused
    )
    if paused:
        pause.button("Resume", key="resume", type="primary", width="stretch", shortcut="P", on_click=live.resume)
    else:
        pause.button("Pause", key="pause", width="stretch", shortcut="P", on_click=live.pause)
    if live.technique.people > 1:
        st.button("Swap people", key="swap", width="stretch", on_click=live.swap, help=SWAP_HELP)
    if live.latest:
        st.html(hold_ring(live.latest.hold, paused))
        st.html(rule_list(live.technique, live.latest))
        _show_side(live, live.latest)


def _show_side(live: LiveSession, latest: FrameResult) -> None:
    if live.technique.sided:
        found = "" if live.side else " (found from the picture)"
        st.caption(f"{plain(live.technique.name)}, {latest.side} side{found}")


@st.fragment
def _afterwards_fragment(practice: _Practice) -> None:
    """What helps now, and the pain after; answering it leaves the rest of the page as it is."""
    practice.kept, wanted = show_afterwards(practice.safety, practice.live.technique, practice.answers)
    if wanted:
        _begin_anew()


def _begin_anew() -> None:
    st.session_state.pop(_KEY)
    ask_again()
    st.rerun()


def _show_summary(practice: _Practice, top: DeltaGenerator, left: DeltaGenerator) -> None:
    technique = practice.live.technique
    practice.on_air = practice.on_air and not _is_late(practice)
    with top:
        st.title("Your session")
        _afterwards_fragment(practice)
        if practice.outcome is None:
            st.info("The camera was stopped before a picture could be analysed.")
        else:
            result, timeline = practice.outcome
            ready = not practice.on_air
            show_live_result(result, timeline, technique, practice.safety, practice.complete, ready=ready)
        if st.button("Practise again", type="primary"):
            _begin_anew()
    if practice.on_air:
        with left:
            st.html(OUT_OF_SIGHT)
            practice.on_air, _ = camera(practice.live, stop=True)
        if not practice.on_air:
            st.rerun()
        _camera_off_fragment(practice)


@st.fragment(run_every=_REFRESH_S)
def _camera_off_fragment(practice: _Practice) -> None:
    """Go on without the camera's word once it is late: what was done must not be out of reach."""
    if practice.on_air and _is_late(practice):
        st.rerun()


def _is_late(practice: _Practice) -> bool:
    """Whether a camera that is to be switched off should have said long ago that it is."""
    return time.monotonic() - practice.finished_s > _CAMERA_OFF_S
