"""A technique file as read: plain data, the place of every key and value, and what is wrong with it so far."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from posecheck.errors import TechniqueError

Key = tuple[str | int, ...]
"""Where a value lies: ``("rules", 1, "target", "min")``. The whole file is the empty tuple."""

SIZE_LIMIT_BYTES = 256_000
"""A technique takes about 5 kB; anything this large is some other file."""
CORRECT_IT = "Correct the file and try again; glute-max-roll.yaml shows one that works."
_COMPLAINT_LIMIT = 20
_SHOWN = 40
_NAME_LIMIT = 252

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
# Plainly written numbers only: YAML 1.1 would also read 010 as 8 and 1:30 as 90, which nobody means.
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(([0-9]|[1-9][0-9]+)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file; line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong.

    Parameters
    ----------
    place : Place
        Where.
    key : tuple
        The key it is about; empty for the whole file.
    text : str
        What was there and what was expected, without a full stop.
    """

    place: Place
    key: Key
    text: str

    def __str__(self) -> str:
        key = f"{dotted(self.key)}: " if self.key else ""
        stop = "" if self.text.endswith("?") else "."
        return f"line {self.place.line}, column {self.place.column}, {key}{self.text}{stop}"


@dataclass
class Document:
    """A file as read, before it is checked against the schema.

    Parameters
    ----------
    data : object
        Plain mappings, lists, text, numbers, booleans and None.
    keys, values : dict of key to Place
        Where each key is written, and each value. A list item has a value only.
    written : dict of key to str
        Each scalar as it stands in the file, so that a `no` can be told from a `false`.
    complaints : list of Complaint
        What is wrong.
    """

    data: object = None
    keys: dict[Key, Place] = field(default_factory=dict)
    values: dict[Key, Place] = field(default_factory=dict)
    written: dict[Key, str] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    def place(self, key: Key) -> Place:
        """Where a value is written; of a group its key; of a missing one the group that should hold it."""
        for end in range(len(key), 0, -1):
            part = key[:end]
            if part in self.written:
                return self.values[part]
            if part in self.keys or part in self.values:
                return self.keys.get(part) or self.values[part]
        return Place(1, 1)

    @property
    def last_place(self) -> Place:
        """The farthest place that was read."""
        return max([*self.keys.values(), *self.values.values()], default=Place(1, 1))

    def complain(self, key: Key, text: str, place: Place | None = None) -> None:
        """Add a complaint, at the value's place unless another is given."""
        self.complaints.append(Complaint(place or self.place(key), key, text))


def dotted(key: Key) -> str:
    """A key as people write it: ``rules[1].target.min``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shortened(part)}" for part in key)
    return "".join(parts).removeprefix(".")


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to a misspelt one, or None when none is close."""
    by_plain_form = {name.lower().replace("_", "-"): name for name in known}
    close = difflib.get_close_matches(word.lower().replace("_", "-")[:80], list(by_plain_form), n=1, cutoff=0.6)
    return by_plain_form[close[0]] if close else None


def shortened(text: str) -> str:
    """Text from outside, safe to print: no control characters, cut to a reasonable length."""
    return shown(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def shown(text: str | Path) -> str:
    """Text or a path from outside, safe to print: a question mark for a control character, no more than 255 long."""
    whole = str(text)
    end = whole if len(whole) <= _NAME_LIMIT else f"...{whole[-_NAME_LIMIT:]}"
    return "".join(character if character.isprintable() else "?" for character in end)


def plain_value(text: str) -> str | int | float | bool | None:
    """What unquoted text means: a number, true or false, nothing, or the text itself."""
    if text in _NULL:
        return None
    word = text.lower()
    if word in _TRUE | _FALSE and text in (word, word.upper(), word.capitalize()):
        return word in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def without_forbidden(text: str) -> tuple[str, str]:
    """Text without what could garble a terminal or a page, and the first such character's name, empty for none.

    Forbidden are control characters other than tab and line feed, halves of surrogates, and changes of the text
    direction.
    """
    found = _FORBIDDEN.search(text)
    return _FORBIDDEN.sub("?", text), f"U+{ord(found[0]):04X}" if found else ""


def read_text(path: Path) -> str:
    """A technique file's text; a byte order mark is dropped.

    Raises
    ------
    TechniqueError
        If the file is missing, no ordinary file, larger than 256 kB, or not UTF-8.
    """
    name = shown(path)
    try:
        if path.is_dir():
            raise TechniqueError(f"{name} is a folder.", "Give the path of one .yaml file in it.")
        if path.exists() and not path.is_file():
            raise TechniqueError(f"{name} is not an ordinary file.", "Give the path of a .yaml file.")
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT_BYTES + 1)
    except (OSError, ValueError) as error:
        raise unreadable(f"technique file {name}", error) from error
    if len(data) > SIZE_LIMIT_BYTES:
        limit = SIZE_LIMIT_BYTES // 1000
        raise TechniqueError(f"{name} is larger than {limit} kB, too large for a technique.", "Choose another file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"{name}, line {line}: this is not UTF-8 text (byte 0x{data[error.start]:02x})."
        raise TechniqueError(problem, "Save the file again with the encoding UTF-8.") from error


def unreadable(what: str, error: OSError | ValueError) -> TechniqueError:
    """The error for a file or folder that the system does not let us read."""
    reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "not a possible path"
    return TechniqueError(f"The {what} cannot be read: {reason}.", "Check its path and permissions.")


def malformed(path: Path, complaints: list[Complaint]) -> TechniqueError:
    """The error that lists all complaints about a file, from its top to its end."""
    ordered = sorted(complaints, key=lambda complaint: complaint.place)
    if len(ordered) == 1:
        return TechniqueError(f"{shown(path)}, {ordered[0]}", CORRECT_IT)
    lines = [f"  {complaint}" for complaint in ordered[:_COMPLAINT_LIMIT]]
    many = len(ordered) > _COMPLAINT_LIMIT
    count = f"more than {_COMPLAINT_LIMIT} problems, among them" if many else f"{len(ordered)} problems"
    return TechniqueError("\n".join([f"{shown(path)} has {count}:", *lines]), CORRECT_IT)


def syntax_words(problem: str, line: str) -> str:
    """A YAML parser's complaint in plain words.

    Parameters
    ----------
    problem : str
        What the parser said.
    line : str
        The line it said it about.
    """
    hints = {
        r"(:|^\s*-)\s+\{(side|other)\}": "a text with {side} or {other} at its beginning needs quotes around all of it",
        r"^\s*\t": "this line is indented with a tab; use spaces",
        r":\s*[%@`]|^\s*-?\s*[%@`]": "a text that starts with %, @ or ` needs quotes around it",
        r":\s[^\"'#]*:\s": "a text that contains a colon and a space needs quotes around it",
        r":\s*\*": "a text that starts with * needs quotes around it",
    }
    for pattern, words in hints.items():
        if re.search(pattern, line):
            return words
    if "unexpected end of stream" in problem or "quoted scalar" in problem:
        return "a quotation mark is opened and not closed"
    if "special characters" in problem or "unacceptable" in problem:
        return "there is a control character here; delete it"
    return f"this is not valid YAML ({shown(problem)}); check the indentation, colons and quotes here and above"
