"""The ray marcher: a table of solids and a camera become a picture (sphere tracing; Hart, The Visual Computer 1996).

The picture is cut into tiles; each looks only at the solids whose hull it can see. Floor, mat and walls are
planes that are met exactly. Everything is compiled by numba and runs on all cores.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit, prange

from posecheck.pose import FloatArray

TILE_PX: Final = 16
MOST_SOLIDS: Final = 128
"""Solids that one tile can hold."""
_BLEND_M: Final = 0.022
_HIT_M: Final = 0.0008
_STEPS: Final = 48
_GRAZE_M: Final = 0.004
_LIGHT: Final = (0.381, 0.822, 0.421)
"""Unit vector towards the light."""


@njit(cache=True, fastmath=True)
def _cone(px: float, py: float, pz: float, s: FloatArray) -> tuple[float, float]:
    """Signed distance to a round cone, and the share of its length that is nearest."""
    bx, by, bz = s[4] - s[1], s[5] - s[2], s[6] - s[3]
    ax, ay, az = px - s[1], py - s[2], pz - s[3]
    squared = bx * bx + by * by + bz * bz
    if squared < 1e-10:
        return math.sqrt(ax * ax + ay * ay + az * az) - s[7], 0.0
    taper = s[7] - s[8]
    along = ax * bx + ay * by + az * bz
    share = along / squared
    slope = squared - taper * taper
    dx, dy, dz = ax * squared - bx * along, ay * squared - by * along, az * squared - bz * along
    across2 = dx * dx + dy * dy + dz * dz
    below = along - squared
    here2, there2 = along * along * squared, below * below * squared
    k = (1.0 if taper > 0 else (-1.0 if taper < 0 else 0.0)) * taper * taper * across2
    sign_there = 1.0 if below > 0 else -1.0
    sign_here = 1.0 if along > 0 else -1.0
    if sign_there * slope * there2 > k:
        return math.sqrt(across2 + there2) / squared - s[8], min(max(share, 0.0), 1.0)
    if sign_here * slope * here2 < k:
        return math.sqrt(across2 + here2) / squared - s[7], min(max(share, 0.0), 1.0)
    return (math.sqrt(across2 * slope / squared) + along * taper) / squared - s[7], min(max(share, 0.0), 1.0)


@njit(cache=True, fastmath=True)
def _solid(px: float, py: float, pz: float, s: FloatArray) -> tuple[float, float]:
    """Signed distance to any solid, and the share of its length."""
    if s[0] == 0:
        return _cone(px, py, pz, s)
    if s[0] == 1:
        bx, by, bz = s[4] - s[1], s[5] - s[2], s[6] - s[3]
        length = math.sqrt(bx * bx + by * by + bz * bz)
        ax, ay, az = px - s[1], py - s[2], pz - s[3]
        along = (ax * bx + ay * by + az * bz) / length
        across = math.sqrt(max(ax * ax + ay * ay + az * az - along * along, 0.0))
        dx, dy = across - s[7] + 0.008, abs(along - length / 2) - length / 2 + 0.008
        outside = math.sqrt(max(dx, 0.0) ** 2 + max(dy, 0.0) ** 2)
        return min(max(dx, dy), 0.0) + outside - 0.008, 0.0
    qx, qy, qz = abs(px - s[1]) - s[4] + s[7], abs(py - s[2]) - s[5] + s[7], abs(pz - s[3]) - s[6] + s[7]
    outside = math.sqrt(max(qx, 0.0) ** 2 + max(qy, 0.0) ** 2 + max(qz, 0.0) ** 2)
    return min(max(qx, qy, qz), 0.0) + outside - s[7], 0.0


@njit(cache=True, fastmath=True)
def _field(px: float, py: float, pz: float, solids: FloatArray, chosen: FloatArray, count: int) -> float:
    """Signed distance to everything: blending solids melt together by a polynomial minimum."""
    melted, apart = 1e9, 1e9
    for i in range(count):
        s = solids[chosen[i]]
        distance, _ = _solid(px, py, pz, s)
        if s[12] > 0:
            gap = max(_BLEND_M - abs(melted - distance), 0.0)
            melted = min(melted, distance) - gap * gap * (0.25 / _BLEND_M)
        else:
            apart = min(apart, distance)
    return min(melted, apart)


@njit(cache=True, fastmath=True)
def _paint(px: float, py: float, pz: float, solids: FloatArray, chosen: FloatArray, count: int) -> int:
    """Colour number of the nearest solid."""
    best, colour = 1e9, 0
    for i in range(count):
        s = solids[chosen[i]]
        distance, share = _solid(px, py, pz, s)
        if distance < best:
            best = distance
            colour = int(s[9]) if share < s[11] else int(s[10])
    return colour


@njit(cache=True, fastmath=True)
def _march(
    origin: FloatArray, dx: float, dy: float, dz: float, near: float, far: float,
    solids: FloatArray, chosen: FloatArray, count: int,
) -> float:  # fmt: skip
    """Distance along a ray to the first solid, or a negative number."""
    t = near
    for _ in range(_STEPS):
        d = _field(origin[0] + t * dx, origin[1] + t * dy, origin[2] + t * dz, solids, chosen, count)
        if d < _HIT_M:
            return t
        t += d
        if t > far:
            return -1.0
    # A ray that grazes a limb runs out of steps beside it: within half a pixel of the skin it has met it.
    return t if d < _GRAZE_M else -1.0


@njit(cache=True, fastmath=True)
def _grain(x: float, z: float) -> float:
    """A little unevenness of the floor, -1 to 1."""
    plank = math.floor(z / 0.14)
    wave = math.sin(plank * 78.233 + math.floor((x + plank * 0.37) / 1.1) * 12.9898) * 43758.5453
    return (wave - math.floor(wave)) * 2.0 - 1.0 + 0.25 * math.sin(x * 23.0 + plank * 5.0)


@njit(cache=True, fastmath=True)
def _from_line(ux: float, uy: float, uz: float, hull: FloatArray) -> tuple[float, float, float]:
    """How near the line through the origin along a unit vector comes to a hull's axis, and between which depths."""
    a_along = hull[0] * ux + hull[1] * uy + hull[2] * uz
    b_along = hull[3] * ux + hull[4] * uy + hull[5] * uz
    ax, ay, az = hull[0] - a_along * ux, hull[1] - a_along * uy, hull[2] - a_along * uz
    bx, by, bz = hull[3] - b_along * ux - ax, hull[4] - b_along * uy - ay, hull[5] - b_along * uz - az
    squared = bx * bx + by * by + bz * bz
    share = min(max(-(ax * bx + ay * by + az * bz) / squared, 0.0), 1.0) if squared > 1e-12 else 0.0
    x, y, z = ax + share * bx, ay + share * by, az + share * bz
    return math.sqrt(x * x + y * y + z * z), min(a_along, b_along), max(a_along, b_along)


