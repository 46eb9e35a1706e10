"""The command line: ``posecheck analyze``, ``techniques``, ``technique``, ``studio``, ``app`` and others.

Nothing heavy is imported before it is needed: ``posecheck --help`` must answer at once.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck import __version__, technique_commands
from posecheck.errors import PosecheckError
from posecheck.stature import SHORTEST_CM, TALLEST_CM, WHY, metres

if TYPE_CHECKING:
    from posecheck.analysis import Analysis
    from posecheck.technique import Technique

app = typer.Typer(
    name="posecheck",
    help="Is the position right, what to correct first, and how long was it held? Checks a clip, a picture or a live "
    "camera against a technique. Nothing leaves this machine. A training aid, not a diagnosis.",
    epilog="Start with: posecheck demo · posecheck techniques · posecheck analyze CLIP --technique glute-max-roll",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(technique_commands.app, name="technique")


class SideChoice(StrEnum):
    """A side of the body, or finding it automatically."""

    LEFT = "left"
    RIGHT = "right"
    AUTO = "auto"


class StudioSide(StrEnum):
    """A side of the body."""

    LEFT = "left"
    RIGHT = "right"


Height = Annotated[
    float | None,
    typer.Option(
        "--height",
        min=SHORTEST_CM,
        max=TALLEST_CM,
        metavar="CM",
        help=f"How tall the person is, in centimetres, such as 172. {WHY}",
        show_default=False,
    ),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"posecheck {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Check a position against a technique."""


@app.command()
def analyze(
    clip: Annotated[Path, typer.Argument(help="A video or a picture on this machine.", show_default=False)],
    technique: Annotated[
        str,
        typer.Option("--technique", "-t", help="Name of a technique, or the path of a YAML file.", show_default=False),
    ],
    side: Annotated[SideChoice, typer.Option("--side", "-s", help="The side being worked on.")] = SideChoice.AUTO,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for the results.", show_default="results/NAME-OF-THE-CLIP"),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="Another MediaPipe pose landmarker bundle.", show_default="the built-in one")
    ] = None,
    annotate: Annotated[
        bool, typer.Option("--annotate/--no-annotate", help="Whether to write the annotated clip.")
    ] = True,
    height: Height = None,
    swap: Annotated[
        bool, typer.Option("--swap", help="Of two people, judge the other one: whoever is marked is the partner.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the verdict only.")] = False,
) -> None:
    """Check a clip or a picture; print the verdict and write report, annotated clip, session.json and tables.

    The folder holds report.html (open it in a browser), annotated.mp4, session.json, measures.csv and
    measures.parquet. Earlier results there are replaced when the new ones are complete, never before.
    """
    from posecheck.analysis import analyze as run  # noqa: PLC0415
    from posecheck.catalog import load_technique  # noqa: PLC0415
    from posecheck.landmarks import Side  # noqa: PLC0415
    from posecheck.terminal import progress_bar  # noqa: PLC0415

    chosen = load_technique(technique)
    folder = out or Path("results") / clip.stem
    chosen_side = None if side is SideChoice.AUTO else Side(side.value)
    try:
        with progress_bar(f"Watching {clip.name}", hidden=quiet) as progress:
            done = run(
                clip,
                chosen,
                chosen_side,
                folder,
                model=model,
                annotate=annotate,
                progress=progress,
                height_m=metres(height),
                swap=swap,
            )
    except KeyboardInterrupt:
        typer.echo("Stopped. Earlier results are as they were.", err=True)
        raise typer.Exit(130) from None
    _print_outcome(done, chosen, quiet)


def _print_outcome(done: Analysis, technique: Technique, quiet: bool) -> None:
    from posecheck.safety_file import load_safety  # noqa: PLC0415
    from posecheck.terminal import print_outcome  # noqa: PLC0415

    if quiet:
        typer.echo(done.result.verdict)
    else:
        print_outcome(done, technique, load_safety())


@app.command()
def techniques(
    name: Annotated[
        str | None, typer.Argument(help="Show this one in full, by name or path.", show_default=False)
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of technique files.")] = False,
) -> None:
    """List the techniques, show one in full, or print the JSON Schema that editors use to check technique files."""
    from posecheck import catalog, terminal  # noqa: PLC0415
    from posecheck.safety_file import load_safety  # noqa: PLC0415

    if schema:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(catalog.json_schema(), indent=2, ensure_ascii=False))
    elif name is not None:
        terminal.print_technique(catalog.load_technique(name), load_safety())
    else:
        terminal.print_techniques(catalog.load_techniques())


