"""A technique for two: whose pose is judged, what is recorded of the partner, and the roles exchanged."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from posecheck import live
from posecheck.annotate import Annotator
from posecheck.catalog import load_technique, techniques_folder
from posecheck.cli import app
from posecheck.landmarks import Side
from posecheck.live import LiveSession
from posecheck.people.find import distance_m
from posecheck.pose import Pose
from posecheck.result import ClipInfo, SessionResult
from posecheck.session import Session
from posecheck.studio.randomise import random_room
from posecheck.studio.scene import ONE_RAY, Scene
from posecheck.studio.treatment import Kind, camera_round, passing_behind, random_treatment
from posecheck.technique import Technique
from posecheck.ui import choose
from posecheck.watcher import Watched, open_watcher
from tests.recorded import recorded
from tests.test_people import pose_of, staged

CLIP = ClipInfo(name="two", duration_s=1.0, frames=10, size=(640, 480))
FRAME = np.full((480, 640, 3), 90, np.uint8)


def for_two() -> Technique:
    """A technique of a recipient and a partner."""
    return load_technique("hip-rotation-90").model_copy(update={"people": 2})


def test_the_partner_is_shown_and_counted_but_not_judged() -> None:
    """Frames carry the partner, the result says how often they were seen, and the verdicts are those without them."""
    track = recorded("hip_rotation_supine")
    partners: list[Pose | None] = [track.pose(i) if i % 4 else None for i in range(len(track))]
    alone, together, singly = (Session(for_two(), Side.RIGHT) for _ in range(3))
    plain, shown = alone.push_track(track), together.push_track(track, partners)
    assert [frame.partner for frame in shown] == partners
    assert [frame.verdicts for frame in shown] == [frame.verdicts for frame in plain]
    for i, time_s in enumerate(track.time_s):
        assert singly.push(float(time_s), track.pose(i), partners[i]).partner is partners[i]
    share = sum(partner is not None for partner in partners) / len(partners)
    for session in (together, singly):
        assert session.finish(CLIP)[0].partner_seen_share == pytest.approx(share, abs=1e-3)
    assert alone.finish(CLIP)[0].partner_seen_share == 0.0


def test_a_technique_for_one_has_no_partner() -> None:
    """What is done alone records nothing about a partner."""
    session = Session(load_technique("hip-rotation-90"), Side.RIGHT)
    session.push_track(recorded("hip_rotation_supine"))
    assert session.finish(CLIP)[0].partner_seen_share is None


def test_the_partner_is_drawn_thinly() -> None:
    """The partner's limbs are in the picture, with fewer pixels than the recipient's."""
    scene = staged(Kind.SUPINE, 20.0)
    technique = for_two()
    annotator = Annotator(technique, banner=False)

    def pixels(person: Pose | None, partner: Pose | None) -> np.ndarray:
        result = Session(technique, Side.RIGHT).push(0.0, person, partner)
        return annotator.draw(FRAME, result)

    nobody = pixels(None, None)
    partner_alone = (pixels(None, scene.partner) != nobody).any(axis=2)
    person_alone = (pixels(scene.partner, None) != nobody).any(axis=2)
    assert 0 < partner_alone.sum() < person_alone.sum()
    x, y = np.rint((scene.partner.image_px[11] + scene.partner.image_px[23]) / 2).astype(int)
    assert partner_alone[y - 3 : y + 4, x - 3 : x + 4].any()


class Staged:
    """A watcher of two people who never move."""

    def __init__(self) -> None:
        self.scene = staged(Kind.SUPINE, 20.0)

    def watch(self, image: np.ndarray, time_s: float) -> Watched:
        """Both, at the frame's time."""
        recipient, partner = (
            Pose(time_s, pose.image_px, pose.world_m, pose.visibility, pose.size_px)
            for pose in (self.scene.recipient, self.scene.partner)
        )
        return Watched(recipient, partner)

    @property
    def notices(self) -> list[str]:
        """Somebody else walks past."""
        return ["More than two people were seen."]

    def close(self) -> None:
        """Nothing to free."""


