"""Small rubbing back and forth of a partner's hands: how far, how often, and at which angle to a muscle's fibres.

A sine is fitted by least squares to the hands' course over the last seconds, at the rate that explains most of it; that
works for any timestamps, and averages over the landmarks' jitter, which a turning point does not. Its two amplitudes,
along the body and across it, give the direction.

Judged on rendered treatments (`benchmarks/hands.py`, docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final, NamedTuple

import numpy as np

from posecheck.activity import Activity, Streak
from posecheck.hands import Spot
from posecheck.hold import LONGEST_FRAME_GAP_S
from posecheck.phase import NOT_RUBBING, Rub, RubSummary, Spread
from posecheck.pose import FloatArray
from posecheck.swings import SETTLE_S
from posecheck.technique import Rubbing

WINDOW_S: Final = 4.0
FIRST_S: Final = 2.5
"""After so long there is a first answer."""
EVERY_S: Final = 0.5
LULL_S: Final = 6.0
"""Rubbing goes on through moments of this length in which it is not told for certain."""
RATES_HZ: Final = np.arange(0.6, 4.01, 0.1)
"""Nobody rubs slower; faster, frames 1/10 s apart do not show it."""
LEAST_FRAMES_A_TURN: Final = 3.5
"""Fewer frames in the time there and back do not show how far it goes."""
LEAST_SHARE: Final = 0.22
"""Of the hands' movement that the sine has to explain, for it to be rubbing."""
LEAST_M: Final = 0.008
"""Less back and forth is the landmarks' own."""
MOST_DRIFT_M: Final = 0.1
"""In four seconds hands that rub one spot wander less; farther they glide."""
AMPLITUDE_ERROR: Final = 0.16
"""Relative standard error of how far hands are seen to go (rendered treatments)."""
RATE_ERROR_HZ: Final = 0.08
ANGLE_ERROR_DEG: Final = 14.0
"""Of the direction, from what all moments of a view share (rendered treatments)."""


class Fit(NamedTuple):
    """A sine in a course: rate, how far from end to end, metres, its direction, and the share that it explains.

    Parameters
    ----------
    rate_hz : float
        Back and forth a second.
    along_m, right_m : float
        From one end to the other, toward the head and toward the recipient's right.
    share : float
        Of the variance, 0 to 1.
    drift_m : float
        How far the course wanders meanwhile, metres.
    """

    rate_hz: float
    along_m: float
    right_m: float
    share: float
    drift_m: float

    @property
    def far_m(self) -> float:
        """From one end to the other."""
        return math.hypot(self.along_m, self.right_m)

    def angle_deg(self, fibre_deg: float, working_right: bool) -> float:
        """Between the movement and fibres that run outward and by so much toward the feet: 0 along, 90 across."""
        outward = self.right_m if working_right else -self.right_m
        turned = (math.degrees(math.atan2(-self.along_m, outward)) - fibre_deg) % 180.0
        return min(turned, 180.0 - turned)


def fit(time_s: FloatArray, spots_m: FloatArray) -> Fit | None:
    """The sine that explains most of a course; None when there are too few frames.

    Parameters
    ----------
    time_s : array, shape (F,)
        Seconds.
    spots_m : array, shape (F, 2)
        Toward the head and toward the right, metres.
    """
    took_s = float(time_s[-1] - time_s[0]) if len(time_s) else 0.0
    rates = RATES_HZ[(len(time_s) >= LEAST_FRAMES_A_TURN * RATES_HZ * took_s) & (RATES_HZ * took_s >= 1.5)]
    if not len(rates):
        return None
    at = time_s - time_s.mean()
    slow = np.column_stack([np.ones_like(at), at, at**2])
    drift = slow @ np.linalg.lstsq(slow, spots_m, rcond=None)[0]
    course = spots_m - drift
    best, found = -1.0, None
    for rate in rates:
        wave = np.column_stack([np.cos(2.0 * np.pi * rate * at), np.sin(2.0 * np.pi * rate * at)])
        parts = np.linalg.lstsq(wave, course, rcond=None)[0]
        explained = float(np.square(wave @ parts).sum() / max(float(np.square(course).sum()), 1e-12))
        if explained > best:
            best, found = explained, (float(rate), parts)
    if found is None:
        return None
    rate_hz, parts = found
    # The longer axis of the ellipse on which both sines go round.
    spread, axes = np.linalg.eigh(parts.T @ parts)
    far = 2.0 * math.sqrt(max(float(spread[-1]), 0.0)) * axes[:, -1]
    return Fit(rate_hz, float(far[0]), float(far[1]), best, float(np.linalg.norm(np.ptp(drift, axis=0))))


