"""The shipped techniques: complete, speakable, safe, and fitting the schema that editors use."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from posecheck.catalog import json_schema, load_technique, load_techniques, techniques_folder
from posecheck.landmarks import Side
from posecheck.quantities import QUANTITIES
from posecheck.reference import RuleSide
from posecheck.technique import Priority, Rule, Technique, measure_key

TECHNIQUES = load_techniques()
RULES = [pytest.param(t, rule, id=f"{t.id}/{rule.id}") for t in TECHNIQUES.values() for rule in t.rules]
every_technique = pytest.mark.parametrize("technique", [pytest.param(t, id=t.id) for t in TECHNIQUES.values()])
every_rule = pytest.mark.parametrize(("technique", "rule"), RULES)


def _cues(rule: Rule) -> list[str]:
    return [text for text in (rule.cue, rule.cue_low, rule.cue_high, rule.praise) if text is not None]


def _sentences(technique: Technique) -> list[str]:
    lists = (technique.muscles, technique.setup, technique.precautions, technique.aftercare, technique.sources)
    return [technique.name, technique.summary, technique.camera.advice, *(text for texts in lists for text in texts)]


def test_the_techniques_are_shipped() -> None:
    """The techniques that posecheck promises are there, by id and in order."""
    assert list(TECHNIQUES) == [
        "adductor-roll",
        "figure-four-stretch",
        "glute-ball-release",
        "glute-max-roll",
        "gluteus-medius-roll",
        "half-kneeling-hip-flexor-stretch",
        "hip-flexor-roll",
        "hip-rotation-90",
        "outer-thigh-roll",
        "partner-cross-fibre-friction",
        "partner-effleurage",
        "partner-hip-rotation",
        "piriformis-ball-release",
        "supine-adductor-stretch",
    ]


@every_rule
@pytest.mark.parametrize("side", list(Side))
def test_every_cue_can_be_said_for_either_side(technique: Technique, rule: Rule, side: Side) -> None:
    """A cue with its sides filled in has no brace left, is one or two short sentences, and fits on the screen."""
    for template in _cues(rule):
        said = technique.say(template, side)
        assert not re.search(r"[{}]", said)
        assert len(said) <= 90
        assert said[0].isupper()
        assert said[-1] in ".!"


@every_rule
def test_a_cue_names_the_side_it_means(technique: Technique, rule: Rule) -> None:
    """A correction of one side says which: {side} for the working one, {other} for the opposite one.

    Where no side is worked on, both legs are meant, whichever of them is looked at.
    """
    side = rule.side if technique.sided else None
    wanted = {RuleSide.WORKING: "{side}", RuleSide.OPPOSITE: "{other}", None: ""}[side]
    corrections = [text for text in (rule.cue, rule.cue_low, rule.cue_high) if text]
    assert corrections
    assert all(wanted in text for text in corrections)


@every_rule
def test_every_failure_has_its_cue(technique: Technique, rule: Rule) -> None:
    """Past either end of its band, a rule says the cue that was written for that end."""
    if rule.target.min is not None:
        assert rule.cue_for(rule.target.min - 1) == (rule.cue_low or rule.cue)
    if rule.target.max is not None:
        assert rule.cue_for(rule.target.max + 1) == (rule.cue_high or rule.cue)
    assert rule.cue_for(math.nan)


@every_rule
def test_tolerance_is_small_beside_the_band(technique: Technique, rule: Rule) -> None:
    """A passing rule fails before it has drifted as far past its band as the band is wide."""
    low = rule.target.min if rule.target.min is not None else 0.0
    width = rule.target.max - low if rule.target.max is not None else math.inf
    assert 0 < rule.tolerance < width


@every_technique
def test_text_that_is_shown_as_it_stands_has_no_braces(technique: Technique) -> None:
    """Only cues are filled in; a brace anywhere else would reach the person's eyes."""
    assert not [text for text in _sentences(technique) if re.search(r"[{}]", text)]


@every_technique
def test_sentences_are_whole(technique: Technique) -> None:
    """Folded lines were joined: no line breaks, no double spaces, no dangling ends."""
    assert not [text for text in _sentences(technique) if "\n" in text or "  " in text or text != text.strip()]
    shown = (*technique.setup, *technique.precautions, *technique.aftercare, *technique.sources, technique.summary)
    assert all(text.endswith(".") for text in shown)


@every_technique
@pytest.mark.parametrize(
    "words",
    [
        "Stop at once",
        "numbness",
        "surgery",
        "fracture",
        "deep vein thrombosis",
        "pregnant",
        "osteoporosis",
        "replacement",
        "blood thinners",
    ],
)
def test_precautions_name_the_known_dangers(technique: Technique, words: str) -> None:
    """Every technique says when to stop at once, when not to start, and when to ask somebody first."""
    assert words in " ".join(technique.precautions)


