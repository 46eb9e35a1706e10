"""What the figure is made of: a person's height, proportions, girth, looks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 1, before the light falls on them."""


@dataclass(frozen=True)
class Looks:
    """Colours of skin, hair and clothes."""

    skin: Colour = (0.80, 0.58, 0.46)
    hair: Colour = (0.16, 0.10, 0.07)
    shirt: Colour = (0.17, 0.36, 0.62)
    shorts: Colour = (0.13, 0.14, 0.18)
    shoes: Colour = (0.85, 0.85, 0.88)
    shorts_length: float = 0.62
    """Share of the thigh that the shorts cover."""
    sleeve_length: float = 0.6
    """Share of the upper arm that the sleeves cover."""


@dataclass(frozen=True)
class Body:
    """A person's measures.

    Parameters
    ----------
    height_m : float
        Standing height.
    girth : float
        Thickness of trunk and limbs; 1 is average.
    leg_share, arm_share, width_share : float
        Length of legs and arms, and breadth of hips and shoulders, beside those of an average person of that height.
    looks : Looks
        Colours.

    Notes
    -----
    Segment lengths are the shares of standing height given by Drillis and Contini, as tabulated in Winter, Biomechanics
    and Motor Control of Human Movement.
    """

    height_m: float = 1.72
    girth: float = 1.0
    leg_share: float = 1.0
    arm_share: float = 1.0
    width_share: float = 1.0
    looks: Looks = field(default_factory=Looks)

    @property
    def thigh_m(self) -> float:
        """Hip to knee."""
        return 0.245 * self.height_m * self.leg_share

    @property
    def shank_m(self) -> float:
        """Knee to ankle."""
        return 0.246 * self.height_m * self.leg_share

    @property
    def foot_m(self) -> float:
        """Heel to toes."""
        return 0.152 * self.height_m

    @property
    def ankle_m(self) -> float:
        """Ankle above the sole."""
        return 0.042 * self.height_m

    @property
    def trunk_m(self) -> float:
        """Middle of the hips to middle of the shoulders."""
        return 0.288 * self.height_m

    @property
    def upper_arm_m(self) -> float:
        """Shoulder to elbow."""
        return 0.186 * self.height_m * self.arm_share

    @property
    def forearm_m(self) -> float:
        """Elbow to wrist."""
        return 0.150 * self.height_m * self.arm_share

    @property
    def half_hips_m(self) -> float:
        """Middle of the pelvis to a hip joint."""
        return 0.052 * self.height_m * self.width_share

    @property
    def half_shoulders_m(self) -> float:
        """Middle of the chest to a shoulder joint."""
        return 0.108 * self.height_m * self.width_share

    @property
    def scale(self) -> float:
        """Height beside that of the average figure; scales the thickness of the limbs."""
        return self.height_m / 1.72

    @property
    def buttock_m(self) -> float:
        """Hip joint above what the person sits or lies on."""
        return 0.098 * self.scale * self.girth


def random_body(rng: np.random.Generator) -> Body:
    """A person of ordinary height, build and looks, drawn at random."""
    tone = rng.uniform(0.25, 1.0)
    skin = (0.25 + 0.62 * tone, 0.16 + 0.48 * tone, 0.11 + 0.40 * tone)
    shade = rng.uniform(0.03, 0.55)
    return Body(
        height_m=rng.uniform(1.52, 1.93),
        girth=rng.uniform(0.85, 1.3),
        leg_share=rng.uniform(0.94, 1.06),
        arm_share=rng.uniform(0.95, 1.05),
        width_share=rng.uniform(0.9, 1.12),
        looks=Looks(
            skin=skin,
            hair=(shade, 0.75 * shade, 0.5 * shade),
            shirt=_random_colour(rng),
            shorts=_random_colour(rng),
            shoes=_random_colour(rng),
            shorts_length=rng.choice([0.35, 0.6, 0.95]),
            sleeve_length=rng.choice([0.05, 0.6, 0.95]),
        ),
    )


def _random_colour(rng: np.random.Generator) -> Colour:
    red, green, blue = rng.uniform(0.05, 0.9, 3)
    return float(red), float(green), float(blue)
