"""The picture a person sees: skeleton by verdict, the value that is wrong, the cue, the hold ring.

This module and `posecheck.drawing` are the only ones that import OpenCV's drawing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from posecheck.drawing.card import card_of
from posecheck.drawing.gauge import Tie, draw_gauge, gauge_joint
from posecheck.drawing.hud import draw_banner, draw_nobody, draw_ring, draw_title
from posecheck.drawing.layout import FrameLayout, banner_layout, frame_layout
from posecheck.drawing.placing import SteadyPlace
from posecheck.drawing.skeleton import Points, Roles, draw_partner, draw_skeleton
from posecheck.drawing.wording import doing, reading_of, rule_in_focus, value_text
from posecheck.landmarks import Side
from posecheck.result import CueKind, FrameResult
from posecheck.technique import Technique

_ON_THE_FLOOR = frozenset({"sitting", "supine", "prone", "side_lying"})
"""Postures in which the upper part of the picture is free, so that the cue goes there."""


class Annotator:
    """Draws what is known about a frame over it. One for each session.

    Nothing depends on the frames before, except that the gauge stays in its place as long as that place is good.

    Parameters
    ----------
    technique : Technique
        What is being done.
    banner : bool
        Whether the cue is written into the picture; not where a page shows it larger beside the picture.
    """

    def __init__(self, technique: Technique, *, banner: bool = True) -> None:
        self._technique = technique
        self._banner = banner
        self._banner_on_top = technique.reference_pose.posture in _ON_THE_FLOOR
        self._while_rolling = technique.while_rolling
        self._roles: Mapping[Side, Roles] = {side: Roles.of(technique, side) for side in Side}
        self._rolling_roles: Mapping[Side, Roles] = {side: Roles.of(self._while_rolling, side) for side in Side}
        self._place = SteadyPlace()

    def draw(self, image_rgb: NDArray[np.uint8], result: FrameResult) -> NDArray[np.uint8]:
        """Draw over a copy of a frame.

        Parameters
        ----------
        image_rgb : array of uint8, shape (H, W, 3)
            The frame, any size. If the pose was found in a frame of another size, it is scaled to this one.
        result : FrameResult
            What is known after this frame.

        Returns
        -------
        array of uint8, shape (H, W, 3)
            A new, C-contiguous RGB image; the input is left as it was.

        Raises
        ------
        ValueError
            If the image has another shape or type, or is empty.
        """
        if image_rgb.ndim != 3 or image_rgb.shape[2] != 3 or image_rgb.dtype != np.uint8 or not image_rgb.size:
            raise ValueError(f"image is {image_rgb.dtype} of shape {image_rgb.shape}, expected uint8 of (H, W, 3)")
        image = np.array(image_rgb, order="C")
        height, width = image.shape[:2]
        frame = frame_layout(width, height, banner_on_top=self._banner_on_top)
        cue = result.cue
        if result.partner is not None:
            draw_partner(image, Points.of(result.partner, frame))
        if result.pose is not None:
            self._draw_person(image, result, frame)
        elif cue is not None and cue.kind is CueKind.VIEW:
            # Only once the coach says so: a single frame without a person must not make the picture flicker.
            draw_nobody(image, cue.text, frame)
        side = " · ".join(filter(None, (f"{result.side.value} side" if self._technique.sided else "", doing(result))))
        draw_title(image, self._technique.name, side, frame)
        draw_ring(image, result.hold, frame)
        if cue is not None and self._banner:
            draw_banner(image, cue.text, cue.kind, frame)
        return image

    def _draw_person(self, image: NDArray[np.uint8], result: FrameResult, frame: FrameLayout) -> None:
        assert result.pose is not None
        points = Points.of(result.pose, frame)
        rolling = result.pace.rolling
        roles = self._rolling_roles if rolling else self._roles
        draw_skeleton(image, points, roles[result.side], result.verdicts, result.unseen)
        rule = rule_in_focus(self._while_rolling if rolling else self._technique, result)
        reading = None if rule is None else reading_of(rule, result)
        if rule is None or reading is None:
            return
        verdict = result.verdicts[rule.id]
        joint = gauge_joint(rule, result.side, points)
        value = value_text(rule, reading, verdict)
        card = card_of(rule, value, frame)
        if joint is None or card is None:
            return
        taken = [frame.title, frame.ring, frame.caption]
        if result.cue is not None and self._banner:
            taken.append(banner_layout(result.cue.text, frame).box)
        at = (float(points.px[joint, 0]), float(points.px[joint, 1]))
        box = self._place.find(rule, card, at, frame, tuple(taken), points)
        draw_gauge(image, rule, value, reading, verdict, card, box, Tie(at, points.width(16), points.width(2.2)))
