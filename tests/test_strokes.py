"""Rolling strokes: counted, measured in metres along the body's axis, with an error that covers what is not known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.catalog import load_technique
from posecheck.landmarks import Landmark, Side
from posecheck.lens import FOCAL_SHARE
from posecheck.pose import FloatArray, Pose
from posecheck.roll_view import THIGH_FOLLOWED, AlongBody, AlongPath, AlongThigh
from posecheck.strokes import MODEL_HEIGHT_M, RollMeter, Stroke, summarise
from tests.figure import ON_THE_SIDE, PRONE, PX_PER_M, SIZE_PX, Leg, body, seen

HEIGHT_M = 1.75
SCALE = MODEL_HEIGHT_M / HEIGHT_M / PX_PER_M
"""Metres a pixel as the landmark model has them, who takes everybody for a person of average size."""
SIDE_ON = 90.0
Course = Callable[[float], float]


def sine(length_m: float, period_s: float, start_s: float = 1.0, turns: float = 3) -> Course:
    """Rolling from a rest in the middle, there and back, and rest again."""

    def way(time_s: float) -> float:
        inside = start_s <= time_s <= start_s + turns * period_s
        return 0.5 * length_m * np.sin(2 * np.pi * (time_s - start_s) / period_s) if inside else 0.0

    return way


def followed(
    way: Course,
    times_s: FloatArray,
    *,
    azimuth_deg: float = SIDE_ON,
    height_m: float | None = HEIGHT_M,
    noise_m: float = 0.0,
    hidden: tuple[float, float] = (0.0, 0.0),
    placed_from_s: float = 0.0,
) -> RollMeter:
    """The meter after a figure has moved along its front-back axis."""
    meter, pose = RollMeter(AlongBody(), height_m), seen(body(Leg(), Leg()), azimuth_deg=azimuth_deg)
    shown, rng = np.sin(np.radians(azimuth_deg)), np.random.default_rng(5)
    for time_s in times_s.tolist():
        shift = (way(time_s) * shown + rng.normal(0.0, noise_m)) * PX_PER_M
        visibility = np.array(pose.visibility)
        if hidden[0] <= time_s < hidden[1]:
            visibility[Landmark.LEFT_HIP] = 0.2
        frame = replace(pose, time_s=time_s, image_px=pose.image_px + np.array([shift, 0.0]), visibility=visibility)
        meter.push(time_s, frame, SCALE, time_s >= placed_from_s)
    meter.finish()
    return meter


def times(end_s: float, fps: float = 20.0) -> FloatArray:
    """Frame times at an even rate."""
    return np.arange(0.0, end_s, 1.0 / fps)


def whole(meter: RollMeter) -> list[Stroke]:
    """The strokes between two turning points."""
    return [stroke for stroke in meter.strokes if stroke.turned]


@settings(deadline=None, max_examples=30)
@given(
    length_m=st.floats(0.08, 0.25),
    period_s=st.floats(2.5, 6.0),
    fps=st.floats(10.0, 50.0),
    uneven=st.floats(0.0, 0.4),
)
def test_strokes_of_a_noisy_sine_are_counted_and_measured(
    length_m: float, period_s: float, fps: float, uneven: float
) -> None:
    """At any frame rate, with frames at uneven times and landmarks that jitter by 2 mm, count and speed are right."""
    rng = np.random.default_rng(2)
    steps = (1.0 + uneven * rng.uniform(-1.0, 1.0, round(fps * (3 * period_s + 6.0)))) / fps
    meter = followed(sine(length_m, period_s), np.cumsum(steps), noise_m=0.002)
    strokes = whole(meter)
    assert len(strokes) == 5
    assert len(meter.strokes) == 7
    assert len(meter.spans) == 1
    assert np.mean([stroke.length_m for stroke in strokes]) == pytest.approx(length_m, rel=0.1)
    assert np.mean([stroke.speed_m_s for stroke in strokes]) == pytest.approx(2 * length_m / period_s, rel=0.1)
    assert all(abs(stroke.length_m - length_m) < 2 * stroke.length_se_m for stroke in strokes)


def test_rolling_is_dated_from_its_beginning_to_the_stop() -> None:
    """Begin and end are those of the movement, though both are understood later."""
    ((start_s, end_s),) = followed(sine(0.12, 4.0), times(20.0), noise_m=0.002).spans
    assert start_s == pytest.approx(1.0, abs=0.3)
    assert end_s == pytest.approx(13.0, abs=0.3)


def swayed(time_s: float) -> float:
    """A centimetre there and back, from the fourth second to the fifth."""
    return 0.011 * float(np.sin(np.pi * np.clip(time_s - 4.0, 0.0, 1.0)) ** 2)


def moved_on(time_s: float) -> float:
    """A centimetre to another place."""
    return 0.011 * float(np.clip(time_s - 4.5, 0.0, 1.0))


@pytest.mark.parametrize("stir", [swayed, moved_on])
def test_a_stir_shortly_before_is_not_where_rolling_begins(stir: Course) -> None:
    """A hold ends where rolling begins: one that had been long enough was taken back by the seconds since a sway."""
    rolling = sine(0.12, 4.0, start_s=6.5)
    ((start_s, _),) = followed(lambda time_s: rolling(time_s) + stir(time_s), times(25.0), noise_m=0.0005).spans
    assert start_s == pytest.approx(6.5, abs=0.3)


@pytest.mark.parametrize("creep_m", [0.003, 0.007, 0.009])
def test_landmarks_that_creep_on_after_a_stop_do_not_date_it_later(creep_m: float) -> None:
    """The model follows with a lag, and hips that have stopped go on for most of a centimetre in the next second."""
    rolling = sine(0.12, 4.0)

    def creeping(time_s: float) -> float:
        return rolling(time_s) + (creep_m * (1.0 - np.exp(-(time_s - 13.0) / 0.6)) if time_s > 13.0 else 0.0)

    ((_, end_s),) = followed(creeping, times(20.0)).spans
    assert end_s == pytest.approx(13.0, abs=0.3)


@pytest.mark.parametrize("azimuth_deg", [90.0, 65.0, 115.0, 50.0, -60.0])
def test_what_the_view_foreshortens_is_made_good(azimuth_deg: float) -> None:
    """Turned from side-on the picture shows less of a stroke; its length is the same, and less certain."""
    square = whole(followed(sine(0.15, 4.0), times(16.0)))[0]
    turned = whole(followed(sine(0.15, 4.0), times(16.0), azimuth_deg=azimuth_deg))[0]
    assert turned.length_m == pytest.approx(0.15, rel=0.05)
    assert turned.length_se_m >= square.length_se_m - 1e-9


def test_a_stroke_towards_the_camera_is_unseen() -> None:
    """From behind, hardly anything of a stroke shows: it may be noticed, but has no length."""
    meter = followed(sine(0.25, 4.0), times(16.0), azimuth_deg=15.0)
    assert meter.strokes
    assert all(np.isnan(stroke.length_m) and np.isnan(stroke.speed_m_s) for stroke in meter.strokes)
    rolling = load_technique("glute-max-roll").rolling
    assert rolling is not None
    found = summarise(meter.strokes, 3.0, rolling)
    assert found.count > 0
    assert (found.measured, found.length_cm, found.too_fast_share) == (0, None, None)


def test_a_person_of_unknown_height_is_measured_less_certainly() -> None:
    """One camera cannot know how tall somebody is; the error says so and covers it."""
    (known, *_), (unknown, *_) = (
        whole(followed(sine(0.15, 4.0), times(16.0), height_m=height)) for height in (HEIGHT_M, None)
    )
    assert unknown.length_se_m > 1.5 * known.length_se_m
    assert abs(unknown.length_m - 0.15) < 2 * unknown.length_se_m


@pytest.mark.parametrize("way", [lambda _: 0.0, lambda time_s: 0.004 * np.sin(1.3 * time_s), lambda t: 0.03 * t / 30])
def test_keeping_still_is_no_rolling(way: Course) -> None:
    """Neither rest nor sway nor a slow slide of 3 cm in half a minute is rolling."""
    meter = followed(way, times(30.0), noise_m=0.002)
    assert meter.strokes == []
    assert meter.spans == []


def test_shifting_the_seat_once_is_one_movement() -> None:
    """A shift by 6 cm is a movement that ends; there is no stroke between turning points in it."""
    meter = followed(lambda time_s: 0.06 * np.clip(time_s - 3.0, 0.0, 1.0), times(12.0))
    assert len(meter.spans) == 1
    assert whole(meter) == []


def test_what_is_hidden_is_no_stroke() -> None:
    """A stroke during which a hip is hidden for longer than half a second is not made up."""
    meter = followed(sine(0.15, 4.0), times(16.0), hidden=(5.0, 7.5))
    assert len(meter.spans) == 2
    assert not any(stroke.start_s < 6.0 < stroke.end_s for stroke in meter.strokes)


def test_getting_into_position_is_no_stroke() -> None:
    """What moves before the position is taken does not count."""
    meter = followed(sine(0.3, 3.0, turns=2), times(12.0), placed_from_s=7.5)
    assert meter.strokes == []


def test_too_fast_is_said_only_where_it_is_certain() -> None:
    """A speed within its error of the limit is not called too fast."""
    stroke = whole(followed(sine(0.15, 2.5), times(14.0)))[0]
    assert stroke.is_faster_than(0.08)
    assert not stroke.is_faster_than(stroke.speed_m_s - stroke.speed_se_m_s / 2)


def test_the_summary_is_of_strokes_between_turning_points() -> None:
    """All strokes are counted; mean and spread are those of whole ones, in centimetres."""
    rolling = load_technique("glute-max-roll").rolling
    assert rolling is not None
    meter = followed(sine(0.15, 2.5), times(14.0))
    found = summarise(meter.strokes, sum(end_s - start_s for start_s, end_s in meter.spans), rolling)
    assert found.count == found.measured == 7
    assert found.length_cm is not None
    assert found.length_cm.mean == pytest.approx(15.0, rel=0.03)
    assert found.speed_cm_s is not None
    assert found.speed_cm_s.mean == pytest.approx(12.0, rel=0.03)
    assert found.too_fast_share is not None
    assert found.too_fast_share > 0.6
    assert found.time_s == pytest.approx(7.5, abs=0.5)


@pytest.mark.parametrize("off_deg", [-40.0, -15.0, 0.0, 15.0, 40.0])
def test_on_the_side_the_way_is_measured_along_the_thigh(off_deg: float) -> None:
    """The thigh points forward of the trunk, so that cameras towards head and feet see different shares of its way."""
    meter, course = RollMeter(AlongThigh(), HEIGHT_M), sine(0.15, 4.0)
    pose = seen(body(Leg(), Leg()), azimuth_deg=180.0 + off_deg, room=ON_THE_SIDE)
    shown = THIGH_FOLLOWED * np.cos(np.radians(off_deg + 8.0))
    for time_s in times(16.0).tolist():
        shift = np.array([course(time_s) * shown * PX_PER_M, 0.0])
        frame = replace(pose, time_s=time_s, image_px=pose.image_px + shift)
        meter.push(time_s, frame, SCALE, True)
    meter.finish()
    lengths = [stroke.length_m for stroke in whole(meter)]
    assert len(lengths) == 5
    assert lengths == pytest.approx([0.15] * 5, rel=0.05)


DISTANCE_M = 3.0
PX_AWAY = FOCAL_SHARE * max(SIZE_PX) / DISTANCE_M
"""Pixels a metre, so far away from a real lens."""


def looked_down_at(pose: Pose, tilt_deg: float, shift_m: FloatArray) -> Pose:
    """A pose that a level camera far away saw, by a near one that looks down; the body is moved in its level frame."""
    sine, cosine = np.sin(np.radians(tilt_deg)), np.cos(np.radians(tilt_deg))
    down = np.array([[1.0, 0.0, 0.0], [0.0, cosine, -sine], [0.0, sine, cosine]])
    points = (pose.world_m + shift_m) @ down.T + np.array([0.0, 0.0, DISTANCE_M])
    image = points[:, :2] / points[:, 2:] * PX_AWAY * DISTANCE_M + np.array(SIZE_PX) / 2.0
    return replace(pose, image_px=image, world_m=pose.world_m @ down.T)


@pytest.mark.parametrize("tilt_deg", [18.0, 21.0, 27.0])
@pytest.mark.parametrize("from_line_of_sight_deg", [-60.0, -20.0, 0.0, 20.0, 60.0])
def test_face_down_the_way_is_measured_along_the_path(from_line_of_sight_deg: float, tilt_deg: float) -> None:
    """Where a thigh points at the camera the hips go up and down in the picture; that it looks down makes them seen."""
    technique, course = load_technique("adductor-roll"), sine(0.15, 4.0)
    meter = RollMeter(AlongPath(technique.camera, Side.RIGHT), HEIGHT_M)
    lying = body(Leg(), Leg(abduction=80.0))
    level = seen(lying, azimuth_deg=-80.0 + from_line_of_sight_deg, room=PRONE)
    thigh = level.world_m[Landmark.RIGHT_KNEE] - level.world_m[Landmark.RIGHT_HIP]
    scale = MODEL_HEIGHT_M / HEIGHT_M / PX_AWAY
    for time_s in times(16.0).tolist():
        frame = looked_down_at(level, tilt_deg, course(time_s) * thigh / np.linalg.norm(thigh))
        meter.push(time_s, replace(frame, time_s=time_s), scale, True)
    meter.finish()
    strokes = whole(meter)
    assert len(strokes) == 5
    for stroke in strokes:
        assert abs(stroke.length_m - 0.15) < 2.0 * stroke.length_se_m
        assert stroke.length_m == pytest.approx(0.15, rel=0.1 if tilt_deg == 21.0 else 0.3)
        assert stroke.length_se_m < 0.05


@pytest.mark.parametrize(
    ("camera_m", "shift_m"), [(0.3, (0.0, 0.0, 0.0)), (3.0, (0.0, 0.0, 0.0)), (1.4, (0.0, -3.0, 0.0))]
)
def test_face_down_a_way_is_unseen_by_a_camera_that_does_not_look_down(
    camera_m: float, shift_m: tuple[float, float, float]
) -> None:
    """On the floor, or where the technique wants it to look down far and it does not, or with the hips above it."""
    camera = load_technique("adductor-roll").camera.model_copy(update={"height_m": camera_m})
    meter, course = RollMeter(AlongPath(camera, Side.RIGHT), HEIGHT_M), sine(0.3, 4.0)
    level = seen(body(Leg(), Leg(abduction=80.0)), azimuth_deg=-40.0, room=PRONE)
    for time_s in times(16.0).tolist():
        frame = looked_down_at(level, 0.0, course(time_s) * np.array([1.0, 0.0, 0.0]) + np.array(shift_m))
        meter.push(time_s, replace(frame, time_s=time_s), MODEL_HEIGHT_M / HEIGHT_M / PX_AWAY, True)
    meter.finish()
    assert len(meter.strokes) > 3
    assert all(np.isnan(stroke.length_m) for stroke in meter.strokes)
