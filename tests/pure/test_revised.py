"""Documents of revisions as plain structs, whatever release wrote them."""

from service.domain.insights.revised import renamed, revised, words_of

_FIRST = """{"id": "j", "title": "Old", "version": 3, "perspective": "as_is", "later": [1],
 "stages": [{"id": "s", "key": "look", "name": "We look", "steps": [
   {"id": "a", "key": "ask", "stage_id": "s", "action": "Ask", "channel": "phone",
    "touchpoints": [{"touchpoint_id": "t", "channel": "phone", "device": "phone"}]},
   {"id": "b", "key": "buy", "stage_id": "s", "action": "Buy"}]}],
 "transitions": [{"id": "e", "from": "ask", "to": "buy", "received_by": "phone"}]}"""


def test_a_member_that_came_later_is_as_if_nobody_had_said_anything() -> None:
    read = revised(_FIRST, 4)
    ask, buy = read.steps
    assert (read.revision, read.persona_ids, read.scope) == (4, [], None)
    assert (ask.touchpoint_ids, ask.expected, ask.nested, buy.emotion) == (
        ["t"],
        False,
        False,
        None,
    )
    assert read.part_ids == {"j", "s", "a", "b", "e"}


def test_a_word_is_renamed_among_its_kind_alone() -> None:
    read = revised(_FIRST, 4)
    assert words_of(read) == {"phone"}
    now = renamed(read, {("channel", "phone"): "call", ("department", "phone"): "desk"})
    ask, _ = now.steps
    (met,) = ask.touchpoints
    assert (ask.channel, met.channel, met.device) == ("call", "call", "phone")
    assert now.transitions[0].received_by == "desk"
    assert next(read.steps).channel == "phone"
