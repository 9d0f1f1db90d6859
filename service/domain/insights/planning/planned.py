"""The marketing plan of a map: the answer's structs, encoded as they stand."""

from typing import Annotated, Literal

from msgspec import UNSET, Struct, UnsetType

from service.domain.answers import told
from service.domain.insights.emotion_curve import Id, Revision
from service.domain.insights.planning.material import Amount, Money
from service.domain.reasons import Explained
from service.domain.shares import Excluded

_STAGE, _STEP = "0198c7f0-0000-7000-8000-000000000050", "0198c7f0-0000-7000-8000-000000000060"
_CONTENT, _ACTION = "0198c7f0-0000-7000-8000-000000000090", "0198c7f0-0000-7000-8000-0000000000a0"
_PERSONA = "0198c7f0-0000-7000-8000-000000000020"
_TOUCHPOINT, _GAP = "0198c7f0-0000-7000-8000-000000000070", "7c1f8d4e-5f0e-5a53-9d7f-4a1f3f0c2b61"
_KIND = told("What it is.", "article")
_DEPARTMENT = told("Who carries it out; null: nobody yet.", "marketing")
_COST = told("What it costs in all; null: unknown.")

Because = Literal["answers", "touchpoint", "activity", "stage"]


class PlanDefinition(Struct, frozen=True, gc=False):
    """How the plan was made."""

    revision: Revision = "draft"
    message: Annotated[
        str, told("What a stage's message is made of.", "goals, questions, decision_factors")
    ] = "goals, questions, decision_factors of the stage, and questions of its steps, as they stand"
    content: Annotated[
        str, told("Why content is in a stage.", "answers, touchpoint, activity, stage")
    ] = (
        "answers: it answers something there; touchpoint: it is met at a touchpoint of its steps;"
        " activity: one planned there uses it; stage: it is made for the stage, its phase or its"
        " funnel stage, and for everybody or for a persona of the map or such a persona's profile"
    )
    owner: Annotated[str, told("Who owns a stage.", "the department of most of its steps")] = (
        "the department of most of its steps, the first of equals; a step without one has that of"
        " its first touchpoint"
    )
    priority: Annotated[
        str, told("In which order actions stand.", "impact × confidence ÷ effort")
    ] = (
        "impact × confidence ÷ effort, highest first; those of which impact or effort is unknown"
        " behind, by impact × confidence, then by impact, due day and title"
    )
    impact: Annotated[str, told("Where an impact comes from.", "the action's own")] = (
        "the action's own, else the severity of the gap or opportunity that it answers, by naming"
        " it or by its targets, and that nobody has dismissed; of several that with the greatest"
        " impact × confidence; confidence is that of the gap it answers, 1 where it answers none"
        " that is open"
    )
    costs: Annotated[str, told("What is summed up.", "per currency")] = (
        "per currency; a touchpoint's activities, an item or action in several stages count in each"
        " of them, and once in the whole"
    )


class Message(Explained, frozen=True, gc=False):
    """What to say in a stage: what people want there, ask, and decide by."""

    text: Annotated[
        str | None,
        told("The same as one text, in the caller's language.", "What they ask: What is the fee?"),
    ]
    goals: Annotated[list[str], told("What they want there.", ["Find somebody to trust"])]
    questions: Annotated[list[str], told("What they ask there.", ["What does advice cost?"])]
    decision_factors: Annotated[list[str], told("What decides for them.", ["A fee they can see"])]
    reason: Annotated[
        str | UnsetType, told("Why there is no text; else absent.", "nothing_said")
    ] = UNSET


class PlannedContent(Struct, frozen=True, gc=False):
    """An item of content for a stage."""

    content_id: Annotated[Id, told("Which item.", _CONTENT)]
    key: Annotated[str, told("By which the map or library names it.", "what-advice-costs")]
    title: Annotated[str, told("How people call it.", "What advice costs")]
    kind: Annotated[str | None, _KIND]
    language: Annotated[str | None, told("The language it is written in.", "de-AT")]
    url: Annotated[str | None, told("Where it is.", "https://example.org/fees")]
    published_on: Annotated[str | None, told("Its day of publication.", "2026-05-01")]
    because: Annotated[list[Because], told("Why it is in this stage.", ["answers"])]
    cost: Annotated[Amount | None, _COST]


class PlannedActivity(Struct, frozen=True, gc=False):
    """A marketing activity planned at a touchpoint."""

    name: Annotated[str, told("What is done.", "Retirement evening in the branch")]
    kind: Annotated[str | None, _KIND]
    department: Annotated[str | None, _DEPARTMENT]
    starts_on: Annotated[str | None, told("Its first day.", "2026-09-01")]
    ends_on: Annotated[str | None, told("Its last day.", "2026-11-30")]
    cost: Annotated[Amount | None, _COST]


class PlannedTouchpoint(Struct, frozen=True, gc=False):
    """A touchpoint that a stage's steps meet, with what is planned there."""

    touchpoint_id: Annotated[Id, told("Which touchpoint.", _TOUCHPOINT)]
    key: Annotated[str, told("By which the map or library names it.", "hotline")]
    name: Annotated[str, told("How people call it.", "Telephone hotline")]
    channel: Annotated[str | None, told("The way of meeting.", "phone")]
    department: Annotated[str | None, told("Who owns it; null: nobody.", "service")]
    party: Annotated[str, told("Whose it is.", "own")]
    activities: Annotated[list[PlannedActivity], told("What is planned there.")]


