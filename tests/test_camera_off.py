"""A camera whose word that it is off comes late: what it still says finds somebody to take it."""

import time
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from posecheck.catalog import load_technique
from posecheck.safety_file import load_safety
from posecheck.ui import live_page
from posecheck.ui.camera import KEY


def _shown() -> None:
    from posecheck.ui.live_page import show  # noqa: PLC0415

    show()


def test_a_camera_is_forgotten_only_when_the_page_has_been_shown_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its component calls back until then; what it called back for was gone, and the session out of reach."""
    monkeypatch.setattr(live_page, "camera", lambda *_, **__: (True, False))
    live = SimpleNamespace(technique=load_technique("glute-max-roll"))
    stopped_s = time.monotonic() - 10.0
    practice = live_page._Practice(live, load_safety(), started=True, over=True, on_air=True, finished_s=stopped_s)  # type: ignore[arg-type]
    page = AppTest.from_function(_shown, default_timeout=30)
    page.session_state[live_page._KEY] = practice
    page.session_state[KEY] = SimpleNamespace(state=SimpleNamespace(playing=True))
    page.run()
    assert not page.exception
    assert not practice.on_air
    assert KEY in page.session_state
    next(button for button in page.button if button.label == "Practise again").click().run()
    assert page.session_state[live_page._KEY] is not practice
    assert KEY not in page.session_state
