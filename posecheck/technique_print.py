"""What ``posecheck technique`` prints: measures with their bands, rules with their proof, what to do next."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from posecheck.new_technique import Demonstrated
from posecheck.proof import Proof
from posecheck.report.words import amount, how_long, target
from posecheck.result import Verdict
from posecheck.technique import Rule, Technique, measure_key
from posecheck.terminal import titled

_COLOURS: Final = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.UNSEEN: "yellow"}
_WHOSE: Final = {"working": "working side", "opposite": "other side"}


def measure_words(rule: Rule) -> str:
    """What a rule measures, on whose side: ``Knee flexion, other side``."""
    return f"{rule.quantity.label}, {_WHOSE[rule.side]}" if rule.side else rule.quantity.label


def print_demonstrated(made: Demonstrated, path: Path, clip: Path) -> None:
    """What was measured and made of it, what was not seen, and how to go on."""
    console, draft = Console(), made.draft
    technique = draft.technique
    side = f", {draft.side.value} side worked on" if technique.sided else ", both sides alike"
    posture = technique.reference_pose.posture.replace("_", " ")
    console.print(titled(technique.name, f"{technique.summary}\nSeen: {posture}{side}."))
    table = Table("rule", "measure", "measured", "target", "", box=None)
    for rule in technique.rules:
        shown = draft.demonstration.shown[measure_key(rule.measure, rule.side, draft.side)]
        value = f"{amount(shown.value, rule.quantity)} ± {amount(shown.se, rule.quantity, unit=False)}"
        table.add_row(rule.id, measure_words(rule), value, target(rule), "" if rule.required else "advice")
    console.print(table)
    for remark in draft.remarks:
        console.print(f"[yellow]Note:[/] {escape(remark)}")
    console.print(f"\nWritten: {escape(str(path))}", soft_wrap=True)
    console.print("It works as it is. Read it once: comments say what was guessed and what to put in your own words.\n")
    file = shlex.quote(str(path))
    for what, command in (
        ("Draw and prove it", f"posecheck technique check {file}"),
        ("Use it", f"posecheck analyze {shlex.quote(str(clip))} --technique {file}"),
    ):
        console.print(f"  {what + ':':<18} {escape(command)}", soft_wrap=True)


def print_rules(technique: Technique) -> None:
    """A summary of a technique's rules."""
    console = Console()
    console.print(f"[bold]{escape(technique.name)}[/]: {escape(technique.summary)}")
    console.print(f"The file is in order. {how_long(technique)}.\n")
    table = Table("rule", "measure", "target", "tolerance", "", box=None)
    for rule in technique.rules:
        tolerance = f"{rule.tolerance:g}{rule.quantity.short_unit}"
        table.add_row(rule.id, measure_words(rule), target(rule), tolerance, "" if rule.required else "advice")
    console.print(table)


def print_proof(technique: Technique, proof: Proof, picture: Path) -> bool:
    """How each rule fares on the drawn pose and on its own fault; says whether the pose passes its own rules."""
    console = Console()
    sides = list(next(iter(proof.verdicts.values())))
    heads = [f"{side.value} side" for side in sides] if technique.sided else ["reference pose"]
    table = Table("rule", *heads, "its fault", box=None)
    for rule_id, by_side in proof.verdicts.items():
        fault = proof.faults.get(rule_id)
        table.add_row(rule_id, *(_coloured(by_side[side]) for side in sides), _of_fault(fault) if fault else "-")
    console.print("\nThe reference pose, drawn and looked at by the pose model:\n")
    console.print(table)
    if proof.blunt:
        console.print(
            f"\n[yellow]Note:[/] does not FAIL on its own fault: {', '.join(proof.blunt)}. Make the fault larger or "
            "the band narrower, or leave the fault out."
        )
    if proof.unseen_advice:
        console.print(
            f"\n[yellow]Note:[/] advice that this camera does not always see: {', '.join(proof.unseen_advice)}. It "
            "stays silent there."
        )
    console.print(f"\nPicture: {escape(str(picture))}", soft_wrap=True)
    if proof.wrong:
        console.print(
            f"\n[red]The reference pose does not pass its own rules:[/] {', '.join(proof.wrong)}. Look at the picture: "
            "is the pose what you mean? If so, widen those bands or move the camera; if not, correct reference_pose."
        )
    else:
        console.print("\n[green]The reference pose passes its own rules.[/]")
    return not proof.wrong


def _coloured(verdict: Verdict) -> str:
    return f"[{_COLOURS[verdict]}]{verdict}[/]"


def _of_fault(verdict: Verdict) -> str:
    """A rule that fails on its own fault does what it should."""
    return f"[{'green' if verdict is Verdict.FAIL else 'yellow'}]{verdict}[/]"