class RubMeter:
    """Tells from frame to frame whether the hands rub, and how.

    Parameters
    ----------
    asked : Rubbing
        What the technique asks for.
    """

    def __init__(self, asked: Rubbing) -> None:
        self._asked = asked
        self._course: deque[tuple[float, float, float]] = deque()
        self._placed_s = math.nan
        self._seen_s = self._fitted_s = -math.inf
        self._rubs: list[Rub] = []
        self._rubbed_s = 0.0
        self._streak = Streak(LULL_S)
        self._clean_since_s = math.nan
        self.now = NOT_RUBBING

    def push(self, time_s: float, spot: Spot, placed: bool, working_right: bool) -> Rub:
        """Take in one frame; hands that are not where they belong rub nothing."""
        if not placed or time_s - self._seen_s > LONGEST_FRAME_GAP_S:
            self._course.clear()
            self.now = NOT_RUBBING
        if not placed:
            self._placed_s = math.nan
        elif math.isnan(self._placed_s):
            self._placed_s = time_s
        if not math.isfinite(spot.along) or not time_s - self._placed_s >= SETTLE_S:
            return self.now
        self._seen_s = time_s
        self._course.append((time_s, spot.along, spot.right))
        while time_s - self._course[0][0] > WINDOW_S:
            self._course.popleft()
        if time_s - self._fitted_s >= EVERY_S and time_s - self._course[0][0] >= FIRST_S:
            begin_s = self._fitted_s if self.now.moving else self._course[0][0]
            self._fitted_s = time_s
            self.now = self._rub(spot, working_right)
            if self.now.moving:
                self._rubs.append(self.now)
                self._rubbed_s += time_s - begin_s
            self._note(begin_s, time_s)
        return self.now

    def _note(self, begin_s: float, time_s: float) -> None:
        """Two answers in a row in which nothing is wrong make work: a single one is an accident of long strokes."""
        if not self.now.moving or self.now.fault is not None:
            self._clean_since_s = math.nan
        elif math.isnan(self._clean_since_s):
            self._clean_since_s = begin_s
        else:
            self._streak.note(self._clean_since_s, time_s)

    def _rub(self, spot: Spot, working_right: bool) -> Rub:
        course = np.array(self._course)
        found = fit(course[:, 0], course[:, 1:])
        if found is None or found.share < LEAST_SHARE or found.far_m < LEAST_M or found.drift_m > MOST_DRIFT_M:
            return NOT_RUBBING
        far_cm = 100.0 * found.far_m
        rub = Rub(
            True, far_cm, far_cm * math.hypot(AMPLITUDE_ERROR, spot.share_se), found.rate_hz, RATE_ERROR_HZ,
            found.angle_deg(self._asked.fibre_deg, working_right), ANGLE_ERROR_DEG,
        )  # fmt: skip
        return rub._replace(fault=self._asked.fault(rub))

    @property
    def activity(self) -> Activity:
        """The last streak of rubbing in which nothing was surely wrong."""
        return self._streak.activity

    def summary(self) -> RubSummary:
        """What the rubbing came to."""
        rubs = self._rubs
        return RubSummary(
            time_s=round(self._rubbed_s, 3),
            far_cm=Spread.of([(rub.far_cm, rub.far_se_cm) for rub in rubs]),
            rate_hz=Spread.of([(rub.rate_hz, rub.rate_se_hz) for rub in rubs]),
            angle_deg=Spread.of([(rub.angle_deg, rub.angle_se_deg) for rub in rubs]),
            faulty_share=round(sum(rub.fault is not None for rub in rubs) / len(rubs), 3) if rubs else None,
        )
