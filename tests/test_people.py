"""Two people: where to look, what is one body, and who is who while one covers the other, is lost, or is passed by."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.closeup import Closeups
from posecheck.estimator import PoseLandmarkerEstimator
from posecheck.landmarks import LANDMARK_COUNT, Landmark, sided
from posecheck.people.agreed import TURNS_DEG, agreed
from posecheck.people.belief import NEW, are_two, beliefs, likeliest
from posecheck.people.find import TORSO, Find, distance_m, metre_px
from posecheck.people.glance import CELLS, CENTRES_PX, POINTS, Glance
from posecheck.people.match import Role, chances
from posecheck.people.pair import lies_beside, rise_m, same_person
from posecheck.people.region import Region, region_of
from posecheck.people.steady import Steady
from posecheck.people.tracking import MEMORY_S, Closer, PairTracker
from posecheck.pose import Pose
from posecheck.still import read_still
from posecheck.studio.camera import Camera
from posecheck.studio.figure import Figure
from posecheck.studio.treatment import Kind, camera_round, passing_behind, random_treatment
from tests.recorded import MEDIA

PHOTO = MEDIA / "real_pose.jpg"
STEP_S = 0.1


def pose_of(figure: Figure, camera: Camera, time_s: float) -> Pose:
    """What a perfect model would see of a figure."""
    points = np.tile(figure.head, (LANDMARK_COUNT, 1))
    hand, foot = figure.fingers, figure.toe
    for joint, places in {
        "SHOULDER": figure.shoulder, "ELBOW": figure.elbow, "WRIST": figure.wrist, "PINKY": hand, "INDEX": hand,
        "THUMB": hand, "HIP": figure.hip, "KNEE": figure.knee, "ANKLE": figure.ankle, "HEEL": figure.heel,
        "FOOT_INDEX": foot,
    }.items():  # fmt: skip
        for at in (0, 1):
            points[sided(joint)[at]] = places[at]
    world = (points - figure.pelvis) @ camera.axes.T
    return Pose(time_s, camera.project(points), world, np.ones(LANDMARK_COUNT), camera.size_px)


ONTO = np.array([[0.15, 0.0, 0.0], [0.0, 0.15, 12.0]])
"""From a picture of 640 by 480 pixels to the small one."""
KNOWS_NOTHING = Glance(
    np.full((2, len(POINTS), CELLS, CELLS), 1.0 / CELLS**2, np.float32),
    np.full((2, CELLS, CELLS), 20.0, np.float32),
    ONTO,
)


def glance_of(*both: Pose) -> Glance:
    """What a perfect network would say of a recipient and a partner."""
    chance, trunk = np.zeros((2, len(POINTS), CELLS, CELLS), np.float32), np.zeros((2, CELLS, CELLS), np.float32)
    for who, pose in enumerate(both):
        for number, (x, y) in enumerate(pose.image_px[TORSO] @ ONTO[:, :2].T + ONTO[:, 2]):
            away = np.hypot(*np.meshgrid(CENTRES_PX - x, CENTRES_PX - y))
            chance[who, number] = np.exp(-np.square(away / 4.0))
            chance[who, number] /= chance[who, number].sum()
        trunk[who] = 0.48 * metre_px(pose) * ONTO[0, 0]
    return Glance(chance, trunk, ONTO)


@dataclass
class Staged:
    """A treatment seen without a model: a look shows the body that fits the region best, the detector only some."""

    recipient: Pose
    partner: Pose
    passer: Pose
    detected: Sequence[str] = ("partner",)
    hidden: Sequence[str] = ()
    glanced: bool = True
    looks: list[Region] = field(default_factory=list)

    def look(self, region: Region) -> Find | None:
        """The body that fits best, if it fits."""
        self.looks.append(region)
        bodies = [getattr(self, name) for name in ("recipient", "partner", "passer") if name not in self.hidden]
        off, best = min(((_misfit(region_of(pose), region), i) for i, pose in enumerate(bodies)), default=(9.0, 0))
        return Find(bodies[best], np.ones(LANDMARK_COUNT), region_of(bodies[best])) if off < 1.0 else None

    def everybody(self) -> list[Pose]:
        """Whom the detector happens to find."""
        return [getattr(self, name) for name in self.detected if name not in self.hidden]

    def glance(self) -> Glance:
        """Where both are, as far as the network that looks at the whole picture knows."""
        return glance_of(self.recipient, self.partner) if self.glanced else KNOWS_NOTHING


def _misfit(true: Region, region: Region) -> float:
    """How badly a region fits a body; above 1 the body is not seen there."""
    away = float(np.linalg.norm(true.middle_px - region.middle_px)) / true.half_px
    turn = abs(float(np.angle(np.exp(1j * (true.turn_rad - region.turn_rad)))))
    return float(np.hypot(away / 0.5, turn / 1.0) + abs(np.log(region.half_px / true.half_px)) / 2.0)


def staged(kind: Kind, azimuth_deg: float, time_s: float = 0.0, seed: int = 3) -> Staged:
    """A treatment at a time, with somebody walking past behind."""
    rng = np.random.default_rng([seed, list(Kind).index(kind)])
    treatment = random_treatment(kind, rng)
    camera = camera_round(treatment, azimuth_deg, rng)
    passer = passing_behind(camera, rng, 3.0)
    figures = (*treatment.at(time_s), passer.at(time_s))
    recipient, partner, walker = (pose_of(figure, camera, time_s) for figure in figures)
    return Staged(recipient, partner, walker)


KINDS = [pytest.param(kind, id=kind.value) for kind in Kind]


@pytest.mark.parametrize("turn_deg", [0, 90, -90, 180, 37])
def test_a_region_holds_the_whole_person_upright(turn_deg: float) -> None:
    """In the square about a person, however they lie, hips are in the middle, shoulders above, nothing is cut off."""
    pose = staged(Kind.SUPINE, 0.0).partner
    turn = np.radians(turn_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    turned = Pose(0.0, pose.image_px @ spin.T, pose.world_m, pose.visibility, pose.size_px)
    onto = region_of(turned).onto(200)
    shown = turned.image_px @ onto[:, :2].T + onto[:, 2]
    assert shown.min() >= 0.0
    assert shown.max() <= 200.0
    assert shown[list(sided("HIP"))].mean(axis=0) == pytest.approx([100.0, 100.0])
    x, y = shown[list(sided("SHOULDER"))].mean(axis=0)
    assert x == pytest.approx(100.0)
    assert y < 90.0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("azimuth_deg", [0, 45, 135, 180, -45])
def test_who_lies_and_who_is_beside(kind: Kind, azimuth_deg: float) -> None:
    """The recipient lies beside the partner, never the other way round, and not beside somebody who walks past."""
    scene = staged(kind, azimuth_deg)
    assert lies_beside(scene.recipient, scene.partner)
    assert not lies_beside(scene.partner, scene.recipient)
    assert not lies_beside(scene.recipient, scene.passer)
    assert rise_m(scene.recipient) < rise_m(scene.partner)
    assert not same_person(scene.recipient, scene.partner)
    assert same_person(scene.recipient, scene.recipient)


def whole(pose: Pose) -> Find:
    """A find of all of a body, in its own square."""
    return Find(pose, np.ones(LANDMARK_COUNT), region_of(pose))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("azimuth_deg", [-30, 0, 30, 180])
def test_the_other_one_of_both_is_told_from_everybody_else(kind: Kind, azimuth_deg: float) -> None:
    """Beside a partner who is known only the recipient is theirs, and the other way round; not who walks past."""
    scene = staged(kind, azimuth_deg)
    recipient, partner, passer = whole(scene.recipient), whole(scene.partner), whole(scene.passer)
    theirs, own, others = chances([recipient, partner, passer], partner, Role.RECIPIENT)
    assert theirs > 0.5 > max(own, others)
    theirs, own, others = chances([partner, recipient, passer], recipient, Role.PARTNER)
    assert theirs > 0.5 > max(own, others)
    assert len(chances([], partner, Role.RECIPIENT)) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("azimuth_deg", [-30, 0, 30, 180])
def test_a_mix_of_two_people_is_nobody(kind: Kind, azimuth_deg: float) -> None:
    """The trunk of one with the hips and legs of the other is not the one of both who is missing."""
    scene = staged(kind, azimuth_deg)
    trunk, legs = slice(None, Landmark.LEFT_HIP), slice(Landmark.LEFT_HIP, None)
    image_px, world_m = (
        np.vstack([getattr(scene.recipient, name)[trunk], getattr(scene.partner, name)[legs]])
        for name in ("image_px", "world_m")
    )
    mixed = whole(Pose(0.0, image_px, world_m, scene.recipient.visibility, scene.recipient.size_px))
    assert chances([mixed], whole(scene.partner), Role.RECIPIENT)[0] < 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_body_counts_without_a_match(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """The known one may be a mix of both, whom nobody matches: who plainly lies beside is found all the same.

    Where nobody promised two, some chance is asked for.
    """
    scene = staged(kind, 0.0)
    recipient, partner, passer = whole(scene.recipient), whole(scene.partner), whole(scene.passer)
    for chance, are in ((0.4, True), (0.1, False)):
        monkeypatch.setattr("posecheck.people.belief.chances", lambda finds, *_, told=chance: np.full(len(finds), told))
        theirs, others = beliefs([recipient, passer], partner, Role.RECIPIENT)
        assert theirs > NEW > others
        assert are_two(recipient, partner, glance_of(recipient.pose, partner.pose)) == are
        assert not are_two(recipient, partner, KNOWS_NOTHING)


def test_one_person_is_never_both() -> None:
    """Somebody seen twice is no pair, and roles exchanged are none either."""
    scene = staged(Kind.SUPINE, 0.0)
    recipient, partner = whole(scene.recipient), whole(scene.partner)
    both = [recipient, partner]
    assert likeliest(both, both, KNOWS_NOTHING) == (recipient, partner)
    assert likeliest([recipient], [recipient], KNOWS_NOTHING) is None
    assert likeliest([partner], [recipient], KNOWS_NOTHING) is None
    assert likeliest([], both, KNOWS_NOTHING) is None


def test_the_whole_picture_decides_between_two_who_look_alike() -> None:
    """Of two bodies that belong to the other one alike, the one is taken which is where a glance shows it."""
    scene = staged(Kind.SUPINE, 0.0)
    recipient, partner = whole(scene.recipient), whole(scene.partner)
    shift = np.array([0.25 * metre_px(scene.partner), 0.0])
    beside = whole(replace(scene.partner, image_px=scene.partner.image_px + shift))
    for right in (partner, beside):
        told = likeliest([recipient], [partner, beside], glance_of(recipient.pose, right.pose))
        assert told == (recipient, right)


@given(st.floats(0.2, 5.0), st.floats(-2000.0, 2000.0), st.floats(-2000.0, 2000.0))
def test_chances_do_not_hang_on_where_and_how_large_both_are(scale: float, right: float, down: float) -> None:
    """The same two people elsewhere in a larger or smaller picture belong together as much."""
    scene = staged(Kind.PRONE, 20.0)

    def elsewhere(pose: Pose) -> Find:
        moved = scale * pose.image_px + np.array([right, down])
        return whole(Pose(0.0, moved, pose.world_m, pose.visibility, pose.size_px))

    before, after = (
        chances([place(scene.recipient)], place(scene.partner), Role.RECIPIENT) for place in (whole, elsewhere)
    )
    assert after == pytest.approx(before, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("detected", [("partner",), ("passer", "partner"), ("recipient",), ("partner", "recipient")])
@pytest.mark.parametrize("glanced", [True, False], ids=["seen at a glance", "not seen at a glance"])
def test_the_one_whom_the_detector_misses_is_found(kind: Kind, detected: Sequence[str], glanced: bool) -> None:
    """Whichever of the two the detector finds, both are known within a second, and somebody else never is.

    Where a glance at the whole picture shows nothing, they are found beside each other.
    """
    tracker, found = PairTracker(), False
    for i in range(10):
        scene = staged(kind, 20.0, i * STEP_S)
        scene.detected, scene.glanced = detected, glanced
        recipient, partner = tracker.push(scene, i * STEP_S)
        assert recipient is None or distance_m(recipient.pose, scene.recipient) < 1e-9
        assert partner is None or partner.pose is scene.partner
        found = found or (recipient is not None and partner is not None)
    assert found


@pytest.mark.parametrize("kind", KINDS)
def test_both_are_found_where_the_detector_finds_nobody(kind: Kind) -> None:
    """A glance at the whole picture is enough to know where to look, and one frame is enough to find both."""
    scene = staged(kind, 20.0)
    scene.detected = ()
    recipient, partner = PairTracker().push(scene, 0.0)
    assert recipient is not None
    assert partner is not None
    assert distance_m(recipient.pose, scene.recipient) < 1e-9
    assert partner.pose is scene.partner


@pytest.mark.parametrize("azimuth_deg", [-90, 90])
def test_who_is_seen_turned_over_is_set_right(azimuth_deg: float) -> None:
    """Seen along the body, looks take who lies on their belly for lying on their back: left is left all the same."""
    tracker = PairTracker()
    for i in range(4):
        scene = staged(Kind.PRONE, azimuth_deg, i * STEP_S)
        scene.detected, look = (), scene.look

        def wrong(region: Region, look: Callable[[Region], Find | None] = look, scene: Staged = scene) -> Find | None:
            """The recipient turned over, everybody else as they are."""
            found = look(region)
            return found.turned_over if found and found.pose is scene.recipient else found

        scene.look = wrong  # type: ignore[method-assign]
        recipient, partner = tracker.push(scene, i * STEP_S)
        assert recipient is not None
        assert partner is not None
        assert recipient.pose.image_px == pytest.approx(scene.recipient.image_px)
        assert recipient.pose.world_m == pytest.approx(scene.recipient.world_m)


def test_nobody_is_chosen_without_a_partner() -> None:
    """Somebody who walks past alone is no pair."""
    scene = staged(Kind.SUPINE, 0.0)
    scene.hidden, scene.detected = ("recipient", "partner"), ("passer",)
    assert PairTracker().push(scene, 0.0) == (None, None)


@pytest.mark.parametrize(("closer", "more"), [(None, 0), (Closer.RECIPIENT, len(TURNS_DEG)), (Closer.PARTNER, 0)])
def test_both_who_are_known_cost_one_look_each(closer: Closer | None, more: int) -> None:
    """While both are seen where they were, nothing else is looked at but what it takes to agree on one of them."""
    tracker = PairTracker(closer=closer)
    scene = staged(Kind.SUPINE, 0.0)
    scene.detected = ("recipient", "partner")
    tracker.push(scene, 0.0)
    scene = staged(Kind.SUPINE, 0.0, STEP_S)
    scene.detected = ()
    recipient, partner = tracker.push(scene, STEP_S)
    assert recipient is not None
    assert partner is not None
    assert len(scene.looks) == 2 + more


def test_looks_at_hands_on_a_back_agree_over_time() -> None:
    """A partner is looked at once a frame, in squares turned otherwise; a look that errs is outvoted by two others."""
    tracker, wrist = PairTracker(closer=Closer.PARTNER), Landmark.LEFT_WRIST
    scenes = [staged(Kind.SUPINE, 0.0, i * STEP_S) for i in range(6)]
    true = scenes[0].partner
    for i, scene in enumerate(scenes):
        scene.detected = ("recipient", "partner") if i == 0 else ()
        astray = shifted(true, wrist, (0.12, 0.0)) if i == 4 else true
        scene.partner = Pose(scene.recipient.time_s, astray.image_px, true.world_m, true.visibility, true.size_px)
        _, partner = tracker.push(scene, i * STEP_S)
        assert partner is not None
    assert partner is not None
    turns = {round(math.degrees(scene.looks[-1].turn_rad - region_of(true).turn_rad)) for scene in scenes[1:]}
    assert turns == {round(turn) for turn in TURNS_DEG}
    assert partner.pose.image_px[wrist] == pytest.approx(true.image_px[wrist], abs=1.0)


def test_a_closer_look_that_fails_is_made_again_before_a_search() -> None:
    """In the narrower square nobody is seen for certain: the usual one is looked at, and nothing else."""
    tracker, first, then = (
        PairTracker(closer=Closer.PARTNER),
        staged(Kind.SUPINE, 0.0),
        staged(Kind.SUPINE, 0.0, STEP_S),
    )
    first.detected, then.detected = ("recipient", "partner"), ()
    tracker.push(first, 0.0)
    usual_px, look = region_of(first.partner).half_px, then.look

    def wide(region: Region) -> Find | None:
        """Nobody in the narrower square about the partner."""
        found = look(region)
        narrow = 0.8 * usual_px < region.half_px < 0.95 * usual_px
        return None if found and narrow and same_person(found.pose, then.partner) else found

    then.look = wide  # type: ignore[method-assign]
    _, partner = tracker.push(then, STEP_S)
    assert partner is not None
    assert len(then.looks) == 3


def look_in_turn(poses: Sequence[Pose | None]) -> Callable[[Region], Find | None]:
    """Looks that show one pose after the other, wherever they are."""
    left = list(poses)

    def look(region: Region) -> Find | None:
        pose = left.pop(0)
        return Find(pose, np.ones(LANDMARK_COUNT), region) if pose else None

    return look


def shifted(pose: Pose, joint: int, by_m: tuple[float, float]) -> Pose:
    """The same but for one landmark that is seen elsewhere."""
    image_px = pose.image_px.copy()
    image_px[joint] += abs(metre_px(pose)) * np.array(by_m)
    return Pose(pose.time_s, image_px, pose.world_m, pose.visibility, pose.size_px)


def test_what_one_look_of_three_gets_wrong_the_others_put_right() -> None:
    """A hand on a knee: the first look and one of the closer ones see the knee 20 cm off, and it does not count."""
    true = staged(Kind.SUPINE, 0.0).recipient
    knee = Landmark.LEFT_KNEE
    wrong = shifted(true, knee, (-0.2, 0.0))
    first = Find(wrong, np.ones(LANDMARK_COUNT), region_of(wrong))
    found = agreed(look_in_turn([true, wrong, true]), first)
    assert found.pose.image_px == pytest.approx(true.image_px)
    assert found.pose.visibility[knee] == true.visibility[knee]


def test_where_every_look_differs_a_landmark_is_unseen() -> None:
    """Three places of a knee, none near another: nobody knows where it is, and the rest stays seen."""
    true = staged(Kind.SUPINE, 0.0).recipient
    knee = Landmark.LEFT_KNEE
    astray = [shifted(true, knee, by_m) for by_m in ((0.25, 0.0), (-0.25, 0.0), (0.0, 0.3))]
    seen = agreed(look_in_turn(astray), Find(true, np.ones(LANDMARK_COUNT), region_of(true))).pose.visibility
    assert seen[knee] == 0.0
    assert np.delete(seen, knee).min() == 1.0


def test_without_a_closer_look_the_first_one_stands() -> None:
    """Nobody, or somebody else, in the closer squares: the find is as it was."""
    scene = staged(Kind.SUPINE, 0.0)
    first = Find(scene.recipient, np.ones(LANDMARK_COUNT), region_of(scene.recipient))
    assert agreed(look_in_turn([None, scene.partner, None]), first) is first


@pytest.mark.parametrize("gap_s", [0.5, MEMORY_S + 1.0])
def test_who_was_lost_comes_back_as_themselves(gap_s: float) -> None:
    """A recipient who is covered for a while is missing, never mistaken for the partner, and is the recipient again."""
    tracker, time_s, back = PairTracker(), 0.0, []
    for i in range(40):
        time_s = i * STEP_S
        scene = staged(Kind.SUPINE, 0.0, time_s)
        covered = 0.5 <= time_s < 0.5 + gap_s
        scene.hidden = ("recipient",) if covered else ()
        scene.detected = ("passer", "partner", "recipient")
        recipient, partner = tracker.push(scene, time_s)
        assert partner is not None
        assert partner.pose is scene.partner
        assert recipient is None or distance_m(recipient.pose, scene.recipient) < 1e-9
        assert recipient is None or not covered
        back.append(recipient is not None)
    assert back[-1]


def test_a_steady_pose_follows_without_jitter() -> None:
    """Jitter of somebody who keeps still shrinks to a third; after a gap the filter starts afresh."""
    rng = np.random.default_rng(1)
    pose = staged(Kind.SUPINE, 0.0).recipient
    steady, shown = Steady(), []
    for i in range(90):
        noisy = Pose(i / 30, pose.image_px + rng.normal(0, 1.0, (33, 2)), pose.world_m, pose.visibility, pose.size_px)
        shown.append(steady.push(noisy, metre_px(pose)).image_px)
    assert np.std(np.stack(shown[30:]) - pose.image_px) < 0.5
    moved = Pose(9.0, pose.image_px + 50.0, pose.world_m, pose.visibility, pose.size_px)
    assert steady.push(moved, metre_px(pose)).image_px == pytest.approx(moved.image_px)


@pytest.mark.model
@pytest.mark.skipif(not PHOTO.exists(), reason="the media to test on are not here")
@pytest.mark.parametrize("quarter_turns", [0, 1, 2])
def test_a_look_at_a_person_sees_them_however_the_picture_is_turned(quarter_turns: int) -> None:
    """The landmark network without its detector gives the same person, upright, lying or upside down."""
    image = read_still(PHOTO)
    with PoseLandmarkerEstimator(still=True) as estimator:
        pose = estimator.estimate(image, 0.0)
    assert pose is not None
    whole = region_of(pose)
    turned = np.ascontiguousarray(np.rot90(image, quarter_turns))
    height, width = image.shape[:2]
    x, y = whole.middle_px
    middle = [(x, y), (y, width - 1 - x), (width - 1 - x, height - 1 - y)][quarter_turns]
    closeups = Closeups()
    region = Region(np.array(middle), whole.half_px, whole.turn_rad - quarter_turns * np.pi / 2)
    found = closeups.look(turned, region, 0.0)
    upright = closeups.look(image, whole, 0.0)
    closeups.close()
    closeups.close()
    assert found is not None
    assert upright is not None
    assert found.presence.min() > 0.5
    assert distance_m(upright.pose, pose) < 0.05
    assert metre_px(found.pose) == pytest.approx(metre_px(upright.pose), rel=0.03)
    onto = region.onto(256)
    back = whole.onto(256)
    seen = found.pose.image_px @ onto[:, :2].T + onto[:, 2]
    expected = upright.pose.image_px @ back[:, :2].T + back[:, 2]
    assert np.abs(seen - expected).mean() < 3.0


@pytest.mark.model
def test_an_empty_wall_shows_nobody() -> None:
    """Where there is no body, a look finds none."""
    closeups = Closeups()
    found = closeups.look(np.full((240, 320, 3), 128, np.uint8), Region(np.array([160.0, 120.0]), 100.0, 0.0), 0.0)
    closeups.close()
    assert found is None
