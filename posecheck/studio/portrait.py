"""A single picture of a technique's reference pose, done right or with a fault, from any camera."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from posecheck.errors import StudioError
from posecheck.landmarks import Side
from posecheck.studio.body import Body
from posecheck.studio.camera import Camera
from posecheck.studio.figure import figure_of
from posecheck.studio.reference import beside_of, camera_of, room_for, setting_of, turned
from posecheck.studio.scene import Scene, framed
from posecheck.technique import Technique


def portrait(
    technique: Technique,
    side: Side,
    *,
    azimuth_deg: float | None = None,
    height_m: float | None = None,
    distance_m: float | None = None,
    fault: str | None = None,
    body: Body | None = None,
    size_px: tuple[int, int] = (640, 480),
) -> NDArray[np.uint8]:
    """Render a technique's reference pose.

    Parameters
    ----------
    technique : Technique
        Whose pose it is.
    side : Side
        The side being worked on.
    azimuth_deg, height_m, distance_m : float, optional
        Of the camera, counted as in the technique's file; left out: as recommended there.
    fault : str, optional
        Id of the rule to break, as its ``fault`` in the file says.
    body : Body, optional
        Left out: the average figure.
    size_px : pair of int
        Width and height of the picture.

    Returns
    -------
    array of uint8, shape (height, width, 3)
        RGB.

    Raises
    ------
    StudioError
        If there is no such rule, if its file shows no fault for it, or if numba is missing.
    """
    pose = technique.reference_pose
    if fault is not None:
        faults = {rule.id: rule.fault for rule in technique.rules if rule.fault is not None}
        if fault not in faults:
            raise StudioError(
                f"{technique.id} has no fault '{fault}'.", f"Choose one of {', '.join(faults) or 'none'}."
            )
        pose = pose.changed(faults[fault])
    figure = figure_of(setting_of(pose, side, body or Body()))
    beside = beside_of(pose, side, figure)
    others = (beside.midway(figure),) if beside else ()
    camera = framed(_camera(technique, side, azimuth_deg, height_m, distance_m, size_px), figure, *others)
    return Scene(figure, camera, room_for(technique), others).picture()


def _camera(
    technique: Technique,
    side: Side,
    azimuth_deg: float | None,
    height_m: float | None,
    distance_m: float | None,
    size_px: tuple[int, int],
) -> Camera:
    camera = replace(camera_of(technique, side), size_px=size_px)
    if azimuth_deg is not None:
        camera = turned(camera, azimuth_deg, technique, side)
    if height_m is not None:
        camera = replace(camera, height_m=height_m)
    return camera if distance_m is None else replace(camera, distance_m=distance_m)
