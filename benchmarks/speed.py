"""How fast posecheck is beside bare MediaPipe, on the same clip, in the same run.

    python benchmarks/speed.py CLIP            # speed and memory, about ten minutes
    python benchmarks/speed.py CLIP --quick    # speed only

Bare MediaPipe is decoding and detection, nothing else, in one loop. Each figure is the median of several runs, taken in
turn, each in a process of its own, because the machine may be shared: compare the ratios, not the absolute numbers. One
core and two cores are the processor affinity of the measured process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from posecheck.analysis import BLOCK, analyze
from posecheck.annotate import Annotator
from posecheck.catalog import load_technique
from posecheck.corrector import corrected
from posecheck.landmarks import Side
from posecheck.measures import measure
from posecheck.pose import Track
from posecheck.session import Session
from posecheck.several_looks import open_estimator
from posecheck.video import ClipReader, ClipWriter

TECHNIQUE = "glute-max-roll"
Result = dict[str, float]


def bare(clip: Path, _: Path) -> Result:
    """Decode and detect, one after the other, as MediaPipe's own example does."""
    import av  # noqa: PLC0415
    import mediapipe as mp  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

    from posecheck.estimator import BUILT_IN_MODEL  # noqa: PLC0415

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(BUILT_IN_MODEL)), running_mode=vision.RunningMode.VIDEO
    )
    frames = 0
    with vision.PoseLandmarker.create_from_options(options) as landmarker, av.open(str(clip)) as container:
        start = time.perf_counter()
        for frame in container.decode(video=0):
            image = mp.Image(
                image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
            )
            landmarker.detect_for_video(image, round((frame.time or 0.0) * 1000))
            frames += 1
        return {"frames_per_s": frames / (time.perf_counter() - start)}


def _analysis(annotate: bool) -> Callable[[Path, Path], Result]:
    def run(clip: Path, folder: Path) -> Result:
        marks: list[float] = []

        def note(_: float) -> None:
            marks.append(time.perf_counter())

        analyze(clip, load_technique(TECHNIQUE), Side.RIGHT, folder, annotate=annotate, progress=note)
        # From the first frame to the last: loading the model is left out on both sides. The last mark is that of the
        # finished report, so the end of encoding and the report count.
        return {
            "frames_per_s": (len(marks) - 2) / (marks[-2] - marks[0]),
            "with_report": (len(marks) - 2) / (marks[-1] - marks[0]),
        }

    return run


def stages(clip: Path, _: Path) -> Result:
    """Time a frame spends in measures, rules, hold and coach, in drawing, and in encoding, in blocks as clips are done.

    And in the first of these again when frames come one at a time, as they do live; of it in the corrector, both ways.
    """
    technique = load_technique(TECHNIQUE)
    session, live = Session(technique, Side.RIGHT), Session(technique, Side.RIGHT)
    annotator, estimator = Annotator(technique), open_estimator()
    names = ("assess_ms", "draw_ms", "encode_ms", "live_ms", "corrector_ms", "corrector_live_ms")
    spent, frames = dict.fromkeys(names, 0.0), 0

    def correct(track: Track, stage: str) -> None:
        closed = measure(track)
        start = time.perf_counter()
        corrected(track, closed)
        spent[stage] += time.perf_counter() - start

    with (
        tempfile.TemporaryDirectory() as folder,
        ClipReader(clip) as reader,
        ClipWriter(Path(folder) / "x.mp4", (reader.header.width, reader.header.height)) as writer,
    ):
        size, images = (reader.header.width, reader.header.height), iter(reader)
        while block := list(islice(images, BLOCK)):
            poses = []
            for frame in block:
                poses.append(estimator.estimate(frame.image, frame.time_s))
                start = time.perf_counter()
                live.push(frame.time_s, poses[-1])
                spent["live_ms"] += time.perf_counter() - start
                correct(Track.from_poses([frame.time_s], poses[-1:], size), "corrector_live_ms")
            track = Track.from_poses([frame.time_s for frame in block], poses, size)
            correct(track, "corrector_ms")
            moments = [time.perf_counter()]
            results = session.push_track(track)
            moments.append(time.perf_counter())
            drawn = [annotator.draw(frame.image, result) for frame, result in zip(block, results, strict=True)]
            moments.append(time.perf_counter())
            for frame, picture in zip(block, drawn, strict=True):
                writer.write(picture, frame.time_s)
            moments.append(time.perf_counter())
            for name, start, end in zip(spent, moments, moments[1:], strict=False):
                spent[name] += end - start
            frames += len(block)
    estimator.close()
    return {name: total * 1e3 / frames for name, total in spent.items()}


