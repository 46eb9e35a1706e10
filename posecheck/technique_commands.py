"""``posecheck technique new`` and ``check``: a technique by showing it to the camera, and the proof of a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from posecheck.errors import TechniqueError

app = typer.Typer(no_args_is_help=True, help="Make a technique from a clip of it done right; check a file.")


class WorkingSide(StrEnum):
    """Which side is worked on in a demonstration."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    AUTO = "auto"


class Posture(StrEnum):
    """The postures of the schema, or guessing it."""

    AUTO = "auto"
    SITTING = "sitting"
    SUPINE = "supine"
    PRONE = "prone"
    SIDE_LYING = "side_lying"
    HALF_KNEELING = "half_kneeling"
    STANDING = "standing"


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits, hyphens.", show_default=False)],
    clip: Annotated[Path, typer.Option("--from", help="A clip or photo of it done right.", show_default=False)],
    at: Annotated[
        str | None,
        typer.Option(help="When it is done right: 12.5, 12.5-14.0 or 1:02.5. Not for a photo.", show_default=False),
    ] = None,
    side: Annotated[
        WorkingSide, typer.Option("--side", "-s", help="The side being worked on; both: both do the same.")
    ] = WorkingSide.AUTO,
    posture: Annotated[Posture, typer.Option(help="What the picture shows, if it is guessed wrong.")] = Posture.AUTO,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File or folder.", show_default="NAME.yaml")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
) -> None:
    """Measure one moment of a good performance, and write a technique: reference pose, rules, bands, cues.

    The file works at once and says in comments what to read and edit. Nothing is sent anywhere.
    """
    from posecheck.landmarks import Side  # noqa: PLC0415
    from posecheck.new_technique import Span, demonstrate, free_name  # noqa: PLC0415
    from posecheck.technique_file import check_place  # noqa: PLC0415
    from posecheck.technique_print import print_demonstrated  # noqa: PLC0415
    from posecheck.terminal import progress_bar  # noqa: PLC0415

    path = _place(free_name(name), out)
    check_place(path, replace=force)
    span = None if at is None else Span.parsed(at)
    chosen = Side(side.value) if side in (WorkingSide.LEFT, WorkingSide.RIGHT) else None
    with progress_bar(f"Watching {clip.name}", hidden=False) as progress:
        made = demonstrate(
            clip,
            name,
            span,
            side=chosen,
            sided=False if side is WorkingSide.BOTH else None,
            posture=None if posture is Posture.AUTO else posture.value,
            progress=progress,
        )
    made.write(path, replace=force)
    print_demonstrated(made, path, clip)


def _place(name: str, out: Path | None) -> Path:
    """Where the file is to be; its stem is the technique's name."""
    if out is None:
        return Path(f"{name}.yaml")
    if out.is_dir():
        return out / f"{name}.yaml"
    if out.suffix.lower() not in (".yaml", ".yml") or out.stem != name:
        raise TechniqueError(
            f"{out} cannot hold the technique {name}: a file is called like its technique.",
            f"Give a folder, or a path that ends in {name}.yaml.",
        )
    return out


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A technique's YAML file.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Picture of the reference pose.", show_default="NAME-reference.jpg"),
    ] = None,
) -> None:
    """Check a technique's file, draw its reference pose, and prove its rules on the drawing.

    The pose is rendered from the recommended camera and looked at by the pose model, as a clip would be. Ends with 1
    when a required rule does not pass there, or any rule fails. Needs numba, which the extra "studio" brings.
    """
    from posecheck.catalog import load_file  # noqa: PLC0415
    from posecheck.proof import prove  # noqa: PLC0415
    from posecheck.still import write_picture  # noqa: PLC0415
    from posecheck.technique_print import print_proof, print_rules  # noqa: PLC0415
    from posecheck.terminal import progress_bar  # noqa: PLC0415

    technique = load_file(file)
    print_rules(technique)
    with progress_bar("Drawing and judging", hidden=False) as progress:
        proof = prove(technique, progress)
    picture = out or Path(f"{technique.id}-reference.jpg")
    write_picture(proof.picture, picture)
    if not print_proof(technique, proof, picture):
        raise typer.Exit(1)
