"""Which counts of sessions are sums of others. Pure."""

from service.domain.measures.sessions.session import Sessions
from service.domain.measures.small_cells import Sums, cell


def adds_up(answer: Sessions, known: Sums) -> None:
    """Sessions are those that end with each event, events those of each name. All is told of the
    people whose they are, and of switches what is theirs who switched."""
    number = cell(answer, "sessions")
    known.same(number, cell(answer.single_event, "denominator"))
    known.add(number, [cell(answer.bounce, "denominator")])
    known.add(number, (cell(one.share, "numerator") for one in answer.exits))
    known.add(cell(answer, "events"), (cell(one.share, "denominator") for one in answer.exits))
    for one in answer.switches:
        count, after = cell(one, "count"), one.exit_after_switch
        known.same(count, cell(after, "denominator"))
        for member in (count, cell(after, "numerator"), cell(after, "denominator")):
            known.tie(member, cell(one, "contacts"))
    known.people(cell(answer, "contacts"))
    known.people(number)
