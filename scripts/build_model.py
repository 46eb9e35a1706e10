"""Build posecheck/models/pose_landmarker_full.task, byte for byte the same on every machine.

The networks come from the Apache-2.0 wheel of mediapipe 0.10.21, fetched by name with pip and checked
against the digest below. Later wheels hold no networks. Each gets the TFLite metadata (input
normalisation) that the Tasks API asks for; the two are then stored, uncompressed, in one zip.

    python scripts/build_model.py            # rewrite the bundle
    python scripts/build_model.py --check    # build it elsewhere and compare with the one committed
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import flatbuffers
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_fb
from mediapipe.tasks.metadata import schema_py_generated as schema_fb

WHEEL = "mediapipe==0.10.21"
WHEEL_TAGS = ["--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--only-binary=:all:"]
# name in the bundle -> (path in the wheel, SHA-256 of the file there, input mean, input standard deviation)
NETWORKS = {
    "pose_detector.tflite": (
        "mediapipe/modules/pose_detection/pose_detection.tflite",
        "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
        127.5,
        127.5,
    ),
    "pose_landmarks_detector.tflite": (
        "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
        0.0,
        255.0,
    ),
}
BUNDLE = Path(__file__).parents[1] / "posecheck" / "models" / "pose_landmarker_full.task"


def download_wheel(folder: Path) -> Path:
    """Fetch the wheel by name with pip into `folder`."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *WHEEL_TAGS]
    subprocess.run([*command, "--dest", str(folder), WHEEL], check=True)
    return next(folder.glob("mediapipe-*.whl"))


def image_metadata(mean: float, std: float, outputs: int) -> bytes:
    """Metadata that says how the one input image is normalised: (value - mean) / std."""
    options = metadata_fb.NormalizationOptionsT()
    options.mean, options.std = [mean], [std]
    unit = metadata_fb.ProcessUnitT()
    unit.optionsType = metadata_fb.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    image = metadata_fb.ImagePropertiesT()
    image.colorSpace = metadata_fb.ColorSpaceType.RGB
    content = metadata_fb.ContentT()
    content.contentPropertiesType = metadata_fb.ContentProperties.ImageProperties
    content.contentProperties = image
    tensor = metadata_fb.TensorMetadataT()
    tensor.name, tensor.content, tensor.processUnits = "image", content, [unit]
    graph = metadata_fb.SubGraphMetadataT()
    graph.inputTensorMetadata = [tensor]
    graph.outputTensorMetadata = [metadata_fb.TensorMetadataT() for _ in range(outputs)]
    model = metadata_fb.ModelMetadataT()
    model.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())


def with_metadata(network: bytes, mean: float, std: float) -> bytes:
    """The same network with the metadata written in as one more buffer."""
    model = schema_fb.ModelT.InitFromObj(schema_fb.Model.GetRootAs(network, 0))
    buffer = schema_fb.BufferT()
    buffer.data = list(image_metadata(mean, std, outputs=len(model.subgraphs[0].outputs)))
    model.buffers.append(buffer)
    entry = schema_fb.MetadataT()
    entry.name, entry.buffer = b"TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    builder = flatbuffers.Builder(len(network) + 4096)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def build(wheel: Path, target: Path) -> None:
    """Write the bundle; entries are stored, in a fixed order, with a fixed date."""
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bundle:
        for name, (path, digest, mean, std) in NETWORKS.items():
            network = source.read(path)
            if hashlib.sha256(network).hexdigest() != digest:
                raise SystemExit(f"{path} in {wheel.name} is not the file this script was written for")
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            info.create_system = 3
            bundle.writestr(info, with_metadata(network, mean, std))


def main() -> None:
    """Build the bundle, or check the committed one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed bundle, change nothing")
    parser.add_argument("--wheel", type=Path, help="use this wheel instead of fetching it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        built = Path(name) / BUNDLE.name
        build(options.wheel or download_wheel(Path(name)), built)
        data = built.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if options.check:
        if data != BUNDLE.read_bytes():
            raise SystemExit("the committed bundle differs from the one built just now")
        print(f"the committed bundle is what this script builds (SHA-256 {digest})")
        return
    BUNDLE.parent.mkdir(parents=True, exist_ok=True)
    BUNDLE.write_bytes(data)
    print(f"wrote {BUNDLE.name}: {len(data) / 1e6:.1f} MB, SHA-256 {digest}")


if __name__ == "__main__":
    main()