@njit(cache=True, fastmath=True)
def _lit(x: float, z: float, solids: FloatArray) -> float:
    """How much light reaches a point of the floor, 0 to 1: the soft shadow of each solid as a capsule.

    The ray to the light and the axis of a solid come nearest at a distance that, beside the way there, tells how much
    of a broad light the solid covers.
    """
    lit = 1.0
    lx, ly, lz = _LIGHT
    for i in range(len(solids)):
        s = solids[i]
        if s[0] == 2:
            continue
        wx, wy, wz = x - s[1], -s[2], z - s[3]
        bx, by, bz = s[4] - s[1], s[5] - s[2], s[6] - s[3]
        lb, bb = lx * bx + ly * by + lz * bz, bx * bx + by * by + bz * bz
        lw, bw = lx * wx + ly * wy + lz * wz, bx * wx + by * wy + bz * wz
        slope = bb - lb * lb
        share = min(max((bw - lb * lw) / slope, 0.0), 1.0) if slope > 1e-9 else 0.0
        way = max(lb * share - lw, 0.0)
        gx, gy, gz = wx + way * lx - share * bx, wy + way * ly - share * by, wz + way * lz - share * bz
        gap = math.sqrt(gx * gx + gy * gy + gz * gz) - (s[7] + share * (s[8] - s[7]))
        lit = min(lit, 9.0 * gap / (way + 0.02) + 0.15)
    return max(lit, 0.0)


@njit(cache=True, fastmath=True)
def _shade_room(
    origin: FloatArray, dx: float, dy: float, dz: float, room: FloatArray, shaded: FloatArray,
    solids: FloatArray, out: FloatArray,
) -> None:  # fmt: skip
    """Colour of floor, mat or wall where no solid is met."""
    t = -origin[1] / dy if dy < -1e-6 else 1e9
    x, z = origin[0] + t * dx, origin[2] + t * dz
    if t > 1e8 or abs(x) > room[9] or abs(z) > room[9]:
        fade = 0.88 + 0.12 * min(max(dy * 2.0, -1.0), 1.0)
        for c in range(3):
            out[c] = room[3 + c] * fade
        return
    grain = 1.0 + 0.05 * _grain(x, z)
    on_mat = abs(x) < room[10] and abs(z) < room[11]
    light = 1.0
    if shaded[0] < x < shaded[1] and shaded[2] < z < shaded[3]:
        light = 0.55 + 0.45 * _lit(x, z, solids)
    for c in range(3):
        ground = room[6 + c] if on_mat else room[c] * grain
        out[c] = ground * light * 0.95


