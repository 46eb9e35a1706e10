"""Why a hold ended, where it was not that a rule was broken."""

from __future__ import annotations

from typing import Final

LEFT_VIEW: Final = "left_view"
COMPLETED: Final = "completed"
IDLE: Final = "idle"
MAXIMUM: Final = "maximum"
RELEASED: Final = "released"
CLIP_END: Final = "clip_end"
UNBROKEN: Final = frozenset({COMPLETED, MAXIMUM, RELEASED, CLIP_END})
"""Endings of a hold that nothing broke."""
