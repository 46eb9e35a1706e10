"""What is asked before, said during and offered after a session; and what the answers mean for starting it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from posecheck.phase import Record
from posecheck.reference import Strict
from posecheck.result import SafetyRecord, SessionResult
from posecheck.technique import Identifier, Sentence, Technique

WORST_PAIN: Final = 10
"""Upper end of the numerical rating scale; the lower is 0."""
PainScore = Annotated[int, Field(ge=0, le=WORST_PAIN)]


class Consequence(StrEnum):
    """What an answer of yes means."""

    FORBIDS = "forbids"
    NEEDS_CLEARANCE = "needs_clearance"
    CAUTION = "caution"


class Question(Strict):
    """One thing that may speak against starting."""

    id: Identifier = Field(description="name of the question in records, unique within the file")
    question: Sentence = Field(description="what is asked, to be ticked when it applies")
    means: Consequence = Field(description="what it means when it applies: forbids, needs_clearance or caution")
    say: Sentence = Field(description="what is said when it applies")
    pain_from: PainScore | None = Field(
        None, description="a pain score of at least this before the session counts as a tick; 0 to 10"
    )


class PainScale(Strict):
    """The words of the scale from 0 to 10."""

    before: Sentence = Field(description="the question before the session")
    after: Sentence = Field(description="the question after it")
    none: Sentence = Field(description="what 0 means")
    worst: Sentence = Field(description="what 10 means")
    worse: Sentence = Field(description="what is said when the score after is above the one before")


class StopReason(Strict):
    """One reason for having stopped."""

    id: Identifier = Field(description="name of the reason in records, unique within the file")
    reason: Sentence = Field(description="what is chosen")
    say: Sentence | None = Field(None, description="what is said when it was this")


class Stopping(Strict):
    """What is asked after a session has been stopped; nobody has to answer."""

    ask: Sentence = Field(description="the question")
    reasons: list[StopReason] = Field(min_length=1, description="what may be answered")


class Safety(Strict):
    """What holds for every technique."""

    schema_version: Literal[1] = Field(description="version of this schema; 1")
    no_diagnosis: Sentence = Field(description="that this is a training aid and no diagnosis")
    stop: Sentence = Field(description="when to stop at once")
    ask: Sentence = Field(description="the heading above the questions")
    none_of_these: Sentence = Field(description="what is ticked when no question applies")
    questions: list[Question] = Field(min_length=1, description="what may speak against starting")
    confirmation: Sentence = Field(description="what is confirmed when a professional's clearance is needed")
    pain: PainScale = Field(description="the words of the pain scale")
    stopping: Stopping = Field(description="what is asked after a session has been stopped")
    aftercare: list[Sentence] = Field(min_length=1, description="what helps afterwards, whatever the technique")
    sources: list[Sentence] = Field(min_length=1, description="where all this comes from")

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Safety:
        for what, these in (("questions", self.questions), ("reasons", self.stopping.reasons)):
            ids = [each.id for each in these]
            if len(ids) != len(set(ids)):
                raise ValueError(f"ids of {what} must be unique, twice: {sorted({i for i in ids if ids.count(i) > 1})}")
        return self

    def question(self, question_id: str) -> Question | None:
        """The question of that id, or None."""
        return next((question for question in self.questions if question.id == question_id), None)

    def stop_reason(self, reason_id: str | None) -> StopReason | None:
        """The reason for stopping of that id, or None."""
        return next((reason for reason in self.stopping.reasons if reason.id == reason_id), None)


@dataclass(frozen=True)
class Answers:
    """What a person answered before a session.

    Parameters
    ----------
    applies : collection of str
        Ids of the questions that were ticked.
    none_of_these : bool
        Whether it was said that none applies; it does not outweigh a question that was ticked.
    pain : int or None
        Pain before, 0 to 10; None: not answered.
    confirmed : bool
        Whether a professional's clearance was confirmed.
    """

    applies: Collection[str] = ()
    none_of_these: bool = False
    pain: int | None = None
    confirmed: bool = False


class Outcome(StrEnum):
    """What the screen comes to."""

    UNANSWERED = "unanswered"
    MUST_NOT_START = "must_not_start"
    NEEDS_CLEARANCE = "needs_clearance"
    MAY_START = "may_start"


@dataclass(frozen=True)
class Clearance:
    """Whether a session may be started.

    Parameters
    ----------
    outcome : Outcome
        ``needs_clearance`` stays that when the clearance was confirmed; `may_start` then allows it.
    reasons : tuple of str
        What forbids it or needs clearance, one plain sentence each.
    cautions : tuple of str
        What to heed while doing it.
    confirmed : bool
        Whether a clearance that is needed was confirmed.
    """

    outcome: Outcome
    reasons: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    confirmed: bool = False

    @property
    def may_start(self) -> bool:
        """Whether the camera may be started."""
        return self.outcome is Outcome.MAY_START or (self.outcome is Outcome.NEEDS_CLEARANCE and self.confirmed)


def clearance(safety: Safety, answers: Answers) -> Clearance:
    """What the answers mean: the strictest of what applies decides, and nothing is decided before all is answered.

    An answer that forbids does so at once, whatever else is still open.
    """
    applying = [question for question in safety.questions if _applies(question, answers)]
    said = {each: tuple(q.say for q in applying if q.means is each) for each in Consequence}
    cautions = said[Consequence.CAUTION]
    if said[Consequence.FORBIDS]:
        return Clearance(Outcome.MUST_NOT_START, said[Consequence.FORBIDS], cautions)
    answered = bool(applying) or answers.none_of_these
    if said[Consequence.NEEDS_CLEARANCE]:
        confirmed = answers.confirmed and answers.pain is not None
        return Clearance(Outcome.NEEDS_CLEARANCE, said[Consequence.NEEDS_CLEARANCE], cautions, confirmed)
    if not answered or answers.pain is None:
        return Clearance(Outcome.UNANSWERED, (), cautions)
    return Clearance(Outcome.MAY_START, (), cautions)


def _applies(question: Question, answers: Answers) -> bool:
    severe = question.pain_from is not None and answers.pain is not None and answers.pain >= question.pain_from
    return question.id in answers.applies or severe


def record(
    safety: Safety, answers: Answers, pain_after: int | None = None, stopped_because: str | None = None
) -> SafetyRecord:
    """The answers as they are kept with the session."""
    given = clearance(safety, answers)
    return SafetyRecord(
        answers={question.id: _applies(question, answers) for question in safety.questions},
        outcome=given.outcome.value,
        clearance_confirmed=given.confirmed if given.outcome is Outcome.NEEDS_CLEARANCE else None,
        pain_before=answers.pain,
        pain_after=pain_after,
        stopped_because=stopped_because,
    )


class NotStarted(Record):
    """A session that an answer forbade to start."""

    schema_version: Literal[1] = 1
    technique: str
    started: Literal[False] = False
    answered: datetime = Field(description="when, with the offset of local time")
    reasons: list[str] = Field(description="why not, as it was said")
    safety: SafetyRecord


def not_started(safety: Safety, answers: Answers, technique_id: str, answered: datetime) -> NotStarted:
    """What is kept of answers that forbid to start."""
    reasons = list(clearance(safety, answers).reasons)
    return NotStarted(technique=technique_id, answered=answered, reasons=reasons, safety=record(safety, answers))


def precautions(safety: Safety, technique: Technique) -> tuple[str, list[str]]:
    """When to stop, and the technique's other precautions.

    A technique whose first precaution says when to stop says it more exactly than the safety file, and stands for it.
    """
    first, *others = technique.precautions
    if first.lower().startswith("stop"):
        return first, others
    return safety.stop, [first, *others]


def aftercare(safety: Safety, technique: Technique) -> list[str]:
    """What helps afterwards: after this technique, and after any."""
    return [*technique.aftercare, *safety.aftercare]


def with_safety(result: SessionResult, kept: SafetyRecord) -> SessionResult:
    """The same result with what was asked before and after."""
    return result.model_copy(update={"safety": kept})


def hurts_more(kept: SafetyRecord) -> bool:
    """Whether the pain was said to be worse after than before."""
    return kept.pain_before is not None and kept.pain_after is not None and kept.pain_after > kept.pain_before
