"""The language of filters: what is let through, what is refused, what it means."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import filters
from service.domain.errors import Invalid

ID = "0190f3a4-7c1e-7d50-8c2f-5b8f3f6b2a11"

HELD = filters.Type
JOURNEYS = filters.Vocabulary({
    "title": HELD.TEXT, "steps": HELD.NUMBER, "archived": HELD.BOOLEAN, "tags": HELD.TEXTS,
    "created_at": HELD.INSTANT, "due_on": HELD.DATE, "as_is_id": HELD.UUID,
})  # fmt: skip


def leaf(field, op, value):
    return {"field": field, "op": op, "value": value}


CITY = leaf("traits.city", "eq", "客户")


def problems_of(raw, vocabulary=filters.CONTACTS, pointer=""):
    with pytest.raises(Invalid) as refused:
        filters.parse(raw, vocabulary, pointer)
    return [(one.pointer, one.code) for one in refused.value.problems]


def answer(raw, row, vocabulary=filters.CONTACTS):
    return filters.evaluate(filters.parse(raw, vocabulary), filters.lookup_in(row))


def nested(depth):
    raw = CITY
    for _ in range(depth - 1):
        raw = {"not": raw}
    return raw


def test_every_form_comes_back_as_it_went_in():
    raw = {
        "all": [
            {"any": [CITY, leaf("traits.income", "between", [1, 2.5])]},
            {"not": leaf("timestamp", "lt", "2026-05-01T12:00:00.500000Z")},
            leaf("member_of", "in", [ID]),
            leaf("device", "exists", True),
            {"did": "Order Completed", "times": {"at_least": 1, "at_most": 3}, "within_days": 30},
            {"did": leaf("properties.value", "gt", 10), "times": {"at_least": 0}},
            {"at": {"journey_id": ID, "stage": "decision", "status": "stuck"}},
            {"at": {"journey_id": ID}},
            {"consent": "email_marketing"},
        ]
    }
    assert filters.dump(filters.parse(raw, filters.CONTACTS)) == raw
    assert json.loads(json.dumps(filters.dump(filters.parse(raw, filters.CONTACTS)))) == raw


def test_different_spellings_of_one_meaning_have_one_canonical_form():
    spellings = [
        (leaf("steps", "eq", 1.0), leaf("steps", "eq", 1)),
        (leaf("created_at", "eq", "2026-05-01T02:00:00+02:00"),
         leaf("created_at", "eq", "2026-05-01T00:00:00Z")),
        (leaf("as_is_id", "eq", ID.upper()), leaf("as_is_id", "eq", ID)),
        ({"field": "title", "op": "exists"}, leaf("title", "exists", True)),
    ]  # fmt: skip
    for spelling, canonical in spellings:
        parsed = filters.parse(spelling, JOURNEYS)
        assert json.dumps(filters.dump(parsed)) == json.dumps(canonical)
        assert parsed == filters.parse(canonical, JOURNEYS)


def test_a_selection_may_be_just_the_name_of_an_event():
    name = filters.parse_selection("Order Completed", filters.CONTACTS)
    assert name == filters.parse(leaf("event", "eq", "Order Completed"), filters.EVENTS)
    for unfit in ("", "a" * 201, {"consent": "a"}):
        with pytest.raises(Invalid):
            filters.parse_selection(unfit, filters.CONTACTS)


def test_how_often_defaults_to_once_and_a_mere_upper_bound_includes_never():
    once = filters.parse({"did": "Order"}, filters.CONTACTS)
    seldom = filters.parse({"did": "Order", "times": {"at_most": 2}}, filters.CONTACTS)
    assert (once.at_least, once.at_most) == (1, None)
    assert (seldom.at_least, seldom.at_most) == (0, 2)


def test_every_offending_member_is_named_at_once():
    raw = {
        "all": [
            {"field": "traits.a", "op": "eq", "value": "x", "note/~": 1},
            leaf("nowhere", "eq", "x"),
            leaf("device", "like", float("nan")),
            {"field": "device", "op": "eq"},
            {"op": "eq", "value": "a\0b"},
            {"did": "", "times": {"at_least": -1, "most": 2}, "within_days": 0.5},
            {"at": {"stage": "", "status": "lost"}},
            {"consent": 7},
            {"filed": "device"},
            "device",
        ],
        "some": [],
    }
    assert problems_of(raw, pointer="/a/b") == [
        ("/a/b/some", "unknown_member"), ("/a/b/all/0/note~1~0", "unknown_member"),
        ("/a/b/all/1/field", "unknown_field"), ("/a/b/all/2/op", "unknown_op"),
        ("/a/b/all/2/value", "number_not_finite"), ("/a/b/all/3/value", "missing_member"),
        ("/a/b/all/4/field", "missing_member"), ("/a/b/all/4/value", "text_not_storable"),
        ("/a/b/all/5/did", "empty"), ("/a/b/all/5/times/most", "unknown_member"),
        ("/a/b/all/5/times/at_least", "out_of_range"), ("/a/b/all/5/within_days", "wrong_type"),
        ("/a/b/all/6/at/stage", "empty"), ("/a/b/all/6/at/status", "unknown_status"),
        ("/a/b/all/6/at/journey_id", "missing_member"), ("/a/b/all/7/consent", "wrong_type"),
        ("/a/b/all/8", "not_a_condition"), ("/a/b/all/9", "wrong_type"),
    ]  # fmt: skip


REFUSED = {
    "wrong_type": [
        ("title", "eq", 1), ("title", "eq", None), ("title", "eq", ["a"]), ("title", "in", "a"),
        ("steps", "eq", True), ("steps", "eq", "1"), ("archived", "eq", 1),
        ("archived", "exists", "yes"), ("tags", "contains", 1),
    ],
    "too_long": [("title", "eq", "a" * 4097), ("title", "matches", "*" * 201)],
    "text_not_storable": [("title", "eq", "a\0b"), ("title", "eq", "\ud800")],
    "empty": [("title", "in", [])],
    "too_many": [("title", "in", ["a"] * 1001)],
    "number_not_finite": [("steps", "eq", float("nan")), ("steps", "lt", float("inf"))],
    "number_too_large": [("steps", "eq", 2**63)],
    "wrong_bounds": [
        ("steps", "between", [1]), ("steps", "between", [1, 2, 3]), ("steps", "between", [2, 1]),
    ],
    "not_an_instant": [
        ("created_at", "lt", "2026-05-01"), ("created_at", "lt", "2026-05-01T00:00:00"),
        ("created_at", "lt", "0001-01-01T00:00:00+14:00"),
    ],
    "not_a_date": [("due_on", "eq", "2026-02-30"), ("due_on", "eq", "2026-05-01T00:00:00Z")],
    "not_a_uuid": [("as_is_id", "eq", "1")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "field", "op", "value"),
    [(code, *one) for code, refused in REFUSED.items() for one in refused],
)
def test_a_value_that_does_not_fit_is_refused(code, field, op, value):
    assert problems_of(leaf(field, op, value), JOURNEYS) == [("/value", code)]


def test_an_element_that_does_not_fit_is_named_by_its_index():
    found = problems_of(leaf("steps", "in", [1, "2", 3, None]), JOURNEYS)
    assert found == [("/value/1", "wrong_type"), ("/value/3", "wrong_type")]
    assert problems_of(leaf("traits.a", "in", [1, "2"])) == [("/value", "mixed_types")]


@pytest.mark.parametrize(
    "refused",
    ["steps contains", "steps matches", "archived lt", "as_is_id between",
     "created_at starts_with", "tags lt", "tags matches"],
)  # fmt: skip
def test_an_op_that_means_nothing_to_a_field_is_refused(refused):
    field, op = refused.split()
    assert problems_of(leaf(field, op, "x"), JOURNEYS) == [("/op", "op_not_for_field")]


@pytest.mark.parametrize(
    "field", ["traits", "traits.", "traits..a", "trait.a", "", "device.kind", "traits" + ".a" * 9]
)
def test_a_field_that_no_vocabulary_knows_is_refused(field):
    assert [pointer for pointer, _ in problems_of(leaf(field, "exists", True))] == ["/field"]


def test_a_declared_field_below_an_open_prefix_has_its_own_type_and_no_members():
    vocabulary = filters.Vocabulary(
        {"attributes.income": filters.Type.NUMBER}, {"attributes": filters.Type.ANY}
    )
    wrong_type = problems_of(leaf("attributes.income", "eq", "a"), vocabulary)
    no_members = problems_of(leaf("attributes.income.x", "eq", 1), vocabulary)
    assert wrong_type + no_members == [("/value", "wrong_type"), ("/field", "unknown_field")]
    filters.parse(leaf("attributes.else", "eq", "a"), vocabulary)


def test_what_is_asked_of_contacts_is_refused_elsewhere():
    contact_leaves = [{"did": "a"}, {"at": {"journey_id": ID}}, {"consent": "a"}]
    pointers = ["/any/0/did", "/any/1/at", "/any/2/consent"]
    refused = [(pointer, "condition_not_allowed") for pointer in pointers]
    assert problems_of({"any": contact_leaves}, JOURNEYS) == refused
    inside = {"did": {"any": contact_leaves}}
    assert problems_of(inside) == [("/did" + pointer, code) for pointer, code in refused]


def test_a_filter_may_be_eight_deep_and_no_deeper():
    filters.parse(nested(8), filters.CONTACTS)
    assert problems_of(nested(9)) == [("/not" * 8, "filter_too_deep")]
    in_a_did = [("/all/0/did" + "/not" * 6, "filter_too_deep")]
    assert problems_of({"all": [{"did": nested(8)}]}) == in_a_did


def test_hostile_depth_is_refused_like_any_other():
    assert problems_of(nested(100_000)) == [("/not" * 8, "filter_too_deep")]


def test_a_filter_may_have_a_hundred_leaves_and_no_more():
    filters.parse({"all": [CITY] * 100}, filters.CONTACTS)
    filters.parse({"all": [{"did": CITY}] * 100}, filters.CONTACTS)
    for part in (CITY, {"did": "a"}, {"consent": "a"}, {"any": []}):
        assert problems_of({"all": [part] * 101}, pointer="/f") == [("/f", "filter_too_large")]


def test_a_flood_of_broken_parts_is_not_answered_with_a_flood_of_problems():
    assert len(problems_of({"all": [1] * 100_000})) < 110


NAMES = ["all", "any", "not", "field", "op", "value", "did", "at", "consent", "times", "else"]
WORDS = ["eq", "in", "between", "exists", "device", "traits.a", "event", "\ud800"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    ),
)


@given(JSON)
def test_whatever_is_sent_is_parsed_or_refused_by_pointer(raw):
    try:
        parsed = filters.parse(raw, filters.CONTACTS)
    except Invalid as refused:
        assert all(problem.pointer[:1] in ("", "/") for problem in refused.problems)
    else:
        assert filters.parse(filters.dump(parsed), filters.CONTACTS) == parsed


def test_a_missing_field_is_unknown_to_everything_but_exists():
    row = {"traits": {"a": None}}
    for field in ("traits.a", "traits.b", "traits.b.c", "device"):
        for op in ("eq", "ne", "lt", "le", "gt", "ge", "contains", "starts_with", "matches"):
            assert answer(leaf(field, op, "*"), row) is None
            assert answer({"not": leaf(field, op, "*")}, row) is None
        assert answer(leaf(field, "in", ["x"]), row) is None
        assert answer(leaf(field, "between", ["a", "z"]), row) is None
        assert answer(leaf(field, "exists", True), row) is False
        assert answer(leaf(field, "exists", False), row) is True


def test_all_any_and_not_follow_three_valued_logic():
    yes, no, unknown = CITY, leaf("traits.city", "ne", "客户"), leaf("traits.x", "eq", 1)
    row = {"traits": {"city": "客户"}}
    expected = {
        "all": [([], True), ([yes, yes], True), ([yes, unknown], None), ([unknown, no], False)],
        "any": [([], False), ([no, no], False), ([no, unknown], None), ([unknown, yes], True)],
    }
    for form, cases in expected.items():
        for parts, truth in cases:
            assert answer({form: parts}, row) is truth
    assert answer({"not": yes}, row) is False
    assert answer({"not": unknown}, row) is None


FITTING = [("", ""), ("*", ""), ("?", "😀"), ("a*c", "abbc"), ("*b?d*", "abcde"), ("**?**", "a\nb"),
           ("a%_\\", "a%_\\"), ("*ab*ab", "abab")]  # fmt: skip
UNFIT = [("", "a"), ("?", ""), ("a*c", "abcd"), ("a_", "ab"), ("[a]", "a"), ("*ab*ab", "ab")]


def test_a_pattern_holds_the_whole_value():
    assert all(filters.matches(pattern, text) for pattern, text in FITTING)
    assert not any(filters.matches(pattern, text) for pattern, text in UNFIT)


@given(st.text("ab*?", max_size=6), st.text("ab*?", max_size=6))
def test_a_pattern_fits_what_its_definition_says(pattern, text):
    def fits(at, read):
        if at == len(pattern):
            return read == len(text)
        if pattern[at] == "*":
            return any(fits(at + 1, later) for later in range(read, len(text) + 1))
        one = read < len(text) and pattern[at] in ("?", text[read])
        return one and fits(at + 1, read + 1)

    assert filters.matches(pattern, text) is fits(0, 0)


def test_leaves_of_contacts_are_asked_of_the_contact():
    raw = {"all": [{"did": "a"}, {"not": {"consent": "b"}}, {"at": {"journey_id": ID}}]}
    asked = []

    def contact(leaf):
        asked.append(type(leaf).__name__)
        return {"Did": True, "Consent": False, "At": None}[type(leaf).__name__]

    parsed = filters.parse(raw, filters.CONTACTS)
    assert filters.evaluate(parsed, filters.lookup_in({}), contact) is None
    assert asked == ["Did", "Consent", "At"]
    with pytest.raises(TypeError):
        filters.evaluate(parsed, filters.lookup_in({}))
