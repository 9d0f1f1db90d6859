"""Who may be used for a purpose at a time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from service.domain.contacts import ALWAYS, Entry, Terms, standing

DAY = timedelta(days=1)
START = datetime(2026, 5, 1, tzinfo=UTC)
CONSENT, INTEREST = Terms("consent"), Terms("legitimate_interests")


def at(day: float) -> datetime:
    return START + day * DAY


def yes(day: float, until: float | None = None, written: float = 99, n: int = 0) -> Entry:
    return Entry(True, at(day), at(written), UUID(int=n), None if until is None else at(until))


def no(day: float, written: float = 99, n: int = 0) -> Entry:
    return Entry(False, at(day), at(written), UUID(int=n))


def test_only_consent_needs_a_grant() -> None:
    asked = standing([], CONSENT, None, at(1))
    assert (asked.state, asked.usable, asked.reason) == ("none", False, "never_granted")
    assert asked.excluded_since == ALWAYS
    rest = standing([], INTEREST, None, at(1))
    assert (rest.state, rest.usable, rest.reason) == ("none", True, "not_needed")
    assert rest.excluded_since is None
    assert standing([yes(0)], CONSENT, None, at(1)).usable


def test_an_objection_excludes_from_its_time_on_whatever_the_basis() -> None:
    for terms in (CONSENT, INTEREST):
        said = [yes(0), no(2), no(4)]
        assert standing(said, terms, None, at(1)).usable
        after = standing(said, terms, None, at(5))
        assert (after.state, after.usable, after.reason) == ("withdrawn", False, "withdrawn")
        assert after.excluded_since == at(2)
        assert after.since == at(4)


def test_what_was_said_last_holds_in_whatever_order_it_was_written() -> None:
    said = [no(3, written=3), yes(2, written=5)]
    assert not standing(said, CONSENT, None, at(6)).usable
    assert standing([*said, yes(4)], CONSENT, None, at(6)).usable


def test_at_the_same_instant_a_withdrawal_outweighs_a_grant() -> None:
    for said in ([yes(1, written=9), no(1, written=2)], [no(1, written=2), yes(1, written=9)]):
        assert not standing(said, CONSENT, None, at(2)).usable
        assert not standing(said, INTEREST, None, at(1)).usable


def test_of_two_grants_at_the_same_instant_the_later_written_holds() -> None:
    said = [yes(1, until=9, written=1, n=1), yes(1, until=3, written=2, n=0)]
    assert standing(said, CONSENT, None, at(2)).until == at(3)


def test_a_grant_ends_as_it_says_or_as_its_purpose_says() -> None:
    short = Terms("consent", 3)
    for said, terms, end in (
        ([yes(0, until=5)], CONSENT, 5),
        ([yes(0, until=5)], short, 3),
        ([yes(0, until=2)], short, 2),
    ):
        assert standing(said, terms, None, at(end - 0.1)).usable
        over = standing(said, terms, None, at(end))
        assert (over.state, over.usable, over.reason) == ("expired", False, "expired")
        assert over.excluded_since == over.until == at(end)
    kept = standing([yes(0, until=2)], INTEREST, None, at(3))
    assert (kept.state, kept.usable, kept.reason) == ("expired", True, "not_needed")


def test_who_was_out_already_is_out_since_then() -> None:
    assert standing([yes(0, until=2), no(5)], CONSENT, None, at(6)).excluded_since == at(2)
    assert standing([no(5)], CONSENT, None, at(6)).excluded_since == ALWAYS
    assert standing([no(5)], INTEREST, None, at(6)).excluded_since == at(5)
    assert standing([yes(0), no(1), yes(2), no(3)], CONSENT, None, at(4)).excluded_since == at(3)


def test_what_is_said_for_later_counts_when_its_time_has_come() -> None:
    assert standing([no(3)], INTEREST, None, at(2)).usable
    assert not standing([no(3)], INTEREST, None, at(3)).usable


def test_a_restricted_person_is_left_out_of_everything() -> None:
    kept = standing([yes(0)], CONSENT, at(2), at(3))
    assert (kept.state, kept.usable, kept.reason) == ("granted", False, "restricted")
    assert kept.excluded_since == ALWAYS
    assert standing([yes(0)], CONSENT, at(2), at(1)).usable