def test_live_people_are_swapped_by_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipient is judged; after a swap the other one is, and what was counted of the first is gone."""
    watcher = Staged()
    monkeypatch.setattr(live, "open_watcher", lambda technique: watcher)
    session = LiveSession(for_two(), Side.RIGHT)
    for i in range(5):
        session.process(FRAME, i / 10)
    assert session.latest is not None
    assert session.latest.pose is not None
    assert np.array_equal(session.latest.pose.image_px, watcher.scene.recipient.image_px)
    session.swap()
    assert session.latest is None
    for i in range(5, 8):
        session.process(FRAME, i / 10)
    assert session.latest is not None
    assert session.latest.pose is not None
    assert np.array_equal(session.latest.pose.image_px, watcher.scene.partner.image_px)
    outcome = session.stop()
    assert outcome is not None
    result, timeline = outcome
    assert result.clip.frames == len(timeline.time_s) == 3
    assert result.partner_seen_share == 1.0
    assert "More than two people were seen." in result.notices
    session.swap()
    assert session.stop() is outcome


@pytest.fixture(scope="module")
def treatment(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pose, Pose, Pose]:
    """A picture of a recipient, a partner and somebody who walks past, and where they truly are."""
    rng = np.random.default_rng(22)
    scene = random_treatment(Kind.SUPINE, rng)
    camera = camera_round(scene, 0.0 if scene.side is Side.LEFT else 180.0, rng, (480, 360))
    recipient, partner = scene.at(0.0)
    passer = passing_behind(camera, rng, 3.0).at(0.4)
    picture = Scene(recipient, camera, random_room(rng), (partner, passer)).picture(ONE_RAY)
    path = tmp_path_factory.mktemp("two") / "two.png"
    PillowImage.fromarray(picture).save(path)
    lying, beside, walking = (pose_of(figure, camera, 0.0) for figure in (recipient, partner, passer))
    return path, lying, beside, walking


@pytest.mark.model
def test_two_people_are_found_and_told_apart(treatment: tuple[Path, Pose, Pose, Pose]) -> None:
    """In a picture where the recipient lies before the partner both are found at once, and each has their role."""
    path, recipient, partner, passer = treatment
    watcher = open_watcher(for_two())
    seen = watcher.watch(np.asarray(PillowImage.open(path)), 0.0)
    watcher.close()
    watcher.close()
    assert seen.person is not None
    assert seen.partner is not None
    half_a_trunk_m = 0.25
    assert distance_m(recipient, seen.person) < half_a_trunk_m < distance_m(partner, seen.person)
    assert distance_m(partner, seen.partner) < half_a_trunk_m < distance_m(recipient, seen.partner)
    assert distance_m(passer, seen.partner) > half_a_trunk_m


@pytest.mark.model
@pytest.mark.parametrize("swap", [False, True], ids=["as found", "swapped"])
def test_the_command_line_exchanges_roles(treatment: tuple[Path, Pose, Pose, Pose], swap: bool, tmp_path: Path) -> None:
    """`--swap` judges the other person: the trunk of who lies is level, of the partner upright."""
    text = (techniques_folder() / "hip-rotation-90.yaml").read_text(encoding="utf-8")
    technique = tmp_path / "hip-rotation-90.yaml"
    technique.write_text(text.replace("sided: true", "sided: true\npeople: 2"), encoding="utf-8")
    out = tmp_path / "out"
    line = ["analyze", str(treatment[0]), "-t", str(technique), "-s", "right", "-o", str(out), "-q"]
    done = CliRunner().invoke(app, [*line, *(["--swap"] if swap else [])])
    assert done.exit_code == 0, done.output
    result = SessionResult.model_validate_json((out / "session.json").read_text(encoding="utf-8"))
    assert result.partner_seen_share == 1.0
    inclination = result.measures["trunk_inclination"].mean
    assert inclination is not None
    assert (inclination < 50) is swap


def clip_page() -> None:
    """The clip page alone."""
    from posecheck.ui.clip_page import show  # noqa: PLC0415 - AppTest runs this function's text

    show()


@pytest.mark.parametrize("people", [1, 2])
def test_the_clip_page_offers_to_swap_where_there_are_two(people: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Roles can be exchanged before a clip of two people is analysed; of one person there is nothing to exchange."""
    technique = for_two().model_copy(update={"people": people})
    monkeypatch.setattr(choose, "load_techniques", lambda: {technique.id: technique})
    shown = AppTest.from_function(clip_page, default_timeout=60).run()
    assert not shown.exception
    assert [toggle.label for toggle in shown.toggle] == ["Swap people"] * (people - 1)
