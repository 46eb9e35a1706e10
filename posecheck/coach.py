"""Verdicts over time give the one cue worth saying now: safety first, then position, then the hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from posecheck.endings import LEFT_VIEW, MAXIMUM, RELEASED
from posecheck.landmarks import Side
from posecheck.phase import Phase
from posecheck.result import Cue, CueKind, Verdict
from posecheck.situation import Situation
from posecheck.technique import STILLNESS, Priority, Rule, Technique, measure_key

PERSIST_S: Final = {Priority.SAFETY: 0.4, Priority.POSITION: 0.7, Priority.HOLD: 2.0}
"""A fault is said only after it has lasted this long; who is still moving into position is not told to keep still."""
UNSEEN_PERSIST_S: Final = 1.5
"""The same for what cannot be seen."""
PARTNER_PERSIST_S: Final = 4.0
"""And for a partner's hands: they have to come over first, and leave the body now and then."""
ARRIVE_S: Final = 1.5
"""Who has just come into view, and has neither rolled nor held yet, is on the way into position: not corrected for so
long, but for what safety asks, ..."""
READY_S: Final = 8.0
"""... and up to this time not while they move, nor until they have kept still for as long as a fault has to last."""
MOVES_M_S: Final = 0.1
"""`stillness` of somebody on the way into position; who rolls slowly reads about as much."""
COOLDOWN_S: Final = 8.0
"""The same cue is not said again sooner than this."""
BREATH_S: Final = 2.0
"""Nor any other cue: one sentence takes about this long to say."""
FIXED_S: Final = 0.4
"""A fault counts as put right after passing for this long."""
PRAISE_S: Final = 2.0
"""Praise is shown for this long."""
SETTLED_S: Final = 1.0
"""A hold is announced once it has lasted this long."""
LAST_S: Final = 10.0
"""And its end, this long before the target."""
PRESSURE_S: Final = 6.0
"""How strong it should feel is said once a hold has lasted this long, when its announcement is over."""
LET_GO_S: Final = 4.0
"""Praise for a tension that let go is shown for this long: somebody may be on the way out of the position."""
LET_GO: Final = "Good, it let go: ease off slowly"
COMPANY: Final = "I see somebody close to you: I can only judge you alone"
MISTAKEN: Final = "That is your {other} side: I was asked to judge your {side} one"
SWITCH: Final = "Now the other side"
SWITCH_S: Final = 20.0
"""Who changes sides is not corrected for this long."""
MOVES: Final = "moves"
PARTNER: Final = "partner"
SLOW_ENOUGH: Final = "Good, that is slow enough"
BETTER: Final = "Good, that is better"
HOLD: Final = "hold"
ROLLING: Final = "rolling"
MOVEMENT: Final = "movement"
_ORDER: Final = {Priority.SAFETY: 0, Priority.POSITION: 1, Priority.HOLD: 2}


