"""The grid of challenges against what answers them: where a map's clients are left alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, NamedTuple

from msgspec import Struct, field

from service.domain.answers import told
from service.domain.insights.emotion_curve import Id, Revision
from service.domain.insights.planning.material import (
    Action,
    Challenge,
    ChallengeKind,
    Content,
    Material,
    challenges_of,
    day,
)
from service.domain.insights.rules import is_answered
from service.domain.shares import Excluded, Proportion, share_of

KINDS: tuple[ChallengeKind, ...] = ("question", "pain", "objection")
GONE = "touchpoint_gone"
"""Why a touchpoint that a revision holds is left out: it is not in the catalogue any more."""
UNDONE = frozenset({"rejected"})
"""Statuses of actions that answer nothing."""
_STAGE, _STEP = "0198c7f0-0000-7000-8000-000000000050", "0198c7f0-0000-7000-8000-000000000060"
_CONTENT, _ACTION = "0198c7f0-0000-7000-8000-000000000090", "0198c7f0-0000-7000-8000-0000000000a0"
_KIND = told("What it is: question, pain or objection.", "question")
_ITEM_KEY = told("Its key at its stage or step.", "fees")
_TEXT = told("The words themselves.", "What does advice cost?")
_STAGE_KEY = told("The key of the stage it belongs to.", "we-look-around")
_STEP_KEY = told("The key of the step that has it; null: the stage itself.", "call-the-adviser")


class Chosen(NamedTuple):
    """Which rows of the grid: None is every one. `stage` is a key or an id."""

    kind: str | None = None
    topic: str | None = None
    stage: str | None = None
    empty: bool | None = None


class ChallengesDefinition(Struct, frozen=True, gc=False):
    """What the grid was made of."""

    revision: Revision = "draft"
    answered_by: Annotated[
        list[str],
        told("What answers a pain or objection.", ["content", "action"]),
    ] = field(default_factory=lambda: ["content", "action"])
    questions_answered_by: Annotated[list[str], told("What answers a question.", ["content"])] = (
        field(default_factory=lambda: ["content"])
    )
    actions_left_out: Annotated[
        list[str], told("Statuses of actions that answer nothing.", ["rejected"])
    ] = field(default_factory=lambda: ["rejected"])
    kind: Annotated[str | None, told("The kind asked for; null: all.", "question")] = None
    topic: Annotated[str | None, told("The topic asked for; null: all.", "price")] = None
    stage: Annotated[str | None, told("The stage asked for; null: all.", "decision")] = None
    empty: Annotated[
        bool | None,
        told("Whether rows without or with an answer were asked for; shares count both.", True),
    ] = None
    interval: Annotated[str, told("How the ends of shares are found.", "wilson_95")] = "wilson_95"


class AnsweringContent(Struct, frozen=True, gc=False):
    """An item of content that answers a challenge."""

    content_id: Annotated[Id, told("Which item.", _CONTENT)]
    key: Annotated[str, told("By which the map or library names it.", "what-advice-costs")]
    title: Annotated[str, told("How people call it.", "What advice costs")]
    kind: Annotated[str | None, told("What it is.", "article")]
    published_on: Annotated[str | None, told("Its day of publication.", "2026-05-01")]


class AnsweringAction(Struct, frozen=True, gc=False):
    """An action that answers a challenge."""

    action_id: Annotated[Id, told("Which action.", _ACTION)]
    title: Annotated[str, told("How people call it.", "Say the fees on the first page")]
    kind: Annotated[str, told("What sort of thing it does.", "content")]
    status: Annotated[str, told("How far it has come.", "planned")]
    department: Annotated[str | None, told("Who carries it out.", "marketing")]


class ChallengeRow(Struct, frozen=True, gc=False):
    """A question, pain or objection, and the cells beside it: what answers it."""

    kind: Annotated[ChallengeKind, _KIND]
    key: Annotated[str, _ITEM_KEY]
    text: Annotated[str, _TEXT]
    topic: Annotated[str | None, told("What it is about.", "price")]
    stage_id: Annotated[Id, told("The stage it belongs to.", _STAGE)]
    stage_key: Annotated[str, _STAGE_KEY]
    stage: Annotated[str, told("The stage's name.", "We look around")]
    step_id: Annotated[Id | None, told("The step that has it; null: the stage itself.", _STEP)]
    step_key: Annotated[str | None, _STEP_KEY]
    step: Annotated[str | None, told("What is done there.", "Call the adviser")]
    content: Annotated[list[AnsweringContent], told("The content that answers it.")]
    actions: Annotated[
        list[AnsweringAction], told("The actions aimed at it; a question they do not answer.")
    ]
    empty: Annotated[
        bool, told("Whether nothing answers it: no content, nor of others an action.", False)
    ]


class EmptyCell(Struct, frozen=True, gc=False):
    """A challenge that nothing answers."""

    kind: Annotated[ChallengeKind, _KIND]
    key: Annotated[str, _ITEM_KEY]
    text: Annotated[str, _TEXT]
    stage_key: Annotated[str, _STAGE_KEY]
    step_key: Annotated[str | None, _STEP_KEY]


class ChallengeShares(Struct, frozen=True, gc=False):
    """The share of challenges of each kind that are answered."""

    question: Annotated[Proportion, told("Of questions.")]
    pain: Annotated[Proportion, told("Of pains.")]
    objection: Annotated[Proportion, told("Of objections.")]


class StageShare(Struct, frozen=True, gc=False):
    """The share of a stage's challenges that are answered."""

    stage_id: Annotated[Id, told("Which stage.", _STAGE)]
    stage_key: Annotated[str, told("By which the map or library names it.", "we-look-around")]
    name: Annotated[str, told("How people call it.", "We look around")]
    answered: Annotated[Proportion, told("Of all its challenges.")]


