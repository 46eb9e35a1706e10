"""Technique files are found and read; whatever is wrong with one is said with line, key and plain words."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from posecheck.catalog import load_file, load_technique, load_techniques, techniques_folder
from posecheck.errors import TechniqueError
from posecheck.technique import Technique

NAME = "hip-rotation-90"
GOOD = (techniques_folder() / f"{NAME}.yaml").read_text(encoding="utf-8")
CUE = 'cue: "Lie down flat and let your back rest on the floor."'
KNEE = "rules[0]"
LYING = "rules[2]"


def _file(folder: Path, content: str | bytes, name: str = f"{NAME}.yaml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _outcome(name_or_path: str | Path) -> tuple[Technique | None, TechniqueError | None]:
    """The technique, or the error; any other exception fails the test."""
    try:
        return load_technique(name_or_path), None
    except TechniqueError as error:
        return None, error


def _problem(path: Path) -> str:
    with pytest.raises(TechniqueError) as caught:
        load_file(path)
    assert caught.value.advice
    assert "Traceback" not in str(caught.value)
    return caught.value.problem


def _line_of(text: str) -> int:
    """The line, in the shipped file, in which a text first stands."""
    return GOOD[: GOOD.index(text)].count("\n") + 1


# what stands in the good file, what it is replaced with, lines further down that the error is, its key, its words
BROKEN = {
    "unknown key": ("tolerance: 5", "tolerence: 5", 0, f"{KNEE}.tolerence", "no such key; did you mean 'tolerance'?"),
    "unknown key, far from any": ("tolerance: 5", "tolerance: 5\n    zzz: 1", 1, f"{KNEE}.zzz", "the keys here are"),
    "missing key": ("    tolerance: 5\n", "", -4, f"{KNEE}.tolerance", "missing; expected a number such as 30 or"),
    "missing key at the top": ("schema_version: 1\n", "", -1, "schema_version", "this key is missing; expected 1"),
    "decimal comma": ("tolerance: 5", "tolerance: 0,5", 0, f"{KNEE}.tolerance", "found the text '0,5'; write"),
    "unit": ("tolerance: 5", "tolerance: 5 deg", 0, f"{KNEE}.tolerance", "found the text '5 deg'; write the number"),
    "number in quotes": ("tolerance: 5", 'tolerance: "5"', 0, f"{KNEE}.tolerance", "without a unit or quotes"),
    "clock time": ("maximum_s: 60", "maximum_s: 1:00", 0, "hold.maximum_s", "found the text '1:00'"),
    "leading zero": ("maximum_s: 60", "maximum_s: 060", 0, "hold.maximum_s", "found the text '060'"),
    "yes for a number": ("tolerance: 5", "tolerance: yes", 0, f"{KNEE}.tolerance", "found yes, which YAML reads as"),
    "no for a text": ("name: Hip", "name: no #Hip", 0, "name", "found no, which YAML reads as false; put quotes"),
    "off in a list": ("  - Gluteus medius", "  - off #", 0, "muscles[1]", 'to mean the word: "off"'),
    "number for a text": ("name: Hip", "name: 90 #Hip", 0, "name", "found the number 90; put quotes around it"),
    "date for a text": ("id: hip-at-90", "id: 2020-01-01", 0, "rules[1].id", "found the text '2020-01-01'"),
    "negative": ("tolerance: 5", "tolerance: -5", 0, f"{KNEE}.tolerance", "a number of at least 0, found the number"),
    "too long a hold": ("target_s: 30", "target_s: 900", 0, "hold.target_s", "a number of at most 600, found the"),
    "infinite": ("tolerance: 5", "tolerance: 1e999", 0, f"{KNEE}.tolerance", "found the number 1e999"),
    "not a number": ("tolerance: 5", "tolerance: .nan", 0, f"{KNEE}.tolerance", "found the text '.nan'"),
    "nothing": ("tolerance: 5", "tolerance:", 0, f"{KNEE}.tolerance", "found nothing after it"),
    "null": ("tolerance: 5", "tolerance: null", 0, f"{KNEE}.tolerance", "found nothing (null)"),
    "list for a number": ("tolerance: 5", "tolerance: [5]", 0, f"{KNEE}.tolerance", "found a list"),
    "text for a list": ("sources:\n", "sources: a book\nx:\n", 0, "sources", "expected a list, one line starting"),
    "number for a group": ("hold:\n", "hold: 30\nx:\n", 0, "hold", "a group of keys: target_s, maximum_s, grace_s"),
    "empty list": ("rules:\n", "rules: []\nx:\n", 0, "rules", "at least one line that starts with '- ', found an"),
    "band upside down": ("{min: 80, max: 100}", "{min: 100, max: 80}", 0, f"{KNEE}.target", "min (100) must be"),
    "band without ends": ("{min: 80, max: 100}", "{}", 0, f"{KNEE}.target", "a target needs min, max or both"),
    "end of a band": ("{min: 80, max: 100}", "{min: x, max: 100}", 0, f"{KNEE}.target.min", "found the text 'x'"),
    "unknown measure": ("knee_flexion\n", "knee_flexon\n", 0, f"{KNEE}.measure", "did you mean 'knee_flexion'?"),
    "left for working": ("side: working", "side: left", 0, f"{KNEE}.side", "one of: working, opposite, found the"),
    "side left out": ("    side: working\n", "", -2, KNEE, "measure 'knee_flexion' is of one side"),
    "movement without side": ("  side: working\n  range", "  range", -2, "movement", "'hip_rotation' is of one side"),
    "unknown angle": (
        "knee_flexion.working: 90",
        "knee.working: 90",
        0,
        "reference_pose.angles_deg.knee.working",
        "unknown",
    ),
    "maximum below target": ("maximum_s: 60", "maximum_s: 9", -2, "hold", "maximum_s (9) must not be below target_s"),
    "unknown posture": ("supine", "suppine", 0, "reference_pose.posture", "one of: sitting, supine, prone"),
    "other version": ("schema_version: 1", "schema_version: 2", 0, "schema_version", "expected 1, found the number"),
    "maybe": ("sided: true", "sided: maybe", 0, "sided", "expected true or false"),
    "rule id": ("id: hip-at-90", "id: Hip at 90", 0, "rules[1].id", "small letters and digits joined by hyphens"),
    "rule twice": ("id: hip-at-90", "id: knee-at-90", 0, "rules[1].id", "the id of another rule too (line"),
    "id is not the name": (f"id: {NAME}", "id: hip-rotation", 0, "id", "the file's name, found"),
    "cue too long": (CUE, f"cue: {'x' * 91}", 0, f"{LYING}.cue", "at most 90 characters, found the text"),
    "cue empty": (CUE, "cue: ' '", 0, f"{LYING}.cue", "expected some text"),
    "cue left out": (f"    {CUE}\n", "", -5, LYING, "a rule needs a cue"),
    "unknown brace": (CUE, "cue: Lift the {sid} knee", 0, f"{LYING}.cue", "only {side} and {other} may stand in"),
    "brace outside a cue": ("  - Lower the foot", "  - Lower the {side} foot", 0, "aftercare[0]", "only cues may"),
    "cue starts with a brace": (CUE, "cue: {side} knee up", 0, "", "with {side} or {other} at its beginning needs"),
    "cue is one brace": (CUE, "cue: {side}", 0, f"{LYING}.cue", "text that starts with { needs quotes"),
    "key twice": ("sided: true", "sided: true\nsided: false", 1, "sided", "given twice, the first time in line"),
    "anchor": ("sided: true", "sided: &a true", 0, "sided", "anchors (&a) are not used here"),
    "reference": ("name: Hip", "name: *Hip #", 0, "name", "references (*Hip) are not used here"),
    "python tag": ("sided: true", "sided: !!python/object:os.system x", 0, "sided", "tags (!!python/object:os."),
    "any tag": ("sided: true", "sided: !x true", 0, "sided", "tags (!x) are not used here"),
    "merge": ("sided: true", "sided: true\n<<: {a: 1}", 1, "<<", "there is no such key"),
    "colon in a text": ("name: Hip", "name: Hip: at", 0, "", "contains a colon and a space needs quotes"),
    "tab": ("sided: true", "\tsided: true", 0, "", "indented with a tab; use spaces"),
    "at sign": ("name: Hip", "name: @Hip", 0, "", "starts with %, @ or ` needs quotes"),
    "bad indentation": ("name: Hip", "  name: Hip", 0, "", "check the indentation"),
    "quote left open": (f"    {CUE}", f"    {CUE[:-1]}", 0, "", "quotation mark is opened and not closed"),
    "no such character": ("name: Hip", 'name: "\\UFFFFFFFF" #', 0, "", "a character code that does not exist"),
    "control character": ("name: Hip", "name: \x01 Hip", 0, "", "control character"),
    "escape sequence": ("name: Hip", 'name: "\\e[31m" #', 0, "name", "the control character U+001B"),
    "half a surrogate": ("name: Hip", 'name: "\\uD800" #', 0, "name", "the control character U+D800"),
    "text direction": ("name: Hip", "name: \u202eHip", 0, "name", "the control character U+202E"),
    "key of several words": ("sided: true", "? [a, b]\n: 3", 0, "", "a key must be one word before a colon"),
    "too deep": ("sided: true", f"sided: {'[' * 99}", 0, "", "too deep inside other groups"),
    "second document": ("sided: true", "---\nsided: true", 0, "", "one file holds one technique"),
}


@pytest.mark.parametrize(("old", "new", "offset", "key", "words"), BROKEN.values(), ids=list(BROKEN))
def test_a_mistake_is_told_with_its_line_its_key_and_what_was_expected(
    tmp_path: Path, old: str, new: str, offset: int, key: str, words: str
) -> None:
    """A file with one mistake gives an error that leads the reader to it."""
    path = _file(tmp_path, GOOD.replace(old, new, 1))
    problem = _problem(path)
    line = _line_of(old.lstrip()) + offset
    about = next((part for part in re.split(r"(?=line \d+, column)", problem) if words in part), None)
    assert str(path) in problem
    assert about is not None, problem
    assert about.startswith(f"line {max(line, 1)}, column "), problem
    assert f", {key}: " in about if key else True, problem


FORMLESS = {
    "empty": (b"", "is empty"),
    "only a comment": (b"# nothing yet\n", "is empty"),
    "only a document mark": (b"---\n", "is empty"),
    "a list": (
        b"- a\n- b\n",
        "line 1, column 1, the file must hold keys such as id: and rules:, each followed by a colon",
    ),
    "a word": (b"hello", "found the text 'hello'"),
    "a number": (b"42", "found the number 42"),
    "UTF-16": ("id: x".encode("utf-16"), "line 1: this is not UTF-8 text (byte 0xff)"),
    "Latin-1 in line 2": ("id: x\nname: Hüfte".encode("latin-1"), "line 2: this is not UTF-8 text (byte 0xfc)"),
    "too large": (b"#" * 256_001, "is larger than 256 kB"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is not UTF-8 text"),
    "a zero byte": (b"id: x\nname: \0", "line 2, column 7, there is a control character here"),
}


@pytest.mark.parametrize(("content", "words"), FORMLESS.values(), ids=list(FORMLESS))
def test_a_file_that_is_no_technique_at_all_is_told_so(tmp_path: Path, content: bytes, words: str) -> None:
    """What cannot be read as keys and values is refused with the reason."""
    assert words in _problem(_file(tmp_path, content))


def test_all_mistakes_are_listed_at_once_from_top_to_end(tmp_path: Path) -> None:
    """Nobody has to run the check again for each mistake."""
    text = GOOD.replace("sided: true", "sided: maybe").replace("tolerance: 5", "tolerance: much", 1)
    text = text.replace("maximum_s: 60", "maximum: 60")
    problem = _problem(_file(tmp_path, text))
    keys = ["sided:", "rules[0].tolerance:", "hold.maximum:"]
    assert "has 3 problems:" in problem
    assert [key for key in keys if key in problem] == keys
    assert problem.index(keys[0]) < problem.index(keys[1]) < problem.index(keys[2])


def test_a_hopeless_file_is_told_briefly(tmp_path: Path) -> None:
    """A file with hundreds of mistakes gives a list that a person would read."""
    problem = _problem(_file(tmp_path, f"rules: [{'{x: 1},' * 300}]"))
    assert "more than 20 problems" in problem
    assert len(problem.splitlines()) == 21


@pytest.mark.parametrize("piece", ["{x: 1},", "a,", "&a b,", "[],", '{x: "{"},'])
def test_a_file_of_endless_values_is_not_read_to_its_end(tmp_path: Path, piece: str) -> None:
    """A small file with far more values than a technique has is refused within a moment."""
    started = time.monotonic()
    problem = _problem(_file(tmp_path, f"rules: [{piece * (250_000 // len(piece))}]"))
    assert "more than" in problem
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeff" + GOOD, id="byte order mark"),
        pytest.param(GOOD.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param(GOOD.rstrip("\n"), id="no last line end"),
        pytest.param(GOOD + "...\n", id="document end mark"),
        pytest.param(GOOD.replace("sided: true", "sided: Yes"), id="yes for a boolean"),
        pytest.param(GOOD.replace("tolerance: 5", "tolerance: +5e0", 1), id="number with exponent"),
    ],
)
def test_harmless_differences_make_none(tmp_path: Path, text: str) -> None:
    """Editors and systems save the same file a little differently; it stays the same technique."""
    assert load_file(_file(tmp_path, text)) == load_technique(NAME)


def test_a_text_over_several_lines_is_one_sentence(tmp_path: Path) -> None:
    """Line breaks and indentation within a text become single spaces."""
    text = GOOD.replace("name: Hip", "name: >\n  Hip\n\n   of\n  two lines #Hip")
    name = load_file(_file(tmp_path, text.replace(" #Hip", "\nx: 1 #", 1).replace("x: 1 #", "# "))).name
    assert name == "Hip of two lines"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
@example(content=b'"\\U00110000"')
@example(content=b"%YAML 99999999999999999999.1\n--- a")
@example(content=b"{a: 0b_, b: 9999-99-99, c: 1__0, d: ._, e: 0x}")
@example(content=b"&a [*a]")
@example(content=b"'a\xc2\x85': {? : }")
def test_any_bytes_give_a_clear_error_and_nothing_else(tmp_path: Path, content: bytes) -> None:
    """Whatever lies in a file, reading it ends with a TechniqueError: no other exception, no half-read technique."""
    assert _problem(_file(tmp_path, content))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_technique_is_a_technique_or_an_error(tmp_path: Path, data: st.DataObject) -> None:
    """A good file with a stretch replaced loads as a valid technique or gives a TechniqueError."""
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 40)))
    piece = data.draw(st.text("{}[]:-&*!|>'\"%@`#?,~ \n\tyesno0159.\\x\u2028", max_size=12))
    path = _file(tmp_path, GOOD[:start] + piece + GOOD[end:])
    technique, error = _outcome(path)
    if technique is None:
        assert str(path) in str(error)
    else:
        assert technique == Technique.model_validate_json(technique.model_dump_json(exclude_none=True))
        assert technique.id == NAME


@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=40))
@example(name="\0.yaml")
@example(name="a" * 5000 + ".yaml")
@example(name="/")
@example(name="")
def test_any_name_gives_a_technique_or_a_clear_error(name: str) -> None:
    """Whatever a person types for a technique, the answer is a technique or a TechniqueError fit for a terminal."""
    technique, error = _outcome(name)
    assert technique is not None or (error is not None and len(error.problem) < 600)
    assert str(error or "").replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("name", "meant"),
    [("glute-max", "glute-max-roll"), ("Hip_Rotation 90", NAME), ("half-kneeling", "half-kneeling-hip-flexor-stretch")],
)
def test_an_unknown_id_is_answered_with_the_close_ones_and_the_list(name: str, meant: str) -> None:
    """A misspelt id leads to the right one."""
    with pytest.raises(TechniqueError) as caught:
        load_technique(name)
    assert f"no technique '{name}'" in caught.value.problem
    assert f"Did you mean {meant}" in caught.value.advice
    assert all(known in caught.value.advice for known in load_techniques())


def test_a_name_like_nothing_known_gets_the_list_only() -> None:
    """No guess is made where nothing is close."""
    with pytest.raises(TechniqueError) as caught:
        load_technique("qqqqqq")
    assert "Did you mean" not in caught.value.advice
    assert NAME in caught.value.advice


def test_a_technique_is_taken_by_id_or_by_path(tmp_path: Path) -> None:
    """An id, a path as text and a path as Path give the same technique."""
    path = _file(tmp_path, GOOD)
    assert load_technique(NAME) == load_technique(str(path)) == load_technique(path)


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.yaml", "cannot be read: no such file"), (".", "is a folder"), ("pipe.yaml", "is not an ordinary file")],
)
def test_what_is_no_readable_file_is_told_so(tmp_path: Path, name: str, words: str) -> None:
    """A path that leads to no file, to a folder or to a pipe is refused at once, without waiting for it."""
    if name == "pipe.yaml":
        if not hasattr(os, "mkfifo"):
            pytest.skip("named pipes are not known here")
        os.mkfifo(tmp_path / name)
    assert words in _problem(tmp_path / name)


def test_a_folder_of_techniques_is_loaded_by_id(tmp_path: Path) -> None:
    """All .yaml and .yml files of a folder are loaded, sorted; others and hidden ones are passed over."""
    for source in techniques_folder().glob("*.yaml"):
        shutil.copy(source, tmp_path)
    (tmp_path / f"{NAME}.yaml").rename(tmp_path / f"{NAME}.yml")
    _file(tmp_path, "not a technique", "notes.txt")
    _file(tmp_path, "not a technique", ".backup.yaml")
    assert load_techniques(tmp_path) == load_techniques()
    assert list(load_techniques(tmp_path)) == sorted(load_techniques())


def test_mistakes_in_several_files_are_all_told(tmp_path: Path) -> None:
    """One broken file does not hide the next."""
    _file(tmp_path, GOOD)
    _file(tmp_path, "hello", "a.yaml")
    _file(tmp_path, "", "b.yaml")
    with pytest.raises(TechniqueError) as caught:
        load_techniques(tmp_path)
    assert "a.yaml, line 1" in caught.value.problem
    assert "b.yaml is empty" in caught.value.problem


@pytest.mark.parametrize("state", ["missing", "empty", "twins"])
def test_a_folder_without_clear_techniques_is_told_so(tmp_path: Path, state: str) -> None:
    """No folder, nothing in it, or two files of one name: each is said."""
    folder = tmp_path / "techniques"
    if state != "missing":
        folder.mkdir()
    if state == "twins":
        _file(folder, GOOD, f"{NAME}.yaml")
        _file(folder, GOOD, f"{NAME}.yml")
    words = {"missing": "no such file", "empty": "no technique file in", "twins": f"both {NAME}.yaml and {NAME}.yml"}
    with pytest.raises(TechniqueError, match=words[state]):
        load_techniques(folder)


def test_the_catalogue_is_imported_without_heavy_libraries() -> None:
    """The command line can import the catalogue for its help without waiting for NumPy, pydantic or MediaPipe."""
    heavy = ["numpy", "pydantic", "mediapipe", "streamlit", "cv2", "av"]
    code = f"import sys; import posecheck.catalog; print([m for m in {heavy} if m in sys.modules])"
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
