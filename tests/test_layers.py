"""Imports point downwards: core knows no adapter, adapters know no other adapter, nothing knows the pages."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "posecheck"
CORE = {
    "errors", "landmarks", "pose", "geometry", "evidence", "quantities", "measures", "appearance", "corrector",
    "reference", "technique", "result", "rules", "hold", "movement", "gesture", "sight", "coach", "filters", "recorder",
    "summary", "session", "safety", "course", "strokes", "side_judge", "sides", "phase", "phases", "bilateral",
    "stature", "swings", "swing_summary", "hands", "rubbing", "lens", "hip_turn", "moving", "people", "demonstration",
    "likely_pose", "suggestion", "suggested_bands", "suggested_faults", "draft", "frame_clock", "leg_hold", "activity",
    "endings", "situation", "tilt", "roll_view",
}  # fmt: skip
SHARED = {"files", "local_file", "shipped"}
"""Files on disk, for every adapter and the application; they know nothing but the errors."""
ADAPTERS = {
    "estimator": {"mediapipe"},
    "video": {"av"},
    "annotate": {"cv2"},
    "catalog": {"yaml"},
    "report": {"altair", "vl_convert", "jinja2"},
    "export": {"pyarrow"},
    "still": {"PIL"},
}
PARTS = {
    "drawing": "annotate",
    "document": "catalog",
    "closeup": "estimator",
    "overview": "estimator",
    "both_ways": "estimator",
    "several_looks": "estimator",
    "registration": "estimator",
    "complaints": "catalog",
    "safety_file": "catalog",
    "technique_file": "catalog",
}
"""Modules that belong to an adapter."""
APPLICATION = {
    "analysis",
    "live",
    "cli",
    "company",
    "doctor",
    "keyframes",
    "lazy_watcher",
    "new_technique",
    "pair_finder",
    "overlap",
    "proof",
    "samples",
    "studio",
    "technique_commands",
    "technique_print",
    "terminal",
    "versions",
    "watcher",
}
OWNED = {library: adapter for adapter, libraries in ADAPTERS.items() for library in libraries}
ALSO = {"ui": {"av", "altair"}, "video": {"cv2"}, "estimator": {"cv2"}}
"""WebRTC hands over PyAV frames; Streamlit shows Altair charts; OpenCV turns RGB into YUV faster than FFmpeg does, and
cuts turned squares out of pictures."""
MODULES = sorted(PACKAGE.rglob("*.py"))


def layer_part(path: Path) -> str:
    """The top-level part of the package that a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return PARTS.get(first, first)


def imports(path: Path) -> set[str]:
    """Absolute dotted names of everything a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own(path: Path) -> set[str]:
    """Parts of posecheck that a file imports."""
    names = {name.split(".")[1] for name in imports(path) if name.startswith("posecheck.")}
    return {PARTS.get(name, name) for name in names} - {"__version__"}


def test_every_module_has_its_layer() -> None:
    """A new module must be given a layer here."""
    known = CORE | SHARED | ADAPTERS.keys() | APPLICATION | {"ui", "__init__"}
    assert {layer_part(path) for path in MODULES} <= known


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    """Each module imports only what its layer may."""
    part, used = layer_part(path), own(path)
    if part in CORE:
        assert used <= CORE
    elif part in SHARED:
        assert used <= {"errors"} | SHARED
    elif part in ADAPTERS:
        assert used <= CORE | SHARED | {part}
    elif part in APPLICATION:
        assert "ui" not in used or path.name == "cli.py", "only the command that starts the app may know the pages"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_has_one_home(path: Path) -> None:
    """A library that an adapter wraps is imported by that adapter alone, with few exceptions."""
    part = layer_part(path)
    libraries = {name.split(".")[0] for name in imports(path)} & OWNED.keys()
    foreign = {library for library in libraries if OWNED[library] != part}
    assert foreign <= ALSO.get(part, set())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_stay_short(path: Path) -> None:
    """A file holds one idea: about 300 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 330
