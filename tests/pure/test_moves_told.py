"""Moves that the map does not have tell nobody by what is left beside them."""

from service.domain.insights.gaps.passage import Move, Passage, Tally, without_few


def move(to: str, times: int, of: int = 93) -> Move:
    return Move("a", to, times, of, times)


def test_what_all_of_them_leave_is_none_or_many() -> None:
    fifty, forty, three = move("b", 50), move("c", 40), move("d", 3)
    assert without_few([forty, fifty], None) == [forty, fifty]
    assert without_few([forty, fifty], 5) == [fifty]
    assert without_few([three, forty, fifty], 5) == [three, forty, fifty]
    assert without_few([move("b", 90)], 5) == []


def test_those_who_took_another_way_are_none_or_many() -> None:
    steps = {"a": Tally(50, 10, 0)}
    for small, went, may in ((5, 48, False), (5, 50, True), (5, 45, True), (None, 48, True)):
        assert Passage(steps=steps, small=small).may_part(("a", "b"), went) is may
