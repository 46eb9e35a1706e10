"""The clip page: upload, choose, analyse, read the report."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import streamlit as st

from posecheck.analysis import Analysis, analyze
from posecheck.errors import PosecheckError
from posecheck.safety_file import load_safety
from posecheck.technique import Technique
from posecheck.ui.belongings import belongings
from posecheck.ui.choose import Choice, choose
from posecheck.ui.done_right import show_done_right
from posecheck.ui.result_view import show_analysis
from posecheck.ui.uploads import EXTENSIONS, LIMIT_MB, Workspace, shown_name
from posecheck.ui.wording import SWAP_HELP, plain

_KEY = "clip"
_STEP = 0.01


@dataclass
class _Report:
    """The last analysis of this browser session, and the folder it lies in."""

    workspace: Workspace
    analysis: Analysis
    technique: Technique


def show() -> None:
    """Upload, choose, analyse; below it the report of the last analysis."""
    st.title("Analyse a clip")
    st.write("A phone video or a photo of the exercise. It stays here and is deleted when you close this page.")
    try:
        choice, safety = choose(), load_safety()
    except PosecheckError as error:
        st.error(plain(str(error)))
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        upload = st.file_uploader(
            f"Clip or photo (up to {LIMIT_MB} MB)",
            type=list(EXTENSIONS),
            key="upload",
            max_upload_size=LIMIT_MB,
            help=f"A file that ends in {', '.join(EXTENSIONS[:-1])} or {EXTENSIONS[-1]}.",
        )
        swap = choice.technique.people > 1 and st.toggle("Swap people", key="swap", help=SWAP_HELP)
        if st.button("Analyse", type="primary", disabled=upload is None) and upload is not None:
            _forget()
            _analyse(choice, upload.name, upload, swap)
        report: _Report | None = st.session_state.get(_KEY)
        if report and not report.workspace.folder.exists():
            _forget()
            st.info("The connection was lost for a moment, and the clip was deleted with it. Please upload it again.")
            report = None
        if report:
            st.markdown("**Done.** What came out stands below.")
    with right:
        if report is None:  # else what came out would begin a page further down
            show_done_right(choice.technique)
        st.caption(plain(f"{safety.stop} {safety.no_diagnosis}"))
    if report:
        show_analysis(report.analysis, report.technique)


def _analyse(choice: Choice, name: str, content: BytesIO, swap: bool) -> None:
    """Run the analysis under a progress bar; on an error say it, and keep nothing."""
    bar = st.progress(0.0, "Reading the clip…")
    shown, clip = shown_name(name), ""
    done = 0.0

    def progress(share: float) -> None:
        nonlocal done
        if share >= done + _STEP:
            done = share
            bar.progress(min(1.0, share), f"Analysing… {min(1.0, share):.0%}")

    try:
        workspace = Workspace()
        belongings().keep(_KEY, workspace)
        path = workspace.store(name, content)
        clip = str(path)
        results = workspace.folder / "results"
        analysis = analyze(
            path,
            choice.technique,
            choice.side,
            results,
            progress=progress,
            name=shown,
            height_m=choice.height_m,
            swap=swap,
        )
    except PosecheckError as error:
        belongings().give_back(_KEY)
        # The person knows the clip by its own name; where this machine put it is none of the page's business.
        problem = error.problem.replace(clip, shown) if clip else error.problem
        st.error(f"**{plain(problem)}** {plain(error.advice)}")
    else:
        st.session_state[_KEY] = _Report(workspace, analysis, choice.technique)
    finally:
        bar.empty()


def _forget() -> None:
    """Delete the last clip and all that was made of it."""
    st.session_state.pop(_KEY, None)
    belongings().give_back(_KEY)
