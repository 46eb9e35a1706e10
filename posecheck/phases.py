"""What was done when: set-up, rolling, holding, rest and the change of sides, from the spans that were understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from posecheck.landmarks import Side
from posecheck.phase import Phase, PhaseSpan

LEAST_REST_S: Final = 1.5
"""A gap between rolling and holding shorter than this belongs to what was before it."""


@dataclass(frozen=True)
class Work:
    """A span in which something was done to a side: rolling or holding, seconds."""

    start_s: float
    end_s: float
    phase: Phase
    side: Side


def phases_of(start_s: float, end_s: float, works: Sequence[Work]) -> list[PhaseSpan]:
    """The phases of a session, one after the other, without a gap.

    Parameters
    ----------
    start_s, end_s : float
        Of the session.
    works : sequence of Work
        Rolling and holds of all sides, in any order. Where they overlap, what began later goes on.

    Returns
    -------
    list of PhaseSpan
        Before the first work it is set-up, after the last one rest; between two of one side rest, between two of
        different sides a switch. Spans of one phase that follow each other are one.
    """
    if end_s <= start_s:
        return []
    marks: list[tuple[float, Phase]] = [(start_s, Phase.SET_UP)]
    in_order = sorted(works, key=lambda work: (work.start_s, work.end_s))
    for i, work in enumerate(in_order):
        marks.append((work.start_s, work.phase))
        following = in_order[i + 1] if i + 1 < len(in_order) else None
        switched = following is not None and following.side is not work.side
        if (following.start_s if following else end_s) - work.end_s > LEAST_REST_S or switched:
            marks.append((work.end_s, Phase.SWITCH if switched else Phase.REST))
    return _spans(marks, end_s)


def _spans(marks: Sequence[tuple[float, Phase]], end_s: float) -> list[PhaseSpan]:
    """Each mark lasts until the next; those of no length are left out and equal neighbours joined."""
    spans: list[PhaseSpan] = []
    for i, (start_s, phase) in enumerate(marks):
        until_s = min(marks[i + 1][0] if i + 1 < len(marks) else end_s, end_s)
        if until_s - start_s <= 0.0:
            continue
        if spans and spans[-1].phase is phase:
            spans[-1] = spans[-1].model_copy(update={"end_s": round(until_s, 3)})
        else:
            spans.append(PhaseSpan(start_s=round(start_s, 3), end_s=round(until_s, 3), phase=phase))
    return spans
