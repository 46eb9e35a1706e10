"""The safety file -> what is asked, said and offered around every technique; errors name file, line and key."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from posecheck.catalog import read_document, techniques_folder
from posecheck.complaints import fitted, is_group
from posecheck.document import malformed
from posecheck.errors import SafetyError, TechniqueError
from posecheck.safety import Safety
from posecheck.shipped import SAFETY_FILE

_ADVICE = "Correct the file and try again; without it no session is started."


def load_safety(path: Path | None = None) -> Safety:
    """What holds for every technique.

    Parameters
    ----------
    path : Path, optional
        The safety file; by default the one beside the shipped techniques.

    Raises
    ------
    SafetyError
        If the file is missing, unreadable or malformed: everything that is wrong is listed with line and key.
    """
    try:
        file = path if path is not None else techniques_folder() / SAFETY_FILE
        document = read_document(file)
        form = "the file must hold keys such as stop: and questions:, each followed by a colon"
        safety = fitted(document, Safety, safety_schema()) if is_group(document, form) else None
        if safety is None or document.complaints:
            raise malformed(file, document.complaints)
    except TechniqueError as error:
        raise SafetyError(error.problem, _ADVICE) from error
    return safety


@functools.cache
def safety_schema() -> dict[str, Any]:
    """The JSON Schema of the safety file, for editors. Shared: copy before changing it."""
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **Safety.model_json_schema(),
        "title": "posecheck safety",
        "description": "What is asked before, said during and offered after every technique; see docs/safety.md.",
    }
