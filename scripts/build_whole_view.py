"""Build posecheck/models/whole_view.tflite: a person detector that finds one person in every picture, filling it.

In the place of the real detector it makes the pose landmarker look at exactly the part of a picture that it is given.
It has the detector's input and outputs; the outputs are constants (the mean of the input times zero is added, because a
network must use its input): the first anchor's score is high, and its points say that hips are in the middle of the
picture and that a person standing upright fills it.

    python scripts/build_whole_view.py            # rewrite the file
    python scripts/build_whole_view.py --check    # compare what would be written with the file committed
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from build_model import with_metadata
from mediapipe.tasks.metadata import schema_py_generated as schema_fb

FILE = Path(__file__).parents[1] / "posecheck" / "models" / "whole_view.tflite"
SIDE_PX, ANCHORS, VALUES = 224, 2254, 12
FIRST_ANCHOR = 0.5 / 28
"""Middle of the first of 28 by 28 cells, as a share of the side."""
GROWTH = 1.25
"""The landmarker widens the region by this: so much smaller is what this detector reports."""
HIGH, LOW = 10.0, -50.0


def outputs() -> tuple[np.ndarray, np.ndarray]:
    """Boxes with points, shape (1, 2254, 12), and scores before the sigmoid, shape (1, 2254, 1)."""
    middle = (0.5 - FIRST_ANCHOR) * SIDE_PX
    top = (0.5 - 0.5 / GROWTH - FIRST_ANCHOR) * SIDE_PX
    boxes = np.zeros((1, ANCHORS, VALUES), np.float32)
    # Middle and size of the box; hips; top of the circle about the body; shoulders, which nobody uses.
    boxes[0, 0] = [middle, middle, SIDE_PX / GROWTH, SIDE_PX / GROWTH, middle, middle, middle, top] + 4 * [middle]
    scores = np.full((1, ANCHORS, 1), LOW, np.float32)
    scores[0, 0] = HIGH
    return boxes, scores


def network() -> bytes:
    """The file's content."""
    values = [np.array([1, 2, 3], np.int32), np.zeros(1, np.float32), *outputs()]
    builtin, kinds = schema_fb.BuiltinOperator, schema_fb.BuiltinOptions
    model, graph = schema_fb.ModelT(), schema_fb.SubGraphT()
    model.version, model.description = 3, b"One person in every picture, filling it"
    model.buffers = [schema_fb.BufferT(), *map(_buffer, values)]
    model.operatorCodes = [_code(operator) for operator in (builtin.MEAN, builtin.MUL, builtin.ADD)]
    float32, int32 = schema_fb.TensorType.FLOAT32, schema_fb.TensorType.INT32
    boxes, scores = [1, ANCHORS, VALUES], [1, ANCHORS, 1]
    graph.tensors = [
        _tensor(b"input_1", [1, SIDE_PX, SIDE_PX, 3], 0, float32), _tensor(b"axes", [3], 1, int32),
        _tensor(b"mean", [1], 0, float32), _tensor(b"zero", [1], 2, float32), _tensor(b"nothing", [1], 0, float32),
        _tensor(b"boxes", boxes, 3, float32), _tensor(b"scores", scores, 4, float32),
        _tensor(b"Identity", boxes, 0, float32), _tensor(b"Identity_1", scores, 0, float32),
    ]  # fmt: skip
    graph.operators = [
        _operator(0, [0, 1], 2, kinds.ReducerOptions, schema_fb.ReducerOptionsT()),
        _operator(1, [2, 3], 4, kinds.MulOptions, schema_fb.MulOptionsT()),
        _operator(2, [4, 5], 7, kinds.AddOptions, schema_fb.AddOptionsT()),
        _operator(2, [4, 6], 8, kinds.AddOptions, schema_fb.AddOptionsT()),
    ]
    graph.inputs, graph.outputs, graph.name = [0], [7, 8], b"main"
    model.subgraphs = [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    return with_metadata(bytes(builder.Output()), mean=127.5, std=127.5)


def _buffer(values: np.ndarray) -> Any:
    buffer = schema_fb.BufferT()
    buffer.data = np.frombuffer(values.tobytes(), np.uint8)
    return buffer


def _code(operator: int) -> Any:
    code = schema_fb.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = operator
    code.version = 1
    return code


def _tensor(name: bytes, shape: list[int], buffer: int, kind: int) -> Any:
    tensor = schema_fb.TensorT()
    tensor.name, tensor.shape, tensor.buffer, tensor.type = name, shape, buffer, kind
    return tensor


def _operator(code: int, inputs: list[int], output: int, kind: int, options: Any) -> Any:
    operator = schema_fb.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = code, inputs, [output]
    operator.builtinOptionsType, operator.builtinOptions = kind, options
    return operator


def main() -> None:
    """Write the file, or check the committed one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed file, change nothing")
    options = parser.parse_args()
    data = network()
    if options.check:
        if data != FILE.read_bytes():
            raise SystemExit("the committed file differs from the one built just now")
        print("the committed file is what this script builds")
        return
    FILE.write_bytes(data)
    print(f"wrote {FILE.name}: {len(data) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
