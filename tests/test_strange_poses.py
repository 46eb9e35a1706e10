"""Whatever the landmark model makes of a picture, a session goes on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.catalog import load_techniques
from posecheck.pose import Pose, Track
from posecheck.session import assess
from posecheck.technique import Technique
from tests.recorded import partners, recorded

FRAMES = 120
CLIPS = {1: "glute_roll_crossed", 2: "partner-effleurage-well"}
"""By the number of people."""


def strange(track: Track, rng: np.random.Generator) -> Track:
    """Uneven times; in one frame of six nobody is found, or the body leaps, scatters, fades or is one point."""
    image, world = np.array(track.image_px[:FRAMES]), np.array(track.world_m[:FRAMES])
    visibility = np.array(track.visibility[:FRAMES])
    for i, what in enumerate(rng.integers(0, 30, FRAMES)):
        if what == 0:
            image[i], world[i], visibility[i] = np.nan, np.nan, np.nan
        elif what == 1:
            image[i] += rng.normal(0.0, 60.0, 2)
        elif what == 2:
            image[i] += rng.normal(0.0, 20.0, image[i].shape)
            world[i] += rng.normal(0.0, 0.2, world[i].shape)
        elif what == 3:
            visibility[i] *= rng.random(len(visibility[i]))
        elif what == 4:
            image[i], world[i] = image[i][0], 0.0
    times = np.cumsum(rng.choice([0.02, 0.07, 0.07, 0.07, 0.4], FRAMES))
    return replace(track, time_s=times, image_px=image, world_m=world, visibility=visibility)


def beside(others: list[Pose | None], times_s: np.ndarray, rng: np.random.Generator) -> list[Pose | None]:
    """A partner who is now and then lost, or leaps."""
    found: list[Pose | None] = []
    for time_s, other in zip(times_s.tolist(), others, strict=False):
        lost, leap = rng.random() < 0.08, rng.normal(0.0, 40.0, 2) * (rng.random() < 0.1)
        found.append(None if other is None or lost else replace(other, time_s=time_s, image_px=other.image_px + leap))
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("technique", load_techniques().values(), ids=lambda technique: technique.id)
def test_a_session_goes_on(technique: Technique, seed: int) -> None:
    """No error, no warning of arithmetic, and holds no longer than the clip."""
    rng, clip = np.random.default_rng(seed), CLIPS[technique.people]
    track = strange(recorded(clip), rng)
    others = beside(partners(clip)[:FRAMES], track.time_s, rng) if technique.people > 1 else ()
    result, timeline = assess(track, technique, partners=others)
    assert len(timeline.time_s) == FRAMES
    assert sum(hold.held_s for hold in result.holds) <= track.time_s[-1]
