"""A small technique to test with."""

from typing import Any

from posecheck.technique import Technique

EXAMPLE: dict[str, Any] = {
    "schema_version": 1,
    "id": "example",
    "name": "Example",
    "summary": "A bent knee beside a planted foot.",
    "sided": True,
    "muscles": ["gluteus maximus"],
    "camera": {"azimuth_deg": 0, "height_m": 0.9, "distance_m": 2.9, "advice": "From the side."},
    "setup": ["Sit down."],
    "reference_pose": {
        "posture": "sitting",
        "trunk_inclination_deg": 30,
        "angles_deg": {"knee_flexion.working": 90},
    },
    "rules": [
        {
            "id": "knee",
            "measure": "knee_flexion",
            "side": "working",
            "target": {"min": 80, "max": 100},
            "tolerance": 5,
            "weight": 2,
            "cue_low": "Bend your {side} knee more",
            "cue_high": "Open your {side} knee a little",
            "praise": "Good, the {side} knee is right",
        },
        {
            "id": "foot",
            "measure": "foot_height",
            "side": "opposite",
            "target": {"max": 0.4},
            "tolerance": 0.1,
            "cue": "Plant your {other} foot",
        },
        {
            "id": "still",
            "measure": "stillness",
            "target": {"max": 0.05},
            "tolerance": 0.02,
            "required": False,
            "priority": "hold",
            "cue": "Keep still",
        },
    ],
    "hold": {"target_s": 30, "maximum_s": 60, "grace_s": 1.0, "minimum_s": 1.0},
    "precautions": ["Stop at sharp pain."],
    "aftercare": ["Drink water."],
    "sources": ["None: a test."],
}


def technique(**changes: Any) -> Technique:
    """The example, with some of its top-level keys replaced."""
    return Technique.model_validate({**EXAMPLE, **changes})
