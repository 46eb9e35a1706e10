"""Live sessions: frames in, pictures and feedback out, whatever happens."""

from __future__ import annotations

import gc
import itertools
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.errors import ModelError
from posecheck.landmarks import LANDMARK_COUNT, Landmark, Side
from posecheck.live import FAILURES_TO_REOPEN, RETRY_S, Image, LiveSession, LiveState
from posecheck.pose import Pose
from posecheck.result import FrameResult
from posecheck.technique import Technique

FRAME = np.full((48, 64, 3), 200, dtype=np.uint8)
STEP_S = 1 / 15

TECHNIQUE = Technique.model_validate(
    {
        "schema_version": 1,
        "id": "stand-tall",
        "name": "Standing tall",
        "summary": "Stand with straight knees.",
        "sided": True,
        "muscles": ["quadriceps"],
        "camera": {"azimuth_deg": 0, "height_m": 1, "distance_m": 3, "advice": "Beside you."},
        "setup": ["Stand."],
        "reference_pose": {"posture": "standing", "trunk_inclination_deg": 0, "angles_deg": {}},
        "rules": [
            {
                "id": "knee-straight",
                "measure": "knee_flexion",
                "side": "working",
                "target": {"max": 25},
                "tolerance": 5,
                "cue": "Straighten your {side} knee.",
            }
        ],
        "hold": {"target_s": 5, "maximum_s": 60},
        "precautions": ["None."],
        "aftercare": ["None."],
        "sources": ["None."],
    }
)


def standing(time_s: float, size_px: tuple[int, int]) -> Pose:
    """Somebody who stands upright, seen from the right, filling most of the picture."""
    metres = {
        "SHOULDER": (0.0, -0.50), "ELBOW": (0.02, -0.22), "WRIST": (0.06, 0.02), "HIP": (0.0, 0.0),
        "KNEE": (0.01, 0.42), "ANKLE": (0.0, 0.84), "HEEL": (-0.05, 0.90), "FOOT_INDEX": (0.15, 0.90),
        "INDEX": (0.08, 0.08), "PINKY": (0.05, 0.08), "THUMB": (0.08, 0.06),
    }  # fmt: skip
    world = np.tile(np.array([0.05, -0.72, 0.0]), (LANDMARK_COUNT, 1))
    for joint, (x, y) in metres.items():
        world[Landmark[f"RIGHT_{joint}"]] = (x, y, -0.1)
        world[Landmark[f"LEFT_{joint}"]] = (x, y, 0.1)
    scale = size_px[1] / 2.2
    image = world[:, :2] * scale + np.array([size_px[0] / 2, size_px[1] * 0.45])
    return Pose(time_s, image, world, np.full(LANDMARK_COUNT, 0.99), size_px)


class Replay:
    """An estimator that finds the same person in every frame, and can be told to fail."""

    def __init__(self, failures: Iterator[bool] | None = None) -> None:
        self.times: list[float] = []
        self.closed = 0
        self._failures = failures or iter(())

    def estimate(self, image: Image, time_s: float) -> Pose | None:
        """The person, unless it is time to fail."""
        if next(self._failures, False):
            raise RuntimeError("the graph is broken")
        self.times.append(time_s)
        return standing(time_s, (image.shape[1], image.shape[0]))

    def close(self) -> None:
        """Count how often it was closed."""
        self.closed += 1


class Marker:
    """Draws one white pixel in the corner, which says that the frame was assessed."""

    def draw(self, image_rgb: Image, result: FrameResult) -> Image:
        """The marked copy."""
        picture = image_rgb.copy()
        picture[0, 0] = 255
        return picture


def live_with(*estimators: Replay, side: Side | None = Side.RIGHT) -> LiveSession:
    """A session that opens these estimators one after the other."""
    waiting = iter(estimators)
    return LiveSession(TECHNIQUE, side, lambda: next(waiting), Marker())


def assessed(picture: Image) -> bool:
    """Whether the picture was drawn on."""
    return bool(picture[0, 0, 0] == 255)


def play(live: LiveSession, seconds: float, start_s: float = 0.0) -> float:
    """Send frames 15 times a second; returns the time of the next one."""
    for i in range(round(seconds / STEP_S)):
        live.process(FRAME, start_s + i * STEP_S)
    return start_s + round(seconds / STEP_S) * STEP_S


def test_a_session_goes_from_ready_over_running_to_stopped() -> None:
    """The state says whether frames are counted."""
    live = live_with(Replay())
    states = [live.state]
    assert assessed(live.process(FRAME, 0.0))
    states.append(live.state)
    live.stop()
    states.append(live.state)
    assert states == [LiveState.READY, LiveState.RUNNING, LiveState.STOPPED]


