"""A technique made by showing it: it works at once, says what it could not see, and never destroys a file."""

from __future__ import annotations

import errno
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from posecheck.catalog import load_file, load_technique, load_techniques
from posecheck.demonstration import Demonstration, Shown, demonstration_of
from posecheck.draft import draft_technique
from posecheck.errors import ClipError, NobodyFoundError, OutputError, PosecheckError, TechniqueError
from posecheck.landmarks import LANDMARK_COUNT, Side
from posecheck.measures import COLUMNS
from posecheck.new_technique import Demonstrated, Span, demonstrate
from posecheck.pose import Track
from posecheck.result import Verdict
from posecheck.samples import sample_clip
from posecheck.session import Session
from posecheck.several_looks import open_estimator
from posecheck.still import write_picture
from posecheck.technique import Technique
from posecheck.technique_file import write_technique
from posecheck.video import ClipReader
from tests.recorded import recorded
from tests.techniques import technique as example

ROLL = sample_clip("glute-max-roll").clip


@cache
def shown_roll() -> Demonstrated:
    """The technique made of the good clip's hold."""
    return demonstrate(ROLL, "my-glute-roll", Span(20.0, 20.0))


def frames_in_position(technique: Technique, clip: Path, start_s: float, end_s: float) -> list[dict[str, Verdict]]:
    """Verdicts of a part of a clip, its first second left out, in which everything settles."""
    session, verdicts, estimator = Session(technique, Side.RIGHT), [], open_estimator()
    with ClipReader(clip) as frames:
        for frame in frames:
            if frame.time_s > end_s:
                break
            if frame.time_s >= start_s:
                result = session.push(frame.time_s, estimator.estimate(frame.image, frame.time_s))
                if frame.time_s >= start_s + 1.0:
                    verdicts.append(dict(result.verdicts))
    estimator.close()
    return verdicts


@pytest.mark.model
def test_a_moment_of_a_good_clip_becomes_a_technique_that_loads(tmp_path: Path) -> None:
    """Side, posture, crossing, feet and hands are found; the file loads and says the same."""
    made = shown_roll()
    path = tmp_path / "my-glute-roll.yaml"
    made.write(path)
    loaded = load_file(path)
    assert loaded == made.draft.technique
    assert made.draft.side is Side.RIGHT
    pose = loaded.reference_pose
    assert (pose.posture, pose.seat.value) == ("sitting", "roller")
    assert {key: place.value for key, place in pose.places.items()} == {
        "ankle.working": "opposite_knee",
        "ankle.opposite": "floor",
        "hand.working": "floor_behind",
        "hand.opposite": "floor_behind",
    }
    assert loaded.camera.azimuth_deg == pytest.approx(14, abs=10)
    assert [rule.id for rule in loaded.rules if rule.required] == ["leg-crossed", "trunk", "other-foot", "hands-behind"]
    assert set(made.result.verdicts.values()) == {Verdict.PASS}


@pytest.mark.model
def test_its_own_hold_passes_and_the_faulty_clip_fails() -> None:
    """Elsewhere in the good clip every required rule passes; in the faulty one the crossed leg fails."""
    technique = shown_roll().draft.technique
    required = [rule.id for rule in technique.rules if rule.required]
    good = frames_in_position(technique, ROLL, 30.0, 35.0)
    passed = [all(verdicts[rule_id] is Verdict.PASS for rule_id in required) for verdicts in good]
    assert np.mean(passed) > 0.9
    bad = frames_in_position(technique, sample_clip("glute-max-roll", fault=True).clip, 6.0, 10.0)
    assert np.mean([verdicts["leg-crossed"] is Verdict.FAIL for verdicts in bad]) > 0.9


SHOWN = {
    "figure-four-stretch": ("supine", ["leg-crossed", "trunk"]),
    # Its camera looks down: how high the feet are is not sure enough to be required.
    "hip-rotation-90": ("supine", ["trunk", "working-knee", "working-hip"]),
    "supine-adductor-stretch": ("supine", ["trunk", "knees-fallen"]),
    "glute-ball-release": ("sitting", ["trunk", "working-foot", "other-foot", "hands-behind"]),
}


