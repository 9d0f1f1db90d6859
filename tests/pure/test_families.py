"""Which maps are one: by any line of ties, in any order."""

from hypothesis import given
from hypothesis import strategies as st

from service.domain.insights.families import families

_IDS = st.sampled_from("abcdefgh")
_TIES = st.lists(st.tuples(_IDS, _IDS), max_size=12)


@given(_TIES, st.randoms())
def test_a_family_is_all_that_ties_reach_named_by_its_first(
    ties: list[tuple[str, str]], random: object
) -> None:
    reach: dict[str, set[str]] = {}
    for one, other in ties:
        both = reach.get(one, {one}) | reach.get(other, {other})
        reach |= dict.fromkeys(both, both)
    expected = {which: min(those) for which, those in reach.items()}
    assert families(ties) == expected
    random.shuffle(ties)  # type: ignore[attr-defined]
    assert families(ties) == expected