class Dangling(Struct, frozen=True, gc=False):
    """An answer to what the map no longer has."""

    content_id: Annotated[
        Id | None, told("The content that answers it; null: an action.", _CONTENT)
    ]
    action_id: Annotated[Id | None, told("The action that answers it; null: content.", _ACTION)]
    title: Annotated[str, told("The title of what answers.", "What advice costs")]
    stage_key: Annotated[str | None, told("The stage named; null: a step.", "decision")]
    step_key: Annotated[str | None, told("The step named; null: a stage.", "sign")]
    item_key: Annotated[str, told("The key that is no longer there.", "fees")]


class Challenges(Struct, frozen=True, gc=False):
    """A map's questions, pains and objections, each with the content and actions that answer it.

    `answered` and its parts count the rows of the kind, topic and stage asked for, whether these
    are shown or not. Content alone answers a question, content or an action a pain or objection. A
    rejected action answers nothing.
    """

    journey_id: Annotated[Id, told("Whose.", "0198c7f0-0000-7000-8000-000000000040")]
    title: Annotated[str, told("As the map is called.", "Finding a financial adviser")]
    definition: Annotated[ChallengesDefinition, told("What was counted.")]
    items: Annotated[list[ChallengeRow], told("The rows of the grid, in the map's order.")]
    answered: Annotated[Proportion, told("Of all these challenges.")]
    by_kind: Annotated[ChallengeShares, told("The same of each kind.")]
    by_stage: Annotated[list[StageShare], told("The same of each stage.")]
    empty_count: Annotated[int, told("How many nothing answers.", 2)]
    empty: Annotated[list[EmptyCell], told("Those that nothing answers, in the map's order.")]
    dangling: Annotated[
        list[Dangling], told("Answers to what the map no longer has: they count nowhere.")
    ]
    excluded: Annotated[list[Excluded], told("What was left out.")]


class Answers(NamedTuple):
    """What answers something in a map, by how it names that."""

    content: Mapping[tuple[str | None, str | None, str], Sequence[Content]]
    actions: Mapping[tuple[str | None, str | None, str | None], Sequence[Action]]

    def of(self, one: Challenge) -> tuple[Sequence[Content], Sequence[Action]]:
        """What answers a challenge."""
        return self.content.get(one.place, ()), self.actions.get(one.target, ())

    def answer(self, one: Challenge) -> bool:
        """Whether a challenge is answered."""
        content, actions = self.of(one)
        return is_answered(one.kind, content=bool(content), action=bool(actions))