class Coach:
    """Chooses the cue of each frame.

    Parameters
    ----------
    technique : Technique
        Its rules, with their cues, priorities and weights.
    patient : bool
        Whether faults are said only after they have lasted; not so for a single picture.
    """

    def __init__(self, technique: Technique, *, patient: bool = True) -> None:
        self._patient = patient
        self._technique = technique
        self._goes_on = technique.people > 1
        self._rules = sorted(technique.rules, key=lambda r: (_ORDER[r.priority], not r.required, -r.weight))
        self._said: list[Cue] = []
        self._said_at: dict[str, float] = {}
        self._last_said_s = -float("inf")
        self._since: dict[str, tuple[object, float]] = {}
        self._earlier: dict[str, tuple[object, float]] = {}
        self._shown: Cue | None = None
        self._shown_was_said = False
        self._correcting: str | None = None

    @property
    def said(self) -> list[Cue]:
        """Every cue that was said, in order."""
        return list(self._said)

    def push(self, now: Situation) -> tuple[Cue | None, bool]:
        """The cue to show in one frame, or None, and whether it is to be said aloud in this frame."""
        self._note(now)
        return self._show(now.time_s, self._praise(now) or self._wanted(now), now.time_s - now.hold.held_s)

    def _note(self, now: Situation) -> None:
        """Remember since when each rule has had its verdict.

        A moment of another verdict, shorter than `FIXED_S`, does not count: who rolls is still at each turning point.
        """
        pace = Verdict.FAIL if now.pace.too_fast else Verdict.PASS
        swing = Verdict.FAIL if self._swing_cue(now) or now.idle else Verdict.PASS
        moves = STILLNESS in now.readings and now.readings[STILLNESS].value > MOVES_M_S
        others = {
            LEFT_VIEW: now.somebody, ROLLING: pace, MOVEMENT: swing, SWITCH: now.phase is Phase.SWITCH, MOVES: moves,
            PARTNER: now.partner_advice is not None,
        }  # fmt: skip
        for key, state in (*now.verdicts.items(), *others.items()):
            before, since = self._since.get(key, (None, now.time_s))
            if before == state:
                continue
            earlier, earlier_since = self._earlier.get(key, (None, 0.0))
            resumed = earlier == state and now.time_s - since < FIXED_S
            self._since[key] = (state, earlier_since if resumed else now.time_s)
            self._earlier[key] = (before, since)

    def _lasting(self, key: str, state: object, time_s: float, least_s: float) -> bool:
        current, since = self._since[key]
        return current == state and (time_s - since >= least_s or not self._patient)

    def _praise(self, now: Situation) -> Cue | None:
        """Praise for a tension that let go, or for the corrected rule once it passes; kept for its time.

        That of a rule only while the rule goes on passing.
        """
        if now.released:
            self._correcting = None
            return Cue(now.time_s, HOLD, LET_GO, CueKind.PRAISE)
        shown = self._shown
        if shown is not None and shown.kind is CueKind.PRAISE:
            lasts_s = LET_GO_S if shown.rule == HOLD else PRAISE_S
            right = now.verdicts.get(shown.rule, Verdict.PASS) is Verdict.PASS
            return shown if right and now.time_s - shown.time_s < lasts_s else None
        rule_id = self._correcting
        moving = now.swinging.moving or now.rub.moving
        if (rule_id == ROLLING and not now.pace.rolling) or (rule_id == MOVEMENT and not moving):
            self._correcting = rule_id = None
        if rule_id is None or not self._lasting(rule_id, Verdict.PASS, now.time_s, FIXED_S):
            return None
        self._correcting = None
        if rule_id in (ROLLING, MOVEMENT):
            text = SLOW_ENOUGH if rule_id == ROLLING or self._was_too_fast(now.side) else BETTER
        else:
            text = self._technique.rule(rule_id).praise or BETTER
        return Cue(now.time_s, rule_id, self._technique.say(text, now.side), CueKind.PRAISE)

    def _was_too_fast(self, side: Side) -> bool:
        """Whether the last thing said about the movement was to go slower."""
        movement = self._technique.movement
        last = next((cue.text for cue in reversed(self._said) if cue.rule == MOVEMENT), None)
        return (
            movement is not None
            and movement.cue_fast is not None
            and last == self._technique.say(movement.cue_fast, side)
        )

    def _wanted(self, now: Situation) -> Cue | None:
        """The most important thing to say, whether or not it was just said."""
        if not now.somebody or now.company:
            return self._nobody_cue(now)
        if now.phase is Phase.SWITCH and not self._lasting(SWITCH, True, now.time_s, SWITCH_S):
            return Cue(now.time_s, HOLD, SWITCH, CueKind.HOLD)
        failing = [r for r in self._rules if self._lasting(r.id, Verdict.FAIL, now.time_s, PERSIST_S[r.priority])]
        getting_ready = self._gets_ready(now)
        if getting_ready:
            failing = [r for r in failing if r.priority is Priority.SAFETY]
        if now.pace.rolling:  # who rolls is not to keep still yet
            failing = [r for r in failing if r.priority is not Priority.HOLD]
        if now.mistaken and not any(rule.priority is Priority.SAFETY for rule in failing):
            return Cue(now.time_s, LEFT_VIEW, self._technique.say(MISTAKEN, now.side), CueKind.VIEW)
        if failing and (failing[0].required or failing[0].priority is not Priority.HOLD):
            return self._correction(now, failing[0])
        unseen = not getting_ready and any(
            rule.required and self._lasting(rule.id, Verdict.UNSEEN, now.time_s, UNSEEN_PERSIST_S)
            for rule in self._rules
        )
        advice = now.obstacle.advice if now.obstacle is not None else self._partner_advice(now)
        if unseen and advice is not None:
            return Cue(now.time_s, LEFT_VIEW, advice, CueKind.VIEW)
        return self._correction(now, failing[0]) if failing else self._doing_cue(now)

    def _nobody_cue(self, now: Situation) -> Cue | None:
        """What to say when there is nobody to judge: nobody at all, or not one alone."""
        if now.somebody:
            return Cue(now.time_s, LEFT_VIEW, COMPANY, CueKind.VIEW)
        lasting = self._lasting(LEFT_VIEW, False, now.time_s, UNSEEN_PERSIST_S)
        text = "I can't see you: step into the picture"
        return Cue(now.time_s, LEFT_VIEW, text, CueKind.VIEW) if lasting else None

    def _partner_advice(self, now: Situation) -> str | None:
        """What to do for the partner's hands to be seen, once they have had time to come over."""
        hidden = self._lasting(PARTNER, True, now.time_s, PARTNER_PERSIST_S)
        return now.partner_advice if hidden else None

    def _gets_ready(self, now: Situation) -> bool:
        """Whether the person has just come into view, and is still on the way into position."""
        if now.phase is not Phase.SET_UP or self._lasting(LEFT_VIEW, True, now.time_s, READY_S):
            return False
        arrived = self._lasting(LEFT_VIEW, True, now.time_s, ARRIVE_S)
        return not (arrived and self._lasting(MOVES, False, now.time_s, PERSIST_S[Priority.POSITION]))

    def _rolling_cue(self, now: Situation) -> Cue | None:
        """What to say to somebody who rolls in the right position: enough of it, or slower."""
        rolling = self._technique.rolling
        if rolling is None:
            return None
        if now.pace.rolled_s >= rolling.roll_s:
            return Cue(now.time_s, ROLLING, self._technique.say(rolling.cue_stop, now.side), CueKind.HOLD)
        if now.pace.too_fast:
            return Cue(now.time_s, ROLLING, self._technique.say(rolling.cue_fast, now.side), CueKind.CORRECTION)
        return None

    def _doing_cue(self, now: Situation) -> Cue | None:
        """What to say to somebody in the right position: on what moves, or should, and else on the hold."""
        return self._movement_cue(now) or (None if now.pace.rolling else self._hold_cue(now))

    def _movement_cue(self, now: Situation) -> Cue | None:
        """What to say about rolling, or about what moves in the position or should."""
        return self._rolling_cue(now) if now.pace.rolling else self._swing_cue(now) or self._idle_cue(now)

    def _swing_cue(self, now: Situation) -> Cue | None:
        """What to say to somebody who swings too fast, or rubs not as asked, in the right position."""
        movement, rubbing = self._technique.movement, self._technique.rubbing
        if rubbing is not None and now.rub.fault in rubbing.cues:
            return Cue(
                now.time_s, MOVEMENT, self._technique.say(rubbing.cues[now.rub.fault], now.side), CueKind.CORRECTION
            )
        if movement is None:
            return None
        cue = movement.cue_fast if now.swinging.too_fast else movement.cue_jerk if now.swinging.jerky else None
        return (
            None if cue is None else Cue(now.time_s, MOVEMENT, self._technique.say(cue, now.side), CueKind.CORRECTION)
        )

    def _idle_cue(self, now: Situation) -> Cue | None:
        """What to say to somebody in the right position who does nothing in it."""
        text = self._technique.hold.cue_idle
        if text is None or not now.idle:
            return None
        return Cue(now.time_s, MOVEMENT, self._technique.say(text, now.side), CueKind.CORRECTION)

    def _correction(self, now: Situation, rule: Rule) -> Cue:
        reading = now.readings.get(measure_key(rule.measure, rule.side, now.side))
        text = rule.cue_for(reading.value if reading else float("nan"))
        return Cue(now.time_s, rule.id, self._technique.say(text, now.side), CueKind.CORRECTION)

    def _hold_cue(self, now: Situation) -> Cue | None:
        """What to say while the position is held: at its start, on its pressure, near its end, when it is enough."""
        hold = now.hold
        if hold.enough == MAXIMUM:
            text = f"{hold.held_s:.0f} seconds are enough: ease off slowly and move on"
        elif hold.enough == RELEASED:
            text = "Move on: find the next spot, or rest"
        elif hold.completed:
            done = "" if self._goes_on else " held"
            text = f"Done: {hold.target_s:.0f} seconds{done}. Let go slowly"
        elif not hold.in_position or hold.held_s < SETTLED_S:
            return None
        elif hold.remaining_s <= LAST_S < hold.target_s:
            text = f"{LAST_S:.0f} seconds left: keep breathing"
        elif self._technique.hold.cue and hold.held_s >= PRESSURE_S:
            text = self._technique.say(self._technique.hold.cue, now.side)
        else:
            what = "go on" if self._goes_on else "hold it"
            text = f"That is the position: {what} for {hold.target_s:.0f} seconds"
        return Cue(now.time_s, HOLD, text, CueKind.HOLD)

    def _show(self, time_s: float, wanted: Cue | None, held_since_s: float) -> tuple[Cue | None, bool]:
        """Keep a cue that is still wanted; say a new one after a breath, an old one again after its cooldown.

        One about the hold is said once a hold: "10 seconds left" is no longer true a moment later.
        """
        shown = self._shown
        if wanted is None:
            self._shown = None
            return None, False
        same = shown is not None and (shown.rule, shown.text) == (wanted.rule, wanted.text)
        said_s = self._said_at.get(wanted.text, -float("inf"))
        due = time_s - said_s >= COOLDOWN_S and not (wanted.rule == HOLD and said_s >= held_since_s)
        fresh = wanted.kind in (CueKind.CORRECTION, CueKind.VIEW) or not (same and self._shown_was_said)
        say = due and fresh and time_s - self._last_said_s >= BREATH_S
        if same and not say:
            return shown, False
        self._shown, self._shown_was_said = wanted, say
        if say:
            self._said.append(replace(wanted, time_s=time_s))
            self._said_at[wanted.text] = self._last_said_s = time_s
            if wanted.kind is CueKind.CORRECTION:
                self._correcting = wanted.rule
        return wanted, say
