"""Who is believed to be the other one of two people: by how both look to each other, or as a body of its own.

The network that knows pairs (`posecheck.people.match`) is right more often, from more cameras. Where somebody is known
wrongly, as one body mixed of both, it takes nobody for theirs; then a find that is plainly a body, and lies or is
upright where the other one would, still counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from posecheck.people.find import Find
from posecheck.people.glance import Glance
from posecheck.people.match import Role, chances
from posecheck.people.pair import lies_beside, same_person
from posecheck.people.score import score
from posecheck.pose import FloatArray

NEW: Final = 0.5
"""From which belief on somebody is taken for the other one."""
KEPT_CHANCE, KEPT_SCORE = 0.1, 0.25
"""From either on somebody who was known goes on being seen: whom the partner half covers is less likely a body."""
UNGLANCED: Final = 0.05
"""What speaks for somebody where the glance sees nobody: it may be wrong, and then the match decides alone."""
MIXED: Final = 0.5
"""And what for a find that is no body by itself, beside 1 for one that is."""
RULED_OUT: Final = 0.3
"""Where neither of both has a higher chance, one person may have been taken for two, as mostly where there is but one;
of pairs one of both nearly always has more than 0.5."""
NOT_THERE: Final = 0.28
"""Nor are they two who agree less than this with the whole picture, on average: one person taken for two did by 0.27 at
most in sample clips and by 0.33 in random poses, pairs by 0.36 and more, nearly all. Real pairs may agree less."""


def beliefs(finds: Sequence[Find], known: Find, role: Role) -> FloatArray:
    """How firmly each of N finds is believed to be the other one of both, shape (N,), 0 to 1.

    Parameters
    ----------
    finds : sequence of Find
        Of one picture.
    known : Find
        The other one, there.
    role : Role
        Whose body is looked for.
    """
    return np.maximum(chances(finds, known, role), [_as_a_body(find, known, role) for find in finds])


def likeliest(lying: Sequence[Find], upright: Sequence[Find], glance: Glance) -> tuple[Find, Find] | None:
    """The recipient and the partner who most likely belong together, or None where nobody does.

    Parameters
    ----------
    lying, upright : sequence of Find
        Who may be the recipient, and who the partner; one find may be among both.
    glance : Glance
        What the whole picture says of where both are.
    """
    if not lying or not upright:
        return None
    lie = np.column_stack([beliefs(lying, find, Role.RECIPIENT) for find in upright])
    beside = np.stack([beliefs(upright, find, Role.PARTNER) for find in lying])
    lies, kneels = (
        [(UNGLANCED + glance.agreement(find.pose, role)) * (MIXED + score(find)) for find in finds]
        for role, finds in ((Role.RECIPIENT, lying), (Role.PARTNER, upright))
    )
    distinct = np.array([[not same_person(one.pose, other.pose) for other in upright] for one in lying])
    worth = np.where((lie > NEW) & (beside > NEW) & distinct, lie * beside * np.outer(lies, kneels), 0.0)
    at, by = divmod(int(worth.argmax()), len(upright))
    return (lying[at], upright[by]) if worth[at, by] > 0.0 else None


def are_two(recipient: Find, partner: Find, glance: Glance) -> bool:
    """Whether a pair, found where nobody promised two, may be two people rather than one taken for both.

    Parameters
    ----------
    recipient, partner : Find
        The pair.
    glance : Glance
        What the whole picture says of where both are.
    """
    agreement = glance.agreement(recipient.pose, Role.RECIPIENT) + glance.agreement(partner.pose, Role.PARTNER)
    if agreement / 2.0 < NOT_THERE:
        return False
    lies, beside = chances([recipient], partner, Role.RECIPIENT), chances([partner], recipient, Role.PARTNER)
    return max(float(lies[0]), float(beside[0])) > RULED_OUT


def is_still(find: Find, other: Find, role: Role) -> bool:
    """Whether what is seen where somebody was is still a body of theirs, beside the other one where they last were."""
    return bool(chances([find], other, role)[0] > KEPT_CHANCE or score(find) > KEPT_SCORE)


def _as_a_body(find: Find, known: Find, role: Role) -> float:
    beside = (known.pose, find.pose) if role is Role.PARTNER else (find.pose, known.pose)
    return score(find) if lies_beside(*beside) else 0.0
