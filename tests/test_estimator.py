"""The real model: it finds people, says what is wrong with a model file, is quiet, and opens no socket."""

import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import numpy as np
import pytest

from posecheck.errors import ModelError
from posecheck.estimator import BUILT_IN_MODEL, PoseLandmarkerEstimator, model_identity
from posecheck.landmarks import Landmark
from posecheck.several_looks import open_estimator
from posecheck.still import read_still
from tests.recorded import MEDIA

PHOTO = MEDIA / "real_pose.jpg"
needs_photo = pytest.mark.skipif(not PHOTO.exists(), reason="the media to test on are not here")


@pytest.mark.model
@needs_photo
def test_finds_a_real_person() -> None:
    """In a photo of a standing person the head is above the hips and the hips above the ankles, all in the picture."""
    image = read_still(PHOTO)
    estimator = open_estimator(still=True)
    pose = estimator.estimate(image, 0.0)
    estimator.close()
    estimator.close()
    assert pose is not None
    assert pose.size_px == (image.shape[1], image.shape[0])
    y = pose.image_px[:, 1]
    assert y[Landmark.NOSE] < y[Landmark.LEFT_HIP] < y[Landmark.LEFT_ANKLE] < image.shape[0]
    assert np.abs(pose.world_m[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)).max() < 0.05


@pytest.mark.model
@needs_photo
def test_padded_rows_make_no_difference() -> None:
    """An image whose rows are padded in memory gives the same pose as a contiguous one."""
    image = read_still(PHOTO)
    padded = np.zeros((image.shape[0], image.shape[1] + 8, 3), np.uint8)
    padded[:, : image.shape[1]] = image
    with PoseLandmarkerEstimator(still=True) as estimator:
        straight = estimator.estimate(image, 0.0)
        view = estimator.estimate(padded[:, : image.shape[1]], 0.0)
    assert straight is not None
    assert view is not None
    assert np.array_equal(straight.image_px, view.image_px)


@pytest.mark.model
def test_nobody_in_an_empty_room() -> None:
    """A grey picture holds nobody, and times may repeat or stand still without harm."""
    image = np.full((240, 320, 3), 128, np.uint8)
    with PoseLandmarkerEstimator() as estimator:
        assert [estimator.estimate(image, time_s) for time_s in (0.0, 0.0, 0.0001)] == [None, None, None]


@pytest.mark.model
@needs_photo
def test_counts_people() -> None:
    """One person counts one, two side by side count two."""
    image = read_still(PHOTO)
    with PoseLandmarkerEstimator(still=True, people=2) as counter:
        assert counter.count(image) == 1
        assert counter.count(np.concatenate([image, image[:, ::-1]], axis=1)) == 2


def _bundle(path: Path, names: tuple[str, ...], content: bytes = b"not a network") -> Path:
    with zipfile.ZipFile(path, "w") as bundle:
        for name in names:
            bundle.writestr(name, content)
    return path


def test_missing_model_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is said to."""
    with pytest.raises(ModelError, match=r"no pose model at .*nowhere\.task"):
        open_estimator(tmp_path / "nowhere.task")


@pytest.mark.parametrize(
    "content", [b"", b"hello", BUILT_IN_MODEL.read_bytes()[:100_000]], ids=["empty", "text", "cut"]
)
def test_broken_model_is_named(tmp_path: Path, content: bytes) -> None:
    """A file that is no bundle is said not to be one."""
    path = tmp_path / "broken.task"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.task is not a pose model"):
        open_estimator(path)


def test_bundle_without_its_networks_is_named(tmp_path: Path) -> None:
    """A bundle of something else is told apart."""
    path = _bundle(tmp_path / "hand.task", ("hand_detector.tflite",))
    with pytest.raises(ModelError, match=r"lacks pose_detector\.tflite, pose_landmarks_detector\.tflite"):
        open_estimator(path)


@pytest.mark.model
def test_networks_that_are_none_are_named(tmp_path: Path) -> None:
    """A bundle with the right names and rubbish in them gives a clear error, not a crash."""
    path = _bundle(tmp_path / "rubbish.task", ("pose_detector.tflite", "pose_landmarks_detector.tflite"))
    with pytest.raises(ModelError, match=r"rubbish\.task cannot be used"):
        open_estimator(path)


def test_model_is_the_one_in_its_card() -> None:
    """The shipped bundle is the one that the model card describes."""
    card = BUILT_IN_MODEL.with_name("MODEL_CARD.md").read_text(encoding="utf-8")
    assert model_identity()["sha256"] in card


DETECT = """
    import numpy as np
    from posecheck.estimator import PoseLandmarkerEstimator
    image = np.full((240, 320, 3), 128, np.uint8)
    with PoseLandmarkerEstimator() as estimator:
        for i in range(40):
            estimator.estimate(image, i / 20)
    print("detected")
"""


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.model
def test_is_quiet() -> None:
    """Neither opening the model nor detection writes to stderr, and what Python writes there later still arrives."""
    done = _run(textwrap.dedent(DETECT) + "\nimport sys\nprint('still here', file=sys.stderr)")
    assert done.stdout == "detected\n"
    assert done.stderr == "still here\n"


FORBID_INTERNET = """
    # The kernel kills this process as soon as any of its code, native or not, asks for an internet socket.
    import ctypes, platform, struct
    SOCKET = {"x86_64": 41, "aarch64": 198}[platform.machine()]
    LOAD, EQUAL, RETURN, ALLOW, KILL = 0x20, 0x15, 0x06, 0x7FFF0000, 0x80000000
    AF_INET, AF_INET6 = 2, 10
    program = b"".join(struct.pack("HBBI", *line) for line in [
        (LOAD, 0, 0, 0),              # number of the system call
        (EQUAL, 0, 4, SOCKET),        # not socket(): allow
        (LOAD, 0, 0, 16),             # its first argument, the address family
        (EQUAL, 1, 0, AF_INET),
        (EQUAL, 0, 1, AF_INET6),
        (RETURN, 0, 0, KILL),
        (RETURN, 0, 0, ALLOW),
    ])
    buffer = ctypes.create_string_buffer(program)
    filter_ = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0, "no new privileges"
    assert libc.prctl(22, 2, ctypes.c_char_p(filter_), 0, 0) == 0, "seccomp filter"
"""


@pytest.mark.model
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the guard is the Linux kernel's")
def test_detection_opens_no_internet_socket() -> None:
    """Detection runs to its end in a process that would be killed for opening an internet socket."""
    guard = textwrap.dedent(FORBID_INTERNET)
    control = _run(guard + "import socket\nsocket.socket()\nprint('opened')")
    assert control.returncode < 0, "the guard itself must work"
    assert "opened" not in control.stdout
    done = _run(guard + textwrap.dedent(DETECT))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "detected\n"


def test_native_library_cannot_look_up_names() -> None:
    """The installed MediaPipe imports neither getaddrinfo nor connect: versions that send usage metrics do."""
    import mediapipe  # noqa: PLC0415

    libraries = list(Path(mediapipe.__file__).parent.rglob("*.so"))
    assert libraries
    for library in libraries:
        content = library.read_bytes()
        assert b"\0getaddrinfo\0" not in content
        assert b"\0connect\0" not in content