def memory(clip: Path, folder: Path) -> Result:
    """Peak memory of a whole analysis with annotated clip."""
    analyze(clip, load_technique(TECHNIQUE), Side.RIGHT, folder)
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


TASKS: dict[str, Callable[[Path, Path], Result]] = {
    "bare": bare,
    "plain": _analysis(annotate=False),
    "annotated": _analysis(annotate=True),
    "stages": stages,
    "memory": memory,
}


def measured(task: str, clip: Path, cores: int) -> Result:
    """Run a task in a process of its own on so many cores."""
    command = [sys.executable, __file__, str(clip), "--task", task, "--cores", str(cores)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def _medians(runs: list[Result]) -> Result:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def speed(clip: Path, repeats: int) -> None:
    """Print the table of speeds, and the time a frame takes in each stage."""
    print(f"{'':34}{'1 core':>12}{'2 cores':>12}")
    tasks = ("bare", "plain", "annotated")
    runs: dict[tuple[str, int], list[Result]] = {}
    for _ in range(repeats):
        for task in tasks:
            for cores in (1, 2):
                runs.setdefault((task, cores), []).append(measured(task, clip, cores))
    middle = {key: _medians(results) for key, results in runs.items()}

    def row(label: str, value: Callable[[int], float], form: str) -> None:
        print(f"{label:34}{format(value(1), form):>12}{format(value(2), form):>12}")

    row("bare MediaPipe, frames/s", lambda cores: middle["bare", cores]["frames_per_s"], ".1f")
    row("analyze, no annotated clip", lambda cores: middle["plain", cores]["frames_per_s"], ".1f")
    row("analyze, with annotated clip", lambda cores: middle["annotated", cores]["frames_per_s"], ".1f")
    for task in ("plain", "annotated"):
        pairs = {
            cores: statistics.median(
                ours["frames_per_s"] / theirs["frames_per_s"]
                for ours, theirs in zip(runs[task, cores], runs["bare", cores], strict=True)
            )
            for cores in (1, 2)
        }
        row(f"ratio, {task}", lambda cores, pairs=pairs: pairs[cores], ".2f")  # type: ignore[misc]
    row("with annotated clip and report", lambda cores: middle["annotated", cores]["with_report"], ".1f")
    spent = _medians([measured("stages", clip, 1) for _ in range(repeats)])
    print(
        f"\nmeasures, rules, hold and coach   {spent['assess_ms']:.2f} ms a frame, {spent['live_ms']:.2f} one at a time"
    )
    print(
        f"the corrector alone               {spent['corrector_ms']:.2f} ms a frame, "
        f"{spent['corrector_live_ms']:.2f} one at a time"
    )
    print(f"drawing                           {spent['draw_ms']:.2f} ms a frame")
    print(f"encoding                          {spent['encode_ms']:.2f} ms a frame")


def repeated(clip: Path, seconds: float, target: Path) -> None:
    """Write the clip over and over until it is so long."""
    with ClipReader(clip) as reader:
        size, frames = (reader.header.width, reader.header.height), [frame.image for frame in reader]
    with ClipWriter(target, size) as writer:
        for i in range(round(seconds * 15)):
            writer.write(frames[i % len(frames)], i / 15)


def memories(clip: Path) -> None:
    """Print peak memory on a short and on a long clip."""
    print()
    with tempfile.TemporaryDirectory() as folder:
        for minutes in (1, 10):
            path = Path(folder) / f"{minutes}.mp4"
            repeated(clip, minutes * 60, path)
            peak = measured("memory", path, 2)["peak_mb"]
            print(f"peak memory, {minutes:2} minutes of video   {peak:.0f} MB")


def main() -> None:
    """Measure everything, or, as a child process, one task."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--quick", action="store_true", help="leave out the memory, which takes long")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--cores", type=int, default=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(TASKS[options.task](options.clip, Path(folder) / "out")))
        return
    speed(options.clip, options.repeats)
    if not options.quick:
        memories(options.clip)


if __name__ == "__main__":
    main()
