"""What the command line prints: progress, verdict, tables."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from posecheck.endings import CLIP_END, COMPLETED, IDLE, LEFT_VIEW, MAXIMUM, RELEASED
from posecheck.report import words
from posecheck.report.asked import asked_besides
from posecheck.report.content import moved_lines
from posecheck.report.phases import rolling_line
from posecheck.result import SessionResult
from posecheck.safety import aftercare, precautions
from posecheck.shipped import picture_of

if TYPE_CHECKING:
    from posecheck.analysis import Analysis
    from posecheck.doctor import Check
    from posecheck.safety import Safety
    from posecheck.technique import Rule, Technique

_BAR_CELLS = 24


@contextlib.contextmanager
def progress_bar(label: str, *, hidden: bool) -> Iterator[Callable[[float], None]]:
    """Show a progress bar on stderr; yields the function that sets the share done, 0 to 1."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=hidden,
    )
    with bar:
        task = bar.add_task(escape(label), total=1.0)
        yield lambda share: bar.update(task, completed=share)


def titled(title: str, text: str, colour: str = "none") -> Panel:
    """A frame about a text; its title inside, where a narrow terminal does not cut it off."""
    return Panel(f"[bold]{escape(title)}[/]\n{escape(text)}", border_style=colour)


def print_outcome(done: Analysis, technique: Technique, safety: Safety) -> None:
    """Verdict, holds, rules, notices, where the files are, when to stop, and that this is no diagnosis."""
    console, result = Console(), done.result
    reached = result.hold_best_s >= result.hold_target_s
    side = f", {result.side.value} side" if technique.sided else ""
    console.print(titled(f"{technique.name}{side}", result.verdict, "green" if reached else "yellow"))
    for notice in result.notices:
        console.print(f"[yellow]Note:[/] {escape(notice)}")
    if result.holds:
        console.print(_holds_table(result, words.hold_words(technique).one))
    if result.strokes and result.clip.duration_s:
        console.print(escape(rolling_line(result.strokes, technique.rolling)))
    for line in moved_lines(result, technique) if result.clip.duration_s else []:
        console.print(escape(line), highlight=False)
    if result.asymmetry:
        console.print(escape(result.asymmetry.sentence))
    console.print(_rules_table(result, technique))
    console.print("\nWritten:")
    for kind, path in done.files.items():
        console.print(f"  {_KINDS[kind]:<16} {escape(str(path))}", soft_wrap=True)
    console.print(f"\n{escape(safety.stop)} {escape(safety.no_diagnosis)}", style="dim")


_KINDS = {
    "clip": "annotated clip",
    "picture": "annotated picture",
    "report": "report",
    "session": "session",
    "csv": "table (CSV)",
    "parquet": "table (Parquet)",
}


def _holds_table(result: SessionResult, name: str) -> Table:
    table = Table(name, "from", "to", "in position", f"of {result.hold_target_s:.0f} s", "ended by", box=None)
    for number, hold in enumerate(result.holds, 1):
        share = min(1.0, hold.held_s / result.hold_target_s)
        filled = round(share * _BAR_CELLS)
        bar = f"[green]{'━' * filled}[/][dim]{'━' * (_BAR_CELLS - filled)}[/]"
        cause = {
            LEFT_VIEW: "out of sight",
            IDLE: "movement stopped",
            COMPLETED: "target reached",
            MAXIMUM: "longest time reached",
            RELEASED: "tension let go",
            CLIP_END: "end of the clip",
        }
        table.add_row(
            str(number),
            f"{hold.start_s:.1f} s",
            f"{hold.end_s:.1f} s",
            words.duration(hold.held_s),
            bar,
            escape(cause.get(hold.ended_by, hold.ended_by)),
        )
    return table


