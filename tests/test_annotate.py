"""What is drawn over a frame: it says what the verdicts say, stays inside the frame, and leaves the input alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from posecheck.annotate import Annotator
from posecheck.catalog import load_technique
from posecheck.drawing.card import card_of
from posecheck.drawing.hud import RingLook, ring_look
from posecheck.drawing.layout import CUE_CAP_SHARE, banner_layout, frame_layout
from posecheck.drawing.lettering import CAP_HEIGHT, fit_text, shortened, text_mask, text_width
from posecheck.drawing.palette import AMBER, GREEN, VERDICT_COLOURS
from posecheck.drawing.placing import SteadyPlace, place_card
from posecheck.drawing.skeleton import Points, rule_edges, rule_landmarks, worst
from posecheck.drawing.wording import doing, rule_in_focus, scale_ends, target_text, value_text
from posecheck.landmarks import Landmark, Side
from posecheck.phase import Pace, Phase
from posecheck.pose import Pose
from posecheck.result import Cue, CueKind, FrameResult, HoldState, Reading, Verdict
from posecheck.technique import Rule, Technique

Image = NDArray[np.uint8]

PASS, FAIL, UNSEEN = Verdict.PASS, Verdict.FAIL, Verdict.UNSEEN
SIZE = (640, 480)
SIZES = [(640, 480), (720, 1280), (1080, 1920), (1768, 994), (1280, 720), (576, 576), (160, 120)]
GROUND = 90
NO_HOLD = HoldState(0.0, 30.0, 0.0, 0.0, in_position=False, active=False)
RULES: list[dict[str, Any]] = [
    {"id": "knee-bent", "measure": "knee_flexion", "side": "working", "target": {"min": 80, "max": 100}},
    {"id": "leg-crossed", "measure": "ankle_to_opposite_knee", "side": "working", "target": {"max": 0.35}},
]
JOINTS = {
    "SHOULDER": (0.30, 0.42),
    "ELBOW": (0.24, 0.55),
    "WRIST": (0.22, 0.68),
    "INDEX": (0.21, 0.71),
    "HIP": (0.48, 0.62),
    "KNEE": (0.62, 0.45),
    "ANKLE": (0.68, 0.70),
    "HEEL": (0.67, 0.73),
    "FOOT_INDEX": (0.74, 0.73),
}
"""A person sitting side-on, as shares of the frame; the right side lies a little further right."""


def make_technique(posture: str = "sitting", name: str = "Roll") -> Technique:
    """A technique with an angle and a distance."""
    return Technique.model_validate(
        {
            "schema_version": 1,
            "id": "roll",
            "name": name,
            "summary": "s",
            "sided": True,
            "muscles": ["m"],
            "camera": {"azimuth_deg": 0, "height_m": 1, "distance_m": 3, "advice": "a"},
            "setup": ["s"],
            "reference_pose": {"posture": posture, "trunk_inclination_deg": 30, "angles_deg": {}},
            "rules": [{"tolerance": 5, "cue": "Bend your {side} knee", **rule} for rule in RULES],
            "hold": {"target_s": 30, "maximum_s": 60},
            "precautions": ["p"],
            "aftercare": ["a"],
            "sources": ["s"],
        }
    )


def make_rule(**changes: Any) -> Rule:
    """The knee rule with changes."""
    return Rule.model_validate({"tolerance": 5, "cue": "Bend", **RULES[0], **changes})


def make_pose(size: tuple[int, int] = SIZE, **moved: tuple[float, float]) -> Pose:
    """The sitting person in a frame of a size, some landmarks moved to other pixels."""
    points = np.full((33, 2), 0.1)
    for joint, (x, y) in JOINTS.items():
        points[Landmark[f"LEFT_{joint}"]] = x, y
        points[Landmark[f"RIGHT_{joint}"]] = x + 0.05, y + 0.02
    points *= size
    for name, place in moved.items():
        points[Landmark[name]] = place
    return Pose(0.0, points, np.zeros((33, 3)), np.ones(33), size)


def make_result(pose: Pose | None, verdicts: tuple[Verdict, Verdict] = (PASS, PASS), **changes: Any) -> FrameResult:
    """A frame's result while the left side is worked on."""
    fields: dict[str, Any] = {
        "readings": {"knee_flexion.left": Reading(72.0, 4.0), "ankle_to_opposite_knee.left": Reading(0.6, 0.1)},
        "hold": NO_HOLD,
        "cue": None,
        "said": False,
        "unseen": (),
        **changes,
    }
    by_rule = {"knee-bent": verdicts[0], "leg-crossed": verdicts[1]}
    return FrameResult(time_s=1.0, pose=pose, side=Side.LEFT, verdicts=by_rule, **fields)


