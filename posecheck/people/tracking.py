"""Both people over time: a look at each where they were, and a search beside the one when the other is lost.

Knows no model: whoever can look at a region of the present picture is handed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

import numpy as np

from posecheck.people.agreed import TURNS_DEG, agreed, closer_region, of_looks
from posecheck.people.belief import NEW, belief_of_both, beliefs, is_still
from posecheck.people.find import Find, distance_m
from posecheck.people.guesses import BRIEF_LYING, BRIEF_UPRIGHT, beside_partner, beside_recipient
from posecheck.people.match import Role
from posecheck.people.pair import LIES_M, rise_m, same_person
from posecheck.people.region import Region, region_of
from posecheck.pose import Pose

JUMP_M, SPEED_M_S = 0.2, 1.5
"""How far trunk and knees may have moved since the last look: jitter, and the pace of somebody who changes place."""
MEMORY_S: Final = 1.5
"""For so long somebody is looked for where they were last seen."""
GUESSES: Final = 8
"""Squares looked at in a frame in which one is missing; the next frame goes on with the next ones. In the first such
frame all are looked at."""
LOOKS_APART_S: Final = 0.4
"""Looks at moving hands that are farther apart have nothing to agree on."""
REFINED: Final = 3
"""So many of the likeliest are looked at twice more, each time where the body was seen the last time."""


class Eyes(Protocol):
    """Looks at the present picture."""

    def look(self, region: Region) -> Find | None:
        """The body in a region, or None when there is none."""
        ...

    def everybody(self) -> Sequence[Pose]:
        """Whom a person detector finds in the whole picture."""
        ...


@dataclass(frozen=True, eq=False)
class _Seen:
    find: Find
    time_s: float


Pair = tuple[Find | None, Find | None]
"""The recipient and the partner."""


class Closer(Enum):
    """Who is looked at several times, because of where the partner's hands are."""

    RECIPIENT = "recipient"
    """Hands on a knee lead looks at the leg astray: three more in each frame."""
    PARTNER = "partner"
    """Hands on somebody's back: that rub they go hardly farther than single looks err, and gliding they are lost. The
    looks are those of the last frames, each turned otherwise, for frames must come fast."""


