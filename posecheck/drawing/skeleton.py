"""The skeleton, each limb and joint drawn by the verdict of the rules that are about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.drawing.layout import FrameLayout
from posecheck.drawing.palette import GREY, INK, MIST, VERDICT_COLOURS, WHITE
from posecheck.drawing.stamp import Image
from posecheck.landmarks import SKELETON, Landmark, Side
from posecheck.pose import FloatArray, Pose
from posecheck.reference import RuleSide
from posecheck.result import Verdict
from posecheck.technique import Rule, Technique

_PARENTS = {
    "KNEE": "HIP",
    "ANKLE": "KNEE",
    "HEEL": "ANKLE",
    "FOOT_INDEX": "ANKLE",
    "ELBOW": "SHOULDER",
    "WRIST": "ELBOW",
}
"""The joint before a joint: the limb that moves it."""

_SEEN = 0.5
"""Visibility from which a limb that no rule is about is drawn: below it the model itself bets on hidden."""

_FILLED = 0.65
"""Share of the frame's shorter side from which a person is drawn in full line width: the diagonal of the landmarks."""

_THINNEST = 0.5

_BITS = 3
_FINER = 1 << _BITS
"""Points are given to OpenCV in eighths of a pixel, so that limbs do not jump from pixel to pixel."""

_WIDTHS: dict[Verdict | None, float] = {Verdict.PASS: 4.5, Verdict.FAIL: 6.5, Verdict.UNSEEN: 3.0, None: 2.0}
_ORDER: tuple[Verdict | None, ...] = (None, Verdict.PASS, Verdict.UNSEEN, Verdict.FAIL)
"""What is drawn first lies below."""

_OUTLINE = 1.5
_MOST_GAPS = 12

Edge = tuple[Landmark, Landmark]


def rule_landmarks(rule: Rule, side: Side) -> tuple[Landmark, ...]:
    """Landmarks that a rule's measure is made of, when `side` is being worked on."""
    own = side.other if rule.side is RuleSide.OPPOSITE else side
    found: list[Landmark] = []
    for joint in rule.quantity.joints:
        bare = joint.removeprefix("OTHER_")
        of_rule = own.other if joint != bare else own
        sides = (of_rule,) if rule.quantity.sided else tuple(Side)
        found += [Landmark[f"{one.name}_{bare}"] for one in sides]
    return tuple(found)


def rule_edges(rule: Rule, side: Side) -> tuple[Edge, ...]:
    """Edges of the skeleton between a rule's landmarks; one that stands alone brings the limb that moves it."""
    landmarks = rule_landmarks(rule, side)
    edges = [edge for edge in SKELETON if edge[0] in landmarks and edge[1] in landmarks]
    alone = [landmark for landmark in landmarks if not any(landmark in edge for edge in edges)]
    for landmark in alone:
        own, _, joint = landmark.name.partition("_")
        if joint in _PARENTS:
            edges.append((Landmark[f"{own}_{_PARENTS[joint]}"], landmark))
    return tuple(edges)


@dataclass(frozen=True, eq=False)
class Roles:
    """Which rules each part of the skeleton takes part in.

    Parameters
    ----------
    edges : array of int, shape (E, 2)
        The landmarks of each edge.
    edge_rules : tuple of tuples of str
        The rules of each edge, by id; empty where no rule is about it.
    joints : mapping of Landmark to tuple of str
        The same for landmarks; only those that a rule is about.
    """

    edges: NDArray[np.int64]
    edge_rules: tuple[tuple[str, ...], ...]
    joints: Mapping[Landmark, tuple[str, ...]]

    @classmethod
    def of(cls, technique: Technique, side: Side) -> Roles:
        """The roles while `side` is being worked on."""
        edges: dict[Edge, tuple[str, ...]] = dict.fromkeys(SKELETON, ())
        joints: dict[Landmark, tuple[str, ...]] = {}
        for rule in technique.rules:
            for edge in rule_edges(rule, side):
                edges[edge] = (*edges[edge], rule.id)
            for landmark in rule_landmarks(rule, side):
                joints[landmark] = (*joints.get(landmark, ()), rule.id)
        return cls(np.array(list(edges), dtype=np.int64), tuple(edges.values()), joints)