def make_cue(text: str, kind: CueKind = CueKind.CORRECTION, rule: str = "knee-bent") -> Cue:
    """A cue."""
    return Cue(0.0, rule, text, kind)


def ground(size: tuple[int, int] = SIZE) -> Image:
    """An even grey frame, on which everything that is drawn shows."""
    return np.full((size[1], size[0], 3), GROUND, dtype=np.uint8)


def draw(result: FrameResult, size: tuple[int, int] = SIZE, posture: str = "sitting") -> Image:
    """The frame drawn by a fresh annotator."""
    return Annotator(make_technique(posture)).draw(ground(size), result)


def count(image: Image, colour: tuple[int, int, int]) -> int:
    """How many pixels have exactly this colour."""
    return int(np.all(image == colour, axis=2).sum())


def along_thigh(image: Image) -> Image:
    """Pixels of the left thigh's middle line, away from its joints."""
    start, end = np.array(JOINTS["HIP"]) * SIZE, np.array(JOINTS["KNEE"]) * SIZE
    steps = np.rint(start + np.linspace(0.2, 0.8, 60)[:, None] * (end - start)).astype(int)
    pixels: Image = image[steps[:, 1], steps[:, 0]]
    return pixels


# --- the frame itself ---


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("posture", ["sitting", "standing"])
def test_the_frame_is_copied_and_its_size_kept(size: tuple[int, int], posture: str) -> None:
    """The drawn frame is a new contiguous image of the same size; the input keeps every pixel."""
    image = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    before = image.copy()
    result = make_result(make_pose(size), (FAIL, UNSEEN), cue=make_cue("Bend your left knee"))
    drawn = Annotator(make_technique(posture)).draw(image, result)
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8
    assert drawn.flags.c_contiguous
    assert not np.shares_memory(drawn, image)
    assert np.array_equal(image, before)
    assert not np.array_equal(drawn, image)


def test_padded_and_read_only_rows_are_accepted() -> None:
    """A frame whose rows are padded, as decoders hand out, or that may not be written to, is drawn all the same."""
    padded = np.full((480, 700, 3), GROUND, dtype=np.uint8)[:, :640]
    padded.setflags(write=False)
    result = make_result(make_pose(), (FAIL, PASS))
    assert np.array_equal(Annotator(make_technique()).draw(padded, result), draw(result))


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(np.zeros((48, 64), np.uint8), id="grey"),
        pytest.param(np.zeros((48, 64, 4), np.uint8), id="with alpha"),
        pytest.param(np.zeros((48, 64, 3), np.float32), id="floating point"),
        pytest.param(np.zeros((0, 64, 3), np.uint8), id="empty"),
    ],
)
def test_what_is_not_an_rgb_image_is_refused(image: Any) -> None:
    """Another shape or type is named in the error."""
    with pytest.raises(ValueError, match="expected uint8"):
        Annotator(make_technique()).draw(image, make_result(None))


def test_a_pose_of_another_frame_size_is_scaled() -> None:
    """Landmarks found in a larger frame land in the same place of a smaller one."""
    small, large = make_pose(SIZE), make_pose((1280, 960))
    assert np.array_equal(draw(make_result(small, (FAIL, PASS))), draw(make_result(large, (FAIL, PASS))))


def test_sessions_side_by_side_draw_the_same() -> None:
    """Frames drawn on several threads at once are those drawn one after the other."""
    results = [make_result(make_pose(), (FAIL, PASS), cue=make_cue(f"Cue number {n}, said aloud")) for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(draw, results))
    assert all(np.array_equal(a, draw(b)) for a, b in zip(together, results, strict=True))


# --- the skeleton ---


def test_verdicts_look_different_in_colour() -> None:
    """A limb is painted in the colour of its verdict and of no other."""
    for verdict in Verdict:
        thigh = along_thigh(draw(make_result(make_pose(), (verdict, UNSEEN))))
        shown = {other for other in Verdict if np.any(np.all(thigh == VERDICT_COLOURS[other], axis=1))}
        assert shown == {verdict}


