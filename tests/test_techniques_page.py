"""The page of the techniques: one at a time, chosen from all their names."""

from streamlit.testing.v1 import AppTest

from posecheck.catalog import load_techniques
from posecheck.ui.wording import plain


def page() -> None:
    """The page alone."""
    from posecheck.ui.techniques_page import show  # noqa: PLC0415 - AppTest runs this function's text

    show()


def test_a_technique_is_chosen_by_its_name() -> None:
    """The first is shown at the start, then the chosen one, with its rules and precautions."""
    techniques = load_techniques()
    shown = AppTest.from_function(page, default_timeout=30).run()
    assert not shown.exception
    chips = shown.button_group[0]
    assert len(chips.options) == len(techniques)
    assert plain(next(iter(techniques.values())).summary) in " ".join(each.value for each in shown.markdown)
    chips.set_value("outer-thigh-roll").run()
    words = " ".join(each.value for each in shown.markdown)
    assert plain(techniques["outer-thigh-roll"].summary) in words
    assert "outside of the knee" in shown.warning[0].value


def test_a_movement_is_told_with_all_that_is_asked_of_it() -> None:
    """From end to end, each end, tempo and speed, and that it goes on for a while; what is held is held."""
    shown = AppTest.from_function(page, default_timeout=30).run()
    chips = shown.button_group[0]
    chips.set_value("hip-rotation-90").run()
    words = " ".join(each.value for each in shown.markdown).replace("\\", "")
    assert (
        "Hip rotation: between 20° and 90° from end to end, inward (the foot goes out) between -45° and -5°, "
        "outward (the foot comes in) between 5° and 60°, between 4 and 12 s there and back, at most 25° a second."
    ) in words
    assert "Go on for 30 to 60 s" in words
    chips.set_value("figure-four-stretch").run()
    assert "Hold for 30" in " ".join(each.value for each in shown.markdown)


def test_what_the_camera_does_not_see_is_told_beside_what_is_checked() -> None:
    """In the words of the technique's file; where all is seen there is no such heading."""
    shown = AppTest.from_function(page, default_timeout=30).run()
    chips = shown.button_group[0]
    words = {}
    for name in ("adductor-roll", "glute-max-roll"):
        chips.set_value(name).run()
        words[name] = " ".join(each.value for each in shown.markdown)
    assert plain(load_techniques()["adductor-roll"].camera.unseen[0]) in words["adductor-roll"]
    assert "not seen from this camera" not in words["glute-max-roll"]