@app.command()
def safety(
    file: Annotated[
        Path | None, typer.Argument(help="A safety file to check and show.", show_default="the one in use")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the safety file.")] = False,
) -> None:
    """Show what is asked before a session, when to stop and what helps afterwards; or check a file of your own."""
    from posecheck import safety_file, terminal  # noqa: PLC0415

    if schema:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(safety_file.safety_schema(), indent=2, ensure_ascii=False))
    else:
        terminal.print_safety(safety_file.load_safety(file))


@app.command()
def demo(
    technique: Annotated[str, typer.Option("--technique", "-t", help="Name of a technique.")] = "glute-max-roll",
    fault: Annotated[bool, typer.Option("--fault", help="Show it done wrong instead of well.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for the results.", show_default="results/NAME-OF-THE-CLIP"),
    ] = None,
    height: Height = None,
    open_report: Annotated[bool, typer.Option("--open/--no-open", help="Open the report in a browser.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the verdict only.")] = False,
) -> None:
    """Check a sample clip that comes along, and open its report: the quickest way to see what posecheck does.

    The clip shows a rendered figure, not a person, whose true angles are known.
    """
    from posecheck.analysis import FILE_NAMES  # noqa: PLC0415
    from posecheck.samples import sample_clip  # noqa: PLC0415

    sample = sample_clip(technique, fault=fault)
    folder = out or Path("results") / sample.clip.stem
    if not quiet:
        how = f"with a fault ({sample.fault})" if sample.fault else "done well"
        typer.echo(f"{sample.clip.name}: a rendered figure, {technique} on the {sample.side} side, {how}.")
    analyze(sample.clip, technique, SideChoice(sample.side.value), folder, height=height, quiet=quiet)
    if open_report:
        _open(folder / FILE_NAMES["report"])


def _open(page: Path) -> None:
    """Open a page in the browser, or say where it is."""
    import webbrowser  # noqa: PLC0415

    if not webbrowser.open(page.resolve().as_uri()):
        typer.echo(f"No browser was found. Open this file in one: {page.resolve()}")


@app.command()
def studio(
    technique: Annotated[
        str, typer.Argument(help="Name of a technique, or the path of a YAML file.", show_default=False)
    ],
    side: Annotated[StudioSide, typer.Option("--side", "-s", help="The side being worked on.")] = StudioSide.RIGHT,
    azimuth: Annotated[
        float | None,
        typer.Option(
            help="Degrees: 0 faces the working side, 90 the front or feet, -90 the back or head.",
            show_default="as the technique recommends",
        ),
    ] = None,
    height: Annotated[
        float | None,
        typer.Option(min=0.05, max=3, help="Of the lens above the floor, metres.", show_default="likewise"),
    ] = None,
    distance: Annotated[
        float | None, typer.Option(min=0.8, max=10, help="Of the camera, metres.", show_default="likewise")
    ] = None,
    fault: Annotated[
        str | None, typer.Option(help="Break this rule, as its 'fault' in the file says.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="PNG or JPEG to write.", show_default="NAME-OF-THE-TECHNIQUE.png")
    ] = None,
) -> None:
    """Render a picture of a technique's reference pose from any camera; try a technique's file before it is used.

    Needs numba, which the extra "studio" brings. The first picture takes a few seconds, until numba has compiled.
    """
    from posecheck.catalog import load_technique  # noqa: PLC0415
    from posecheck.landmarks import Side  # noqa: PLC0415
    from posecheck.still import write_picture  # noqa: PLC0415
    from posecheck.studio.portrait import portrait  # noqa: PLC0415

    chosen = load_technique(technique)
    picture = portrait(chosen, Side(side.value), azimuth_deg=azimuth, height_m=height, distance_m=distance, fault=fault)
    path = out or Path(f"{chosen.id}.png")
    write_picture(picture, path)
    typer.echo(f"Written: {path}")


@app.command()
def doctor() -> None:
    """Check this machine: packages, system libraries, model, techniques; name what is missing and its remedy."""
    from posecheck.doctor import checks  # noqa: PLC0415
    from posecheck.terminal import print_checks  # noqa: PLC0415

    if not print_checks(checks()):
        raise typer.Exit(1)


@app.command("app")
def start_app(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port.", show_default="8501 or the next")] = None,
    address: Annotated[
        str, typer.Option(help="Address to listen on. Another than localhost lets other machines in.")
    ] = "localhost",
) -> None:
    """Start the app in a browser: live camera, clips, techniques. Ctrl-C stops it."""
    from posecheck.ui.serve import serve  # noqa: PLC0415

    raise typer.Exit(serve(port, address))


def main() -> None:
    """Run the command line; a user's mistake gives one plain message, never a traceback."""
    try:
        app()
    except PosecheckError as error:
        typer.secho(error.problem, fg=typer.colors.RED, err=True)
        typer.echo(error.advice, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
