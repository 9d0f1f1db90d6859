"""Ids that are made by the thousand."""

from uuid import RFC_4122

from service.domain.ids import new_id, new_ids


def test_ids_made_at_once_differ_and_sort_as_they_were_made() -> None:
    before = new_id()
    ids = new_ids(10_000)
    assert ids == sorted(set(ids))
    assert {(one.version, one.variant) for one in ids} == {(7, RFC_4122)}
    # All of one millisecond, which is not before any id made earlier.
    assert len({one.int >> 80 for one in ids}) == 1
    assert ids[0].int >> 80 >= before.int >> 80


def test_ids_of_two_works_are_no_neighbours() -> None:
    """Where both are made within a millisecond, random bits tell them apart."""
    assert not set(new_ids(1_000)) & set(new_ids(1_000))
    assert new_ids(0) == []
