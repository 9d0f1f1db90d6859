"""Profile attributes: the catalogue, the types, and the bounds of free-form JSON."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.audiences.attributes import (
    BUILT_IN,
    CATALOGUE,
    Attribute,
    AttributeType,
    bounded_json,
    check,
    stored,
)
from service.domain.audiences.bounds import MAX_BYTES, Bounds
from service.domain.errors import Problem

OWN = {
    type_.value: Attribute(type_.value, type_.value, "", type_, options=("gold", "silver"))
    for type_ in AttributeType
}


def found(problems: list[Problem]) -> set[tuple[str, str]]:
    return {(problem.pointer, problem.code) for problem in problems}


def test_the_catalogue_has_the_23_attributes_in_order() -> None:
    assert [attribute.key for attribute in CATALOGUE] == [
        "personality",
        "financial_motivations",
        "beliefs",
        "problems_to_solve",
        "investment_attitude",
        "religion",
        "annual_income",
        "investable_assets",
        "net_worth",
        "motivation_to_hire",
        "milestone_events_and_life_goals",
        "life_stage",
        "gender",
        "age_range",
        "marital_status",
        "location",
        "industry_or_employer",
        "education",
        "career_stage",
        "occupation",
        "family",
        "political_affiliation",
        "hobbies",
    ]
    assert len(CATALOGUE) == len(BUILT_IN) == 23


def test_religion_and_politics_are_the_sensitive_ones() -> None:
    sensitive = {attribute.key for attribute in CATALOGUE if attribute.sensitive}
    assert sensitive == {"religion", "political_affiliation"}


def test_every_attribute_has_a_label_a_description_and_a_key_that_passes() -> None:
    for attribute in CATALOGUE:
        assert attribute.label and attribute.description
        assert not [p for p in check({attribute.key: 0}, {}) if p.code == "bad_key"]


def test_the_catalogue_can_be_written_as_json() -> None:
    first = msgspec.json.decode(msgspec.json.encode(CATALOGUE))[0]
    assert set(first) == {
        "key",
        "label",
        "description",
        "type",
        "sensitive",
        "options",
        "unit",
    }
    assert first["type"] == "text"


def test_a_full_profile_passes() -> None:
    profile = {
        "personality": "謹慎, decides late",
        "financial_motivations": ["security", "a legacy"],
        "religion": "Quaker",
        "annual_income": {"min": 150_000, "max": 300_000, "currency": "USD"},
        "investable_assets": {"min": "500000.50", "max": None, "currency": "EUR"},
        "net_worth": {"min": -20_000, "max": 1.5, "currency": "JPY"},
        "age_range": {"min": 45, "max": 60},
        "gender": "a word that is not among the suggestions",
        "hobbies": [],
        "owns_a_boat": True,
        "holdings": {"etf": [1, {"name": "world"}]},
    }
    assert check(profile, {}) == []


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("text", "words"),
        ("texts", ["a", "b"]),
        ("number", 1.5),
        ("number", -1),
        ("integer", 3),
        ("money_range", {"max": "0.000001", "currency": "CHF"}),
        ("integer_range", {"min": 1}),
        ("integer_range", {"min": 1, "max": 1}),
        ("choice", "gold"),
        ("boolean", False),
        ("date", "2024-02-29"),
        ("any", [{"a": None}]),
    ],
)
def test_a_value_of_its_type_passes(type_: str, value: object) -> None:
    assert check({type_: value}, OWN) == []


@pytest.mark.parametrize(
    ("type_", "value", "where", "code"),
    [
        ("text", 1, "", "wrong_type"),
        ("text", ["a"], "", "wrong_type"),
        ("texts", "a", "", "wrong_type"),
        ("texts", ["a", 2], "/1", "wrong_type"),
        ("number", "1", "", "wrong_type"),
        ("number", True, "", "wrong_type"),
        ("number", float("nan"), "", "number_not_finite"),
        ("integer", 1.0, "", "wrong_type"),
        ("integer", False, "", "wrong_type"),
        ("integer", 2**63, "", "number_too_large"),
        ("boolean", 0, "", "wrong_type"),
        ("choice", "bronze", "", "unknown_option"),
        ("choice", ["gold"], "", "unknown_option"),
        ("date", 20240229, "", "wrong_type"),
        ("date", "2023-02-29", "", "not_a_date"),
        ("date", "20240229", "", "not_a_date"),
        ("date", "2024-02-29T00:00:00Z", "", "not_a_date"),
        ("integer_range", [1, 2], "", "wrong_type"),
        ("integer_range", {}, "", "empty_range"),
        ("integer_range", {"min": None, "max": None}, "", "empty_range"),
        ("integer_range", {"min": 2, "max": 1}, "", "wrong_bounds"),
        ("integer_range", {"min": 1.5}, "/min", "wrong_type"),
        ("integer_range", {"min": True}, "/min", "wrong_type"),
        ("integer_range", {"min": 1, "unit": "y"}, "/unit", "unknown_member"),
        ("money_range", {"min": 1}, "/currency", "not_a_currency"),
        ("money_range", {"min": 1, "currency": "usd"}, "/currency", "not_a_currency"),
        ("money_range", {"min": 1, "currency": "USD\n"}, "/currency", "not_a_currency"),
        ("money_range", {"min": "1,000", "currency": "USD"}, "/min", "wrong_type"),
        ("money_range", {"min": "١", "currency": "USD"}, "/min", "wrong_type"),
        ("money_range", {"min": "1e5", "currency": "USD"}, "/min", "wrong_type"),
        ("money_range", {"min": 10**15, "currency": "USD"}, "/min", "wrong_type"),
        ("money_range", {"min": True, "currency": "USD"}, "/min", "wrong_type"),
        ("money_range", {"min": "10", "max": 9.5, "currency": "USD"}, "", "wrong_bounds"),
    ],
)
def test_a_value_of_another_type_is_named(type_: str, value: object, where: str, code: str) -> None:
    assert found(check({type_: value}, OWN)) == {(f"/attributes/{type_}{where}", code)}


def test_every_problem_is_named_at_once() -> None:
    profile = {
        "Bad/Key~": 1,
        "hobbies": ["a\0", 3, "b\ud800"],
        "annual_income": {"min": "x", "max": [], "currency": "dollars", "per": "year"},
        "age_range": 40,
        "boat": {"tiers": [[[["five deep"]]]]},
    }
    assert found(check(profile, {}, "/profile/attributes")) == {
        ("/profile/attributes/Bad~1Key~0", "bad_key"),
        ("/profile/attributes/hobbies/0", "text_not_storable"),
        ("/profile/attributes/hobbies/1", "wrong_type"),
        ("/profile/attributes/hobbies/2", "text_not_storable"),
        ("/profile/attributes/annual_income/min", "wrong_type"),
        ("/profile/attributes/annual_income/max", "wrong_type"),
        ("/profile/attributes/annual_income/currency", "not_a_currency"),
        ("/profile/attributes/annual_income/per", "unknown_member"),
        ("/profile/attributes/age_range", "wrong_type"),
        ("/profile/attributes/boat/tiers/0/0/0", "too_deep"),
    }


def test_null_is_neither_judged_nor_stored() -> None:
    attributes: dict[str, object] = {"age_range": None, "Not A Key": None, "hobbies": []}
    assert check(attributes, {}) == []
    assert stored(attributes) == {"hobbies": []}


def test_a_built_in_attribute_wins_over_an_own_one_of_its_key() -> None:
    own = {"hobbies": Attribute("hobbies", "Hobbies", "", AttributeType.NUMBER)}
    assert check({"hobbies": ["chess"]}, own) == []
    assert found(check({"hobbies": 3}, own)) == {("/attributes/hobbies", "wrong_type")}


@pytest.mark.parametrize("key", ["", "A", "1a", "_a", "a-b", "a b", "ä", "a" * 65, "a\n", "客户"])
def test_a_key_outside_the_alphabet_is_refused(key: str) -> None:
    assert [problem.code for problem in check({key: 1}, {})] == ["bad_key"]


def test_the_201st_attribute_is_one_too_many() -> None:
    attributes: dict[str, object] = {f"a{number}": number for number in range(200)}
    assert check(attributes, {}) == []
    attributes["one_more"] = 1
    assert found(check(attributes, {})) == {("/attributes", "too_many")}


def test_all_attributes_together_have_a_largest_size() -> None:
    attributes: dict[str, object] = {f"a{number}": "x" * 9_000 for number in range(8)}
    assert found(check(attributes, {})) == {("/attributes", "too_large")}


@pytest.mark.parametrize(
    ("value", "where", "code"),
    [
        ("x" * 10_001, "", "too_long"),
        ("\0", "", "text_not_storable"),
        ("\udfff", "", "text_not_storable"),
        (float("inf"), "", "number_not_finite"),
        (-(2**63) - 1, "", "number_too_large"),
        ([0] * 201, "", "too_many"),
        ({str(number): 0 for number in range(201)}, "", "too_many"),
        ([[[[[]]]]], "/0/0/0/0", "too_deep"),
        ({"a": {"b": {"c": {"d": {}}}}}, "/a/b/c/d", "too_deep"),
        ({"": 1}, "/", "bad_key"),
        ({"a\0": 1}, "/a\0", "bad_key"),
        ({"\ud800": 1}, "/\ufffd", "bad_key"),
        ({"k" * 100: 1}, "/" + "k" * 65, "bad_key"),
        ({"a~/b": "\0"}, "/a~0~1b", "text_not_storable"),
        (b"bytes", "", "not_json"),
        ((1, 2), "", "not_json"),
    ],
)
def test_free_form_json_has_bounds(value: object, where: str, code: str) -> None:
    assert found(bounded_json(value, "/demographics")) == {(f"/demographics{where}", code)}


def test_a_number_too_long_to_print_is_refused() -> None:
    assert found(bounded_json(10**6000, "")) == {("", "number_too_large")}


def test_free_form_names_may_be_of_any_script() -> None:
    assert bounded_json({"Household income": 1, "家庭": [None, True, 0.5]}, "") == []


def test_a_hostile_depth_is_refused_without_following_it() -> None:
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    assert found(bounded_json(deep, "")) == {("/0/0/0/0", "too_deep")}
    assert found(check({"deep": deep}, {})) == {("/attributes/deep/0/0/0/0", "too_deep")}


def test_a_hostile_width_stops_where_the_whole_is_too_large() -> None:
    wide = [[[["\0"] * 200] * 200] * 200] * 200
    problems = bounded_json(wide, "")
    assert problems[0].code == "too_large"
    assert len(problems) < MAX_BYTES


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=())),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(exclude_categories=())), inner, max_size=5)
    ),
    max_leaves=30,
)


@given(JSON)
def test_what_is_accepted_can_be_written_and_read_again(value: object) -> None:
    if not bounded_json(value, ""):
        written = msgspec.json.encode(value)
        assert msgspec.json.decode(written) == value
        assert len(written) <= MAX_BYTES


@given(JSON)
def test_the_size_counted_is_the_size_written(value: object) -> None:
    bounds = Bounds("")
    bounds.walk(value, "")
    if not bounds.found():
        assert bounds.size == len(msgspec.json.encode(value))


@given(st.dictionaries(st.text(), JSON, max_size=4), st.sampled_from(CATALOGUE), JSON)
def test_any_json_is_judged_and_every_answer_can_be_printed(
    attributes: dict[str, object], attribute: Attribute, value: object
) -> None:
    problems = check({**attributes, attribute.key: value}, OWN)
    for problem in problems:
        assert problem.pointer.encode().startswith(b"/attributes")
        assert problem.code and problem.detail
