"""How well a persona is known: what of it is filled, and what findings support it.

Completeness is the weight of what is filled ÷ the weight of the whole catalogue. What decides how
people are found and what stops them weighs 2, everything else 1. A member of the demographics may
also stand among the persona's attributes, or among those of the profile that it represents.
Assumptions and findings of weight 0 support nothing; they are counted apart.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from msgspec import Struct

from service.domain.answers import told
from service.domain.demographics import DEMOGRAPHICS as ANYBODYS
from service.domain.insights.drift import PersonaDrift
from service.domain.insights.emotion_curve import CurveExclusion, Id
from service.domain.insights.rules import supports

NO_PROFILE = "Drift compares a persona with the contacts of its profile, and it represents none."
AT_PLACES = "Its profile asks where contacts stand on a map, which is not looked up for this."
NO_RIGHT = "Drift compares a persona with real contacts: this needs the scope contacts:read."
_PREFIXES = ("demographics.", "attributes.")


class Wanted(NamedTuple):
    """A member that a persona should have, what it weighs, and under what other names."""

    member: str
    weight: int = 1
    named: tuple[str, ...] = ()


_DECIDE = ("age", "location")
DEMOGRAPHICS = tuple(
    Wanted(name, 2 if name in _DECIDE else 1, others) for name, others in ANYBODYS.items()
)
MEMBERS = (
    Wanted("channels", 2),
    Wanted("tone"),
    Wanted("purchases"),
    Wanted("heard_through"),
    Wanted("information_sources", 2),
    Wanted("competitors"),
    Wanted("content_formats"),
    Wanted("objections", 2),
    Wanted("integration_concerns"),
    Wanted("likes"),
    Wanted("dislikes"),
    Wanted("pains", 2),
    Wanted("changes"),
)
CATALOGUE = (*DEMOGRAPHICS, *MEMBERS)
_MEANT = {name: one.member for one in CATALOGUE for name in (one.member, *one.named)}


class PersonaCompleteness(Struct, frozen=True, gc=False):
    """The weighted share of the catalogue that is filled."""

    value: Annotated[float, told("The share, 0 to 1.", 0.75)]
    numerator: Annotated[int, told("The weight of what is filled.", 18)]
    denominator: Annotated[int, told("The weight of the whole catalogue.", 24)]
    missing: Annotated[list[str], told("What is not filled.", ["competitors"])]


class PersonaSupport(Struct, frozen=True, gc=False):
    """What findings there are about a persona as a whole."""

    analytical: Annotated[int, told("Findings that count or measure.", 1)] = 0
    anecdotal: Annotated[int, told("Findings that tell.", 3)] = 0
    newest_on: Annotated[
        str | None, told("The last day one was observed; null: none tells.", "2026-05-04")
    ] = None


class AttributeSupport(Struct, frozen=True, gc=False):
    """What findings there are about one attribute of a persona."""

    attribute: Annotated[str, told("A member of the persona, or an attribute of it.", "pains")]
    filled: Annotated[bool, told("Whether the persona, or its profile, has it.", True)]
    weight: Annotated[int, told("What it weighs in the catalogue; 0: it is not there.", 2)]
    analytical: Annotated[int, told("Findings that count or measure.", 1)] = 0
    anecdotal: Annotated[int, told("Findings that tell.", 3)] = 0
    newest_on: Annotated[
        str | None, told("The last day one was observed; null: none tells.", "2026-05-04")
    ] = None


class QualityEntry(Struct, frozen=True, gc=False):
    """A member that a persona should have."""

    attribute: Annotated[str, told("Which member it is.", "pains")]
    weight: Annotated[int, told("What it weighs.", 2)]


class QualityDefinition(Struct, frozen=True, gc=False):
    """By what a persona is judged."""

    catalogue: Annotated[list[QualityEntry], told("What a persona should have.")]


class PersonaQuality(Struct, frozen=True, gc=False):
    """How complete a persona is, and what it rests on."""

    persona_id: Annotated[Id, told("Whose it is.", "0198c7f0-0000-7000-8000-000000000020")]
    definition: Annotated[QualityDefinition, told("By what it was judged.")]
    completeness: Annotated[PersonaCompleteness, told("How much of the catalogue is filled.")]
    support: Annotated[
        list[AttributeSupport],
        told("For each attribute that is wanted, filled or named by a finding, what supports it."),
    ]
    whole: Annotated[PersonaSupport, told("Findings about the persona that name no attribute.")]
    drift: Annotated[
        PersonaDrift | None,
        told("Against the contacts of its profile; null: it has none, or the key may not."),
    ]
    reasons: Annotated[
        dict[str, str], told("Why a member is null, by its name.", {"drift": NO_PROFILE})
    ]
    excluded: Annotated[
        list[CurveExclusion],
        told("Findings that support nothing, once for each attribute named, and why."),
    ]


class Finding(Struct, frozen=True, gc=False):
    """Findings of one kind, status and weight about one attribute: how many, and the newest day."""

    attribute: str | None
    kind: str
    status: str
    weight: float
    count: int
    newest_on: str | None = None
    left_out: str | None = None


class Described(Struct, frozen=True, gc=False):
    """A persona as it is stored, with the attributes of its profile and the findings about it."""

    persona_id: Id
    members: Mapping[str, Any]
    demographics: Mapping[str, Any]
    attributes: Mapping[str, Any]
    of_profile: Mapping[str, Any]
    findings: Sequence[Finding] = ()
    profile_id: Id | None = None
    sensitive: Sequence[str] = ()


def quality(persona: Described, drift: PersonaDrift | None, reason: str) -> PersonaQuality:
    """The quality of a persona; without a drift, the reason why there is none."""
    filled = _filled(persona)
    missing = [one.member for one in CATALOGUE if one.member not in filled]
    total = sum(one.weight for one in CATALOGUE)
    there = sum(one.weight for one in CATALOGUE if one.member in filled)
    entries = [QualityEntry(one.member, one.weight) for one in CATALOGUE]
    by_attribute: dict[str | None, list[Finding]] = {}
    left: Counter[str] = Counter()
    for finding in persona.findings:
        if finding.left_out is not None:
            left[finding.left_out] += finding.count
            continue
        there_too = by_attribute.setdefault(meant(finding.attribute), [])
        if supports(finding.status, finding.weight):
            there_too.append(finding)
        else:
            left["no_weight" if finding.weight == 0 else finding.status] += finding.count
    about_all = by_attribute.pop(None, [])
    weights = {one.member: one.weight for one in CATALOGUE}
    named = dict.fromkeys([*weights, *sorted(filled), *sorted(filter(None, by_attribute))])
    return PersonaQuality(
        persona.persona_id,
        QualityDefinition(entries),
        PersonaCompleteness(there / total, there, total, missing),
        [
            AttributeSupport(
                name, name in filled, weights.get(name, 0), **_counted(by_attribute.get(name, ()))
            )
            for name in named
        ],
        PersonaSupport(**_counted(about_all)),
        drift,
        {} if drift is not None else {"drift": reason},
        [CurveExclusion(reason, count) for reason, count in sorted(left.items())],
    )


def meant(attribute: str | None) -> str | None:
    """An attribute by the name that the catalogue has for it."""
    if attribute is None:
        return None
    for prefix in _PREFIXES:
        attribute = attribute.removeprefix(prefix)
    return _MEANT.get(attribute, attribute)


def _filled(persona: Described) -> set[str]:
    """What the persona has of members and attributes, and of the catalogue its profile too."""
    own = {**persona.attributes, **persona.demographics}
    found = {_MEANT.get(name, name) for name, value in own.items() if _says(value)}
    found |= {name for name, value in persona.members.items() if _says(value)}
    of_profile = {_MEANT.get(n) for n, value in persona.of_profile.items() if _says(value)}
    return found | {one.member for one in DEMOGRAPHICS if one.member in of_profile}


def _says(value: object) -> bool:
    """Whether a value says anything: 0 and false do."""
    return value is not None and value not in ("", [], {})


def _counted(found: Iterable[Finding]) -> dict[str, Any]:
    """How many findings of each kind, and the newest day."""
    counts: dict[str, Any] = {"analytical": 0, "anecdotal": 0}
    days: list[str] = []
    for finding in found:
        counts[finding.kind] += finding.count
        days += [finding.newest_on] if finding.newest_on else []
    return {**counts, "newest_on": max(days, default=None)}