def test_verdicts_look_different_without_colour() -> None:
    """Failing limbs are thicker than passing ones, and unseen ones are broken into dashes."""
    widths = {}
    for verdict in (PASS, FAIL):
        image = draw(make_result(make_pose(), (verdict, UNSEEN), readings={}))
        widths[verdict] = count(image[250:270, 330:380], VERDICT_COLOURS[verdict])
    assert widths[FAIL] > 1.2 * widths[PASS] > 0
    dashes = np.all(along_thigh(draw(make_result(make_pose(), (UNSEEN, UNSEEN)))) == VERDICT_COLOURS[UNSEEN], axis=1)
    assert np.count_nonzero(np.diff(dashes.astype(int))) >= 4


def test_verdicts_can_be_told_apart_with_red_green_blindness() -> None:
    """As a person without green cones sees them, the verdicts differ in lightness or hue by a wide margin."""
    # Deuteranopia after Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
    seen = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
    linear = (np.array([VERDICT_COLOURS[verdict] for verdict in Verdict]) / 255) ** 2.2
    shown = np.clip(linear @ seen.T, 0, 1) ** (1 / 2.2)
    distances = [np.linalg.norm(shown[i] - shown[j]) for i in range(3) for j in range(i)]
    assert min(distances) > 0.15
    assert np.linalg.norm(shown[0] - shown[1]) > 0.4


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        pytest.param([PASS, PASS], PASS, id="all pass"),
        pytest.param([PASS, UNSEEN], UNSEEN, id="one unseen is never shown as passed"),
        pytest.param([PASS, UNSEEN, FAIL], FAIL, id="a failure shows"),
        pytest.param([], None, id="no rule"),
    ],
)
def test_a_limb_of_several_rules_shows_the_worst(verdicts: list[Verdict], expected: Verdict | None) -> None:
    """Green only when every rule passes."""
    by_rule = {str(n): verdict for n, verdict in enumerate(verdicts)}
    assert worst(tuple(by_rule), by_rule) is expected


def test_a_rule_without_verdict_counts_as_unseen() -> None:
    """What was not judged is not shown as passed."""
    assert worst(("missing",), {}) is UNSEEN


@pytest.mark.parametrize(
    ("changes", "side", "expected"),
    [
        pytest.param({}, Side.LEFT, {"LEFT_HIP", "LEFT_KNEE", "LEFT_ANKLE"}, id="working"),
        pytest.param({"side": "opposite"}, Side.LEFT, {"RIGHT_HIP", "RIGHT_KNEE", "RIGHT_ANKLE"}, id="opposite"),
        pytest.param(
            {"measure": "ankle_to_opposite_knee"},
            Side.RIGHT,
            {"RIGHT_ANKLE", "LEFT_KNEE", "LEFT_HIP"},
            id="across both sides",
        ),
        pytest.param(
            {"measure": "trunk_inclination", "side": None},
            Side.LEFT,
            {"LEFT_SHOULDER", "RIGHT_SHOULDER", "LEFT_HIP", "RIGHT_HIP"},
            id="whole body",
        ),
    ],
)
def test_a_rule_knows_its_landmarks(changes: dict[str, Any], side: Side, expected: set[str]) -> None:
    """Working and opposite follow the side being worked on."""
    assert {landmark.name for landmark in rule_landmarks(make_rule(**changes), side)} == expected


def test_a_joint_that_stands_alone_brings_its_limb() -> None:
    """The ankle that should lie on the other knee is drawn with its shank."""
    edges = rule_edges(make_rule(measure="ankle_to_opposite_knee"), Side.RIGHT)
    assert set(edges) == {(Landmark.LEFT_HIP, Landmark.LEFT_KNEE), (Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE)}


@pytest.mark.parametrize(
    "place",
    [
        pytest.param((-5.0, 200.0), id="left of the frame"),
        pytest.param((300.0, 480.0), id="just below the frame"),
        pytest.param((float("nan"), 200.0), id="unknown"),
        pytest.param((float("inf"), 200.0), id="infinite"),
        pytest.param((1e300, -1e300), id="far away"),
    ],
)
def test_a_landmark_outside_the_frame_paints_nothing(place: tuple[float, float]) -> None:
    """A joint outside the frame and the limbs that lead to it are left out; the rest is drawn."""
    gone = draw(make_result(make_pose(LEFT_KNEE=place), (PASS, UNSEEN)))
    assert np.all(along_thigh(gone) == GROUND)
    assert count(gone, VERDICT_COLOURS[PASS]) > 0


