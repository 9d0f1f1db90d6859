"""Figures of what people do before they buy: views, clicks, conversions. Pure."""

import numpy as np

from service.domain.history import SECOND, Flags, Histories
from service.domain.measures.funnels.chains import Rules
from service.domain.measures.funnels.closings import one_behind_the_other
from service.domain.measures.kpis.facts import NONE, Facts, Units, first_of, having
from service.domain.measures.kpis.figure import Outcome, counts, shares


def conversion_rate(facts: Facts) -> Outcome:
    """Units with the goal, of those with a qualifying event, or of all."""
    goal = facts.holds["goal"]
    if facts.asked["unit"] == "attempt":
        return _attempts(facts, facts.holds["base"], goal)
    units = facts.units(facts.asked["unit"])
    if facts.asked["base"] is None:
        return shares(facts.tally(units.cell[having(units, goal)]), facts.tally(units.cell))
    began, converted = _converted(facts, units, facts.holds["base"], goal)
    return shares(facts.tally(units.cell[converted]), facts.tally(units.cell[began]))


def goal_reached(facts: Facts) -> Outcome:
    """Contacts with the goal at their first qualifying event or behind it, of those with one."""
    units, holds = facts.contacts, facts.holds
    began, reached = _converted(facts, units, holds["base"], holds["goal"], at_once=True)
    return shares(facts.tally(units.cell[reached]), facts.tally(units.cell[began]))


def checkout_abandonment_rate(facts: Facts) -> Outcome:
    """Units with a start and without an order behind the first, of those with a start."""
    units = facts.units(facts.asked["unit"])
    began, ordered = _converted(facts, units, facts.holds["start"], facts.holds["order"])
    return shares(facts.tally(units.cell[began & ~ordered]), facts.tally(units.cell[began]))


def lead_to_sale(facts: Facts) -> Outcome:
    """Contacts with a sale behind their first lead, of those with a lead."""
    units = facts.contacts
    began, sold = _converted(facts, units, facts.holds["lead"], facts.holds["sale"])
    return shares(facts.tally(units.cell[sold]), facts.tally(units.cell[began]))


def _converted(
    facts: Facts, units: Units, base: Flags, goal: Flags, *, at_once: bool = False
) -> tuple[Flags, Flags]:
    """Which units have a qualifying event, and which of them the goal with it, which may be that
    event itself `at_once`. With a window the goal of a contact may lie behind the range, as far as
    the window reaches."""
    first = first_of(units, base)
    window, session = facts.asked["window_seconds"], facts.asked.get("unit") == "session"
    ordered = facts.asked.get("ordered", True)
    rows = first[first != NONE]
    candidates = [facts.behind(rows, goal, at_once=at_once or not ordered)]
    if not ordered:
        candidates.append(facts.ahead_of(rows, goal))
    reached = np.zeros(len(rows), dtype=np.bool_)
    for found in candidates:
        near = facts.within(rows, found, window)
        if session or window is None:
            near &= units.of[found] == units.of[rows]
        reached |= near
    converted = np.zeros(len(first), dtype=np.bool_)
    converted[first != NONE] = reached
    return first != NONE, converted


def _attempts(facts: Facts, base: Flags, goal: Flags) -> Outcome:
    """Those of a funnel of two steps, in the cells in which they are opened."""
    window = facts.asked["window_seconds"]
    rules = Rules((False, False), window=None if window is None else window * SECOND)
    person = facts.person.astype(np.int32)
    paths = Histories(person, facts.at, [base, goal], {}, b"", {})
    opened, _, completed = one_behind_the_other(paths, rules)
    cells = facts.cell[opened]
    return shares(facts.tally(cells[completed]), facts.tally(cells))


def click_through_rate(facts: Facts) -> Outcome:
    """Clicks for impressions of the same message or placement; or whom of those who saw one
    clicked it. Events that tell no placement are of one."""
    inside = facts.time != NONE
    shown, clicked = facts.holds["impression"] & inside, facts.holds["click"] & inside
    column = facts.columns[facts.asked["by"]]
    places = len(column.words) + 1
    which = column.codes.astype(np.int64) + 1
    of = facts.contacts.of if facts.asked["mode"] == "unique" else facts.time
    pairs = of * places + which
    seen = np.unique(pairs[shown])
    known = clicked & np.isin(pairs, seen)
    unseen = int(facts.often[clicked & ~known].sum())
    left_out = {"click_without_impression": unseen} if unseen else {}
    if facts.asked["mode"] == "unique":
        hit = np.unique(pairs[known])
        cell = facts.contacts.cell
        return shares(facts.tally(cell[hit // places]), facts.tally(cell[seen // places]), left_out)
    return shares(facts.counted(known), facts.counted(shown), left_out)


def impressions(facts: Facts) -> Outcome:
    """How many there were."""
    return counts(facts.counted(facts.holds["impression"]))


def reach(facts: Facts) -> Outcome:
    """How many different contacts had one."""
    units = facts.contacts
    return counts(facts.tally(units.cell[having(units, facts.holds["impression"])]))