def test_the_hold_comes_from_the_frames_own_timestamps() -> None:
    """Frames that took no time to process count for the time they stand for."""
    live = live_with(Replay())
    play(live, 4.0)
    assert live.latest is not None
    assert live.latest.hold.held_s == pytest.approx(4.0, abs=0.5)
    outcome = live.stop()
    assert outcome is not None
    result, timeline = outcome
    assert result.hold_best_s == pytest.approx(live.latest.hold.held_s, abs=0.002)
    assert (result.clip.frames, len(timeline.time_s)) == (live.frames, live.frames)
    assert result.clip.duration_s == pytest.approx(4.0, abs=0.2)


def test_the_clock_starts_with_the_first_frame() -> None:
    """Cameras count from anywhere; the session counts from 0."""
    live = live_with(Replay())
    play(live, 1.0, start_s=5000.0)
    assert live.latest is not None
    assert live.latest.time_s == pytest.approx(1.0, abs=0.1)


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_times_given_to_the_model_strictly_increase(times: list[float]) -> None:
    """Whatever the camera says, the model gets whole milliseconds that grow, and nothing fails."""
    estimator = Replay()
    live = live_with(estimator)
    for time_s in times:
        live.process(FRAME, time_s)
    milliseconds = [round(time_s * 1000) for time_s in estimator.times]
    assert live.problem is None
    assert len(milliseconds) == len(times)
    assert all(b > a for a, b in itertools.pairwise(milliseconds))


def test_a_camera_that_counts_anew_adds_no_hold_time() -> None:
    """After a restart of its timestamps the time between is nobody's hold."""
    live = live_with(Replay())
    play(live, 3.0, start_s=100.0)
    held = live.latest.hold.held_s if live.latest else 0.0
    play(live, 0.2, start_s=0.0)
    assert live.latest is not None
    assert live.latest.hold.held_s == pytest.approx(held, abs=0.25)


def test_a_pause_shows_the_picture_and_counts_nothing() -> None:
    """During a pause frames come back as they are, and its time is in no hold."""
    live = live_with(Replay())
    now = play(live, 3.0)
    held, frames = live.latest.hold.held_s if live.latest else 0.0, live.frames
    live.pause()
    assert live.process(FRAME, now) is FRAME
    now = play(live, 4.0, now)
    assert (live.state, live.frames) == (LiveState.PAUSED, frames)
    live.resume()
    play(live, 2.0, now)
    outcome = live.stop()
    assert outcome is not None
    assert outcome[0].hold_total_s == pytest.approx(held + 2.0, abs=0.3)


def test_a_pause_too_short_to_notice_adds_no_hold_time() -> None:
    """Pausing and resuming at once leaves a break that the hold clock does not bridge."""
    live = live_with(Replay())
    now = play(live, 3.0)
    held = live.latest.hold.held_s if live.latest else 0.0
    live.pause()
    live.resume()
    assert not assessed(live.process(FRAME, now))
    now = play(live, 1.0, now)
    assert live.latest is not None
    assert live.latest.hold.total_s == pytest.approx(held + 1.0 - 0.6, abs=0.2)


def test_the_frame_rate_is_that_of_the_frames_assessed() -> None:
    """A person can be told that the computer does not keep up; a pause is not slowness."""
    live = live_with(Replay())
    assert live.rate_hz is None
    now = play(live, 3.0)
    assert live.rate_hz == pytest.approx(15, rel=0.01)
    live.pause()
    now = play(live, 10.0, now)
    live.resume()
    play(live, 3.0, now)
    assert live.rate_hz == pytest.approx(15, rel=0.01)


def test_frames_may_change_size_in_the_middle() -> None:
    """A turned phone sends another size; the picture keeps it and the session goes on."""
    live = live_with(Replay())
    live.process(FRAME, 0.0)
    tall = np.full((90, 50, 3), 10, dtype=np.uint8)
    picture = live.process(tall, 0.1)
    assert picture.shape == tall.shape
    outcome = live.stop()
    assert outcome is not None
    assert outcome[0].clip.size == (50, 90)


def test_an_error_shows_the_bare_frame_and_is_forgotten_when_it_is_over() -> None:
    """One bad frame stops nothing: it is shown as it is, said, and the next one is assessed."""
    live = live_with(Replay(iter([False, True])))
    live.process(FRAME, 0.0)
    assert live.process(FRAME, 0.1) is FRAME
    assert live.problem == "The picture could not be analysed; trying again."
    assert assessed(live.process(FRAME, 0.2))
    assert live.problem is None


def test_a_model_that_keeps_failing_is_opened_afresh() -> None:
    """After failures in a row the estimator is replaced once, and the session goes on with the new one."""
    broken, whole = Replay(iter([True] * 100)), Replay()
    live = live_with(broken, whole)
    pictures = [live.process(FRAME, i * STEP_S) for i in range(FAILURES_TO_REOPEN + 1)]
    assert [assessed(picture) for picture in pictures] == [False] * FAILURES_TO_REOPEN + [True]
    assert broken.closed == 1