@pytest.mark.model
@pytest.mark.parametrize("technique_id", SHOWN)
def test_other_postures_are_told(technique_id: str) -> None:
    """On the back or sitting, one-sided or not; the moment passes the rules that were made of it."""
    sample, (posture, required) = sample_clip(technique_id), SHOWN[technique_id]
    sided = load_technique(technique_id).sided
    side = sample.side if sided else None
    made = demonstrate(sample.clip, "mine", Span(18.0, 18.0), side=side, sided=None if sided else False)
    assert made.draft.technique.reference_pose.posture == posture
    found = [rule.id for rule in made.draft.technique.rules if rule.required]
    assert set(required) <= set(found)
    assert Verdict.FAIL not in made.result.verdicts.values()
    assert all(made.result.verdicts[rule_id] is Verdict.PASS for rule_id in found)


@pytest.mark.model
def test_a_photo_works_and_says_that_it_shows_no_stillness(tmp_path: Path) -> None:
    """One frame of a clip, saved as a picture: no moment is asked for, no rule of movement is made."""
    with ClipReader(sample_clip("half-kneeling-hip-flexor-stretch").clip) as frames:
        image = next(frame.image for frame in frames if frame.time_s >= 20.0)
    write_picture(image, tmp_path / "kneeling.jpg")
    made = demonstrate(tmp_path / "kneeling.jpg", "my-kneeling")
    assert made.draft.technique.reference_pose.posture == "half_kneeling"
    assert made.draft.side is sample_clip("half-kneeling-hip-flexor-stretch").side
    assert "knee-on-floor" in [rule.id for rule in made.draft.technique.rules]
    assert all(rule.measure != "stillness" for rule in made.draft.technique.rules)
    assert any("keeps still" in remark for remark in made.draft.remarks)


@pytest.mark.model
@pytest.mark.parametrize(
    ("span", "error", "words"),
    [
        pytest.param(Span(500.0, 500.0), ClipError, "The clip ends at", id="after the clip's end"),
        pytest.param(Span(20.0, 48.0), ClipError, "before 48.0 s", id="span longer than the clip"),
        pytest.param(None, ClipError, "needs the moment", id="no moment"),
    ],
)
def test_a_moment_outside_the_clip_is_said(span: Span | None, error: type[PosecheckError], words: str) -> None:
    """With what to do about it."""
    with pytest.raises(error, match=words):
        demonstrate(ROLL, "my-roll", span)


@pytest.mark.model
def test_nobody_in_the_picture_is_said(tmp_path: Path) -> None:
    """An empty room makes no technique."""
    write_picture(np.full((480, 640, 3), 120, np.uint8), tmp_path / "room.png")
    with pytest.raises(NobodyFoundError, match="Nobody was found"):
        demonstrate(tmp_path / "room.png", "my-room")


def test_nobody_at_that_moment_is_said() -> None:
    """Somebody before and after does not count."""
    track = recorded("glute_roll_crossed")
    gone = np.full_like(track.image_px, np.nan)
    empty = Track(track.time_s, gone, np.full_like(track.world_m, np.nan), gone[..., 0], track.size_px)
    with pytest.raises(NobodyFoundError, match=r"at 3\.2 s"):
        demonstration_of(empty, 3.2, 3.8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12.5", (12.5, 12.5)), ("12.5-14.0", (12.5, 14.0)), ("1:02.5", (62.5, 62.5)), ("0:58 - 1:02", (58.0, 62.0))],
)
def test_times_are_read_as_people_write_them(text: str, expected: tuple[float, float]) -> None:
    """Seconds, minutes and seconds, and spans of them."""
    span = Span.parsed(text)
    assert (span.start_s, span.end_s) == expected


