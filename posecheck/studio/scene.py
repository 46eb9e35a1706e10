"""A figure, a room and a camera: the picture that the camera takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from posecheck.errors import StudioError
from posecheck.pose import FloatArray
from posecheck.studio.body import Colour
from posecheck.studio.camera import Camera
from posecheck.studio.figure import Figure
from posecheck.studio.solids import BOX, solids_of

ONE_RAY: Final = np.array([[0.5, 0.5]])
TWO_RAYS: Final = np.array([[0.25, 0.75], [0.75, 0.25]])
"""Where in a pixel the rays go."""
_MARGIN_M: Final = 0.03
_LIGHT_REACH: Final = 0.6
"""How far the light carries a shadow along the floor, at most, beside the height of what casts it."""
_PENUMBRA_M: Final = 0.15


@dataclass(frozen=True)
class Room:
    """Colours of the room, and the mat's half-sizes (0: none), metres."""

    floor: Colour = (0.50, 0.40, 0.30)
    wall: Colour = (0.70, 0.72, 0.70)
    mat: Colour = (0.30, 0.38, 0.36)
    mat_half_m: tuple[float, float] = (0.55, 1.15)
    half_size_m: float = 4.5

    def across(self, lies_across: bool) -> Room:
        """The same room, its mat turned for somebody who lies from left to right in it, as on their side."""
        long, short = max(self.mat_half_m), min(self.mat_half_m)
        return replace(self, mat_half_m=(long, short) if lies_across else (short, long))


@dataclass(frozen=True, eq=False)
class Scene:
    """What is before the camera: the person, and others in the room."""

    figure: Figure
    camera: Camera
    room: Room = field(default_factory=Room)
    others: tuple[Figure, ...] = ()

    def picture(self, rays: FloatArray = TWO_RAYS) -> NDArray[np.uint8]:
        """The picture, RGB, shape (height, width, 3).

        Raises
        ------
        StudioError
            If numba is missing.
        """
        render_tables = _ray_marcher()
        solids, palette = solids_of(self.figure, *self.others).tables()
        hulls = _hulls(solids)
        width, height = self.camera.size_px
        canvas = np.empty((height, width, 3), np.float32)
        render_tables(
            solids, _seen_from(self.camera, hulls), palette, self.camera.position_m, self.camera.axes,
            self.camera.focal_px, width, height, self._room_table(), _shaded(hulls), rays, canvas,
        )  # fmt: skip
        return canvas.astype(np.uint8)

    def _room_table(self) -> FloatArray:
        room = self.room
        return np.array([*room.floor, *room.wall, *room.mat, room.half_size_m, *room.mat_half_m])


def _ray_marcher() -> Callable[..., None]:
    """The compiled part, imported when it is needed: numba takes a second to import, and is an extra."""
    try:
        from posecheck.studio.raymarch import render_tables  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("numba", "llvmlite"):
            raise
        raise StudioError(
            "The studio renders with numba, which is not installed.", "Install it with: pip install 'posecheck[studio]'"
        ) from error
    return cast("Callable[..., None]", render_tables)


def framed(camera: Camera, *figures: Figure) -> Camera:
    """The camera turned so that the figures lie around the middle of its picture."""
    outline = np.concatenate([figure.outline for figure in figures])
    x, y, z = (outline.min(axis=0) + outline.max(axis=0)) / 2.0
    return replace(camera, look_at_m=(float(x), float(y), float(z)))


def _hulls(solids: FloatArray) -> FloatArray:
    """What each solid lies within: all points nearer than a radius to an axis from a to b; shape (N, 7)."""
    boxes = solids[:, 0] == BOX
    a, b = solids[:, 1:4], np.where(boxes[:, None], solids[:, 1:4], solids[:, 4:7])
    # A flat-ended cylinder's rim lies within its radius of its axis; a box lies within half its diagonal of its middle.
    radius = np.where(boxes, np.linalg.norm(solids[:, 4:7], axis=1), solids[:, 7:9].max(axis=1))
    return np.column_stack([a, b, radius + _MARGIN_M])


def _seen_from(camera: Camera, hulls: FloatArray) -> FloatArray:
    """The same hulls in the camera's frame."""
    a, b = ((hulls[:, at : at + 3] - camera.position_m) @ camera.axes.T for at in (0, 3))
    return np.column_stack([a, b, hulls[:, 6]])


def _shaded(hulls: FloatArray) -> FloatArray:
    """Part of the floor on which shadows can fall: x from, x to, z from, z to."""
    a, b, radius = hulls[:, :3], hulls[:, 3:6], hulls[:, 6:]
    low, high = (np.minimum(a, b) - radius).min(axis=0), (np.maximum(a, b) + radius).max(axis=0)
    reach = _LIGHT_REACH * high[1]
    return np.array([low[0] - reach, high[0] + _PENUMBRA_M, low[2] - reach, high[2] + _PENUMBRA_M])