def test_a_missing_model_is_said_in_plain_words_and_tried_again_later() -> None:
    """A model that cannot be opened is not asked for with every frame."""
    attempts = []

    def missing() -> Replay:
        attempts.append(1)
        raise ModelError("There is no pose model.", "Check the path.")

    live = LiveSession(TECHNIQUE, Side.RIGHT, missing, Marker())
    now = play(live, RETRY_S * 0.8)
    assert live.problem == "There is no pose model. Check the path."
    assert len(attempts) == 1
    play(live, RETRY_S, now)
    assert len(attempts) == 2
    assert live.stop() is None


def test_a_slow_model_does_not_hold_up_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the model opens, frames are shown as they are."""
    monkeypatch.setattr("posecheck.lazy_watcher.OPEN_WAIT_S", 0.01)
    may_open = threading.Event()

    def slow() -> Replay:
        may_open.wait(30)
        return Replay()

    live = LiveSession(TECHNIQUE, Side.RIGHT, slow, Marker())
    live.warm_up()
    assert live.process(FRAME, 0.0) is FRAME
    assert (live.state, live.problem) == (LiveState.READY, None)
    may_open.set()
    assert wait_until(lambda: assessed(live.process(FRAME, live.frames + time.monotonic())))


def test_closing_frees_the_model_once_and_keeps_what_was_counted() -> None:
    """A camera that goes away frees the model; the result can still be asked for."""
    estimator = Replay()
    live = live_with(estimator)
    now = play(live, 2.0)
    live.close()
    live.close()
    assert (estimator.closed, live.closed) == (1, True)
    assert live.process(FRAME, now) is FRAME
    outcome = live.stop()
    assert outcome is not None
    assert outcome[0].hold_best_s > 1
    assert live.stop() is outcome


def test_a_model_still_opening_when_the_page_is_left_is_closed() -> None:
    """Nobody is left with an open model that no session owns."""
    estimator, may_open = Replay(), threading.Event()

    def slow() -> Replay:
        may_open.wait(30)
        return estimator

    live = LiveSession(TECHNIQUE, Side.RIGHT, slow, Marker())
    live.warm_up()
    live.close()
    may_open.set()
    assert wait_until(lambda: estimator.closed == 1)


def test_a_session_that_nobody_refers_to_frees_its_model() -> None:
    """A closed browser tab drops the session; the model goes with it."""
    estimator = Replay()
    live = live_with(estimator)
    live.process(FRAME, 0.0)
    del live
    gc.collect()
    assert estimator.closed == 1


def test_sessions_are_independent() -> None:
    """Two people before two cameras, one of them paused, do not touch each other."""
    first, second = live_with(Replay()), live_with(Replay(), side=None)
    play(first, 2.0)
    second.process(FRAME, 7.0)
    second.pause()
    assert (first.state, second.state) == (LiveState.RUNNING, LiveState.PAUSED)
    assert first.latest is not None
    assert second.latest is not None
    assert first.latest.hold.held_s > 1 > second.latest.hold.held_s


def test_stopping_from_another_thread_while_frames_come_is_safe() -> None:
    """The camera's thread and the page's thread may both act at any time."""
    live = live_with(Replay())
    done = threading.Event()

    def camera() -> None:
        now = 0.0
        while not done.is_set():
            live.process(FRAME, now)
            now += STEP_S

    thread = threading.Thread(target=camera)
    thread.start()
    try:
        assert wait_until(lambda: live.frames > 20)
        live.pause()
        live.resume()
        outcome = live.stop()
        counted = live.frames
        assert outcome is not None
        assert outcome[0].clip.frames == counted
    finally:
        done.set()
        thread.join()
    assert live.frames == counted
    assert live.problem is None


def wait_until(true: Callable[[], bool], timeout_s: float = 20.0) -> bool:
    """Whether a condition became true in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.01)
    return False


def test_a_hold_ends_when_the_person_says_that_the_tension_let_go() -> None:
    """The button ends the hold at once, is praised with the next frame, and recorded in the result."""
    live = live_with(Replay())
    live.release()
    now = play(live, 4.0)
    live.release()
    live.process(FRAME, now)
    assert live.latest is not None
    assert live.latest.hold.enough == "released"
    assert live.latest.cue is not None
    assert "let go" in live.latest.cue.text
    play(live, 4.0, now + STEP_S)
    outcome = live.stop()
    assert outcome is not None
    (hold,) = outcome[0].holds
    assert hold.ended_by == "released"
    assert hold.held_s == pytest.approx(4.0, abs=0.3)
    assert outcome[0].hold_breaks == {}
    assert "let go before the target" in outcome[0].verdict


def test_a_release_while_paused_or_after_the_end_changes_nothing() -> None:
    """Only what is under way can be ended."""
    live = live_with(Replay())
    play(live, 3.0)
    live.pause()
    live.release()
    live.stop()
    live.release()
    outcome = live.stop()
    assert outcome is not None
    assert [hold.ended_by for hold in outcome[0].holds] == ["clip_end"]
