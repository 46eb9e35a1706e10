"""The few symbols of the picture, as smooth masks."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.drawing.stamp import Image, shape_mask
from posecheck.result import CueKind

_Strokes = Callable[[Image, int], None]


def _points(side: int, *corners: tuple[float, float]) -> NDArray[np.int32]:
    """Corners given as shares of the side, as OpenCV wants them."""
    scaled: NDArray[np.float64] = np.array(corners) * side
    return np.rint(scaled).astype(np.int32)


def _stroke(fine: Image, value: int, width: float, *corners: tuple[float, float]) -> None:
    """A line through corners; all lengths are shares of the side."""
    side = fine.shape[0]
    cv2.polylines(fine, [_points(side, *corners)], False, value, max(1, round(side * width)))


def _triangle(fine: Image, side: int) -> None:
    corners = _points(side, (0.5, 0.16), (0.9, 0.84), (0.1, 0.84))
    cv2.fillPoly(fine, [corners], 255)
    cv2.polylines(fine, [corners], True, 255, round(side * 0.14))
    _stroke(fine, 0, 0.1, (0.5, 0.38), (0.5, 0.58))
    cv2.circle(fine, (side // 2, round(side * 0.74)), round(side * 0.06), 0, -1)


def _camera(fine: Image, side: int) -> None:
    for (x0, y0), (x1, y1) in (((0.12, 0.34), (0.88, 0.76)), ((0.36, 0.22), (0.64, 0.4))):
        cv2.rectangle(fine, (round(x0 * side), round(y0 * side)), (round(x1 * side), round(y1 * side)), 255, -1)
        corners = _points(side, (x0, y0), (x1, y0), (x1, y1), (x0, y1))
        cv2.polylines(fine, [corners], True, 255, round(side * 0.12))
    centre = (side // 2, round(side * 0.55))
    cv2.circle(fine, centre, round(side * 0.2), 0, -1)
    cv2.circle(fine, centre, round(side * 0.11), 255, -1)


def _ticked_disc(fine: Image, side: int) -> None:
    cv2.circle(fine, (side // 2, side // 2), round(side * 0.46), 255, -1)
    _stroke(fine, 0, 0.11, (0.29, 0.52), (0.45, 0.67), (0.72, 0.36))


def _stopwatch(fine: Image, side: int) -> None:
    centre = (side // 2, round(side * 0.56))
    cv2.circle(fine, centre, round(side * 0.34), 255, round(side * 0.11))
    _stroke(fine, 255, 0.1, (0.5, 0.56), (0.5, 0.36))
    _stroke(fine, 255, 0.1, (0.4, 0.08), (0.6, 0.08))


def _bars(fine: Image, side: int) -> None:
    for left in (0.24, 0.58):
        cv2.rectangle(
            fine, (round(side * left), round(side * 0.14)), (round(side * (left + 0.18)), round(side * 0.86)), 255, -1
        )


def _tick(fine: Image, _: int) -> None:
    _stroke(fine, 255, 0.16, (0.12, 0.54), (0.4, 0.8), (0.88, 0.22))


def _person(fine: Image, side: int) -> None:
    width = max(1, round(side * 0.022))
    turn = np.radians(np.arange(0, 361, 3))
    head = np.stack((0.5 + 0.17 * np.cos(turn), 0.26 + 0.19 * np.sin(turn)), axis=1)
    half = np.radians(np.arange(180, 361, 2))
    shoulders = np.stack((0.5 + 0.36 * np.cos(half), 0.94 + 0.36 * np.sin(half)), axis=1)
    for outline in (head, np.concatenate((shoulders, shoulders[:1]))):
        for dash in _dashes(outline, 0.045):
            cv2.polylines(fine, [np.rint(dash * side).astype(np.int32)], False, 255, width)


def _dashes(line: NDArray[np.float64], length: float) -> list[NDArray[np.float64]]:
    """Every second piece of a line, cut to equal lengths near the given one."""
    run = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    pieces = 2 * round(run[-1] / (2 * length))
    at = np.linspace(0, run[-1], 4 * pieces + 1)
    points = np.stack([np.interp(at, run, line[:, axis]) for axis in (0, 1)], axis=1)
    return [points[4 * i : 4 * i + 5] for i in range(0, pieces, 2)]


_CUES: dict[CueKind, _Strokes] = {
    CueKind.CORRECTION: _triangle,
    CueKind.VIEW: _camera,
    CueKind.PRAISE: _ticked_disc,
    CueKind.HOLD: _stopwatch,
}


def _icon(side_px: int, strokes: _Strokes) -> Image:
    return shape_mask(side_px, side_px, lambda fine, _: strokes(fine, fine.shape[0]))


def cue_icon(kind: CueKind, side_px: int) -> Image:
    """Mask of the symbol that says what a cue is for, shape (side, side)."""
    return _icon(side_px, _CUES[kind])


@lru_cache(maxsize=16)
def tick(side_px: int) -> Image:
    """Mask of a check mark: the target is reached."""
    return _icon(side_px, _tick)


@lru_cache(maxsize=16)
def pause_bars(side_px: int) -> Image:
    """Mask of two bars: the clock stands still."""
    return _icon(side_px, _bars)


def dashed_person(side_px: int) -> Image:
    """Mask of the dashed outline of a head and shoulders: nobody is there."""
    return _icon(side_px, _person)
