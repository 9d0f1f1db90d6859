"""How content people are along a whole journey, and not at each of its places alone. Pure."""

import numpy as np
from msgspec import structs

from service.domain.history import MISSING, Flags, Ints
from service.domain.measures.kpis.facts import NONE, Facts, having
from service.domain.measures.kpis.figure import KpiPart, Outcome, shares
from service.domain.measures.kpis.voiced import answers_to
from service.domain.measures.surveys.answer import to_survey

JOURNEY, STEP, TOUCHPOINT = (
    f"properties.{name}" for name in ("journey_id", "step_key", "touchpoint_id")
)
NO_JOURNEY = "names_no_journey"
OF_PLACES = "mean_csat_of_touchpoints"


def journey_satisfaction(facts: Facts) -> Outcome:
    """Contacts without an unsatisfied answer, of those with one that names a journey; beside it
    the mean of the places' own csat."""
    return _satisfaction(facts, facts.columns[JOURNEY].codes != MISSING)


def satisfaction_along(facts: Facts) -> Outcome:
    """The same of events that are all of one journey, be it named or not."""
    return _satisfaction(facts, np.ones(len(facts), dtype=np.bool_))


def _satisfaction(facts: Facts, along: Flags) -> Outcome:
    asked = facts.holds["survey"] & to_survey("csat", facts.columns)
    read = answers_to(facts, asked & along, "csat")
    happy = _among(facts, read.where(lambda one: one.satisfied))
    said, units = _among(facts, read.rows), facts.contacts
    has, hurt = having(units, said), having(units, said & ~happy)
    hits, all_ = (facts.tally(units.cell[one]) for one in (has & ~hurt, has))
    elsewhere = int((asked & ~along & (facts.cell != NONE)).sum())
    found = shares(hits, all_, {**read.unread, **({NO_JOURNEY: elsewhere} if elsewhere else {})})
    told = zip(found.figures, _by_place(facts, said, happy), strict=True)
    figures = [structs.replace(one, parts=[] if part is None else [part]) for one, part in told]
    return Outcome(figures, found.left_out)


def _among(facts: Facts, rows: Ints) -> Flags:
    found = np.zeros(len(facts), dtype=np.bool_)
    found[rows] = True
    return found


def _by_place(facts: Facts, said: Flags, happy: Flags) -> list[KpiPart | None]:
    """Of each cell the mean of its places' shares of satisfied answers, and how many there are."""
    places, number = _places(facts)
    rows = np.flatnonzero(said & (places != NONE))
    pairs, of = np.unique(facts.cell[rows] * number + places[rows], return_inverse=True)
    answers = np.bincount(of, minlength=len(pairs))
    own = np.bincount(of, weights=happy[rows], minlength=len(pairs)) / np.maximum(answers, 1)
    cell = pairs // max(number, 1)
    told = np.bincount(cell, minlength=facts.cells)
    sums = np.bincount(cell, weights=own, minlength=facts.cells)
    counts = np.bincount(cell, weights=answers, minlength=facts.cells)
    return [
        KpiPart(OF_PLACES, total / several, int(count)) if several else None
        for total, several, count in zip(sums.tolist(), told.tolist(), counts.tolist(), strict=True)
    ]


def _places(facts: Facts) -> tuple[Ints, int]:
    """Where an answer was given, and how many places there may be: a touchpoint, else a step of a
    journey; `NONE` where neither is told."""
    journey, step, touchpoint = (facts.columns[name] for name in (JOURNEY, STEP, TOUCHPOINT))
    steps, touchpoints = len(step.words), len(touchpoint.words)
    at_step = touchpoints + journey.codes.astype(np.int64) * steps + step.codes
    at_step = np.where(step.codes != MISSING, at_step, NONE)
    found = np.where(touchpoint.codes != MISSING, touchpoint.codes, at_step)
    return found, touchpoints + len(journey.words) * steps