def _rules_table(result: SessionResult, technique: Technique) -> Table:
    table = Table("rule", "right", "wrong", "not seen", "cue", box=None)
    for rule in technique.rules:
        summary = result.rules[rule.id]
        cue = summary.cue if summary.fail_s > 0 else ""
        name = rule.id if rule.required else f"{rule.id} (advice)"
        table.add_row(
            name, f"{summary.pass_s:.1f} s", f"{summary.fail_s:.1f} s", f"{summary.unseen_s:.1f} s", escape(cue)
        )
    return table


def print_techniques(found: Mapping[str, Technique]) -> None:
    """One line a technique."""
    table = Table("name", "what it is", "hold", box=None)
    for name, technique in found.items():
        table.add_row(name, escape(f"{technique.name}: {technique.summary}"), f"{technique.hold.target_s:.0f} s")
    console = Console()
    console.print(table)
    console.print("\nShow one in full: posecheck techniques NAME", style="dim")


def print_technique(technique: Technique, safety: Safety) -> None:
    """A technique in full: set-up, camera, rules, precautions, aftercare."""
    console = Console()
    console.print(titled(technique.name, technique.summary))
    if picture := picture_of(technique.id, "jpg"):
        console.print(f"Done right: {escape(str(picture))}\n", style="dim", soft_wrap=True)
    _print_list(console, "Set-up", technique.setup, numbered=True)
    _print_list(console, "Camera", [technique.camera.advice])
    table = Table("rule", "measure", "target", "cue", box=None)
    for rule in technique.rules:
        table.add_row(rule.id, escape(rule.quantity.label), words.target(rule), escape(technique_cue(rule)))
    console.print(table)
    if technique.camera.unseen:
        console.print()
        _print_list(console, "Not seen from this camera", technique.camera.unseen)
    console.print(f"\n{words.how_long(technique)}.")
    for what, asked, cue in asked_besides(technique):
        console.print(escape(f"{what} {asked}{f' “{cue}”' if cue else ''}"))
    console.print()
    stop, others = precautions(safety, technique)
    _print_list(console, "Precautions", [stop, *others])
    _print_list(console, "Afterwards", aftercare(safety, technique))
    _print_list(console, "Sources", technique.sources)
    console.print("What is asked before a session: posecheck safety", style="dim")


def print_safety(safety: Safety) -> None:
    """What is asked before, said during and offered after every technique."""
    console = Console()
    console.print(Panel(escape(safety.stop), border_style="red"))
    table = Table("what is asked", "what a yes means", box=None)
    for question in safety.questions:
        meaning = f"[bold]{question.means.replace('_', ' ')}[/]: {escape(question.say)}"
        table.add_row(escape(question.question), meaning)
    console.print(table)
    pain = safety.pain
    console.print(f"\nPain: {escape(pain.before)} 0 is {escape(pain.none)}, 10 is {escape(pain.worst)}.\n")
    _print_list(console, "Afterwards", safety.aftercare)
    _print_list(console, "Sources", safety.sources)
    console.print(escape(safety.no_diagnosis))


def technique_cue(rule: Rule) -> str:
    """A rule's cue with the sides in words."""
    text = rule.cue or rule.cue_low or rule.cue_high or ""
    return text.replace("{side}", "working").replace("{other}", "other")


def _print_list(console: Console, title: str, lines: Sequence[str], *, numbered: bool = False) -> None:
    console.print(f"[bold]{title}[/]")
    for number, line in enumerate(lines, 1):
        console.print(f"  {f'{number}.' if numbered else '-'} {escape(line)}")
    console.print()


def print_checks(found: Sequence[Check]) -> bool:
    """Print a doctor's findings; says whether all is well."""
    console = Console()
    for check in found:
        mark = "[green]ok  [/]" if check.ok else "[red]FAIL[/]"
        console.print(f"{mark} {escape(check.name)}: {escape(check.detail)}", soft_wrap=True)
        if not check.ok:
            console.print(f"     → {escape(check.remedy)}", soft_wrap=True)
    well = all(check.ok for check in found)
    console.print("\nEverything is in place." if well else "\nSomething is missing: see the arrows above.")
    return well
