"""An uploaded clip on disk: in a private folder of the browser session, under a name of ours, gone afterwards."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import BinaryIO

from posecheck.errors import OutputError

LIMIT_MB = 500
"""Largest upload; the server keeps it in memory until the page lets go of it."""
EXTENSIONS = (
    *("mp4", "mov", "m4v", "3gp", "3g2", "mkv", "webm", "avi", "wmv", "flv", "mpg", "mpeg", "m2ts", "mts", "ts"),
    *("ogv", "gif", "jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff"),
)
"""What the file dialog offers. Whether a file is a clip is found out from its content, never from its name."""
_SHOWN_NAME = 80
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class Workspace:
    """A private folder for one clip and what is made of it, removed on `close`, at the program's end at the latest.

    Raises
    ------
    OutputError
        If the folder or a file in it cannot be written.
    """

    def __init__(self) -> None:
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="posecheck-"))
        except OSError as error:
            raise OutputError(
                f"No temporary folder can be made: {error.strerror}.", "Free some disk space and try again."
            ) from error
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def store(self, name: str, content: BinaryIO) -> Path:
        """Write an upload to the folder; of its name only a harmless extension is kept."""
        suffix = _SUFFIX.search(name)
        path = self.folder / f"clip{suffix.group().lower() if suffix else ''}"
        content.seek(0)
        try:
            with path.open("wb") as file:
                shutil.copyfileobj(content, file, 1 << 20)
        except OSError as error:
            self.close()
            raise OutputError(
                f"The upload could not be kept: {error.strerror}.", "Free some disk space and try again."
            ) from error
        return path

    def close(self) -> None:
        """Remove the folder with all that is in it; safe to call twice."""
        self._remove()


def shown_name(name: str) -> str:
    """The last part of an uploaded file's name, without what does not belong in one."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')[:_SHOWN_NAME] or "clip"
