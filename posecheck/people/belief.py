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
from posecheck.people.match import Role, chances
from posecheck.people.pair import lies_beside, same_person
from posecheck.people.score import score
from posecheck.pose import FloatArray

NEW: Final = 0.5
"""From which belief on somebody is taken for the other one."""
KEPT_CHANCE, KEPT_SCORE = 0.1, 0.25
"""From either on somebody who was known goes on being seen: whom the partner half covers is less likely a body."""
RULED_OUT: Final = 0.03
"""Where either of both has no higher chance, one person may have been taken for two. Of people alone, legs taken for
somebody else had less in all of three cases; of pairs in which one was known wrongly, the other had more."""


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


def belief_of_both(recipient: Find, partner: Find) -> float:
    """How firmly two finds are believed to be a recipient and their partner."""
    if same_person(recipient.pose, partner.pose):
        return 0.0
    lies, beside = beliefs([recipient], partner, Role.RECIPIENT)[0], beliefs([partner], recipient, Role.PARTNER)[0]
    return float(lies * beside) if min(lies, beside) > NEW else 0.0


def are_two(recipient: Find, partner: Find) -> bool:
    """Whether a pair, found where nobody promised two, may be two people rather than one taken for both."""
    lies, beside = chances([recipient], partner, Role.RECIPIENT), chances([partner], recipient, Role.PARTNER)
    return max(float(lies[0]), float(beside[0])) > RULED_OUT


def is_still(find: Find, other: Find, role: Role) -> bool:
    """Whether what is seen where somebody was is still a body of theirs, beside the other one where they last were."""
    return bool(chances([find], other, role)[0] > KEPT_CHANCE or score(find) > KEPT_SCORE)


def _as_a_body(find: Find, known: Find, role: Role) -> float:
    beside = (known.pose, find.pose) if role is Role.PARTNER else (find.pose, known.pose)
    return score(find) if lies_beside(*beside) else 0.0
