"""Angles, distances and how their errors follow from those of the points. Vectorised; no names of body parts.

Vectors lie on the last axis, (x, y, z) in metres in the camera's frame: x right, y down, z away from the camera.
Variances are given per axis in the same layout. All leading axes broadcast. NaN in, NaN out.
"""

from __future__ import annotations

import numpy as np

from posecheck.pose import FloatArray

_TINY = 1e-9


def dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Scalar product over the last axis, shape (...)."""
    product: FloatArray = np.vecdot(a, b)
    return product


def length(a: FloatArray) -> FloatArray:
    """Euclidean length over the last axis, shape (...), never below 1e-9 so that it may divide."""
    return np.maximum(np.sqrt(dot(a, a)), _TINY)


def unit(a: FloatArray) -> FloatArray:
    """The vector scaled to length 1, shape (..., 3)."""
    return a / length(a)[..., None]


def without(a: FloatArray, axis: FloatArray) -> FloatArray:
    """The part of `a` at right angles to the unit vector `axis`, shape (..., 3)."""
    return a - dot(a, axis)[..., None] * axis


def angle_between(u: FloatArray, v: FloatArray, var_u: FloatArray, var_v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Angle between two measured vectors and its standard error.

    Parameters
    ----------
    u, v : array, shape (..., 3)
        The vectors, metres.
    var_u, var_v : array, shape (..., 3)
        Variances of their components, square metres.

    Returns
    -------
    angle, se : arrays, shape (...)
        Radians, the angle in [0, pi].

    Notes
    -----
    First order: turning u by a small error moves the angle by the error's part along the direction that lies in the
    plane of u and v at right angles to u, divided by the length of u (Gaussian error propagation). An error at right
    angles to that plane enters only in second order, by half its square; it is added so that an angle seen exactly
    side-on does not claim to be free of depth error.
    """
    length_u, length_v = length(u), length(v)
    unit_u, unit_v = u / length_u[..., None], v / length_v[..., None]
    cosine = np.clip(dot(unit_u, unit_v), -1.0, 1.0)
    sine = np.maximum(np.sqrt(1.0 - cosine * cosine), 0.02)[..., None]
    along_u = (unit_v - cosine[..., None] * unit_u) / sine
    along_v = (unit_u - cosine[..., None] * unit_v) / sine
    relative_u, relative_v = var_u / (length_u**2)[..., None], var_v / (length_v**2)[..., None]
    first = dot(relative_u, along_u * along_u) + dot(relative_v, along_v * along_v)
    across = relative_u.max(axis=-1) + relative_v.max(axis=-1)
    return np.arccos(cosine), np.sqrt(first + 0.06 * across * across)


def nearest_on_segment(point: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """The point of the segment from `start` to `end` that is nearest to `point`, shape (..., 3)."""
    along = end - start
    share = np.clip(dot(point - start, along) / np.maximum(dot(along, along), _TINY), 0.0, 1.0)
    return start + share[..., None] * along
