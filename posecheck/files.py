"""Files that are either whole or not there: written beside their place under another name, renamed when complete."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from posecheck.errors import OutputError

_STEM_LIMIT = 120
"""Characters of the name kept in the temporary one, so that it stays below the 255 bytes of common file systems."""

_PROBLEMS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "Free some space or choose another folder, then try again."),
    errno.EFBIG: ("it is larger than that disk allows", "Choose a folder on another disk, or cut the clip."),
    errno.EDQUOT: ("your disk quota is used up", "Free some space or choose another folder, then try again."),
    errno.EACCES: ("you have no permission to write there", "Choose a folder of your own, or change its permissions."),
    errno.EPERM: ("you have no permission to write there", "Choose a folder of your own, or change its permissions."),
    errno.EROFS: ("that disk can only be read", "Choose a folder on another disk."),
    errno.ENOTDIR: ("part of the path is a file, not a folder", "Choose another folder, or rename that file."),
    errno.EISDIR: ("a folder of that name is in the way", "Choose another name, or move that folder."),
    errno.ENOENT: ("the folder does not exist", "Create the folder first, or choose one that exists."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter name."),
}


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path to write to; it takes the place of `path` when the block ends without an exception.

    The temporary file lies in the same folder (a rename is atomic only within one file system), keeps the
    extension (writers choose the format by it) and exists, empty, when the block starts, so that a place which
    cannot be written to is found before the work and not after it. On any exception, Ctrl-C included, it is removed
    and whatever was at `path` stays as it was.

    Parameters
    ----------
    path : path-like
        Where the file is to be. Its folder must exist.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    OutputError
        If the file cannot be created, written or renamed: disk full, no permission, not a folder, no such folder.
        Errors of the block that concern other files pass through unchanged.
    """
    final = Path(path)
    stem = final.stem.encode()[:_STEM_LIMIT].decode(errors="ignore")
    temporary = final.with_name(f".{stem}.{secrets.token_hex(4)}.part{final.suffix}")
    try:
        temporary.open("xb").close()
    except OSError as error:
        raise _explained(error, final) from error
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(final)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and _concerns(error, temporary):
            raise _explained(error, final) from error
        raise
    _flush_folder(final.parent)


def _concerns(error: OSError, temporary: Path) -> bool:
    """Whether an error is about writing this file, rather than about some other file that the block opened."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return True
    named = error.filename
    return error.errno in _PROBLEMS and (named is None or os.fspath(named) == os.fspath(temporary))


def _explained(error: OSError, final: Path) -> OutputError:
    reason, advice = _PROBLEMS.get(
        error.errno or 0, (error.strerror or "the system refused", "Choose another folder, then try again.")
    )
    return OutputError(f"{final} could not be written: {reason}.", advice)


def _flush(path: Path) -> None:
    """Wait until the content is on the disk: a rename that outlives its content would leave an empty file."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system lets a folder be opened (not on Windows)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def staged_folder(final: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary folder; its files take their places in `final` when the block ends without an exception.

    The temporary folder lies inside `final`, which is made if it is not there. On any exception, Ctrl-C included, it is
    removed with what it holds, and the files in `final` stay as they were.

    Parameters
    ----------
    final : path-like
        Folder for the files.

    Raises
    ------
    OutputError
        If the folder cannot be made or written to.
    """
    folder = Path(final)
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    stage = folder / f".part.{secrets.token_hex(4)}"
    try:
        stage.mkdir(parents=True)
    except OSError as error:
        raise _explained(error, folder) from error
    try:
        yield stage
        for file in sorted(stage.iterdir()):
            file.replace(folder / file.name)
    except OSError as error:
        if error.errno in _PROBLEMS:
            raise _explained(error, folder) from error
        raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        for each in made:
            with contextlib.suppress(OSError):  # not empty: there are results in it
                each.rmdir()
