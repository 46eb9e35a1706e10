"""Colours, style sheet and the small blocks of HTML that Streamlit has no widget for. Everything shown is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from posecheck.endings import RELEASED
from posecheck.result import Cue, CueKind, FrameResult, HoldState, Verdict
from posecheck.technique import Technique
from posecheck.ui.wording import rule_name

CUE_CLASSES = {
    CueKind.CORRECTION: "correct",
    CueKind.VIEW: "view",
    CueKind.PRAISE: "praise",
    CueKind.HOLD: "hold",
}
VERDICT_WORDS = {Verdict.PASS: "right", Verdict.FAIL: "correct this", Verdict.UNSEEN: "not seen"}
VERDICT_SIGNS = {Verdict.PASS: "✓", Verdict.FAIL: "✕", Verdict.UNSEEN: "?"}
_CHART_KEY = {
    "line": "measured",
    "ribbon": "where the true value most likely lies",
    "band": "target",
    "tolerance": "tolerance",
    "held": "hold",
    "cue": "cue given",
}
_LATER = ("later", "·", "for the hold")
_SHORT_CUE, _MEDIUM_CUE = 26, 48
"""Cues up to this many characters are shown in the largest and in the middle size: two lines at 1280 px."""

CSS = """
.block-container {padding: 4.2rem 2.5rem 3rem; max-width: 1600px}
h1 {font-size: 1.9rem !important; padding: .4rem 0 .6rem !important}
h3 {font-size: 1.3rem !important; padding: .6rem 0 .3rem !important}
h4 {font-size: 1.15rem !important; font-weight: 500 !important}
[data-testid="stAlertContentWarning"] {color: #4a3500}
[data-testid="stMainMenu"], [data-testid="stAppDeployButton"], footer {display: none}
[data-testid="stElementContainer"][data-stale="true"] {opacity: 1 !important}
.pc-cue {display: flex; align-items: center; justify-content: center; text-align: center; border-radius: 14px;
  min-height: 11.2vw; padding: .9rem 1.6rem; font-weight: 700; line-height: 1.1; letter-spacing: -.01em;
  color: #fff; background: #33474a; text-wrap: balance}
.pc-cue.large {font-size: clamp(2.6rem, 5.4vw, 6.6rem)}
.pc-cue.medium {font-size: clamp(2.4rem, 4.7vw, 5.8rem)}
.pc-cue.long {font-size: clamp(2.1rem, 3.7vw, 4.6rem)}
.pc-cue.correct {background: #9a3412}
.pc-cue.view {background: #33415c}
.pc-cue.praise {background: #166534}
.pc-cue.hold {background: #0f5c5c}
.pc-cue.quiet {background: #e3ece9; color: #24403f}
.pc-ring {display: flex; justify-content: center}
.pc-ring > div {width: 14.5rem; aspect-ratio: 1; border-radius: 50%; display: flex; align-items: center;
  justify-content: center; background: conic-gradient(var(--ring) var(--share), #e3ece9 0)}
.pc-ring > div > div {width: 82%; aspect-ratio: 1; border-radius: 50%; background: #fbfcfb; display: flex;
  flex-direction: column; align-items: center; justify-content: center; color: #4a5c5a}
.pc-ring b {font-size: 6rem; line-height: 1; color: #1c2b2a; font-variant-numeric: tabular-nums}
.pc-facts {display: flex; justify-content: center; gap: 2.2rem; margin: .3rem 0 .2rem; color: #4a5c5a}
.pc-facts b {display: block; font-size: 1.35rem; color: #1c2b2a; line-height: 1.2}
.pc-rules {list-style: none; margin: .6rem 0 0; padding: 0 !important}
.pc-rules li {display: flex; align-items: center; gap: .6rem; margin: 0 !important; padding: .32rem 0 !important;
  border-top: 1px solid #dfe7e4; font-size: 1rem}
.pc-rules .sign {width: 1.5rem; height: 1.5rem; border-radius: 50%; color: #fff; font-weight: 700; font-size: .9rem;
  display: inline-flex; align-items: center; justify-content: center; flex: none}
.pc-rules .word {margin-left: auto; color: #4a5c5a; font-size: .9rem}
.pc-rules .PASS .sign {background: #166534} .pc-rules .FAIL .sign {background: #b3261e}
.pc-rules .UNSEEN .sign {background: #5b6770} .pc-rules .later .sign {background: #9aa8a4}
.pc-now {display: flex; gap: .8rem; margin-top: .7rem}
.pc-now div {flex: 1; border-radius: 14px; padding: .5rem 1rem .6rem; background: #e3ece9; color: #1c2b2a; min-width: 0;
  text-align: center}
.pc-now b {display: block; font-size: clamp(2.2rem, 4.2vw, 5.2rem); line-height: 1.1; font-weight: 700;
  white-space: nowrap; font-variant-numeric: tabular-nums}
.pc-now span {display: block; color: #4a5c5a; font-size: 1.05rem; line-height: 1.25}
.pc-now .hold, .pc-now .treat {background: #d5e9da}
.pc-now .roll {background: #d9e8f4} .pc-now .switch {background: #fbe3c8}
.pc-now .fast {background: #9a3412; color: #fff} .pc-now .fast span {color: #fff}
.pc-strip {display: flex; height: 1.9rem; border: 1px solid #dbe5e2; border-radius: 8px; overflow: hidden}
.pc-strip span {overflow: hidden; padding: 0 .4rem; font-size: .9rem; line-height: 1.9rem; white-space: nowrap}
.pc-ph {border-left: 1px solid #fff; background: #fff; color: #1c2b2a}
.pc-ph.hold, .pc-ph.treat {background: #166534; color: #fff}
.pc-ph.roll {background: repeating-linear-gradient(115deg, #cfe3f1 0 6px, #eef5fa 6px 12px)}
.pc-ph.rest, .pc-ph.switch {background: #e3ece9}
.pc-phases {display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; margin: .4rem 0 0;
  padding: 0 !important; color: #4a5c5a; font-size: .95rem}
.pc-phases li {display: flex; align-items: center; gap: .4rem; margin: 0 !important; padding: 0 !important}
.pc-phases .pc-ph {width: 1.5rem; height: .9rem; border: 1px solid #9aa8a4; border-radius: 3px}
.pc-verdict {border-left: 6px solid #0f5c5c; background: #eaf2f0; border-radius: 8px; padding: .9rem 1.2rem;
  font-size: 1.35rem; line-height: 1.35; font-weight: 600; color: #1c2b2a}
[data-testid="stVegaLiteChart"] {overflow-x: auto; max-width: 100%}
[data-testid="stButtonGroup"] button {height: auto; min-height: 2rem}
[data-testid="stButtonGroup"] button p {white-space: normal; text-align: left}
[data-testid="stFileUploaderDropzoneInstructions"] {display: none}
.pc-key {display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; margin: 0; padding: 0 !important;
  color: #4a5c5a; font-size: .9rem}
.pc-key li {display: flex; align-items: center; gap: .4rem; margin: 0 !important; padding: 0 !important}
.pc-key span {width: 1.6rem; height: .85rem; flex: none}
.pc-key .line {height: 0; border-top: 2px solid #22303c} .pc-key .ribbon {background: #22303c29}
.pc-key .band {background: #0072b22b; border: solid #0072b2; border-width: 1px 0}
.pc-key .tolerance {background: #0072b214} .pc-key .held {background: #9aa5b124; border: 1px solid #e4e8ec}
.pc-key .cue {width: 0; height: 0; border: .45rem solid transparent; border-top: .65rem solid #d55e00;
  border-bottom: 0}
.pc-swipe {display: none; color: #4a5c5a; font-size: .9rem}
.pc-tiles {display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem}
.pc-tiles div {border: 1px solid #dbe5e2; border-radius: 10px; padding: .7rem .9rem; background: #fff}
.pc-tiles span {display: block; color: #4a5c5a; font-size: .9rem}
.pc-tiles b {font-size: 1.6rem; line-height: 1.3; color: #1c2b2a}
.pc-done-right {margin: 0; max-width: 30rem}
.pc-done-right img {width: 100%; border-radius: 12px; display: block}
.pc-done-right figcaption {color: #4a5c5a; font-size: .9rem; padding: .3rem 0 .2rem}
.pc-stop {text-align: center; font-weight: 600; color: #8c1d18; line-height: 1.3}
.st-key-stop button {background: #b3261e; border-color: #b3261e; min-height: 5.6rem}
.st-key-stop button:hover, .st-key-stop button:focus {background: #8c1d18; border-color: #8c1d18}
.st-key-stop button p {font-size: 2.6rem; font-weight: 800; letter-spacing: .06em; line-height: 1.1}
.st-key-asked-none p, .st-key-confirmed p, .st-key-pain-before > div > label p, .st-key-pain-after > div > label p {
  font-weight: 600}
.st-key-let-go button {min-height: 3.6rem}
.st-key-pause button, .st-key-resume button {min-height: 3.6rem}
@media (max-width: 1000px) {
  .st-key-stop {position: fixed; left: 0; right: 0; bottom: 0; z-index: 1000; padding: .5rem; background: #fbfcfb}
  .block-container {padding-bottom: 8rem}
  [class*="st-key-pain-"] [role="radiogroup"] {flex-wrap: wrap; row-gap: .4rem}
  .pc-cue {min-height: 24vw}
  .pc-cue.large {font-size: 11vw} .pc-cue.medium {font-size: 8.4vw} .pc-cue.long {font-size: 6.4vw}
  [class*="st-key-pc-"] > div > [data-testid="stHorizontalBlock"] {flex-direction: column}
  [class*="st-key-pc-"] > div > div > [data-testid="stColumn"] {width: 100%; flex: none}
  .pc-now {gap: .5rem} .pc-now div {padding: .4rem .3rem} .pc-now b {font-size: 5.8vw; white-space: normal}
  .pc-now span {font-size: .9rem}
  .pc-strip span {font-size: 0}
  .pc-ring > div {width: 10rem} .pc-ring b {font-size: 4rem}
}
@media (max-width: 640px) {
  [data-testid="stHorizontalBlock"] {gap: 1rem}
  .pc-swipe {display: block}
}
"""


KEYS_WORK = """<script>
if (!window.posecheckKeys) {
  let seconds = 0;
  window.posecheckKeys = setInterval(() => {
    const inCamera = document.activeElement && document.activeElement.tagName === "IFRAME";
    seconds = inCamera ? seconds + 1 : 0;
    if (seconds >= 2) { document.activeElement.blur(); window.focus(); }
  }, 1000);
}
</script>"""
"""Who pressed Start has the keyboard's focus in the camera's frame, where the keys of this page are not heard: STOP
among them. So focus that stays there is taken back. Not at once: the camera is chosen in that frame."""


OUT_OF_SIGHT = "<style>.st-key-pc-live {height: 0; overflow: hidden}</style>"
"""The camera of a session that is over is still there until it is off, empty."""


def cue_banner(cue: Cue | None, waiting: str) -> str:
    """The one cue in letters to be read from 3 m, or a quiet line while there is none."""
    text = cue.text if cue else waiting
    kind = CUE_CLASSES[cue.kind] if cue else "quiet"
    size = "large" if len(text) <= _SHORT_CUE else "medium" if len(text) <= _MEDIUM_CUE else "long"
    return f'<div class="pc-cue {kind} {size}" role="status" aria-live="polite"><span>{escape(text)}</span></div>'


def hold_ring(hold: HoldState, paused: bool) -> str:
    """Seconds that remain inside a ring that fills, this hold, the best one and the total below."""
    share = min(1.0, hold.held_s / hold.target_s)
    colour = "#8a9894" if paused else "#166534" if hold.in_position else "#c2570c" if hold.active else "#b9c9c5"
    number, caption = _ring_words(hold, paused)
    return (
        f'<div class="pc-ring"><div role="img" style="--share: {share:.1%}; --ring: {colour}" '
        f'aria-label="held {hold.held_s:.0f} of {hold.target_s:g} seconds"><div>'
        f"<b>{escape(number)}</b><span>{escape(caption)}</span></div></div></div>"
        f'<div class="pc-facts"><span>this hold<b data-testid="held">{hold.held_s:.1f} s</b></span>'
        f"<span>best<b>{hold.best_s:.1f} s</b></span><span>total<b>{hold.total_s:.1f} s</b></span></div>"
    )


def _ring_words(hold: HoldState, paused: bool) -> tuple[str, str]:
    if paused:
        return "II", "paused"
    if hold.enough:
        return "✓", "it let go" if hold.enough == RELEASED else "enough: move on"
    if hold.completed:
        return "✓", "target reached"
    return f"{hold.remaining_s:.0f}", "seconds to hold" if not hold.active else "seconds to go"


def rule_list(technique: Technique, result: FrameResult) -> str:
    """Every rule with its verdict in this frame, as sign, colour and word; who rolls is not to keep still yet."""
    asked = {rule.id for rule in (technique.while_rolling if result.pace.rolling else technique).rules}
    looks = {
        rule_id: (str(verdict), VERDICT_SIGNS[verdict], VERDICT_WORDS[verdict]) if rule_id in asked else _LATER
        for rule_id, verdict in result.verdicts.items()
    }
    rows = "".join(
        f'<li class="{kind}"><span class="sign">{sign}</span>{escape(rule_name(rule_id))}'
        f'<span class="word">{word}</span></li>'
        for rule_id, (kind, sign, word) in looks.items()
    )
    return f'<ul class="pc-rules" aria-label="{escape(technique.name, quote=True)}">{rows}</ul>'


def stop_line(text: str) -> str:
    """When to press the button above."""
    return f'<div class="pc-stop">{escape(text)}</div>'


def chart_key(held: str) -> str:
    """How to read the charts: what each line and colour in them is; `held` is what a hold is called."""
    named = {**_CHART_KEY, "held": escape(held)}
    rows = "".join(f'<li><span class="{kind}"></span>{words}</li>' for kind, words in named.items())
    return f'<ul class="pc-key" aria-label="How to read the charts">{rows}</ul>'


def verdict_block(text: str) -> str:
    """The verdict sentence, set off."""
    return f'<div class="pc-verdict" role="status">{escape(text)}</div>'


def tiles(pairs: Iterable[tuple[str, str]]) -> str:
    """Small boxes of label and number."""
    boxes = "".join(f"<div><span>{escape(label)}</span><b>{escape(value)}</b></div>" for label, value in pairs)
    return f'<div class="pc-tiles">{boxes}</div>'
