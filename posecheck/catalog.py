"""YAML files -> techniques. The one place that imports YAML; what is wrong in a file is said with line and key."""

from __future__ import annotations

import copy
import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from posecheck.document import (
    CORRECT_IT,
    Complaint,
    Document,
    Key,
    Place,
    malformed,
    plain_value,
    read_text,
    shortened,
    shown,
    syntax_words,
    unreadable,
    without_forbidden,
)
from posecheck.errors import TechniqueError
from posecheck.shipped import SAFETY_FILE, TECHNIQUES, shipped_folder

if TYPE_CHECKING:  # the schema brings NumPy and pydantic, which `posecheck --help` does not wait for
    from posecheck.technique import Technique

SUFFIXES = (".yaml", ".yml")
_DEPTH_LIMIT = 12
_VALUE_LIMIT = 2000
"""A technique has about 150 values, none deeper than five groups; a file far beyond is not read to its end."""
_TAG_PREFIX = "tag:yaml.org,2002:"


def techniques_folder() -> Path:
    """The folder of the shipped technique files: inside an installed package, beside it in a checkout.

    Raises
    ------
    TechniqueError
        If it is in neither place.
    """
    folder = shipped_folder(TECHNIQUES)
    if folder is None:
        raise TechniqueError("The shipped technique files are missing.", "Install posecheck again.")
    return folder


def load_techniques(folder: Path | None = None) -> dict[str, Technique]:
    """All techniques of a folder, the shipped ones by default.

    Parameters
    ----------
    folder : Path, optional
        Files that end in .yaml or .yml are read; names that start with a dot, and safety.yaml, are passed over.

    Returns
    -------
    dict of str to Technique
        By id, sorted.

    Raises
    ------
    TechniqueError
        If there is no such folder, no technique in it, or anything wrong in any of the files: all of it is listed.
    """
    files = _files(folder if folder is not None else techniques_folder())
    techniques, problems = {}, []
    for name, path in files.items():
        try:
            techniques[name] = load_file(path)
        except TechniqueError as error:
            problems.append(error.problem)
    if problems:
        raise TechniqueError("\n".join(problems), CORRECT_IT)
    return techniques


def load_technique(name_or_path: str | Path) -> Technique:
    """A shipped technique by its id, or the one in a file.

    Parameters
    ----------
    name_or_path : str or Path
        An id such as ``glute-max-roll``; a `Path`, or text that ends in .yaml or .yml or names a folder, is a file.

    Raises
    ------
    TechniqueError
        If the id is unknown, or the file cannot be read or is malformed; see `load_file`.
    """
    if isinstance(name_or_path, Path):
        return load_file(name_or_path)
    separators = tuple(filter(None, (os.sep, os.altsep)))
    if name_or_path.lower().endswith(SUFFIXES) or any(separator in name_or_path for separator in separators):
        return load_file(Path(name_or_path))
    known = _files(techniques_folder())
    if name_or_path in known:
        return load_file(known[name_or_path])
    plain = re.sub(r"[\s_]+", "-", name_or_path.strip().lower())
    close = difflib.get_close_matches(plain, known, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    raise TechniqueError(
        f"There is no technique '{shortened(name_or_path)}'.",
        f"{hint}Choose one of {', '.join(known)}, or give the path of a .yaml file.",
    )


def load_file(path: Path) -> Technique:
    """The technique in a YAML file.

    Raises
    ------
    TechniqueError
        If the file is missing, no regular file, larger than 256 kB, not UTF-8, not YAML, or does not fit the
        schema. Everything that is wrong is listed with line, column and key.
    """
    from posecheck.complaints import examine  # noqa: PLC0415 - see TYPE_CHECKING above

    document = read_document(path)
    technique = examine(document)
    stem = shortened(path.stem)
    if technique is not None and technique.id != path.stem:
        document.complain(("id",), f"expected '{stem}', the file's name, found '{technique.id}'; change one of the two")
    if technique is None or document.complaints:
        raise malformed(path, document.complaints)
    return technique


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a technique file, for editors: completion, descriptions, checks while typing."""
    from posecheck.complaints import schema  # noqa: PLC0415 - see TYPE_CHECKING above

    return copy.deepcopy(schema())


def _files(folder: Path) -> dict[str, Path]:
    """Technique files of a folder by name without suffix, sorted."""
    try:
        entries = sorted(folder.iterdir())
    except (OSError, ValueError) as error:
        raise unreadable(f"folder {shown(folder)}", error) from error
    files: dict[str, Path] = {}
    for path in entries:
        if path.suffix.lower() not in SUFFIXES or path.name.startswith(".") or path.name == SAFETY_FILE:
            continue
        if path.stem in files:
            problem = f"{shown(folder)} holds both {files[path.stem].name} and {path.name}."
            raise TechniqueError(problem, "Keep one of the two.")
        files[path.stem] = path
    if not files:
        raise TechniqueError(f"There is no technique file in {shown(folder)}.", "Their names end in .yaml.")
    return dict(sorted(files.items()))


def read_document(path: Path) -> Document:
    """Read YAML into plain data, remembering where everything stood."""
    text = read_text(path)
    document = Document()
    try:
        found = _Reader(text, document).read()
    except _StopError as error:
        document.complaints.append(error.complaint)
        raise malformed(path, document.complaints) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # ValueError and OverflowError: PyYAML lets an escape such as "\\UFFFFFFFF" reach chr().
        document.complaints.append(_syntax_complaint(error, text, document))
        raise malformed(path, document.complaints) from error
    if not found:
        raise TechniqueError(f"{shown(path)} is empty.", "Start from a copy of glute-max-roll.yaml.")
    return document


def _syntax_complaint(error: Exception, text: str, document: Document) -> Complaint:
    """What PyYAML found, with its place."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        # An unclosed quote is noticed at the end of the file; where it was opened is what helps.
        opened = error.context_mark if "end of stream" in str(error.problem) else None
        mark, problem = opened or error.problem_mark, str(error.problem)
        place = Place(mark.line + 1, mark.column + 1)
    elif isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        place = Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        problem = error.reason
    else:
        place, problem = document.last_place, "a character code that does not exist"
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if line[: place.column - 1].endswith('"') and (opened_line := _odd_quotes_above(lines, place.line)):
        return Complaint(Place(opened_line, 1), (), syntax_words("quoted scalar", ""))
    return Complaint(place, (), syntax_words(problem, line))


def _odd_quotes_above(lines: list[str], line: int) -> int | None:
    """The nearest line above that opens a quotation mark without closing it, as a line left open looks."""
    return next((number for number in range(line - 1, 0, -1) if lines[number - 1].count('"') % 2), None)


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)