@pytest.mark.parametrize("text", ["", "noon", "5-3", "1-2-3", "-4", "0-31", "nan", "\x1b[2J"])
def test_what_is_no_time_is_said(text: str) -> None:
    """And no control character is printed back."""
    with pytest.raises(ClipError) as caught:
        Span.parsed(text)
    assert caught.value.problem.isprintable()


@pytest.mark.parametrize(
    ("name", "proposed"),
    [("My Stretch!", "my-stretch"), ("9-lives", "lives"), ("x" * 70, "x" * 60), ("", "lying-knee-bend")],
)
def test_a_bad_name_is_refused_with_one_that_will_do(name: str, proposed: str) -> None:
    """Before any clip is opened."""
    with pytest.raises(TechniqueError) as caught:
        demonstrate(Path("nowhere.mp4"), name, Span(1.0, 1.0))
    assert f"such as {proposed}." in caught.value.advice


def test_the_name_of_a_shipped_technique_is_taken() -> None:
    """Its picture and its lookup by name would be those of the other one."""
    with pytest.raises(TechniqueError, match="glute-max-roll comes with posecheck"):
        demonstrate(Path("nowhere.mp4"), "glute-max-roll", Span(1.0, 1.0))


def test_a_file_that_is_there_is_kept_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    """Nothing is left beside it either."""
    path = tmp_path / "example.yaml"
    path.write_text("mine")
    with pytest.raises(OutputError, match="is there already"):
        write_technique(example(), path)
    assert path.read_text() == "mine"
    write_technique(example(), path, replace=True)
    assert load_file(path) == example()
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says so; neither half a file nor the temporary one stays."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="the disk is full"):
        write_technique(example(), tmp_path / "example.yaml")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """It is not made without being asked for."""
    with pytest.raises(OutputError, match="the folder does not exist"):
        write_technique(example(), tmp_path / "nowhere" / "example.yaml")


@pytest.mark.parametrize("technique_id", sorted(load_techniques()))
def test_what_is_written_reads_the_same(technique_id: str, tmp_path: Path) -> None:
    """Every kind of key that shipped techniques use survives writing and reading."""
    technique = load_technique(technique_id)
    path = tmp_path / f"{technique_id}.yaml"
    write_technique(technique, path, {"rules": "A remark, " * 30})
    assert load_file(path) == technique


@pytest.mark.parametrize(
    "text", ["yes", "12", "a: b", "# no comment", "- x", '"quoted"', "{side} up", "ä\\n", "x " * 120]
)
def test_any_sentence_survives(text: str, tmp_path: Path) -> None:
    """Text that YAML would take for something else is quoted; what is long is folded."""
    technique = example(aftercare=[text.strip()], name="Example")
    path = tmp_path / "example.yaml"
    if "{" in text:
        with pytest.raises(TechniqueError, match="braces"):
            write_technique(technique, path)
        return
    write_technique(technique, path)
    assert load_file(path).aftercare == [text.strip()]


def seen(**values: float) -> Demonstration:
    """A demonstration of somebody on their back, seen from the right, with these measures and small errors."""
    points = np.zeros((LANDMARK_COUNT, 3))
    for at, (x, y) in {11: (-0.5, -0.1), 23: (0.0, -0.1), 25: (0.3, -0.4), 27: (0.6, -0.1), 15: (-0.1, -0.05)}.items():
        points[at], points[at + 1] = (x, y, 0.15), (x, y, -0.15)
    shown = {key.replace("__", "."): Shown(value, value, value, 3.0) for key, value in values.items()}
    visible = np.isin(np.arange(LANDMARK_COUNT), [11, 12, 15, 16, 23, 24, 25, 26, 27, 28])
    return Demonstration(shown, tuple(set(COLUMNS) - shown.keys()), points, visible)


