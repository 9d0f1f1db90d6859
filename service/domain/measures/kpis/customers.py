"""Figures of customers: those who have ordered, and what they do afterwards. Pure.

Whoever ordered is a customer from the first order of all on; an active one did something behind it.
"""

import numpy as np

from service.domain.history import SECOND, Flags, Ints
from service.domain.measures.kpis.facts import NONE, Facts, first_of, having, last_of
from service.domain.measures.kpis.figure import Figure, Outcome, nothing, shares

_MONTH = 30 * 86_400 * SECOND
NO_LENGTH = "not_begun"


def support_contact_rate(facts: Facts) -> Outcome:
    """Support contacts for each active customer and 30 days; or orders that are followed by one,
    of those old enough to judge."""
    asks = facts.holds["support_contact"]
    if facts.asked["mode"] == "orders":
        orders = np.flatnonzero(facts.holds["order"] & (facts.cell != NONE))
        return _followed(facts, orders, asks)
    contacts, active = facts.counted(asks), facts.tally(facts.contacts.cell[_active(facts)])
    found = zip(contacts.tolist(), active.tolist(), facts.lengths().tolist(), strict=True)
    return Outcome([_per_month(*one) for one in found])


def _per_month(contacts: int, active: int, length: int) -> Figure:
    if not active:
        return Figure(None, contacts, 0, reason=nothing().reason)
    if length <= 0:
        return Figure(None, contacts, active, reason=NO_LENGTH)
    return Figure(contacts / active * _MONTH / length, contacts, active)


def _first_orders(facts: Facts) -> Ints:
    """The row of everybody's first order; `NONE` where somebody never ordered."""
    return first_of(facts.people, facts.holds["order"])


def _active(facts: Facts) -> Flags:
    """Which contacts of cells are active customers there."""
    last = last_of(facts.contacts)
    first = _first_orders(facts)[facts.people.of[last]]
    known: Flags = first != NONE
    return known & (last > first)


def _followed(facts: Facts, rows: Ints, goal: Flags) -> Outcome:
    """Rows behind which the goal follows within the window. Those whose window has not passed are
    left out, whether it has followed or not: of as young ones, the slow are not known yet."""
    window = facts.asked["window_seconds"]
    reached = facts.within(rows, facts.behind(rows, goal), window)
    young = (
        np.zeros(len(rows), dtype=np.bool_)
        if window is None
        else facts.at[rows] + window * SECOND > facts.now
    )
    cell = facts.cell[rows]
    hits, of = facts.tally(cell[reached & ~young]), facts.tally(cell[~young])
    return shares(hits, of, _too_young(int(young.sum())))


def _too_young(count: int) -> dict[str, int]:
    return {"too_young": count} if count else {}


def onboarding_completion(facts: Facts) -> Outcome:
    """Contacts who complete it within the window from their first start."""
    return _followed(facts, _firsts(facts, "start"), facts.holds["goal"])


def repurchase_rate(facts: Facts) -> Outcome:
    """Customers with a second order within the window from their first."""
    return _followed(facts, _firsts(facts, "order"), facts.holds["order"])


def _firsts(facts: Facts, name: str) -> Ints:
    """The rows of everybody's first such event ever, where that lies in a cell."""
    first = first_of(facts.people, facts.holds[name])
    first = first[first != NONE]
    found: Ints = first[facts.cell[first] != NONE]
    return found


def time_to_value(facts: Facts) -> Outcome:
    """The median time from everybody's first start to the first goal behind it."""
    rows = _firsts(facts, "start")
    goals = facts.behind(rows, facts.holds["goal"])
    known = goals != NONE
    left_out = {"not_reached": int((~known).sum())} if not known.all() else {}
    took, cell = facts.at[goals[known]] - facts.at[rows[known]], facts.cell[rows[known]]
    order = np.argsort(cell, kind="stable")
    ends = np.cumsum(facts.tally(cell))
    each = np.split(took[order], ends[:-1])
    return Outcome([_median(one) for one in each], left_out)


def _median(took: Ints) -> Figure:
    if not len(took):
        return nothing()
    return Figure(float(np.median(took)) / SECOND, None, len(took))


def referral_rate(facts: Facts) -> Outcome:
    """Customers who refer somebody, of all there are by the end of the cell."""
    first, units = _first_orders(facts), facts.contacts
    customers = first[first != NONE]
    refers = having(units, facts.holds["referral"])
    whose = facts.people.of[first_of(units, units.of != NONE)]
    mine = first[whose]
    bought = (mine != NONE) & (facts.at[mine] < facts.edges[1:][units.cell % facts.times])
    by_then = np.searchsorted(facts.edges[1:], facts.at[customers], "right")
    # Whoever is a customer in one cell is one in all that follow.
    counts = np.zeros((facts.groups, facts.times + 1), dtype=np.int64)
    group = np.zeros(len(customers), dtype=np.int64)
    np.add.at(counts, (group if facts.group is None else facts.group[customers], by_then), 1)
    all_ = np.cumsum(counts[:, :-1], axis=1).ravel()
    return shares(facts.tally(units.cell[refers & bought]), all_)


def churn_rate(facts: Facts) -> Outcome:
    """Customers who were active in the window before the cell and do nothing in it."""
    lost, all_, left_out = _lost(facts)
    return shares(lost, all_, left_out)


def retention_rate(facts: Facts) -> Outcome:
    """The complement: those who do something in it."""
    lost, all_, left_out = _lost(facts)
    return shares(all_ - lost, all_, left_out)


def _lost(facts: Facts) -> tuple[Ints, Ints, dict[str, int]]:
    """How many customers go silent in each cell, of how many that were active at its start; and
    how many of cells that are not over are left out.

    An event is the last before the starts of all cells up to the person's next one; so each person
    is counted once for a cell, by the event that is the last before it.
    """
    first = _first_orders(facts)[facts.people.of]
    rows = np.flatnonzero((first != NONE) & (np.arange(len(facts)) > first))
    following = np.append(facts.at[1:], 0)[rows]
    heads = np.append(np.diff(facts.people.of) != 0, True)[rows]
    following = np.where(heads, np.iinfo(np.int64).max, following)
    window = facts.asked["window_seconds"] * SECOND
    starts, ends = facts.edges[:-1], facts.edges[1:]
    low = np.searchsorted(starts, facts.at[rows], "right")
    high = np.searchsorted(starts, np.minimum(facts.at[rows] + window, following), "right")
    silent = np.minimum(high, np.searchsorted(ends, following, "right"))
    lost, all_ = _covered(facts, rows, low, silent), _covered(facts, rows, low, high)
    over = np.tile(ends <= facts.now, facts.groups)
    return lost * over, all_ * over, _too_young(int(all_[~over].sum()))


def _covered(facts: Facts, rows: Ints, low: Ints, high: Ints) -> Ints:
    """How many of the runs of times from `low` up to `high` cover each cell."""
    found = np.zeros((facts.groups, facts.times + 1), dtype=np.int64)
    some = high > low
    group = np.zeros(len(rows), dtype=np.int64) if facts.group is None else facts.group[rows]
    np.add.at(found, (group[some], low[some]), 1)
    np.add.at(found, (group[some], high[some]), -1)
    return np.cumsum(found, axis=1)[:, :-1].ravel()