def worst(rules: Collection[str], verdicts: Mapping[str, Verdict]) -> Verdict | None:
    """One verdict for several rules: a failure first, then whatever is unseen; None when there is no rule.

    Green only if every rule passes: a limb must not look right because one of its rules could not be judged.
    """
    found = {verdicts.get(rule, Verdict.UNSEEN) for rule in rules}
    return next((one for one in (Verdict.FAIL, Verdict.UNSEEN, Verdict.PASS) if one in found), None)


@dataclass(frozen=True, eq=False)
class Points:
    """A pose's landmarks on the frame that is drawn on.

    Parameters
    ----------
    px : array, shape (33, 2)
        Pixels of the frame, which may be of another size than the one the pose was found in.
    inside : array of bool, shape (33,)
        Whether the landmark is known and lies in the frame: only then it is drawn.
    clear : array of bool, shape (33,)
        Whether the model believes that it sees it, too.
    stroke : float
        Width of a line that is 1 px wide on a person who fills a frame of 480 px; less for a small person.
    """

    px: FloatArray
    inside: NDArray[np.bool_]
    clear: NDArray[np.bool_]
    stroke: float

    def width(self, width: float) -> int:
        """A line width or a radius in pixels of the frame, at least 1."""
        return max(1, round(width * self.stroke))

    @classmethod
    def of(cls, pose: Pose, frame: FrameLayout) -> Points:
        """Where the landmarks lie on the frame."""
        size = np.array((frame.width, frame.height), dtype=np.float64)
        px = pose.image_px * (size / np.maximum(1, pose.size_px))
        # A comparison with NaN is False, which is what is wanted here.
        inside = np.all((px >= 0) & (px <= size - 1), axis=1)
        shown = px[inside]
        extent = hypot(*(shown.max(axis=0) - shown.min(axis=0))) if len(shown) else 0.0
        shorter = min(frame.width, frame.height)
        fill = min(1.0, max(_THINNEST, extent / (_FILLED * shorter)))
        return cls(px, inside, inside & (pose.visibility >= _SEEN), fill * shorter / 480)


def draw_skeleton(
    image: Image,
    points: Points,
    roles: Roles,
    verdicts: Mapping[str, Verdict],
    unseen: Collection[Landmark],
) -> None:
    """Draw limbs and joints: failing ones thick with diamonds, passing ones with dots, unseen ones dashed and hollow.

    Limbs that no rule is about are thin, and drawn only where the model believes that it sees them.
    """
    found = {rules: worst(rules, verdicts) for rules in {*roles.edge_rules, *roles.joints.values()}}
    _draw_limbs(image, points, roles.edges, [found[rules] for rules in roles.edge_rules])
    centres = np.rint(np.where(points.inside[:, None], points.px, 0) * _FINER).astype(np.int64).tolist()
    inside = points.inside.tolist()
    for landmark, rules in roles.joints.items():
        if inside[landmark]:
            verdict = Verdict.UNSEEN if landmark in unseen else found[rules]
            _draw_joint(image, centres[landmark], verdict, points)


def draw_partner(image: Image, points: Points) -> None:
    """Draw somebody who is not judged: thin limbs, where the model believes that it sees them."""
    _draw_limbs(image, points, np.array(SKELETON, dtype=np.int64), [None] * len(SKELETON))


