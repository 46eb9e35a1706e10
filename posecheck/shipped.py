"""Files that come with posecheck: inside an installed package, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

TECHNIQUES: Final = "reference_poses"
SAFETY_FILE: Final = "safety.yaml"
"""Lies beside the techniques, and is none."""
SAMPLES: Final = "sample_videos"


def shipped_folder(name: str) -> Path | None:
    """A folder that comes along, or None when it is in neither place."""
    package = Path(__file__).parent
    return next((folder for folder in (package / name, package.parent / name) if folder.is_dir()), None)


def picture_of(technique_id: str, suffix: str) -> Path | None:
    """A picture of a technique done right, or None when there is none.

    Parameters
    ----------
    technique_id : str
        Of a shipped technique.
    suffix : str
        ``jpg`` for the still, ``webp`` for the short loop that shows the way into the position.
    """
    folder = shipped_folder(TECHNIQUES)
    path = folder / "pictures" / f"{technique_id}.{suffix}" if folder else None
    return path if path and path.is_file() else None