def test_a_pose_wholly_outside_the_frame_paints_no_person() -> None:
    """Nothing but the frame's own furniture is drawn when no landmark lies inside."""
    outside = replace(make_pose(), image_px=np.full((33, 2), -50.0))
    assert np.array_equal(draw(make_result(outside, (FAIL, FAIL))), draw(make_result(None)))


def test_an_unseen_landmark_is_hollow() -> None:
    """A joint that is not seen is drawn as an empty ring, also while a rule about it still has a verdict."""
    x, y = np.rint(np.array(JOINTS["ANKLE"]) * SIZE).astype(int)
    filled = draw(make_result(make_pose(), (PASS, PASS)))[y, x]
    hollow = draw(make_result(make_pose(), (PASS, PASS), unseen=(Landmark.LEFT_ANKLE,)))[y, x]
    assert tuple(filled) == VERDICT_COLOURS[PASS]
    assert hollow.max() < 60


def test_limbs_without_a_rule_need_to_be_seen() -> None:
    """A limb that no rule is about is left out when the model does not believe that it sees it."""
    hidden = replace(make_pose(), visibility=np.full(33, 0.2))
    arm = np.s_[200:255, 145:190]
    assert not np.all(draw(make_result(make_pose()))[arm] == GROUND)
    assert np.all(draw(make_result(hidden))[arm] == GROUND)


# --- the gauge ---


@pytest.mark.parametrize(
    ("verdicts", "cue", "expected"),
    [
        pytest.param((PASS, PASS), None, None, id="all is well"),
        pytest.param((FAIL, FAIL), None, "knee-bent", id="the first that fails"),
        pytest.param((FAIL, FAIL), make_cue("x", rule="leg-crossed"), "leg-crossed", id="the one the cue is about"),
        pytest.param((UNSEEN, FAIL), make_cue("x"), "leg-crossed", id="never an unseen one"),
        pytest.param((UNSEEN, UNSEEN), make_cue("x"), None, id="nothing seen"),
        pytest.param((FAIL, FAIL), make_cue("x", CueKind.VIEW), None, id="the cue is about the view"),
        pytest.param((PASS, PASS), make_cue("x", CueKind.PRAISE), "knee-bent", id="praise shows what was put right"),
    ],
)
def test_the_gauge_is_about_one_rule(verdicts: tuple[Verdict, Verdict], cue: Cue | None, expected: str | None) -> None:
    """Only the rule in question gets a gauge, and only with a value that was seen."""
    rule = rule_in_focus(make_technique(), make_result(make_pose(), verdicts, cue=cue))
    assert (rule and rule.id) == expected


def test_a_value_that_is_not_a_number_has_no_gauge() -> None:
    """A missing reading is not drawn, whatever the verdict says."""
    readings = {"knee_flexion.left": Reading(float("nan"), float("nan"))}
    assert rule_in_focus(make_technique(), make_result(make_pose(), (FAIL, UNSEEN), readings=readings)) is None


@pytest.mark.parametrize(
    ("reading", "verdict", "changes", "expected"),
    [
        pytest.param(Reading(72.3, 3.2), FAIL, {}, "72 ±4°", id="error rounded up"),
        pytest.param(Reading(79.7, 2.0), FAIL, {}, "79 ±2°", id="not rounded into the band from below"),
        pytest.param(Reading(100.2, 2.0), FAIL, {}, "101 ±2°", id="nor from above"),
        pytest.param(Reading(79.7, 2.0), PASS, {}, "80 ±2°", id="rounded when it passes"),
        pytest.param(Reading(-0.3, float("nan")), FAIL, {}, "0°", id="no negative zero, no unknown error"),
        pytest.param(
            Reading(0.352, 0.041), FAIL, {"measure": "foot_height", "target": {"max": 0.35}}, "0.36 ±0.05", id="length"
        ),
    ],
)
def test_a_value_is_written_with_its_error(
    reading: Reading, verdict: Verdict, changes: dict[str, Any], expected: str
) -> None:
    """Value, standard error and unit, rounded to the honest side."""
    assert value_text(make_rule(**changes), reading, verdict) == expected