def test_the_side_is_asked_for_when_it_cannot_be_told() -> None:
    """Legs that differ, and none that is crossed or kneels: nobody guesses; with the side it works."""
    lying = seen(
        knee_flexion__left=20, knee_flexion__right=90, hip_flexion__left=10, hip_flexion__right=90, trunk_inclination=88
    )
    with pytest.raises(TechniqueError, match="which side is worked on") as caught:
        draft_technique("x", lying)
    assert "--side" in caught.value.advice
    draft = draft_technique("x", lying, side=Side.RIGHT)
    assert draft.technique.reference_pose.posture == "supine"
    assert draft.technique.reference_pose.angles_deg["knee_flexion.working"] == 90
    assert draft.technique.rule("working-knee").target.min == 78
    assert draft.technique.rule("working-knee").tolerance == 5


def test_bands_are_as_wide_as_the_measure_is_uncertain() -> None:
    """Two standard errors either way where that is more than the least margin, and then the rule is advice."""
    lying = seen(trunk_inclination=88, hip_flexion__right=90)
    shown = dict(lying.shown) | {"knee_flexion.right": Shown(90.0, 88.0, 91.0, 9.0)}
    draft = draft_technique("x", Demonstration(shown, (), lying.points_m, lying.visible), side=Side.RIGHT)
    rule = draft.technique.rule("working-knee")
    assert (rule.target.min, rule.target.max, rule.tolerance, rule.required) == (70, 109, 14, False)
    assert draft.technique.rule("working-hip").required


def test_legs_that_do_the_same_have_no_side() -> None:
    """One rule speaks for both, and no cue names a side."""
    alike = seen(
        knee_flexion__left=95, knee_flexion__right=90, hip_flexion__left=50, hip_flexion__right=52, trunk_inclination=88
    )
    draft = draft_technique("x", alike)
    assert not draft.technique.sided
    assert [rule.id for rule in draft.technique.rules] == ["trunk", "both-knees", "both-hips"]
    cues = [cue for rule in draft.technique.rules for cue in (rule.cue, rule.cue_low, rule.cue_high) if cue]
    assert not any("{" in cue for cue in cues)
    assert "Bend your knees more." in cues


def test_what_moves_gets_no_rule_and_what_is_unseen_is_named() -> None:
    """A band around a swing would say nothing; silence about the unseen would say too much."""
    lying = seen(trunk_inclination=88, knee_flexion__right=90)
    shown = dict(lying.shown) | {"hip_rotation.right": Shown(30.0, 5.0, 55.0, 4.0)}
    demonstration = Demonstration(shown, ("hip_flexion.left",), lying.points_m, lying.visible)
    draft = draft_technique("x", demonstration, side=Side.RIGHT)
    assert all(rule.measure != "hip_rotation" for rule in draft.technique.rules)
    assert any("right hip rotation" in remark and "Moved" in remark for remark in draft.remarks)
    assert any("left hip flexion" in remark and "Not seen" in remark for remark in draft.remarks)


def test_too_little_seen_makes_no_technique() -> None:
    """One that asks for nothing would call everything right."""
    with pytest.raises(TechniqueError, match="Too little"):
        draft_technique("x", seen(), side=Side.RIGHT)


def test_the_first_precaution_names_the_signs_to_stop_at() -> None:
    """As every technique's does, and the hold is coached."""
    technique = draft_technique("x", seen(trunk_inclination=88), side=Side.LEFT).technique
    assert all(
        word in technique.precautions[0].lower() for word in ("stop", "sharp", "shooting", "numbness", "tingling")
    )
    assert technique.hold.cue


def test_every_cue_fits_the_schema_whatever_was_seen() -> None:
    """All measures at once, on either side, sided or not."""
    everything = {column.replace(".", "__"): 40.0 for column in COLUMNS if not column.startswith("leg_crossed")}
    for side in Side:
        assert draft_technique("x", seen(**everything), side=side).technique.rules
    assert draft_technique("x", seen(**everything), sided=False).technique.rules
    for posture in ("sitting", "prone", "side_lying", "half_kneeling", "standing"):
        draft = draft_technique("x", seen(**everything), side=Side.LEFT, posture=posture)
        assert draft.technique.reference_pose.posture == posture
