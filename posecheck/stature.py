"""How tall somebody is. One camera cannot know it; lengths and speeds of rolling are more certain where it is told."""

from __future__ import annotations

from typing import Final

SHORTEST_CM: Final = 100
TALLEST_CM: Final = 230
"""Outside these it is nobody's, but a slip: metres or inches for centimetres."""
USUAL_M: Final = 1.70
"""Of an adult whose height is not known."""
WHY: Final = f"Length and speed of rolling are more certain with it: {100 * USUAL_M:.0f} cm are assumed without."


def metres(height_cm: float | None) -> float | None:
    """A height as a session takes it; None stays None."""
    return None if height_cm is None else height_cm / 100.0


def checked(height_m: float | None) -> float | None:
    """The same height.

    Raises
    ------
    ValueError
        If it is nobody's: in centimetres, for one.
    """
    if height_m is not None and not SHORTEST_CM <= 100.0 * height_m <= TALLEST_CM:
        raise ValueError(f"height_m is {height_m:g}, expected {SHORTEST_CM / 100:g} to {TALLEST_CM / 100:g} metres")
    return height_m