@pytest.mark.parametrize(
    ("target", "text", "ends"),
    [
        pytest.param({"min": 80, "max": 100}, "» 80-100°", (50, 130), id="band"),
        pytest.param({"min": -10, "max": 10}, "» -10 to 10°", (-40, 40), id="around zero"),
        pytest.param({"min": 80}, "» at least 80°", (20, 140), id="open above"),
        pytest.param({"max": 20}, "» at most 20°", (-40, 80), id="open below"),
    ],
)
def test_a_target_is_written_and_scaled(target: dict[str, float], text: str, ends: tuple[float, float]) -> None:
    """The band in words, and a scale that reaches past it on both sides."""
    rule = make_rule(target=target)
    assert target_text(rule) == text
    assert scale_ends(rule) == ends


def test_a_probability_is_shown_from_0_to_100_percent() -> None:
    """Nothing lies beyond either end, so the scale has none."""
    rule = make_rule(measure="leg_crossed", target={"min": 50})
    assert target_text(rule) == "» at least 50%"
    assert scale_ends(rule) == (0, 100)


def test_the_gauge_shows_the_value() -> None:
    """Another value changes the picture; what is far past the scale stays on it."""

    def shown(value: float) -> Image:
        return draw(make_result(make_pose(), (FAIL, UNSEEN), readings={"knee_flexion.left": Reading(value, 3.0)}))

    assert not np.array_equal(shown(60.0), shown(70.0))
    assert shown(-900.0).shape == shown(1e9).shape


@given(
    size=st.sampled_from(SIZES),
    joint=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    before=st.none() | st.integers(0, 7),
    distance=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_a_card_never_leaves_the_frame(
    size: tuple[int, int], joint: tuple[float, float], before: int | None, distance: bool
) -> None:
    """Wherever the joint is, the whole card lies in the frame."""
    frame = frame_layout(*size, banner_on_top=True)
    rule = make_rule(measure="ankle_to_opposite_knee", target={"max": 0.35}) if distance else make_rule()
    card = card_of(rule, "0.60 ±0.10" if distance else "172 ±14°", frame)
    if card is None:
        assert min(size) < 200
        return
    at = (joint[0] * (size[0] - 1), joint[1] * (size[1] - 1))
    body = np.array([at])
    box, _ = place_card(card, at, frame, [frame.ring, frame.title], body, before)
    assert box.x >= 0
    assert box.y >= 0
    assert box.right <= size[0]
    assert box.bottom <= size[1]


def test_a_card_stays_clear_of_what_else_is_drawn() -> None:
    """The card covers neither the ring nor the title nor the banner while there is room elsewhere."""
    frame = frame_layout(*SIZE, banner_on_top=True)
    card = card_of(make_rule(), "72 ±4°", frame)
    assert card is not None
    banner = banner_layout("Bend your left knee a little more", frame).box
    taken = [frame.ring, frame.caption, frame.title, banner]
    for joint in ((600.0, 400.0), (320.0, 100.0), (20.0, 20.0), (400.0, 300.0)):
        box, _ = place_card(card, joint, frame, taken, np.array([joint]), None)
        assert sum(box.overlap_px(other) for other in taken) == 0


def test_a_card_does_not_tremble() -> None:
    """While its joint moves by a few pixels a card stays; it follows a joint that moves away."""
    frame, place, rule = frame_layout(*SIZE, banner_on_top=True), SteadyPlace(), make_rule()
    card = card_of(rule, "72 ±4°", frame)
    assert card is not None
    nothing_to_avoid = Points.of(replace(make_pose(), image_px=np.full((33, 2), -50.0)), frame)
    joints = [(300.0, 260.0), (304.0, 257.0), (296.0, 264.0), (340.0, 300.0)]
    boxes = [place.find(rule, card, joint, frame, (), nothing_to_avoid) for joint in joints]
    assert boxes[0] == boxes[1] == boxes[2] != boxes[3]


# --- the cue ---


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("posture", ["sitting", "standing"])
def test_the_cue_changes_the_banner_and_nothing_else(size: tuple[int, int], posture: str) -> None:
    """Two cues of one shape differ inside the banner only."""
    first, second = (
        draw(make_result(None, cue=make_cue(text, CueKind.PRAISE)), size, posture)
        for text in ("Lower your hip", "Lower your hip.")
    )
    frame = frame_layout(*size, banner_on_top=posture == "sitting")
    boxes = [banner_layout(text, frame).box for text in ("Lower your hip", "Lower your hip.")]
    changed = np.argwhere(np.any(first != second, axis=2))
    assert len(changed)
    assert changed[:, 1].min() >= min(box.x for box in boxes)
    assert changed[:, 1].max() < max(box.right for box in boxes)
    assert changed[:, 0].min() >= min(box.y for box in boxes)
    assert changed[:, 0].max() < max(box.bottom for box in boxes)


def test_kinds_of_cue_look_different() -> None:
    """The same words as correction, view, praise and hold give four pictures, in shape and not only in colour."""
    frame = frame_layout(*SIZE, banner_on_top=True)
    icon = banner_layout("Hold it", frame).icon
    pictures = [draw(make_result(make_pose(), cue=make_cue("Hold it", kind))) for kind in CueKind]
    shapes = [p[icon.y : icon.bottom, icon.x : icon.right].max(axis=2) > 128 for p in pictures]
    for i, one in enumerate(shapes):
        assert all(np.mean(one != other) > 0.1 for other in shapes[:i])


WORDS = st.text("abcdefghijklmnopqrstuvwxyzÄÖÜäöüß°.,:'-WM10", min_size=1, max_size=14)
CUES = st.lists(WORDS, min_size=1, max_size=9).map(lambda words: " ".join(words)[:90].strip())


@given(
    width=st.integers(1, 2000),
    height=st.integers(1, 2000),
    cue=CUES | st.text(max_size=120),
    on_top=st.booleans(),
)
@settings(deadline=None, max_examples=150)
def test_text_never_leaves_the_frame(width: int, height: int, cue: str, on_top: bool) -> None:
    """Every line of the banner, as wide and as high as its letters are, lies inside banner and frame."""
    frame = frame_layout(width, height, banner_on_top=on_top)
    layout = banner_layout(cue, frame)
    block = layout.text
    for number, line in enumerate(block.lines):
        rows, columns = text_mask(line, block.size_px).shape
        assert layout.text_x + columns <= layout.box.right <= width
        top = layout.text_y + number * block.pitch
        assert 0 <= layout.box.y <= top
        assert top + rows <= layout.box.bottom <= height


@given(size=st.sampled_from(SIZES), cue=CUES, on_top=st.booleans())
@settings(deadline=None, max_examples=100)
def test_no_letter_of_a_cue_is_lost(size: tuple[int, int], cue: str, on_top: bool) -> None:
    """A cue of up to 90 letters is shown whole on every usual frame."""
    lines = banner_layout(cue, frame_layout(*size, banner_on_top=on_top)).text.lines
    assert "".join(lines).replace(" ", "") == cue.replace(" ", "")


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (1768, 994), (1920, 1080), (160, 120)], ids=str)
def test_a_cue_is_read_from_three_metres(size: tuple[int, int]) -> None:
    """A cue of usual length has capitals of an eighteenth of the frame height, in at most three lines."""
    text = banner_layout("Put your right ankle on the left knee", frame_layout(*size, banner_on_top=True)).text
    capital = np.flatnonzero(text_mask("H", text.size_px).max(axis=1) > 128)
    assert text.size_px * CAP_HEIGHT >= CUE_CAP_SHARE * size[1]
    assert len(capital) >= int(CUE_CAP_SHARE * size[1])
    assert len(text.lines) <= 3


