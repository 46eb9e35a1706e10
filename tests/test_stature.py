"""The person's height: optional, checked, recorded, and what it makes more certain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from posecheck.catalog import load_technique
from posecheck.cli import app
from posecheck.landmarks import Side
from posecheck.live import LiveSession
from posecheck.pose import Track
from posecheck.result import ClipInfo, SessionResult
from posecheck.session import Session
from posecheck.stature import SHORTEST_CM, TALLEST_CM, USUAL_M, metres
from tests.recorded import recorded
from tests.test_phases import rolled

GLUTE = load_technique("glute-max-roll")


def checked(track: Track, height_cm: float | None) -> SessionResult:
    """A track as of a person so tall."""
    session = Session(GLUTE, Side.RIGHT, height_m=metres(height_cm))
    session.push_track(track)
    return session.finish(ClipInfo(name="track", duration_s=20.0, frames=len(track), size=track.size_px))[0]


def test_a_height_that_is_given_scales_lengths_and_makes_them_more_certain() -> None:
    """Twice: who is taller than was assumed has rolled further, and the error of not knowing is gone."""
    track = rolled(3.5, 10.5, length_m=0.14, period_s=3.0)
    unknown, tall = checked(track, None), checked(track, 190)
    assert (unknown.height_cm, tall.height_cm) == (None, 190.0)
    assert unknown.strokes is not None
    assert tall.strokes is not None
    before, after = unknown.strokes.length_cm, tall.strokes.length_cm
    assert before is not None
    assert after is not None
    assert after.mean == pytest.approx(before.mean * 1.90 / USUAL_M, rel=0.01)
    assert after.standard_error / after.mean < 0.75 * before.standard_error / before.mean
    assert [hold.held_s for hold in tall.holds] == pytest.approx([hold.held_s for hold in unknown.holds], abs=0.5)


def test_a_height_changes_nothing_where_nothing_is_rolled() -> None:
    """But for being recorded."""
    track = recorded("glute_roll_crossed")
    assert checked(track, 150).model_copy(update={"height_cm": None}) == checked(track, None)


@pytest.mark.parametrize("height_m", [172.0, 0.99, 2.31, float("nan")])
def test_a_height_of_nobody_is_refused(height_m: float) -> None:
    """Centimetres for metres above all; in a clip and before the camera."""
    with pytest.raises(ValueError, match=r"expected 1 to 2\.3 metres"):
        Session(GLUTE, Side.RIGHT, height_m=height_m)
    with pytest.raises(ValueError, match=r"expected 1 to 2\.3 metres"):
        LiveSession(GLUTE, Side.RIGHT, height_m=height_m)


@pytest.mark.parametrize(
    ("given", "limit"),
    [("1.72", SHORTEST_CM), ("99", SHORTEST_CM), ("231", TALLEST_CM)],
    ids=["metres", "less", "more"],
)
def test_the_command_line_names_what_it_takes(given: str, limit: int, tmp_path: Path) -> None:
    """A slip is said with the limit that it oversteps, before any work, and leaves no folder."""
    out = tmp_path / "out"
    line = ["analyze", "x.mp4", "--technique", "glute-max-roll", "--height", given, "--out", str(out)]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 2
    assert "--height" in done.output
    assert str(limit) in done.output
    assert not out.exists()


@pytest.mark.model
def test_a_height_given_to_the_demo_is_in_its_session(tmp_path: Path) -> None:
    """From the command line to session.json and the report."""
    line = ["demo", "-t", "glute-ball-release", "--height", "172", "--no-open", "-q", "--out", str(tmp_path)]
    assert CliRunner().invoke(app, line).exit_code == 0
    session = SessionResult.model_validate_json((tmp_path / "session.json").read_text(encoding="utf-8"))
    assert session.height_cm == 172.0
    assert "<li>Height <b>172 cm</b></li>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def choosing() -> None:
    """The choice as a page of its own."""
    import streamlit as st  # noqa: PLC0415 - AppTest runs this function's text

    from posecheck.ui.choose import choose  # noqa: PLC0415

    st.text(f"{choose().height_m}")


def test_the_pages_ask_for_it_where_it_matters() -> None:
    """Left out it is none; it is kept while a technique without rolling, which does not ask, is looked at."""
    page = AppTest.from_function(choosing, default_timeout=30).run()
    assert page.text[0].value == "None"
    page.number_input[0].set_value(165).run()
    assert page.text[0].value == "1.65"
    page.selectbox[0].set_value("figure-four-stretch").run()
    assert not page.number_input
    assert page.text[0].value == "None"
    page.selectbox[0].set_value("glute-max-roll").run()
    assert page.text[0].value == "1.65"


def test_a_technique_can_be_chosen_again_and_again() -> None:
    """Each choice holds, however often it is changed, and so does that of the side."""
    page = AppTest.from_function(choosing, default_timeout=30).run()
    for technique_id in ("figure-four-stretch", "glute-max-roll", "hip-flexor-roll", "glute-max-roll"):
        page.selectbox[0].set_value(technique_id).run()
        assert page.session_state["choice"].technique.id == technique_id
    for word, side in (("Left", Side.LEFT), ("Find it", None), ("Right", Side.RIGHT)):
        page.segmented_control[0].set_value(word).run()
        assert page.session_state["choice"].side is side


def test_what_is_assumed_is_what_the_help_says() -> None:
    """Somebody of the usual height is measured the same whether or not it is given."""
    track = rolled(3.5, 10.5, length_m=0.14, period_s=3.0)
    given, left_out = checked(track, 100 * USUAL_M).strokes, checked(track, None).strokes
    assert given is not None
    assert left_out is not None
    assert given.length_cm is not None
    assert left_out.length_cm is not None
    assert np.isclose(given.length_cm.mean, left_out.length_cm.mean)
