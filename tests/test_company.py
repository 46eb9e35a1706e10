"""Somebody close to who does a technique alone: found by looking now and then, and then nothing is judged."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from posecheck import company as company_module
from posecheck.analysis import analyze
from posecheck.catalog import load_technique
from posecheck.coach import COMPANY
from posecheck.company import ANSWER_S, LOOK_EVERY_S, Company
from posecheck.estimator import PoseLandmarkerEstimator
from posecheck.landmarks import Side
from posecheck.pair_finder import Around
from posecheck.result import ClipInfo, Verdict
from posecheck.session import Session
from posecheck.video import ClipReader
from posecheck.watcher import Alone
from tests.recorded import recorded

ROOT = Path(__file__).parents[1]
FRAME = np.full((48, 64, 3), 90, np.uint8)
CLIP = ClipInfo(name="alone", duration_s=20.0, frames=300, size=(640, 480))


class Looks:
    """A finder whose answers are known beforehand; the last one goes on."""

    def __init__(self, answers: Sequence[bool], people: int = 1) -> None:
        self._people = people
        self._answers, self.given, self.threads, self.closed = list(answers), 0, set[str](), False

    def around(self, image: np.ndarray) -> Around:
        """The next answer."""
        self.threads.add(threading.current_thread().name)
        self.given += 1
        return Around(self._people, self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])

    def close(self) -> None:
        """Remember it."""
        self.closed = True


def company_of(looks: Looks, monkeypatch: pytest.MonkeyPatch, *, still: bool = False) -> Company:
    """A company that looks by these."""
    monkeypatch.setattr(company_module, "PairFinder", lambda model: looks)
    return Company(still=still)


def present(watching: Company, until_s: float, rate_hz: float) -> Iterator[tuple[float, bool]]:
    """What is known at each frame."""
    for i in range(int(until_s * rate_hz)):
        yield i / rate_hz, watching.watch(FRAME, i / rate_hz)


@pytest.mark.parametrize("rate_hz", [4.0, 30.0])
def test_two_looks_that_agree_are_believed(rate_hz: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who is there from the start is known after two answers, whatever the frame rate."""
    watching = company_of(Looks([True]), monkeypatch)
    since = [time_s for time_s, close in present(watching, 20.0, rate_hz) if close]
    watching.close()
    assert since[0] == pytest.approx(2 * ANSWER_S, abs=2 / rate_hz)
    assert since[-1] == pytest.approx(20.0 - 1 / rate_hz)