class PairTracker:
    """Follows the recipient and the partner; one of these for each stream of frames.

    Parameters
    ----------
    closer : Closer, optional
        Who of both is looked at several times. Left out, nobody.
    brief : bool
        Whether the likeliest squares are enough for the first search as well.
    """

    def __init__(self, *, closer: Closer | None = None, brief: bool = False) -> None:
        self._closer, self._brief = closer, brief
        self._recipient: _Seen | None = None
        self._partner: _Seen | None = None
        self._tried = 0
        self._looks: deque[Pose] = deque(maxlen=len(TURNS_DEG))
        self._turn = 0

    def push(self, eyes: Eyes, time_s: float) -> Pair:
        """Find both in one picture; times increase."""
        recipient = self._followed(eyes, Role.RECIPIENT, time_s)
        partner = self._followed_partner(eyes, time_s)
        if recipient and partner and same_person(recipient.pose, partner.pose):
            recipient, partner = self._without_stranger(recipient, partner)
        if recipient and partner:
            self._tried = 0
        else:
            recipient, partner = self._searched(eyes, recipient, partner)
            self._tried += GUESSES
        if self._closer is Closer.RECIPIENT and recipient:
            recipient = agreed(eyes.look, recipient)
        if self._closer is Closer.PARTNER and partner:
            partner = self._agreed_over_time(partner)
        self._recipient = _Seen(recipient, time_s) if recipient else self._recipient
        self._partner = _Seen(partner, time_s) if partner else self._partner
        return recipient, partner

    def _followed_partner(self, eyes: Eyes, time_s: float) -> Find | None:
        """The partner where they were; by a closer look, turned otherwise than the last one, where they need it.

        One that shows nobody for certain is made again at the usual square, before they are searched everywhere.
        """
        closer = None
        if self._closer is Closer.PARTNER:
            self._turn = (self._turn + 1) % len(TURNS_DEG)
            closer = self._followed(eyes, Role.PARTNER, time_s, lambda pose: closer_region(pose, TURNS_DEG[self._turn]))
        return closer or self._followed(eyes, Role.PARTNER, time_s)

    def _followed(
        self, eyes: Eyes, role: Role, time_s: float, region: Callable[[Pose], Region] = region_of
    ) -> Find | None:
        """Somebody where they were, unless the look there shows no body of theirs, or one too far away."""
        seen, other = self._recipient, self._partner
        if role is Role.PARTNER:
            seen, other = other, seen
        if seen is None or other is None or time_s - seen.time_s > MEMORY_S:
            return None
        find = eyes.look(region(seen.find.pose))
        if find is None or not is_still(find, other.find, role):
            return None
        reach_m = JUMP_M + SPEED_M_S * (time_s - seen.time_s)
        return find if distance_m(seen.find.pose, find.pose) < reach_m else None

    def _agreed_over_time(self, partner: Find) -> Find:
        """What most of the last looks say, one a frame."""
        last = self._looks[-1] if self._looks else None
        if last is None or partner.pose.time_s - last.time_s > LOOKS_APART_S or not same_person(last, partner.pose):
            self._looks.clear()
        self._looks.append(partner.pose)
        return of_looks(partner, self._looks)

    def _without_stranger(self, recipient: Find, partner: Find) -> Pair:
        """Both tracks show one person: the one that went farther from where it was has lost its own."""
        assert self._recipient is not None
        assert self._partner is not None
        recipient_m = distance_m(self._recipient.find.pose, recipient.pose)
        partner_m = distance_m(self._partner.find.pose, partner.pose)
        return (None, partner) if recipient_m > partner_m else (recipient, None)

    def _searched(self, eyes: Eyes, recipient: Find | None, partner: Find | None) -> Pair:
        detected = _detected(eyes)
        if recipient is None and partner is None:
            return self._new_pair(eyes, detected)
        if partner is not None:
            return self._recipient_of(eyes, partner, detected), partner
        assert recipient is not None
        return recipient, self._partner_of(eyes, recipient, detected)

    def _new_pair(self, eyes: Eyes, detected: Sequence[Find]) -> Pair:
        """Two who belong together, among those detected or beside one of them; never one alone."""
        pairs = [(a, b) for a in detected for b in detected if a is not b and belief_of_both(a, b)]
        for known in detected if not pairs else ():
            if rise_m(known.pose) < LIES_M:
                partner = self._partner_of(eyes, known, detected)
                pairs += [(known, partner)] if partner else []
            else:
                recipient = self._recipient_of(eyes, known, detected)
                pairs += [(recipient, known)] if recipient else []
        return max(pairs, key=lambda pair: belief_of_both(*pair), default=(None, None))

    def _recipient_of(self, eyes: Eyes, partner: Find, detected: Sequence[Find]) -> Find | None:
        regions = self._turn_of([*beside_partner(partner.pose)], BRIEF_LYING)
        return _best(eyes, regions, detected, partner, Role.RECIPIENT)

    def _partner_of(self, eyes: Eyes, recipient: Find, detected: Sequence[Find]) -> Find | None:
        regions = self._turn_of([*beside_recipient(recipient.pose)], BRIEF_UPRIGHT)
        return _best(eyes, regions, detected, recipient, Role.PARTNER)

    def _turn_of(self, regions: Sequence[Region], likeliest: Sequence[int]) -> list[Region]:
        """The squares whose turn it is in this frame."""
        if self._brief:
            return [regions[i] for i in likeliest]
        at, number = self._tried % len(regions), GUESSES if self._tried else len(regions)
        return [*regions[at:], *regions[:at]][:number]


def _detected(eyes: Eyes) -> list[Find]:
    """Everybody whom the detector finds, each looked at again."""
    found: list[Find] = []
    for pose in eyes.everybody():
        find = eyes.look(region_of(pose))
        if find and not any(same_person(find.pose, other.pose) for other in found):
            found.append(find)
    return found


def _best(eyes: Eyes, regions: Sequence[Region], more: Sequence[Find], known: Find, role: Role) -> Find | None:
    """The body that most looks agree on, weighed by how firmly each is believed to be the other one of both."""
    looks = [*(find for region in regions if (find := eyes.look(region))), *more]
    first = [find for find in looks if not same_person(find.pose, known.pose)]
    likeliest = np.argsort(-beliefs(first, known, role))[:REFINED]
    finds = [*first, *(find for at in likeliest if (find := _refined(eyes, first[at])))]
    believed = zip(finds, beliefs(finds, known, role), strict=True)
    told = [(find, belief) for find, belief in believed if belief > NEW]
    votes = [sum(belief for other, belief in told if same_person(find.pose, other.pose)) for find, _ in told]
    return told[int(np.argmax(votes))][0] if told else None


def _refined(eyes: Eyes, rough: Find) -> Find | None:
    again = eyes.look(region_of(rough.pose))
    return again and eyes.look(region_of(again.pose))