@njit(cache=True, fastmath=True)
def _shade(
    origin: FloatArray, dx: float, dy: float, dz: float, t: float, palette: FloatArray,
    solids: FloatArray, chosen: FloatArray, count: int, out: FloatArray,
) -> None:  # fmt: skip
    """Colour of a solid where a ray meets it."""
    x, y, z = origin[0] + t * dx, origin[1] + t * dy, origin[2] + t * dz
    e = 0.0015
    # Normal from four samples at the corners of a tetrahedron.
    d1 = _field(x + e, y - e, z - e, solids, chosen, count)
    d2 = _field(x - e, y - e, z + e, solids, chosen, count)
    d3 = _field(x - e, y + e, z - e, solids, chosen, count)
    d4 = _field(x + e, y + e, z + e, solids, chosen, count)
    nx, ny, nz = d1 - d2 - d3 + d4, -d1 - d2 + d3 + d4, -d1 + d2 - d3 + d4
    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12
    nx, ny, nz = nx / length, ny / length, nz / length
    sun = max(nx * _LIGHT[0] + ny * _LIGHT[1] + nz * _LIGHT[2], 0.0)
    head = max(-(nx * dx + ny * dy + nz * dz), 0.0)
    d = _field(x + 0.05 * nx, y + 0.05 * ny, z + 0.05 * nz, solids, chosen, count)
    open_ = min(max(d / 0.05, 0.0), 1.0) * min(1.0, 0.6 + 2.0 * max(y, 0.0))
    light = (0.34 + 0.14 * ny) * (0.45 + 0.55 * open_) + 0.52 * sun * (0.5 + 0.5 * open_) + 0.20 * head
    colour = _paint(x, y, z, solids, chosen, count)
    for c in range(3):
        out[c] = palette[colour, c] * light * 1.15


@njit(cache=True, fastmath=True)
def _cull(
    x0: int, y0: int, width: int, height: int, focal: float, seen: FloatArray, chosen: FloatArray
) -> tuple[int, float, float]:
    """Numbers of the solids that a tile can see, how many, and between which depths they lie."""
    count, near, far = 0, 1e9, 0.0
    middle_x, middle_y = x0 + TILE_PX / 2 - width / 2, y0 + TILE_PX / 2 - height / 2
    scale = math.sqrt(middle_x * middle_x + middle_y * middle_y + focal * focal)
    ux, uy, uz = middle_x / scale, middle_y / scale, focal / scale
    spread = TILE_PX * 0.72 / scale
    for i in range(len(seen)):
        across, front, back = _from_line(ux, uy, uz, seen[i])
        radius = seen[i, 6]
        if back > -radius and across < radius + spread * (back + radius) and count < len(chosen):
            chosen[count] = i
            count += 1
            near, far = min(near, front - radius), max(far, back + radius)
    return count, max(near, 0.05), far


@njit(cache=True, fastmath=True, parallel=True)
def render_tables(
    solids: FloatArray, seen: FloatArray, palette: FloatArray, origin: FloatArray, axes: FloatArray,
    focal: float, width: int, height: int, room: FloatArray, shaded: FloatArray, offsets: FloatArray,
    picture: FloatArray,
) -> None:  # fmt: skip
    """Fill `picture`, shape (height, width, 3), 0 to 255; one ray for each of `offsets` in every pixel."""
    across, down = (width + TILE_PX - 1) // TILE_PX, (height + TILE_PX - 1) // TILE_PX
    for tile in prange(across * down):
        x0, y0 = (tile % across) * TILE_PX, (tile // across) * TILE_PX
        chosen = np.empty(MOST_SOLIDS, np.int64)
        count, near, far = _cull(x0, y0, width, height, focal, seen, chosen)
        colour, total = np.zeros(3), np.zeros(3)
        for py in range(y0, min(y0 + TILE_PX, height)):
            for px in range(x0, min(x0 + TILE_PX, width)):
                total[:] = 0.0
                for k in range(len(offsets)):
                    u, v = (px + offsets[k, 0] - width / 2) / focal, (py + offsets[k, 1] - height / 2) / focal
                    norm = 1.0 / math.sqrt(u * u + v * v + 1.0)
                    dx = (axes[0, 0] * u + axes[1, 0] * v + axes[2, 0]) * norm
                    dy = (axes[0, 1] * u + axes[1, 1] * v + axes[2, 1]) * norm
                    dz = (axes[0, 2] * u + axes[1, 2] * v + axes[2, 2]) * norm
                    reach = min(far, -origin[1] / dy) if dy < -1e-6 else far
                    t = _march(origin, dx, dy, dz, near, reach, solids, chosen, count) if count else -1.0
                    if t > 0.0:
                        _shade(origin, dx, dy, dz, t, palette, solids, chosen, count, colour)
                    else:
                        _shade_room(origin, dx, dy, dz, room, shaded, solids, colour)
                    total += colour
                for c in range(3):
                    # Gamma of 1/2.2, as screens expect.
                    picture[py, px, c] = 255.0 * min(total[c] / len(offsets), 1.0) ** 0.4545
