"""A technique -> its YAML file, written the way a person would, with remarks beside what is to be edited."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from posecheck.catalog import read_document
from posecheck.complaints import examine
from posecheck.document import malformed
from posecheck.errors import OutputError
from posecheck.files import atomic_path
from posecheck.technique import Technique

SCHEMA_LINE: Final = "# yaml-language-server: $schema=technique.schema.json"
WIDTH: Final = 116
_APART: Final = frozenset({"camera", "setup", "reference_pose", "rules", "hold", "precautions", "aftercare", "sources"})
"""A blank line stands before these."""
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9 ,.;'()_/-]*[A-Za-z0-9.')]")
_WORDS_OF_YAML: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null"})
_QUOTED: Final = frozenset({"cue", "cue_low", "cue_high", "praise"})
Remarks = Mapping[str, str]


def technique_text(technique: Technique, remarks: Remarks | None = None) -> str:
    """The text of a technique's file.

    Parameters
    ----------
    technique : Technique
        Keys that were left out when it was made are left out here.
    remarks : mapping of str to str, optional
        Comments by the key they stand above, such as ``rules`` or ``camera.azimuth_deg``.
    """
    fields = technique.model_dump(mode="json", exclude_unset=True)
    lines = [SCHEMA_LINE]
    for key, value in fields.items():
        lines += [""] if key in _APART else []
        lines += _entry(key, value, "", key, remarks or {})
    return "\n".join(lines) + "\n"


def check_place(path: Path, *, replace: bool) -> None:
    """Raise `OutputError` if there is such a file and it is not to be replaced."""
    if path.exists() and not replace:
        raise OutputError(f"{path} is there already.", "Choose another name, or replace it with --force.")


def write_technique(technique: Technique, path: Path, remarks: Remarks | None = None, *, replace: bool = False) -> None:
    """Write a technique's file, whole or not at all, once the written text is proven to say the same.

    Parameters
    ----------
    technique : Technique
        Its id is the file's name without suffix.
    path : Path
        Where it is to be.
    remarks : mapping of str to str, optional
        As in `technique_text`.
    replace : bool
        Whether a file that is there already is replaced.

    Raises
    ------
    OutputError
        If there is such a file and it is not to be replaced, or if it cannot be written.
    TechniqueError
        If the written text does not fit the schema.
    """
    check_place(path, replace=replace)
    with atomic_path(path) as part:
        part.write_text(technique_text(technique, remarks), encoding="utf-8")
        document = read_document(part)
        if examine(document) is None:
            raise malformed(path, document.complaints)


def _entry(key: str, value: Any, indent: str, name: str, remarks: Remarks) -> list[str]:
    """A key and its value, with the remark that belongs above them."""
    lines = _comment(remarks.get(name, ""), indent)
    if isinstance(value, dict):
        short = _flow(value)
        if short and len(indent) + len(key) + len(short) < WIDTH and name.count(".") > 0:
            return [*lines, f"{indent}{key}: {short}"]
        lines.append(f"{indent}{key}:")
        for inner, each in value.items():
            lines += _entry(inner, each, f"{indent}  ", f"{name}.{inner}", remarks)
        return lines
    if isinstance(value, list):
        lines.append(f"{indent}{key}:")
        for each in value:
            lines += _item(each, f"{indent}  ", name, remarks)
        return lines
    return [*lines, *_scalar(f"{indent}{key}: ", value, indent, quoted=key in _QUOTED)]


def _item(value: Any, indent: str, name: str, remarks: Remarks) -> list[str]:
    """An entry of a list."""
    if not isinstance(value, dict):
        return _scalar(f"{indent}- ", value, indent)
    lines: list[str] = []
    for key, each in value.items():
        lines += _entry(key, each, f"{indent}  ", f"{name}.{value.get('id', '')}.{key}", remarks)
    return [f"{indent}- {lines[0].lstrip()}", *lines[1:]]


def _comment(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in textwrap.wrap(text, WIDTH - len(indent) - 2)]


def _flow(value: dict[str, Any]) -> str:
    """A small group on one line, or nothing when it holds more than numbers and plain words."""
    parts = []
    for key, each in value.items():
        inner = _flow(each) if isinstance(each, dict) else _word(each)
        if not inner or (isinstance(each, dict) and len(value) > 1):
            return ""
        parts.append(f"{key}: {inner}")
    return "{" + ", ".join(parts) + "}"


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    return value if isinstance(value, str) and re.fullmatch(r"[a-z_]+", value) else ""


def _scalar(start: str, value: Any, indent: str, *, quoted: bool = False) -> list[str]:
    """A number, a word or a sentence; a long sentence is folded."""
    if isinstance(value, bool | int | float):
        return [f"{start}{_word(value)}"]
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML and not quoted
    if len(start) + len(text) > WIDTH and text == " ".join(text.split()):
        return [f"{start}>-", *(f"{indent}  {line}" for line in textwrap.wrap(text, WIDTH - len(indent) - 2))]
    return [f"{start}{text if plain else json.dumps(text, ensure_ascii=False)}"]
