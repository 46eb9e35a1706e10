"""Techniques in plain words, and any text made safe for Markdown."""

from __future__ import annotations

import re

from posecheck.quantities import QUANTITIES
from posecheck.reference import RuleSide
from posecheck.report.words import target
from posecheck.technique import Rule

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_MARKUP = re.compile(r"([\\`*_~\[\]<>$:#])")
_WHOSE = {RuleSide.WORKING: " of the side you work on", RuleSide.OPPOSITE: " of the other side", None: ""}
SWAP_HELP = "Two people are watched. If the marks are on the wrong one, this judges the other one instead."
_EXAMPLE = {"{side}": "right", "{other}": "left"}


def plain(text: str) -> str:
    """Text that Markdown shows as it is: no link, image or colour can be smuggled in by a file name or a cue."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def label(text: str) -> str:
    """A widget's label that is shown as it is.

    Labels know only markup within a line, and screen readers read them unrendered: so no more is escaped than needed.
    """
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def rule_words(rule: Rule) -> str:
    """A rule as a sentence: what is measured, on whose side, and where it should lie."""
    quantity = QUANTITIES[rule.measure]
    words = f"{quantity.label}{_WHOSE[rule.side]}: {target(rule)}."
    return words if rule.required else f"{words} Advice only: the hold goes on without it."


def example_cue(rule: Rule) -> str:
    """What is said when the rule fails, as it sounds for the right side."""
    cue = rule.cue or rule.cue_low or rule.cue_high or ""
    for placeholder, word in _EXAMPLE.items():
        cue = cue.replace(placeholder, word)
    return cue


def rule_name(rule_id: str) -> str:
    """A rule's id as a person would read it: ``leg-crossed`` becomes ``Leg crossed``."""
    return rule_id.replace("-", " ").capitalize()
