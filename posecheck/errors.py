"""Every error a user can meet: what happened, where, and what to do about it."""

from __future__ import annotations


class PosecheckError(Exception):
    """Base of all errors shown to a user without a traceback.

    Parameters
    ----------
    problem : str
        What happened and where, one plain sentence.
    advice : str
        What to do next, one plain sentence.
    """

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem, advice)
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.problem} {self.advice}"


class ClipError(PosecheckError):
    """The clip or picture cannot be read: not a video, no video stream, truncated, no frames, too large."""


class NobodyFoundError(PosecheckError):
    """No person was found in any frame."""


class ModelError(PosecheckError):
    """The pose model is missing, broken, or not a pose landmarker bundle."""


class TechniqueError(PosecheckError):
    """A technique is unknown, or its file is unreadable or malformed."""


class SafetyError(PosecheckError):
    """The file of what is asked before a session is missing, unreadable or malformed."""


class OutputError(PosecheckError):
    """A result could not be written: disk full, no permission, not a folder."""


class SampleError(PosecheckError):
    """A sample clip is unknown, or did not come along."""


class StudioError(PosecheckError):
    """The studio cannot render: numba is missing, or what was asked for does not exist."""


class SystemLibraryError(PosecheckError):
    """A system library that a dependency needs is missing."""
