"""Checks a file against its schema, and says what is wrong in plain words, line and key first."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails

from posecheck.document import Document, Key, closest, shortened
from posecheck.quantities import QUANTITIES
from posecheck.technique import Technique

_DESCRIPTIONS = {
    "schema_version": "version of this schema; 1",
    "id": "the file's name without .yaml: small letters and digits joined by hyphens",
    "name": "the technique's name, as a person would say it",
    "summary": "what it is and what it is for, in a sentence or two",
    "muscles": "what is treated",
    "camera": "where the camera should stand",
    "reference_pose": "the target pose",
    "rules": "what makes the position right, one entry for each requirement",
    "hold": "how long the position is to be held",
    "movement": "a movement back and forth whose range, speed and tempo are reported; left out for a plain hold",
    "aftercare": "what to do afterwards",
    "sources": "where the numbers come from",
}
_CUE_KEYS = ("cue", "cue_low", "cue_high", "praise")
_LONG = 40
_ORDINARY_NUMBER = "a number such as 30 or 0.5"
Model = TypeVar("Model", bound=BaseModel)
Schema = Mapping[str, Any]
_LIMITS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("of at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("of at most", "le"),
}


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a technique file, every key described. Shared: copy before changing it."""
    plain = Technique.model_json_schema()
    properties = {
        name: {**described, "description": described.get("description", _DESCRIPTIONS.get(name, ""))}
        for name, described in plain["properties"].items()
    }
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **plain,
        "title": "posecheck technique",
        "description": "What a person is doing, and what makes it right. docs/techniques.md explains it by example.",
        "properties": properties,
    }


def examine(document: Document) -> Technique | None:
    """Check a document against the schema of techniques; everything that is wrong is added to its complaints.

    Returns
    -------
    Technique or None
        The technique, if there was nothing to complain about, before or now.
    """
    if not is_group(document, "the file must hold keys such as id: and rules:, each followed by a colon"):
        return None
    _complain_about_braces(document)
    _complain_about_movement(document)
    twice = _complain_about_twins(document)
    return fitted(document, Technique, schema(), twice=twice)


def is_group(document: Document, form: str) -> bool:
    """Whether the file holds keys at all; complains that it should have this form if it does not."""
    if isinstance(document.data, dict):
        return True
    document.complain((), f"{form}; found {_found(document, (), {})}")
    return False


def fitted(document: Document, model: type[Model], whole: Schema, *, twice: bool = False) -> Model | None:
    """A document as what the model says it is; everything that does not fit is added to its complaints.

    Parameters
    ----------
    document : Document
        A group of keys.
    model : type
        The pydantic model.
    whole : mapping
        The model's JSON Schema, in which keys and their descriptions are looked up.
    twice : bool
        Whether an id that is given twice was complained about already.

    Returns
    -------
    model or None
        None if there was anything to complain about, before or now.
    """
    refused = {complaint.key for complaint in document.complaints}
    try:
        # Through JSON, because only there does pydantic's strict mode take words for enumerations.
        found = model.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
        guessed = {_meant(key, whole) for key in unknown}
        for detail in details:
            key = detail["loc"]
            known = any(key[:end] in refused for end in range(len(key) + 1)) or (twice and not key)
            if not known and not (detail["type"] == "missing" and key in guessed):
                _complain_about(document, detail, whole)
        return None
    return found if not document.complaints else None


def _meant(key: Key, whole: Schema) -> Key | None:
    """The known key that an unknown one is close to, or None."""
    name = closest(str(key[-1]), _schema_at(key[:-1], whole).get("properties", {}))
    return (*key[:-1], name) if name else None


def _complain_about(document: Document, detail: ErrorDetails, whole: Schema) -> None:
    """Turn one of pydantic's errors into a complaint."""
    key = detail["loc"]
    if detail["type"] == "extra_forbidden":
        known, meant = list(_schema_at(key[:-1], whole).get("properties", {})), _meant(key, whole)
        hint = f"did you mean '{meant[-1]}'?" if meant else f"the keys here are {', '.join(known)}"
        document.complain(key, f"there is no such key; {hint}", document.keys.get(key))
    elif detail["type"] == "missing":
        document.complain(key, f"this key is missing; expected {_expected(key, whole)}")
    elif detail["type"] == "value_error":
        document.complain(*_rule_of_the_schema(document, detail, whole))
    else:
        document.complain(key, f"expected {_wanted(detail, whole)}, found {_found(document, key, whole)}")


def _rule_of_the_schema(document: Document, detail: ErrorDetails, whole: Schema) -> tuple[Key, str]:
    """Key and words of an error that a validator of the schema put into words itself."""
    key, text = detail["loc"], str(detail.get("ctx", {}).get("error", detail["msg"]))
    if _schema_at(key, whole).get("enum"):
        meant = closest(document.written.get(key, ""), QUANTITIES)
        hint = f"; did you mean '{meant}'?" if meant else ""
        return key, f"expected {_expected(key, whole)}, found {_found(document, key, whole)}{hint}"
    # A validator of a group that names one of its keys is about that key.
    group = _value_at(document, key)
    named = [name for name in group if f"'{name}'" in text] if isinstance(group, dict) else []
    return ((*key, named[0]) if named else key), text


def _wanted(detail: ErrorDetails, whole: Schema) -> str:
    """What was expected where a value is of the wrong kind or out of bounds."""
    kind, key, limits = detail["type"], detail["loc"], detail.get("ctx", {})
    if kind in _LIMITS:
        word, limit = _LIMITS[kind]
        return f"a number {word} {limits[limit]:g}"
    if kind == "string_too_long":
        return f"at most {limits['max_length']} characters"
    if kind in ("string_too_short", "too_short"):
        return "some text" if kind == "string_too_short" else "a list of at least one line that starts with '- '"
    if kind == "string_pattern_mismatch":
        return "small letters and digits joined by hyphens, such as leg-crossed"
    return _expected(key, whole)


