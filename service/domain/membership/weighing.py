"""Which persona a contact is nearest to, of rules that were answered one by one.

score = weight matched ÷ weight matched or failed; known = weight matched or failed ÷ weight of all
rules. A persona whose profile says no is no candidate. The best score among those of whom enough is
known is assigned, if it is no weak one and far enough from the second: a wrong persona does more
harm than none. The thresholds stand in every answer.
"""

from collections.abc import Sequence
from typing import NamedTuple

from service.domain.membership.answers import (
    ContactPersona,
    ExcludedContacts,
    PersonaCandidate,
    PersonaDefinition,
    PersonaReason,
    Word,
)

LEAST_SCORE = 0.6
"""More than half has to fit, or somebody else's persona would do as well."""
LEAST_KNOWN = 0.5
"""Of whom less is known, what is known is as likely chance."""
LEAST_MARGIN = 0.1
"""One rule of ten."""
PROFILE_WEIGHT = 2
"""Criteria were written to test contacts; what a persona says was not."""
TOLERANCE = 0.2
"""A persona is made up: its figure stands for people around it."""
SHOWN = 5
_DECIMALS = 9


class Answered(NamedTuple):
    """A rule, and whether it holds; None: unknown."""

    rule: PersonaReason
    answer: bool | None


def candidate(
    persona_id: str,
    name: str,
    profile_id: str | None,
    membership: Word | None,
    answered: Sequence[Answered],
) -> PersonaCandidate:
    """How well a persona fits."""
    by_answer = {
        answer: [one.rule for one in answered if one.answer is answer]
        for answer in (True, False, None)
    }
    matched, failed, unknown = (
        sum(rule.weight for rule in by_answer[answer]) for answer in (True, False, None)
    )
    told, every = matched + failed, matched + failed + unknown
    return PersonaCandidate(
        persona_id,
        name,
        profile_id,
        membership,
        matched / told if told else None,
        told / every if every else None,
        by_answer[True],
        by_answer[False],
        by_answer[None],
    )


def assigned(
    contact_id: str,
    found: Sequence[PersonaCandidate],
    left_out: str | None = None,
    *,
    is_judged: bool = True,
) -> ContactPersona:
    """The persona of a contact, or why it has none; `left_out` says why figures do without it."""
    judged = PersonaDefinition(
        LEAST_SCORE, LEAST_KNOWN, LEAST_MARGIN, PROFILE_WEIGHT, TOLERANCE, len(found)
    )
    excluded = [] if left_out is None else [ExcludedContacts(left_out, 1)]
    if left_out is not None and not is_judged:
        return ContactPersona(contact_id, judged, "unknown", None, None, [], excluded, left_out)
    ranked = sorted((one for one in found if one.membership != "no"), key=_order)
    rivals = [one for one in ranked if (one.known or 0) >= LEAST_KNOWN]
    margin = _margin(rivals)
    reason = _reason(found, ranked, rivals, margin)
    shown = ranked[:SHOWN]
    if reason is not None:
        return ContactPersona(contact_id, judged, "unknown", None, margin, shown, excluded, reason)
    best = rivals[0].persona_id
    return ContactPersona(contact_id, judged, "assigned", best, margin, shown, excluded)


def _order(one: PersonaCandidate) -> tuple[float, float, str, str]:
    return (-(one.score or 0), -(one.known or 0), one.name, one.persona_id)


def _margin(rivals: Sequence[PersonaCandidate]) -> float | None:
    if not rivals:
        return None
    second = (rivals[1].score or 0) if len(rivals) > 1 else 0
    return round((rivals[0].score or 0) - second, _DECIMALS)


def _reason(
    found: Sequence[PersonaCandidate],
    ranked: Sequence[PersonaCandidate],
    rivals: Sequence[PersonaCandidate],
    margin: float | None,
) -> str | None:
    """Why none is assigned; None: the first of the rivals is."""
    if not found:
        return "no_personas"
    if not ranked:
        return "weak"
    if not rivals or margin is None:
        return "nothing_known" if ranked[0].score is None else "too_little_known"
    if (rivals[0].score or 0) < LEAST_SCORE:
        return "weak"
    return "close" if margin < LEAST_MARGIN else None