class _StopError(Exception):
    """The file's form is such that reading on makes no sense."""

    def __init__(self, place: Place, words: str) -> None:
        super().__init__(words)
        self.complaint = Complaint(place, (), words)


class _Reader:
    """Reads one YAML document event by event, so that nothing is built, expanded or followed on the file's word.

    Parameters
    ----------
    text : str
        The file's text.
    document : Document
        Filled in.
    """

    def __init__(self, text: str, document: Document) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._document = document
        self._count = 0

    def read(self) -> bool:
        """Read the document; False when the file holds none."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return False
        first = next(self._events)
        self._document.data = self._value(first, ())
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._document.complain((), "a second document starts here; one file holds one technique", _place(after))
        empty = isinstance(first, yaml.ScalarEvent) and not first.value
        return not empty

    def _value(self, event: yaml.Event, key: Key) -> object:
        self._document.values[key] = _place(event)
        self._count += 1
        if self._count > _VALUE_LIMIT:
            raise _StopError(_place(event), f"this file has more than {_VALUE_LIMIT} values; no technique has")
        self._refuse_extras(event, key)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, key)
        if isinstance(event, yaml.AliasEvent):
            return None
        if len(key) >= _DEPTH_LIMIT:
            raise _StopError(_place(event), "this lies too deep inside other groups; no key of a technique does")
        return self._list(key) if isinstance(event, yaml.SequenceStartEvent) else self._group(key)

    def _list(self, key: Key) -> list[object]:
        entries: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            entries.append(self._value(event, (*key, len(entries))))
        return entries

    def _group(self, key: Key) -> dict[str, object]:
        group: dict[str, object] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or not event.value:
                raise _StopError(_place(event), "a key must be one word before a colon")
            name, place = without_forbidden(event.value)[0], _place(event)
            inner = (*key, name)
            self._refuse_extras(event, inner)
            if name in group:
                first = self._document.keys[inner].line
                self._document.complain(inner, f"this key is given twice, the first time in line {first}", place)
            self._document.keys[inner] = place
            group[name] = self._value(next(self._events), inner)
        return group

    def _scalar(self, event: yaml.ScalarEvent, key: Key) -> object:
        self._document.written[key] = event.value
        text, forbidden = without_forbidden(event.value)
        if forbidden:
            self._document.complain(key, f"the text contains the control character {forbidden}; delete it")
        text = " ".join(text.split())
        return plain_value(text) if event.implicit[0] else text

    def _refuse_extras(self, event: yaml.Event, key: Key) -> None:
        """YAML's references can blow a small file up, and its tags can build objects: a technique needs neither."""
        place = _place(event)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None and isinstance(event, yaml.AliasEvent):
            self._document.complain(key, f"references (*{shortened(anchor)}) are not used here; write it out", place)
        elif anchor is not None:
            self._document.complain(key, f"anchors (&{shortened(anchor)}) are not used here; leave it out", place)
        if tag is not None:
            self._document.complain(
                key, f"tags ({shortened(tag.replace(_TAG_PREFIX, '!!'))}) are not used here; leave it out", place
            )