def _draw_limbs(image: Image, points: Points, edges: NDArray[np.int64], verdicts: Sequence[Verdict | None]) -> None:
    """Draw limbs as narrow four-cornered shapes: half the time of OpenCV's lines, which round both ends."""
    ruled = np.array([verdict is not None for verdict in verdicts])
    shown = np.where(ruled, points.inside[edges].all(axis=1), points.clear[edges].all(axis=1))
    order = sorted(np.flatnonzero(shown).tolist(), key=lambda edge: _ORDER.index(verdicts[edge]))
    if not order:
        return
    looks = [verdicts[edge] for edge in order]
    start, end = points.px[edges[order, 0]], points.px[edges[order, 1]]
    half = np.array([points.width(_WIDTHS[look]) / 2 for look in looks])
    rim = points.width(_OUTLINE)
    for outline in _bars(start, end, half + rim, rim):
        cv2.fillConvexPoly(image, outline, INK, cv2.LINE_AA, _BITS)
    # Each limb is one piece, or several dashes: rows of (limb, where it starts, where it ends).
    length = 2 * points.width(8)
    pieces = np.array(
        [(limb, *piece) for limb, look in enumerate(looks) for piece in _pieces(look, start[limb], end[limb], length)]
    )
    limb = pieces[:, 0].astype(np.int64)
    along = end[limb] - start[limb]
    bars = _bars(start[limb] + pieces[:, 1:2] * along, start[limb] + pieces[:, 2:] * along, half[limb], 0)
    for bar, number in zip(bars, limb.tolist(), strict=True):
        look = looks[number]
        cv2.fillConvexPoly(image, bar, MIST if look is None else VERDICT_COLOURS[look], cv2.LINE_AA, _BITS)


def _pieces(look: Verdict | None, start: FloatArray, end: FloatArray, length: int) -> list[tuple[float, float]]:
    """Shares of a limb's length that are painted: all of it, or dashes as long as the gaps if it is unseen."""
    if look is not Verdict.UNSEEN:
        return [(0.0, 1.0)]
    gaps = min(_MOST_GAPS, int(hypot(end[0] - start[0], end[1] - start[1]) / length))
    step = 1 / (2 * gaps + 1)
    return [(2 * dash * step, (2 * dash + 1) * step) for dash in range(gaps + 1)]


def _bars(start: FloatArray, end: FloatArray, half: FloatArray, beyond: int) -> NDArray[np.int32]:
    """Corners of bars from start to end, and a little beyond, shape (N, 4, 2), in parts of a pixel."""
    along = end - start
    along /= np.maximum(np.sqrt((along**2).sum(axis=1, keepdims=True)), 1e-6)
    across = along[:, ::-1] * (-1, 1) * half[:, None]
    corners = np.empty((len(start), 4, 2))
    corners[:, 0] = corners[:, 3] = start - beyond * along
    corners[:, 1] = corners[:, 2] = end + beyond * along
    corners[:, :2] -= across[:, None]
    corners[:, 2:] += across[:, None]
    return np.rint(corners * _FINER).astype(np.int32)


def _draw_joint(image: Image, centre: list[int], verdict: Verdict | None, points: Points) -> None:
    x, y = centre
    rim = points.width(_OUTLINE)
    if verdict is Verdict.FAIL:
        radius = points.width(10)
        for r, colour in ((radius + rim, INK), (radius, WHITE), (points.width(7), VERDICT_COLOURS[verdict])):
            d = r * _FINER
            diamond = np.array(((x, y - d), (x + d, y), (x, y + d), (x - d, y)), dtype=np.int32)
            cv2.fillConvexPoly(image, diamond, colour, cv2.LINE_AA, _BITS)
        return
    outer = points.width(6)
    inner = GREY if verdict is None else VERDICT_COLOURS[verdict]
    discs = [(outer + rim, INK), (outer, inner)]
    if verdict is Verdict.UNSEEN:
        discs.append((max(1, outer - rim), INK))
    for r, colour in discs:
        cv2.circle(image, (x, y), r * _FINER, colour, -1, cv2.LINE_AA, _BITS)