@pytest.mark.parametrize("answers", [[False], [True, False], [False, True, False]])
def test_a_single_look_is_not_believed(answers: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that the next one contradicts changes nothing."""
    looks = Looks(answers)
    watching = company_of(looks, monkeypatch)
    assert not any(close for _, close in present(watching, 20.0, 10.0))
    watching.close()
    assert looks.given >= 20.0 / LOOK_EVERY_S - 1


@settings(max_examples=40, deadline=None)
@given(answers=st.lists(st.booleans(), min_size=1, max_size=12))
def test_what_is_believed_was_seen_twice_in_a_row(answers: list[bool]) -> None:
    """Somebody comes and goes by two answers that agree, never by one."""
    with pytest.MonkeyPatch.context() as patch:
        watching = company_of(Looks(answers), patch)
        believed = [close for _, close in present(watching, 14 * LOOK_EVERY_S, 2.0)]
        watching.close()
    changes = int(np.count_nonzero(np.diff([False, *believed])))
    twice = [a for a, b in zip(answers, [*answers[1:], answers[-1]], strict=True) if a == b]
    possible = int(np.count_nonzero(np.diff([False, *twice])))
    assert changes <= possible
    assert believed[-1] is answers[-1]


def test_looks_are_on_a_thread_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera's thread does not look itself; closing frees the models there, once, and may be repeated."""
    looks = Looks([False])
    watching = company_of(looks, monkeypatch)
    list(present(watching, 12.0, 10.0))
    assert threading.current_thread().name not in looks.threads
    watching.close()
    watching.close()
    for thread in threading.enumerate():
        if thread.name.startswith("company"):
            thread.join(5.0)
    assert looks.closed


@pytest.mark.parametrize(("people", "said"), [(1, []), (2, ["in 4 of 4 looks"]), (3, ["in 4 of 4 looks"])])
def test_others_in_the_room_are_told(people: int, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is not close is no reason not to judge, but the record says that others were seen, once."""
    watching = company_of(Looks([False], people), monkeypatch)
    assert not any(close for _, close in present(watching, 20.0, 5.0))
    notices = watching.notices
    watching.close()
    assert len(notices) == len(said)
    assert all(part in notice for part, notice in zip(said, notices, strict=True))


def test_of_a_still_one_look_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single picture has no later one to agree with."""
    watching = company_of(Looks([True]), monkeypatch, still=True)
    assert watching.watch(FRAME, 0.0)
    watching.close()


def test_nothing_is_judged_while_somebody_is_close() -> None:
    """A hold that is right goes unseen for as long; the person is shown, told why, and the record says how long."""
    track, technique = recorded("glute_roll_crossed"), load_technique("glute-max-roll")
    close = track.time_s >= 6.0
    session = Session(technique, Side.RIGHT)
    frames = session.push_track(track, company=close.tolist())
    result, timeline = session.finish(CLIP)
    for frame, alone in zip(frames, ~close, strict=True):
        assert frame.pose is not None
        if not alone:
            assert set(frame.verdicts.values()) == {Verdict.UNSEEN}
            assert not frame.hold.active or frame.time_s < 6.0 + technique.hold.grace_s
    assert {frame.cue.text for frame in frames if frame.time_s > 6.0 and frame.cue} == {COMPANY}
    assert max(hold.end_s for hold in result.holds) <= 6.1
    assert all(np.isnan(measurement.value[close]).all() for measurement in timeline.measures.values())
    assert any("close enough to touch the person for 14 s" in notice for notice in result.notices)
    assert "close enough to touch for 14 s" in result.verdict


def test_one_by_one_is_the_same_as_a_track() -> None:
    """Frames pushed singly and at once are judged alike."""
    track, technique = recorded("glute_roll_crossed"), load_technique("glute-max-roll")
    close = [3.0 < time_s < 6.0 for time_s in track.time_s.tolist()]
    whole, singly = Session(technique, Side.RIGHT), Session(technique, Side.RIGHT)
    at_once = whole.push_track(track, company=close)
    for i, time_s in enumerate(track.time_s.tolist()):
        frame = singly.push(time_s, track.pose(i), company=close[i])
        assert frame.verdicts == at_once[i].verdicts
        assert frame.hold == at_once[i].hold
    assert singly.finish(CLIP)[0] == whole.finish(CLIP)[0]


def test_who_watches_one_person_says_who_is_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """What company finds comes with the person, and is closed with the watcher."""
    looks = Looks([True])

    class Nobody:
        def estimate(self, image: np.ndarray, time_s: float) -> None:
            """Nobody."""

        def close(self) -> None:
            """Nothing to free."""

    with monkeypatch.context() as patch:
        watcher = Alone(Nobody(), company_of(looks, patch))
        watched = [watcher.watch(FRAME, i / 5).company for i in range(50)]
        watcher.close()
    assert watched[-1]
    assert not watched[0]


def frame_of(clip: str, time_s: float) -> np.ndarray:
    """A frame of a sample clip."""
    with ClipReader(ROOT / "sample_videos" / f"{clip}.mp4") as reader:
        return next(frame.image for frame in reader if frame.time_s >= time_s)


@pytest.mark.model
def test_somebody_under_a_partners_hands_is_not_judged_alone(tmp_path: Path) -> None:
    """A body mixed of both, which passes for a roll of the hip's front, comes out unseen; who is alone is judged."""
    result = {}
    for clip in ("partner-effleurage-well", "hip-flexor-roll-well"):
        PillowImage.fromarray(frame_of(clip, 12.0)).save(tmp_path / f"{clip}.png")
        done = analyze(tmp_path / f"{clip}.png", load_technique("hip-flexor-roll"), Side.RIGHT, tmp_path / clip)
        result[clip] = done.result
    treated, alone = result["partner-effleurage-well"], result["hip-flexor-roll-well"]
    assert all(measure.seen_share == 0.0 for measure in treated.measures.values())
    assert any("close enough to touch" in notice for notice in treated.notices)
    assert alone.measures["hip_height"].seen_share == 1.0
    assert not alone.notices


@pytest.mark.model
def test_somebody_found_twice_is_one_person() -> None:
    """Two finds of the detector that show one body are not two people."""
    image = frame_of("gluteus-medius-roll-well", 10.4)
    with PoseLandmarkerEstimator(still=True, people=2) as counter:
        assert len(counter.everybody(image, 0.0)) == 2
        assert counter.count(image) == 1