@every_technique
def test_sources_say_what_is_the_projects_own_choice(technique: Technique) -> None:
    """No band is passed off as a clinical norm."""
    assert "working values of this project" in " ".join(technique.sources)


@every_technique
def test_holds_are_asked_for_thirty_to_sixty_seconds(technique: Technique) -> None:
    """The hold is complete after 30 s and ended after 60 s, breaks of a second allowed; a partner may go on."""
    hold = technique.hold
    asked = (30, 60, 1) if technique.people == 1 else (30, 180, 1.5)
    assert (hold.target_s, hold.maximum_s, hold.grace_s) == asked


@every_technique
def test_the_reference_pose_passes_its_own_rules(technique: Technique) -> None:
    """The pose that is drawn as the right one lies within every band that it speaks about."""
    pose = technique.reference_pose
    for rule in technique.rules:
        angle = pose.angles_deg.get(f"{rule.measure}.{rule.side}")
        if rule.measure == "trunk_inclination":
            angle = pose.trunk_inclination_deg
        if angle is not None:
            assert rule.target.min is None or angle >= rule.target.min, rule.id
            assert rule.target.max is None or angle <= rule.target.max, rule.id


@every_technique
def test_cues_of_the_hold_are_about_movement(technique: Technique) -> None:
    """What is said last, when the position is right, concerns how the body moves, not where it is."""
    units = {rule.quantity.unit for rule in technique.rules if rule.priority is Priority.HOLD}
    assert units <= {"m/s"}


def test_the_crossed_leg_comes_first_when_rolling() -> None:
    """Of several position faults on the roller, the crossed leg is the first to be corrected."""
    technique = TECHNIQUES["glute-max-roll"]
    heaviest = max(technique.rules, key=lambda rule: rule.weight)
    assert heaviest.id == "leg-crossed"
    assert measure_key(heaviest.measure, heaviest.side, Side.RIGHT) == "leg_crossed.right"


def test_rotation_reports_its_movement() -> None:
    """The swing of the shank is measured on the working side, slower than 40 degrees a second."""
    movement = TECHNIQUES["hip-rotation-90"].movement
    assert movement is not None
    assert (movement.measure, movement.side, movement.max_speed) == ("hip_rotation", RuleSide.WORKING, 25)
    assert QUANTITIES[movement.measure].unit == "deg"


def test_the_committed_schema_is_the_one_of_this_version() -> None:
    """Editors complete and check by the file beside the techniques; it must say what the code says."""
    file = techniques_folder() / "technique.schema.json"
    refresh = f"posecheck techniques --schema > {file.parent.name}/{file.name}"
    assert json.loads(file.read_text(encoding="utf-8")) == json_schema(), f"refresh it: {refresh}"


@every_technique
def test_shipped_files_fit_the_schema_and_name_it(technique: Technique) -> None:
    """An editor that follows a file's first line finds the schema, and nothing to underline."""
    file = techniques_folder() / f"{technique.id}.yaml"
    text = file.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first == "# yaml-language-server: $schema=technique.schema.json"
    jsonschema.Draft202012Validator(json_schema()).validate(yaml.safe_load(text))


def test_every_key_of_the_schema_is_described() -> None:
    """Completion in an editor explains each key of a technique and of a rule."""
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == "posecheck technique"
    assert schema["$schema"].startswith("https://json-schema.org/")
    bare = [name for name, part in schema["properties"].items() if not part.get("description")]
    bare += [name for name, part in schema["$defs"]["Rule"]["properties"].items() if not part.get("description")]
    assert not bare


def test_a_changed_schema_does_not_change_the_next() -> None:
    """The schema is handed out as a copy."""
    json_schema()["properties"].clear()
    assert "rules" in json_schema()["properties"]


def test_the_example_in_the_guide_is_a_technique(tmp_path: Path) -> None:
    """What a therapist copies from docs/techniques.md loads as it stands."""
    guide = (Path(__file__).parents[1] / "docs" / "techniques.md").read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL) if "schema_version" in block)
    file = tmp_path / "lying-knee-bend.yaml"
    file.write_text(example, encoding="utf-8")
    assert load_technique(file).id == "lying-knee-bend"


def test_the_guide_explains_every_measure_and_key_of_a_rule() -> None:
    """A measure or key added to the schema has to be explained to therapists as well."""
    guide = (Path(__file__).parents[1] / "docs" / "techniques.md").read_text(encoding="utf-8")
    names = {*QUANTITIES, *Rule.model_fields, *Technique.model_fields}
    assert {name for name in names if f"`{name}`" not in guide} == set()


def test_a_rule_with_a_fault_can_be_hashed() -> None:
    """Cards of the annotated clip are remembered by rule: a rule that tells its fault must not break them."""
    rules = [rule for technique in load_techniques().values() for rule in technique.rules]
    assert any(rule.fault for rule in rules)
    distinct = [rule for i, rule in enumerate(rules) if rule not in rules[:i]]
    assert len({hash(rule) for rule in rules}) == len(distinct)