def answers_in(material: Material) -> Answers:
    """The answers there are, rejected actions left out."""
    content: dict[tuple[str | None, str | None, str], list[Content]] = defaultdict(list)
    for item in material.content:
        for at in item.answers:
            content[at.stage_key, at.step_key, at.item_key].append(item)
    actions: dict[tuple[str | None, str | None, str | None], list[Action]] = defaultdict(list)
    for action in material.actions:
        for target in dict.fromkeys(action.targets) if action.status not in UNDONE else ():
            actions[target.stage_id, target.step_id, target.item_key].append(action)
    return Answers(content, actions)


def challenges(journey_id: str, material: Material, chosen: Chosen) -> Challenges:
    """The grid of a map."""
    answers = answers_in(material)
    every = list(challenges_of(material))
    rows = [_row(one, answers) for one in every if _asked_for(one, chosen)]
    empty = [row for row in rows if row.empty]
    shown = rows if chosen.empty is None else [row for row in rows if row.empty is chosen.empty]
    stages = [s for s in material.stages if chosen.stage in (None, s.key, s.id)]
    rejected = sum(action.status in UNDONE for action in material.actions)
    return Challenges(
        journey_id,
        material.title,
        ChallengesDefinition(material.revision, **chosen._asdict()),
        shown,
        _answered(rows),
        ChallengeShares(*(_answered(row for row in rows if row.kind == kind) for kind in KINDS)),
        [
            StageShare(s.id, s.key, s.name, _answered(row for row in rows if row.stage_id == s.id))
            for s in stages
        ],
        len(empty),
        [EmptyCell(row.kind, row.key, row.text, row.stage_key, row.step_key) for row in empty],
        _dangling(material, every),
        [Excluded("rejected_action", rejected)] if rejected else [],
    )


def _answered(rows: Iterable[ChallengeRow]) -> Proportion:
    return share_of(not row.empty for row in rows)


def _asked_for(one: Challenge, chosen: Chosen) -> bool:
    return (
        chosen.kind in (None, one.kind)
        and chosen.topic in (None, one.item.topic)
        and chosen.stage in (None, one.stage.key, one.stage.id)
    )


def _row(one: Challenge, answers: Answers) -> ChallengeRow:
    content, actions = answers.of(one)
    stage, step, item = one.stage, one.step, one.item
    return ChallengeRow(
        kind=one.kind,
        key=item.key,
        text=item.text,
        topic=item.topic,
        stage_id=stage.id,
        stage_key=stage.key,
        stage=stage.name,
        step_id=step.id if step else None,
        step_key=step.key if step else None,
        step=step.action if step else None,
        content=[
            AnsweringContent(c.id, c.key, c.title, c.kind, day(c.published_on)) for c in content
        ],
        actions=[AnsweringAction(a.id, a.title, a.kind, a.status, a.department) for a in actions],
        empty=not answers.answer(one),
    )


def empty_cell(one: Challenge) -> EmptyCell:
    """A challenge as one that nothing answers."""
    step_key = one.step.key if one.step else None
    return EmptyCell(one.kind, one.item.key, one.item.text, one.stage.key, step_key)


def _dangling(material: Material, every: Sequence[Challenge]) -> list[Dangling]:
    """What content and actions say of keys that are not there."""
    places, targets = {one.place for one in every}, {one.target for one in every}
    found = [
        Dangling(item.id, None, item.title, at.stage_key, at.step_key, at.item_key)
        for item in material.content
        for at in item.answers
        if (at.stage_key, at.step_key, at.item_key) not in places
    ]
    keys = {stage.id: stage.key for stage in material.stages}
    keys |= {step.id: step.key for step in material.steps}
    return found + [
        Dangling(
            *(None, action.id, action.title),
            *(at.stage_id and keys[at.stage_id], at.step_id and keys[at.step_id], at.item_key),
        )
        for action in material.actions
        for at in action.targets
        if at.item_key is not None and (at.stage_id, at.step_id, at.item_key) not in targets
    ]
