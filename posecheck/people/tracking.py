"""Both people over time: a look at each where they were, and a search for whoever is missing.

Knows no model: whoever can look at a region of the present picture is handed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from posecheck.people.agreed import CLOSER, TURNS_DEG, agreed, of_looks
from posecheck.people.belief import is_still, likeliest
from posecheck.people.find import Find, distance_m
from posecheck.people.glance import Glance
from posecheck.people.guesses import beside_partner, beside_recipient, upright_region
from posecheck.people.match import Role
from posecheck.people.pair import same_person
from posecheck.people.region import Region, region_of
from posecheck.pose import Pose

JUMP_M, SPEED_M_S = 0.2, 1.5
"""How far trunk and knees may have moved since the last look: jitter, and the pace of somebody who changes place."""
MEMORY_S: Final = 1.5
"""For so long somebody is looked for where they were last seen."""
GUESSES: Final = 4
"""Squares looked at in a frame for somebody who is missing; the next frame goes on with the next ones. In the first
such frame all are looked at."""
HANDS_HALF_M: Final = 1.0
"""Half of the square in which a partner's hands are followed, at least: in narrower ones they are lost at times."""
LOOKS_APART_S: Final = 0.4
"""Looks at moving hands that are farther apart have nothing to agree on."""
REFINED: Final = 2
"""So often those who are found are looked at again, where they were seen the last time."""


class Eyes(Protocol):
    """Looks at the present picture."""

    def look(self, region: Region) -> Find | None:
        """The body in a region, or None when there is none."""
        ...

    def everybody(self) -> Sequence[Pose]:
        """Whom a person detector finds in the whole picture."""
        ...

    def glance(self) -> Glance:
        """What the whole picture says of where both are."""
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
        Whether the likeliest squares at which a glance shows both are enough for a search.
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
            recipient = agreed(lambda region: _looked(eyes, region, Role.RECIPIENT), recipient)
        if self._closer is Closer.PARTNER and partner:
            partner = self._agreed_over_time(partner)
        self._recipient = _Seen(recipient, time_s) if recipient else self._recipient
        if partner and self._closer is Closer.PARTNER:
            # Whose hips are seen on the recipient's legs would be looked for there, and their hands be lost.
            self._partner = _Seen(eyes.glance().as_glanced(partner, Role.PARTNER), time_s)
        elif partner:
            self._partner = _Seen(partner, time_s)
        return recipient, partner

    def _followed_partner(self, eyes: Eyes, time_s: float) -> Find | None:
        """The partner where they were; by a closer look, turned otherwise than the last one, where they need it.

        One that shows nobody for certain is made again at the usual square, before they are searched everywhere.
        """
        closer = None
        if self._closer is Closer.PARTNER:
            self._turn = (self._turn + 1) % len(TURNS_DEG)
            closer = self._followed(
                eyes,
                Role.PARTNER,
                time_s,
                lambda pose: upright_region(pose, HANDS_HALF_M).varied(CLOSER, TURNS_DEG[self._turn]),
            )
        return closer or self._followed(eyes, Role.PARTNER, time_s, upright_region)

    def _followed(
        self, eyes: Eyes, role: Role, time_s: float, region: Callable[[Pose], Region] = region_of
    ) -> Find | None:
        """Somebody where they were, unless the look there shows no body of theirs, or one too far away."""
        seen, other = self._recipient, self._partner
        if role is Role.PARTNER:
            seen, other = other, seen
        if seen is None or other is None or time_s - seen.time_s > MEMORY_S:
            return None
        find = _looked(eyes, region(seen.find.pose), role)
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
        """Two who belong together, whoever is known among them: where a glance shows both, or beside somebody seen."""
        detected = _detected(eyes)
        for squares in (_glanced, *(() if self._brief else (_beside,))):
            lying, upright = (
                [known] if known else self._seen(eyes, role, squares(eyes, role, other, detected), detected)
                for role, known, other in ((Role.RECIPIENT, recipient, partner), (Role.PARTNER, partner, recipient))
            )
            if pair := likeliest(lying, upright, eyes.glance()):
                return _refined(eyes, pair, recipient, partner)
        return recipient, partner

    def _seen(self, eyes: Eyes, role: Role, regions: Sequence[Region], detected: Sequence[Find]) -> list[Find]:
        """Who is seen in the squares whose turn it is in this frame, and who was detected, as somebody of a role."""
        at = self._tried % max(len(regions), 1)
        turn = [*regions[at:], *regions[:at]][: GUESSES if self._tried or self._brief else None]
        own = [eyes.glance().the_right_way_round(find, role) for find in detected]
        return [*(find for region in turn if (find := _looked(eyes, region, role))), *own]


def _looked(eyes: Eyes, region: Region, role: Role) -> Find | None:
    """The body in a region, left and right as the whole picture shows them."""
    find = eyes.look(region)
    return eyes.glance().the_right_way_round(find, role) if find else None


def _detected(eyes: Eyes) -> list[Find]:
    """Everybody whom the detector finds, each looked at again."""
    found: list[Find] = []
    for pose in eyes.everybody():
        find = eyes.look(region_of(pose))
        if find and not any(same_person(find.pose, other.pose) for other in found):
            found.append(find)
    return found


def _glanced(eyes: Eyes, role: Role, *_: object) -> list[Region]:
    """Where the glance shows somebody."""
    return eyes.glance().regions(role)


def _beside(_: Eyes, role: Role, other: Find | None, detected: Sequence[Find]) -> list[Region]:
    """Where somebody may be beside the other one of both, or beside those detected."""
    beside = beside_partner if role is Role.RECIPIENT else beside_recipient
    return [region for find in ([other] if other else detected) for region in beside(find.pose)]


def _refined(eyes: Eyes, pair: tuple[Find, Find], recipient: Find | None, partner: Find | None) -> tuple[Find, Find]:
    """Whoever of both is new, looked at again in the square that they fill.

    A partner is taken as they look there, in a square wide enough for their hands; a recipient as they are seen best.
    """
    for _ in range(REFINED):
        lies, beside = pair
        lying, upright = [lies], [beside]
        if recipient is None and (again := _looked(eyes, region_of(lies.pose), Role.RECIPIENT)):
            lying = [lies, again]
        if partner is None and (again := _looked(eyes, upright_region(beside.pose), Role.PARTNER)):
            upright = [again]
        pair = likeliest(lying, upright, eyes.glance()) or pair
    return pair
