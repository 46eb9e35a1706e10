"""The file that a clip is being written to, as FFmpeg sees it."""

from __future__ import annotations

import io
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

_AVIO_FLAG_WRITE = 2


class PartFile:
    """A file that never fails within FFmpeg; `check` raises what happened.

    An exception inside FFmpeg's callbacks would be printed and dropped (two in a row) or lost (Ctrl-C).

    Parameters
    ----------
    path : Path
        An existing file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = str(path)
        self._file: BinaryIO = path.open("wb")
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError:
            if error is None:
                raise

    @property
    def closed(self) -> bool:
        """Whether it is closed: PyAV then writes no trailer for a container given up."""
        return self._file.closed

    def check(self) -> None:
        """Raise what went wrong since the start, if anything did."""
        if self._error is not None:
            raise self._error

    def write(self, data: bytes) -> int:
        """Append or overwrite bytes; after a failure do nothing."""
        if self._error is None:
            try:
                return self._file.write(data)
            except BaseException as error:
                self._error = error
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; after a failure do nothing."""
        if self._error is None:
            try:
                return self._file.seek(offset, whence)
            except BaseException as error:
                self._error = error
        return offset

    def tell(self) -> int:
        """Position in bytes."""
        return self._file.tell()

    def reopened(self, url: str, flags: int, options: dict[str, str]) -> BinaryIO:
        """Open what is written so far for reading, as moving the index to the front needs it."""
        if url != self.name or flags & _AVIO_FLAG_WRITE:
            raise PermissionError(f"a clip being written must not open {url!r} ({options})")
        self._file.flush()
        return self._path.open("rb")