def test_a_long_cue_gets_smaller_letters_not_more_lines() -> None:
    """Ninety letters still stand on three lines of a landscape frame."""
    cue = "Push your left knee gently outward until you feel the stretch deep in the seat, then stay."
    block = banner_layout(cue, frame_layout(*SIZE, banner_on_top=True)).text
    assert len(cue) == 90
    assert len(block.lines) <= 3
    assert " ".join(block.lines) == cue


@pytest.mark.parametrize("letter", "äöüÄÖÜßé°»±…·'", ids=str)
def test_letters_beyond_ascii_are_written(letter: str) -> None:
    """Umlauts, degree sign and guillemets have a shape of their own, not the question mark of a missing one."""
    mask, question = text_mask(letter, 60), text_mask("?", 60)
    assert mask.max() == 255
    assert mask.shape != question.shape or not np.array_equal(mask, question)


def test_accents_and_tails_are_not_cut() -> None:
    """The tallest accent and the deepest tail have an empty row beyond them."""
    mask = text_mask("ÄÅÉjgÇ", 70)
    assert not mask[0].any()
    assert not mask[-1].any()


def test_a_line_that_is_too_wide_is_shortened() -> None:
    """A title ends in an ellipsis when it does not fit, and vanishes when nothing fits."""
    assert shortened("Half-kneeling  stretch", 20, 1000) == "Half-kneeling stretch"
    short = shortened("Half-kneeling stretch", 20, 120)
    assert short.endswith("…")
    assert text_width(short, 20) <= 120
    assert shortened("Half-kneeling stretch", 20, 3) == ""