def _expected(key: Key, whole: Schema) -> str:
    """What the schema wants at a key, in words, with its description."""
    part = _schema_at(key, whole)
    described = f" ({part['description']})" if part.get("description") else ""
    if "enum" in part:
        return f"one of: {', '.join(part['enum'])}"
    if "const" in part:
        return f"{part['const']}"
    if "properties" in part:
        return f"a group of keys: {', '.join(part['properties'])}"
    kinds = {
        "number": _ORDINARY_NUMBER,
        "string": "text",
        "boolean": "true or false",
        "array": "a list, one line starting with '- ' for each entry",
        "object": "a group of keys",
    }
    return f"{kinds.get(part.get('type', ''), 'something else')}{described}"


def _schema_at(key: Key, whole: Schema) -> Schema:
    """The part of the JSON Schema that describes a key; empty where it describes none."""
    part_of = whole
    for part in key:
        inner = part_of.get("items") if isinstance(part, int) else part_of.get("properties", {}).get(part)
        if inner is None:
            inner = part_of.get("additionalProperties")
        part_of = _followed(inner, whole) if isinstance(inner, dict) else {}
    return part_of


def _followed(part: Schema, whole: Schema) -> Schema:
    """A part of the schema with its reference followed and its "or null" dropped."""
    for choice in part.get("anyOf", ()):
        if choice.get("type") != "null":
            part = {**part, **choice}
    if "$ref" in part:
        part = {**whole["$defs"][part["$ref"].rpartition("/")[2]], **part}
    return part


def _found(document: Document, key: Key, whole: Schema) -> str:
    """What stands at a key, in words, with a hint where YAML reads it differently from what people mean."""
    value = _value_at(document, key)
    if isinstance(value, dict):
        braces = {"side", "other"} & {str(name) for name in value}
        hint = ", because text that starts with { needs quotes around it" if braces else ""
        return f"a group of keys{hint}"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    wants_text, wants_number = (_schema_at(key, whole).get("type") == kind for kind in ("string", "number"))
    written = shortened(document.written.get(key, str(value)))
    if isinstance(value, bool):
        quoted = f'; put quotes around it to mean the word: "{written}"' if wants_text else ""
        return f"{written}, which YAML reads as {'true' if value else 'false'}{quoted}"
    if value is None:
        return f"nothing ({written})" if written else "nothing after it"
    if isinstance(value, int | float):
        quoted = f'; put quotes around it to mean text: "{written}"' if wants_text else ""
        return f"the number {written}{quoted}"
    return f"the text '{written}'{_about_text(str(value), wants_number)}"


def _value_at(document: Document, key: Key) -> object:
    """The value at a key; None where there is none."""
    value: Any = document.data
    for part in key:
        if isinstance(part, str):
            value = value.get(part) if isinstance(value, dict) else None
        else:
            value = value[part] if isinstance(value, list) and part < len(value) else None
    return value


def _about_text(text: str, wants_number: bool) -> str:
    """A hint for text that was meant as a number, or is too long."""
    if wants_number and re.fullmatch(r"[-+]?\d+,\d+", text):
        return f"; write the decimals behind a point: {text.replace(',', '.')}"
    if wants_number and re.match(r"[-+]?\d", text):
        return "; write the number alone, without a unit or quotes"
    return f", {len(text)} characters" if len(text) > _LONG else ""


def _rules(document: Document) -> list[tuple[int, dict[str, Any]]]:
    """The rules that are at least groups of keys, with their positions."""
    rules = document.data.get("rules") if isinstance(document.data, dict) else None
    return [(i, rule) for i, rule in enumerate(rules if isinstance(rules, list) else []) if isinstance(rule, dict)]


def _complain_about_braces(document: Document) -> None:
    """A cue may fill in {side} and {other}; any other brace would be read out, or shown, as it stands."""
    for key in document.written:
        text = _value_at(document, key)
        if not isinstance(text, str) or key[0] not in Technique.model_fields:
            continue
        cue = (len(key) == 3 and key[0] == "rules" and key[2] in _CUE_KEYS) or key == ("hold", "cue")
        left = re.sub(r"\{(side|other)\}", "", text) if cue else text
        if "{" in left or "}" in left:
            where = "only {side} and {other} may stand in braces" if cue else "only cues may have braces in them"
            document.complain(key, f"{where}; found the text '{shortened(text)}'")


def _complain_about_movement(document: Document) -> None:
    """A movement of a one-sided measure needs its side, like a rule."""
    movement = document.data.get("movement") if isinstance(document.data, dict) else None
    quantity = QUANTITIES.get(str(movement.get("measure"))) if isinstance(movement, dict) else None
    if quantity is None or not isinstance(movement, dict) or quantity.sided == (movement.get("side") is not None):
        return
    want = "is of one side: say side: working or side: opposite" if quantity.sided else "has no sides: leave side out"
    document.complain(("movement",), f"measure '{movement['measure']}' {want}")


def _complain_about_twins(document: Document) -> bool:
    """Two rules of one id; says whether there were any."""
    first: dict[str, int] = {}
    before = len(document.complaints)
    for i, rule in _rules(document):
        name = rule.get("id")
        if isinstance(name, str) and name in first:
            line = document.place(("rules", first[name], "id")).line
            document.complain(("rules", i, "id"), f"'{shortened(name)}' is the id of another rule too (line {line})")
        elif isinstance(name, str):
            first[name] = i
    return len(document.complaints) > before
