"""Hands followed by the picture itself: pixels that move before pixels that rest."""

import math

import cv2
import numpy as np
import pytest

from posecheck.catalog import load_technique
from posecheck.hands import palms_px
from posecheck.landmarks import Side, sided
from posecheck.pose import Pose
from posecheck.registration import STRAYED, HandRegistration
from tests.treated import seen, treatment

FPS = 12
HANDS = [*sided("WRIST"), *sided("INDEX"), *sided("PINKY"), *sided("THUMB")]


def kneeling() -> Pose:
    """A partner whose hands are on somebody's back."""
    recipient, beside, camera = treatment(load_technique("partner-cross-fibre-friction"), Side.RIGHT)
    return seen(beside.midway(recipient), camera, 0.0)


def moved(pose: Pose, time_s: float, by_px: np.ndarray) -> Pose:
    """The same with the hands elsewhere, as a landmark network may see them."""
    image_px = pose.image_px.copy()
    image_px[HANDS] += by_px
    return Pose(time_s, image_px, pose.world_m, pose.visibility, pose.size_px)


def picture(rest: np.ndarray, middle_px: np.ndarray) -> np.ndarray:
    """Hands, here a bright patch with knuckles, over what rests."""
    shown = rest.copy()
    at = tuple(round(16 * float(v)) for v in middle_px)
    cv2.circle(shown, at, 16 * 13, (190, 150, 130), -1, cv2.LINE_AA, shift=4)
    for off in (-6, 0, 6):
        cv2.circle(shown, (at[0] + 16 * off, at[1] + 16 * 4), 16 * 2, (150, 110, 95), -1, cv2.LINE_AA, shift=4)
    return shown


def resting(size_px: tuple[int, int]) -> np.ndarray:
    """A body and a floor that keep still, with structure of their own."""
    rng = np.random.default_rng(4)
    coarse = rng.integers(60, 140, (size_px[1] // 16, size_px[0] // 16, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, size_px, interpolation=cv2.INTER_CUBIC))


def rubbed(way_px: tuple[float, float], share: float, *, noise_px: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """The true course of the hands over five seconds, and the one that is followed.

    The landmarks show only a share of the way, and jitter.
    """
    pose, rng, follower = kneeling(), np.random.default_rng(2), HandRegistration()
    middle, rest = palms_px(pose).mean(axis=0), resting(pose.size_px)
    grain, true, found = rng.integers(0, 14, rest.shape, dtype=np.uint8), [], []
    for i in range(5 * FPS):
        off = np.array(way_px) / 2.0 * math.sin(2.0 * math.pi * 1.4 * i / FPS)
        frame = np.roll(grain, int(rng.integers(grain.size)) // 3 * 3) + picture(rest, middle + off)
        partner = moved(pose, i / FPS, share * off + rng.normal(0.0, noise_px, 2))
        found.append(palms_px(follower.push(frame, partner)).mean(axis=0))
        true.append(middle + off)
    return np.array(true)[2 * FPS :], np.array(found)[2 * FPS :]


@pytest.mark.parametrize("way_px", [(10.0, 0.0), (3.0, 6.0), (-8.0, 5.0)])
@pytest.mark.parametrize("share", [0.6, 1.2])
def test_the_picture_shows_the_whole_way(way_px: tuple[float, float], share: float) -> None:
    """Landmarks that follow hands by 60 or 120% of their way, and jitter by a tenth of it, are put right."""
    true, found = rubbed(way_px, share)
    ways = (found - found.mean(axis=0)).T @ (true - true.mean(axis=0)) / np.square(true - true.mean(axis=0)).sum()
    assert float(np.array(way_px) @ ways @ np.array(way_px)) / float(np.square(way_px).sum()) == pytest.approx(
        1.0, abs=0.12
    )
    assert np.abs(found - true - (found - true).mean(axis=0)).mean() < 0.5


def enlarged(pose: Pose, times: int) -> Pose:
    """The same in a larger picture."""
    width, height = pose.size_px
    return Pose(pose.time_s, times * pose.image_px, pose.world_m, pose.visibility, (times * width, times * height))


def test_in_a_large_picture_hands_are_followed_as_far() -> None:
    """In 1920 pixels, as phones film, a way of 6 cm is 54 of them: 60% of it are seen by the network, all are told."""
    pose, follower, times = kneeling(), HandRegistration(), 3
    middle, rest = palms_px(pose).mean(axis=0), resting(pose.size_px)
    true, found = [], []
    for i in range(4 * FPS):
        off = np.array([9.0 * math.sin(2.0 * math.pi * 1.4 * i / FPS), 0.0])
        frame = cv2.resize(picture(rest, middle + off), None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
        partner = follower.push(np.asarray(frame, np.uint8), enlarged(moved(pose, i / FPS, 0.6 * off), times))
        true.append(times * (middle + off)[0])
        found.append(palms_px(partner).mean(axis=0)[0])
    assert np.ptp(found[2 * FPS :]) == pytest.approx(np.ptp(true[2 * FPS :]), rel=0.12)


def test_hands_that_rest_are_where_the_landmarks_put_them() -> None:
    """Nothing moves: the jitter is not made larger, and nothing drifts away."""
    true, found = rubbed((0.0, 0.0), 1.0)
    assert np.abs(found - true).mean() < 0.8


def test_only_the_hands_are_moved() -> None:
    """The rest of the partner stays as the network sees it."""
    pose, follower = kneeling(), HandRegistration()
    rest, middle = resting(pose.size_px), palms_px(pose).mean(axis=0)
    for i in range(10):
        off = np.array([4.0 * math.sin(i), 0.0])
        partner = moved(pose, i / FPS, 0.5 * off)
        followed = follower.push(picture(rest, middle + off), partner)
        others = np.setdiff1d(np.arange(33), HANDS)
        assert np.array_equal(followed.image_px[others], partner.image_px[others])
        shift = (followed.image_px - partner.image_px)[HANDS]
        assert shift == pytest.approx(np.tile(shift[0], (len(HANDS), 1)))


@pytest.mark.parametrize("gap", ["far", "late", "unseen"])
def test_after_a_break_they_are_followed_anew(gap: str) -> None:
    """Hands that went elsewhere, came back after a while, or were hidden: the landmarks are believed again."""
    pose, follower = kneeling(), HandRegistration()
    rest, middle = resting(pose.size_px), palms_px(pose).mean(axis=0)
    for i in range(10):
        follower.push(picture(rest, middle), moved(pose, i / FPS, np.zeros(2)))
    off = np.array([60.0 * STRAYED + 30.0, 0.0]) if gap == "far" else np.array([5.0, 0.0])
    time_s = 10 / FPS + (2.0 if gap == "late" else 0.0)
    partner = moved(pose, time_s, off)
    if gap == "unseen":
        hidden = partner.visibility.copy()
        hidden[HANDS] = 0.0
        partner = Pose(time_s, partner.image_px, partner.world_m, hidden, partner.size_px)
    assert follower.push(picture(rest, middle + off), partner) is partner


def test_at_the_edge_of_the_picture_nothing_breaks() -> None:
    """Hands half out of the picture are followed, or left as they are."""
    pose, follower = kneeling(), HandRegistration()
    middle = palms_px(pose).mean(axis=0)
    rest, off = resting(pose.size_px), np.array([2.0, 2.0]) - middle
    for i in range(10):
        followed = follower.push(picture(rest, middle + off), moved(pose, i / FPS, off))
        assert np.isfinite(followed.image_px).all()