def test_lines_are_balanced() -> None:
    """A last line of one short word is avoided where the lines can be evened out."""
    width = text_width("Put your right ankle on the left", 40)
    lines = fit_text("Put your right ankle on the left knee", 40, width, 400, 3).lines
    assert lines == ("Put your right ankle", "on the left knee")


# --- nobody, title, hold ---


def test_nobody_in_view_is_shown_when_the_coach_says_so() -> None:
    """The picture is darkened for a cue about the view, and left as it is while no cue was given."""
    corner = np.s_[300:470, 10:60]
    gone = draw(make_result(None, (UNSEEN, UNSEEN), cue=make_cue("Step into the picture", CueKind.VIEW)))
    assert gone[corner].max() < GROUND
    assert np.all(draw(make_result(None, (UNSEEN, UNSEEN)))[corner] == GROUND)


def test_the_title_names_technique_and_side() -> None:
    """Another name or another side changes the top left of the picture."""
    result = make_result(None)
    corner = np.s_[:60, :320]
    first = draw(result)[corner]
    other_side = draw(replace(result, side=Side.RIGHT))[corner]
    other_name = Annotator(make_technique(name="Press")).draw(ground(), result)[corner]
    assert not np.array_equal(first, other_side)
    assert not np.array_equal(first, other_name)


def test_rolling_is_named_beside_the_side() -> None:
    """What the hold ring does not say, the title does; everything else would only be in the way."""
    result = make_result(None)
    assert {doing(replace(result, phase=phase)) for phase in (Phase.SET_UP, Phase.HOLD, Phase.REST)} == {""}
    assert doing(replace(result, phase=Phase.ROLL)) == "rolling"
    assert doing(replace(result, phase=Phase.SWITCH)) == "changing sides"


def test_what_is_for_the_hold_is_not_marked_wrong_while_rolling() -> None:
    """Who rolls is not to keep still yet: no gauge, no colour of failing; both come with the hold."""
    technique = load_technique("glute-max-roll")
    readings = {rule.measure if rule.side is None else "": Reading(0.2, 0.01) for rule in technique.rules}
    verdicts = {rule.id: PASS for rule in technique.rules} | {"stay-still": FAIL}
    held = replace(make_result(make_pose(), readings=readings), verdicts=verdicts)
    rolling = replace(held, phase=Phase.ROLL, pace=Pace(rolling=True))
    drawn = [Annotator(technique).draw(ground(), result) for result in (held, rolling)]
    failing, waiting = (count(image, VERDICT_COLOURS[FAIL]) for image in drawn)
    assert failing > 500
    assert waiting == 0


def test_a_long_name_keeps_its_side() -> None:
    """The name is shortened, never the side."""
    left, right = (
        Annotator(make_technique(name="A very long name " * 10)).draw(ground(), replace(make_result(None), side=side))
        for side in Side
    )
    assert not np.array_equal(left, right)


def ring(held_s: float, *, in_position: bool = True, active: bool = True, best_s: float = 0.0) -> Image:
    """The corner of the frame with the hold ring."""
    hold = HoldState(held_s, 30.0, best_s, best_s, in_position=in_position, active=active)
    box = frame_layout(*SIZE, banner_on_top=True).ring
    return draw(make_result(None, hold=hold))[box.y - 5 :, box.x - 5 :]


def test_the_hold_ring_advances() -> None:
    """The longer the hold, the more of the ring is green."""
    greens = [count(ring(held_s), GREEN) for held_s in (0.0, 0.5, 3.0, 10.0, 20.0, 29.9)]
    assert greens[0] == 0
    assert greens == sorted(set(greens))


@pytest.mark.parametrize("active", [True, False], ids=["hold under way", "no hold"])
@pytest.mark.parametrize("held_s", [0.0, 12.0, 31.0])
def test_nothing_runs_out_of_position(active: bool, held_s: float) -> None:
    """Out of position there is no green in the ring, and it does not look like a running one."""
    still = ring(held_s, in_position=False, active=active)
    assert count(still, GREEN) == 0
    assert not np.array_equal(still, ring(held_s))


