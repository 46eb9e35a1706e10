"""A path from outside is an ordinary file of this machine with something in it, or an error for people."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from posecheck.errors import ClipError

_CHOOSE = "Check the path, or choose the file again."


def open_local(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a clip or picture for reading.

    Anything but an ordinary file is refused before it is opened: a pipe or a device would block or never end.

    Parameters
    ----------
    path : path-like
        The file. It is taken as a plain path: no address, no pattern, no protocol prefix.

    Returns
    -------
    BinaryIO
        At its first byte; the caller closes it.

    Raises
    ------
    ClipError
        If there is no such file, it is a folder, a device or empty, or may not be read.
    """
    file = Path(path)
    try:
        status = file.stat()
    except ValueError as error:
        raise ClipError(f"{str(file)!r} is not a path.", _CHOOSE) from error
    except OSError as error:
        raise _cannot_open(file, error) from error
    if stat.S_ISDIR(status.st_mode):
        raise ClipError(f"{file} is a folder, not a clip or picture.", "Choose one file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise ClipError(f"{file} is a device or a pipe, not a file.", "Save the clip as a file first.")
    if status.st_size == 0:
        raise ClipError(f"{file} is empty.", "Copy it again from the phone or camera.")
    try:
        return file.open("rb")
    except OSError as error:
        raise _cannot_open(file, error) from error


def _cannot_open(file: Path, error: OSError) -> ClipError:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return ClipError(f"There is no file {file}.", _CHOOSE)
    if isinstance(error, PermissionError):
        return ClipError(f"You have no permission to read {file}.", "Change its permissions, or copy it elsewhere.")
    return ClipError(f"{file} cannot be opened: {error.strerror or error}.", _CHOOSE)