class StageOwner(Explained, frozen=True, gc=False):
    """The department that a stage is most of."""

    department: Annotated[str | None, told("Which one; null: nobody's.", "service")]
    steps: Annotated[int, told("How many of the stage's steps are its.", 3)]
    others: Annotated[list[str], told("The other departments there.", ["marketing"])]
    reason: Annotated[str | UnsetType, told("Why there is none; else absent.", "no_department")] = (
        UNSET
    )


class PlannedAction(Explained, frozen=True, gc=False):
    """An action that is not done yet."""

    action_id: Annotated[Id, told("Which action.", _ACTION)]
    title: Annotated[str, told("How people call it.", "Say the fees on the first page")]
    kind: Annotated[str, told("What sort of thing it does.", "improve")]
    status: Annotated[str, told("How far it has come.", "planned")]
    department: Annotated[str | None, _DEPARTMENT]
    due_on: Annotated[str | None, told("When it shall be done.", "2026-09-30")]
    impact: Annotated[float | None, told("What it is worth; null: unknown.", 47.5)]
    confidence: Annotated[
        float, told("How sure it is, 0 to 1: that of the gap it answers; 1: of none.", 0.6)
    ]
    effort: Annotated[float | None, told("What it takes; null: nobody said.", 3)]
    priority: Annotated[
        float | None, told("impact × confidence ÷ effort; null: see `reason`.", 9.5)
    ]
    cost: Annotated[Amount | None, _COST]
    gap_ids: Annotated[list[Id], told("The gaps and openings here that it answers.", [_GAP])]
    reason: Annotated[
        str | UnsetType, told("Why it has no priority; else absent.", "no_effort")
    ] = UNSET


class PlannedGap(Struct, frozen=True, gc=False):
    """A gap of the map that nobody has dismissed."""

    gap_id: Annotated[Id, told("Which gap.", _GAP)]
    kind: Annotated[str, told("What sort of gap it is.", "department_handoff")]
    severity: Annotated[float, told("How bad, 0 to 100.", 47.5)]
    confidence: Annotated[float, told("How much of what decides is known, 0 to 1.", 0.6)]
    step_id: Annotated[Id | None, told("Its step; null: the stage's or map's.", _STEP)]
    text: Annotated[str, told("Why it was found.", "“Call” hands over to “Sign”.")]


class PlannedStrength(Struct, frozen=True, gc=False):
    """A place at which the journey is strong already."""

    kind: Annotated[str, told("What sort of strength it is.", "high")]
    step_id: Annotated[Id, told("The step it is seen at.", _STEP)]
    text: Annotated[str, told("Why it is one.", "“Call” is a high.")]


class Cost(Struct, frozen=True, gc=False):
    """What is spent in one currency."""

    currency: Annotated[str, told("The ISO 4217 code.", "EUR")]
    amount: Annotated[Money, told("All of it.", 1850.5)]
    activities: Annotated[Money, told("Of it for planned activities.", 1000)]
    content: Annotated[Money, told("Of it for content.", 600.5)]
    actions: Annotated[Money, told("Of it for actions.", 250)]


class PlannedStage(Struct, frozen=True, gc=False):
    """What is said, shown and done in a stage, and by whom."""

    stage_id: Annotated[Id, told("Which stage.", _STAGE)]
    key: Annotated[str, told("By which the map or library names it.", "decision")]
    name: Annotated[str, told("How people call it.", "We decide")]
    phase: Annotated[str | None, told("The phase it belongs to.", "prospect")]
    funnel_stage: Annotated[str | None, told("The funnel stage it belongs to.", "intent")]
    message: Annotated[Message, told("What to say.")]
    content: Annotated[list[PlannedContent], told("What to show.")]
    touchpoints: Annotated[list[PlannedTouchpoint], told("Where to meet them.")]
    owner: Annotated[StageOwner, told("Who sees to it.")]
    actions: Annotated[list[PlannedAction], told("What to do, most worthwhile first.")]
    gaps: Annotated[list[PlannedGap], told("What is weak, worst first.")]
    opportunities: Annotated[list[PlannedGap], told("Where there is an opening.")]
    strengths: Annotated[list[PlannedStrength], told("What is strong already.")]
    costs: Annotated[list[Cost], told("What the stage costs, a currency each.")]


class PlannedFor(Struct, frozen=True, gc=False):
    """A persona whose journey it is."""

    persona_id: Annotated[Id, told("Which persona.", _PERSONA)]
    name: Annotated[str, told("How people call them.", "Ruth")]


class Plan(Struct, frozen=True, gc=False):
    """The marketing plan that a map yields, stage by stage."""

    journey_id: Annotated[Id, told("Whose.", "0198c7f0-0000-7000-8000-000000000040")]
    title: Annotated[str, told("As the map is called.", "Finding a financial adviser")]
    language: Annotated[str, told("The language of generated texts.", "en")]
    definition: Annotated[PlanDefinition, told("How it was made.")]
    stages: Annotated[list[PlannedStage], told("Stage by stage, in the map's order.")]
    actions: Annotated[list[PlannedAction], told("What to do for the map as a whole.")]
    gaps: Annotated[list[PlannedGap], told("What is weak in the map as a whole.")]
    costs: Annotated[list[Cost], told("What all of it costs, a currency each.")]
    excluded: Annotated[list[Excluded], told("What was left out.")]
    as_of: Annotated[
        str | None,
        told("The day that it was made, in the workspace's time zone.", "2026-09-30"),
    ] = None
    personas: Annotated[list[PlannedFor], told("Whom it is for.")] = []