def test_a_paused_hold_is_amber() -> None:
    """A pause keeps what was held, in amber."""
    assert count(ring(12.0, in_position=False), AMBER) > 100
    assert count(ring(12.0), AMBER) == 0


@pytest.mark.parametrize(
    ("held_s", "in_position", "active", "expected"),
    [
        pytest.param(0.0, False, False, RingLook.IDLE, id="before"),
        pytest.param(0.0, True, False, RingLook.IDLE, id="in position, no hold yet"),
        pytest.param(5.0, True, True, RingLook.RUNNING, id="holding"),
        pytest.param(5.0, False, True, RingLook.PAUSED, id="left for a moment"),
        pytest.param(30.0, True, True, RingLook.REACHED, id="target reached"),
        pytest.param(29.99, True, True, RingLook.RUNNING, id="a moment before"),
    ],
)
def test_the_ring_says_how_the_hold_stands(held_s: float, in_position: bool, active: bool, expected: RingLook) -> None:
    """Running only while in position, reached only at the target."""
    assert ring_look(HoldState(held_s, 30.0, 0.0, 0.0, in_position, active)) is expected


def test_remaining_seconds_are_rounded_up() -> None:
    """The middle of the ring keeps its number until a whole second is over, and never says 0 before the end."""
    middle = np.s_[35:70, 35:70]
    assert np.array_equal(ring(10.0)[middle], ring(10.9)[middle])
    assert not np.array_equal(ring(10.9)[middle], ring(11.0)[middle])


def test_the_best_hold_is_rounded_down() -> None:
    """The caption changes with whole seconds only."""
    assert np.array_equal(ring(5.0, best_s=12.0), ring(5.0, best_s=12.9))
    assert not np.array_equal(ring(5.0, best_s=12.9), ring(5.0, best_s=13.0))
    assert not np.array_equal(ring(5.0, best_s=0.0), ring(5.0, best_s=2.0))


# --- anything goes ---


COORDINATES = st.floats(-500, 2500) | st.sampled_from([float("nan"), float("inf"), -float("inf"), 0.0, 1e12])


@given(
    size=st.tuples(st.integers(1, 320), st.integers(1, 320)) | st.sampled_from(SIZES),
    points=arrays(np.float64, (33, 2), elements=COORDINATES, fill=st.floats(0, 300)),
    verdicts=st.tuples(st.sampled_from(Verdict), st.sampled_from(Verdict)),
    value=st.floats(allow_nan=True, allow_infinity=True),
    error=st.floats(min_value=0) | st.just(float("nan")),
    held_s=st.floats(0, 100),
    flags=st.tuples(st.booleans(), st.booleans()),
    cue=st.none()
    | st.builds(Cue, st.just(0.0), st.sampled_from(["knee-bent", "hold"]), CUES, st.sampled_from(CueKind)),
    posture=st.sampled_from(["sitting", "standing"]),
)
@settings(deadline=None, max_examples=120)
def test_any_frame_can_be_drawn(
    size: tuple[int, int],
    points: NDArray[np.float64],
    verdicts: tuple[Verdict, Verdict],
    value: float,
    error: float,
    held_s: float,
    flags: tuple[bool, bool],
    cue: Cue | None,
    posture: str,
) -> None:
    """Any size, any landmarks and any reading give a picture of the same size and leave the input alone."""
    pose = Pose(0.0, points, np.zeros((33, 3)), np.ones(33), size)
    hold = HoldState(held_s, 30.0, held_s, held_s, *flags)
    readings = {"knee_flexion.left": Reading(value, error), "ankle_to_opposite_knee.left": Reading(value, error)}
    image = ground(size)
    drawn = Annotator(make_technique(posture)).draw(
        image, make_result(pose, verdicts, cue=cue, hold=hold, readings=readings)
    )
    assert drawn.shape == image.shape
    assert np.all(image == GROUND)


def test_without_a_banner_the_cue_is_left_to_the_page() -> None:
    """Where a page shows the cue beside the picture, the picture does not repeat it over the person's head."""
    technique, result = make_technique(), make_result(make_pose(), (FAIL, PASS), cue=make_cue("Lower your hip"))
    bare = Annotator(technique, banner=False).draw(ground(), result)
    assert not np.array_equal(bare, Annotator(technique).draw(ground(), result))
    silent = Annotator(technique, banner=False).draw(ground(), make_result(make_pose(), (FAIL, PASS)))
    assert np.array_equal(bare, silent)
