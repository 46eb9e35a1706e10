"""The app: what every page shares, and the way between them. `streamlit run` starts this file."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from posecheck.ui import clip_page, live_page, new_technique_page, techniques_page
from posecheck.ui.style import CSS

logger = logging.getLogger(__name__)
ICON = Path(__file__).parent / "icon.svg"


def run() -> None:
    """Show the page that was chosen, and free what a page that was left had in use."""
    # The icon is a file of ours: Streamlit fetches a page icon given as :material/...: from the internet.
    st.set_page_config(page_title="posecheck", page_icon=str(ICON), layout="wide")
    st.html(f"<style>{CSS}</style>")
    live = st.Page(live_page.show, title="Live", url_path="live", default=True)
    clip = st.Page(clip_page.show, title="Clip", url_path="clip")
    techniques = st.Page(techniques_page.show, title="Techniques", url_path="techniques")
    new = st.Page(new_technique_page.show, title="New technique", url_path="new-technique")
    page = st.navigation([live, clip, techniques, new], position="top")
    if page is not live:
        live_page.leave()
    try:
        page.run()
    except Exception:  # whatever it is, the person is told what to do, and the log has the details
        logger.exception("A page could not be shown.")
        st.error("Something went wrong here. Reload the page and try again; the details are in the server's log.")


if __name__ == "__main__":
    run()
