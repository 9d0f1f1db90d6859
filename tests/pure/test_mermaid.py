"""Mermaid `journey` diagrams: what is read, what is refused by line, and the way back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.journeys.bounds import MOST_STAGES, MOST_STEPS
from service.domain.journeys.mermaid_reading import (
    FATAL_PROBLEMS_AT_MOST,
    MAPS_AT_MOST,
    UNTITLED,
    Reading,
    ReadMap,
    read,
)

SWIM = """\
journey
    accTitle: A morning at the pool
    accDescr: From the changing room to the bus
    title 🏊 Swimming lesson
    section Arrive
        Find a locker : 2 : Child, Parent
        Shower: 4: Child
    section Swim
        First length: 5: Child
        Cold water: 1: Child
"""


def only(text: str) -> ReadMap:
    reading = read(text)
    assert not reading.problems
    (found,) = reading.maps
    return found


def stages(found: ReadMap) -> list[tuple[str, list[str]]]:
    return [(stage.name, [step.action for step in stage.steps]) for stage in found.stages]


def scores(text: str) -> list[float | None]:
    found = read(text).maps
    return [step.score for each in found for stage in each.stages for step in stage.steps]


def fatal_lines(reading: Reading) -> list[int]:
    return [problem.line for problem in reading.problems if problem.fatal]


def listed_lines(reading: Reading) -> list[int]:
    assert not reading.fatal
    return [problem.line for problem in reading.problems]


def test_a_diagram_is_read_with_its_sections_scores_actors_and_lines():
    found = only(SWIM)
    assert found.title == "🏊 Swimming lesson"
    assert found.acc_title == "A morning at the pool"
    assert found.acc_description == "From the changing room to the bus"
    assert stages(found) == [
        ("Arrive", ["Find a locker", "Shower"]),
        ("Swim", ["First length", "Cold water"]),
    ]
    locker = found.stages[0].steps[0]
    assert (locker.score, locker.emotion, locker.actors, locker.line) == (
        2.0,
        -1.0,
        ["Child", "Parent"],
        6,
    )


def test_line_ends_a_byte_order_mark_and_stray_white_space_change_nothing():
    windows = "\ufeff" + SWIM.replace("\n", " \t\r\n")
    assert only(windows) == only(SWIM)
    assert only(SWIM.replace("\n", "\r")) == only(SWIM)


def test_keywords_are_found_in_any_case():
    found = only("Journey\nTITLE Trip\nSection Go\nWalk: 3: Me\nACCTITLE: by foot")
    assert (found.title, found.acc_title, stages(found)) == ("Trip", "by foot", [("Go", ["Walk"])])


def test_tasks_before_a_section_form_a_stage_named_as_the_title():
    found = only("journey\nPack: 3: Me\ntitle Holiday\nsection Travel\nFly: 2: Me")
    assert stages(found) == [("Holiday", ["Pack"]), ("Travel", ["Fly"])]


def test_sections_of_one_name_stay_separate_stages():
    found = only("journey\ntitle T\nsection A\na: 1\nsection A\nb: 2\nsection B\nsection A\nc: 3")
    assert stages(found) == [("A", ["a"]), ("A", ["b"]), ("B", []), ("A", ["c"])]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("---\ntitle: From above\n---\njourney\ntitle From below", "From below"),
        ("---\ntitle: From above\n---\njourney\naccTitle: spoken", "From above"),
        ("---\nconfig:\n  title: no\ntitle: 'It''s' # yes\n---\njourney", "It's"),
        ('---\ntitle: "a \\u00e9"\n---\njourney', "a é"),
        ("  ---\n  title: indented\n  ---\n  journey", "indented"),
        ("---\nconfig:\n  theme: dark\n---\njourney\naccTitle: spoken", "spoken"),
        ("journey\naccTitle: spoken", "spoken"),
        ("journey", UNTITLED),
    ],
)
def test_the_title_is_the_statement_or_the_front_matter_or_the_spoken_one(head: str, title: str):
    assert only(f"{head}\nstep: 3: Me").title == title


def test_a_front_matter_title_that_is_no_plain_text_is_left_out_and_listed():
    reading = read("---\ntitle: >-\n  folded\n---\njourney\ntitle\u00a0Kept\na: 3")
    assert listed_lines(reading) == [5]
    assert reading.maps[0].title == "Kept"


def test_the_description_may_be_a_block_of_several_lines():
    found = only("journey\naccDescr {\n  One: a; b # c\n  %% not this\n\n  two\n} title T\na: 3")
    assert found.acc_description == "One: a; b # c\ntwo"
    assert found.title == "T"


def test_comments_and_directives_are_passed_over():
    text = (
        '%%{init: {"theme": "dark",\n  "x": 1}}%%\n%% one\n# two\njourney %% three\n'
        "title T # four\n  %% five\nsection S #five\nstep: 4: Me # six; seven\n%\n"
    )
    found = only(text)
    assert (found.title, stages(found)) == ("T", [("S", ["step"])])
    assert (found.line, found.stages[0].steps[0].line) == (5, 9)
    assert found.stages[0].steps[0].actors == ["Me"]


def test_entity_codes_stand_for_their_characters():
    found = only("journey\ntitle #35;1 #amp; #no; #0; #55296;\nA#58;b: 3: Smith#44; J., #9829;")
    assert found.title == "#1 & #no; #0; #55296;"
    step = found.stages[0].steps[0]
    assert (step.action, step.actors) == ("A:b", ["Smith, J.", "♥"])


@pytest.mark.parametrize(
    ("written", "score"),
    [("1", 1), (" 5 ", 5), ("3.5", 3.5), ("+4.", 4), ("25e-1", 2.5), ("\u00a02", 2)],
)
def test_half_points_from_one_to_five_are_scores(written: str, score: float):
    text = f"journey\na:{written}: Me"
    assert (scores(text), read(text).problems) == ([score], [])


@pytest.mark.parametrize(
    "written",
    ["", " ", "0", "6", "-1", "3.3", "high", "NaN", "1e999", "3,5", "３", "4 %% x", "\ud800"],
)
def test_an_unreadable_or_missing_score_leaves_the_step_unrated_and_is_listed(written: str):
    reading = read(f"journey\nsection S\nfine: 3: Me\na:{written}: Me, You")
    steps = reading.maps[0].stages[0].steps
    assert [step.score for step in steps] == [3, None]
    assert (steps[1].emotion, steps[1].actors) == (None, ["Me", "You"])
    assert 4 in [problem.line for problem in reading.problems]
    for problem in reading.problems:
        problem.detail.encode()


def test_actors_may_be_missing_and_text_after_them_is_listed():
    reading = read("journey\na: 3\nb: 3:\nc: 3: Me,, You ,\nd: 3: Me: and: more")
    steps = reading.maps[0].stages[0].steps
    assert [step.actors for step in steps] == [[], [], ["Me", "You"], ["Me"]]
    assert listed_lines(reading) == [5]


def test_every_line_outside_the_grammar_is_listed_once():
    text = (
        "journey\ntitle T\nno score\nfine: 3: Me\na: 3; b: 4\nsection A: B\nbare:\n"
        ": 3: Me\nJourney planning: 3: Me\ntitle x; y\nunsure: maybe: Me\n;"
    )
    reading = read(text)
    assert fatal_lines(reading) == [3, 5, 6, 7, 8, 9, 10, 12]
    assert [problem.line for problem in reading.problems if not problem.fatal] == [11]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("journey\na: 3\naccDescr {\n open", 3),
        ("journey\na: 3\n\nb: 3 %%{init: {", 4),
        ("%%{init\njourney", 1),
    ],
)
def test_what_is_never_closed_is_refused_where_it_opens(text: str, line: int):
    assert fatal_lines(read(text)) == [line]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "just prose",
        "flowchart LR\n a --> b",
        "---\ntitle: >\n  x\n---\npie",
        "# Notes\n```mermaid\npie\n```",
        "````md\n```mermaid\njourney\na: 3\n```\n````",
    ],
)
def test_a_document_without_a_journey_is_refused(text: str):
    reading = read(text)
    assert (reading.maps, fatal_lines(reading)) == ([], [1])


def test_a_plain_document_may_hold_several_diagrams():
    text = (
        SWIM + "---\ntitle: Bus\n---\n" + "journey %% again\nWait: 2: Child\n  journey\ntitle End"
    )
    found = read(text)
    assert not found.problems
    assert [(each.title, each.line) for each in found.maps] == [
        ("🏊 Swimming lesson", 1),
        ("Bus", 14),
        ("End", 16),
    ]
    assert stages(found.maps[1]) == [("Bus", ["Wait"])]


def test_rules_around_a_diagram_are_refused_and_hide_nothing():
    reading = read("journey\na: 3\n---\njourney\nb: 3\n---\njourney\nc: 3")
    assert fatal_lines(reading) == [3, 6]
    assert len(reading.maps) == 3


def test_front_matter_belongs_before_a_diagram():
    assert fatal_lines(read("journey\na: 3\n---\ntitle: x\n---\nb: 3")) == [6]


def test_markdown_is_searched_for_fenced_diagrams_and_lines_count_over_all_of_it():
    text = (
        "# Notes\n\njourney in prose: 3\n\n```mermaid\n%% map\njourney\nA: 3\n```\n"
        "```mermaid\nflowchart LR\nA-->B;\n```\n```python\njourney\n```\n"
        "- item\n  ~~~~ {mermaid}\n  journey\n  title T\n  broken\n  ~~~\n  ~~~~~\n"
        "``` Mermaid\njourney\nB: x"
    )
    reading = read(text)
    assert [(found.line, found.title) for found in reading.maps] == [
        (7, UNTITLED),
        (19, "T"),
        (25, UNTITLED),
    ]
    assert [(problem.line, problem.fatal) for problem in reading.problems] == [
        (21, True),
        (22, True),
        (26, False),
    ]


def test_nul_and_lone_surrogates_are_refused_by_line():
    assert fatal_lines(read("journey\r\ntitle a\0\r\nb\ud800: 3\r\nc: 3: Me")) == [2, 3]


def test_maps_stages_and_steps_are_bounded():
    assert fatal_lines(read("journey\n" * MAPS_AT_MOST)) == []
    assert fatal_lines(read("journey\n" * (MAPS_AT_MOST + 1))) == [MAPS_AT_MOST + 1]
    head = "journey\n"
    assert fatal_lines(read(head + "section s\n" * MOST_STAGES)) == []
    assert fatal_lines(read(head + "section s\n" * (MOST_STAGES + 1))) == [MOST_STAGES + 2]
    assert fatal_lines(read(head + "a: 3\n" * MOST_STEPS)) == []
    assert fatal_lines(read(head + "a: 3\n" * (MOST_STEPS + 1))) == [MOST_STEPS + 2]


def test_refused_lines_are_bounded_but_never_forgotten():
    reading = read("journey\n" + "a: ?: Me\n" * 400 + "x\n" * (FATAL_PROBLEMS_AT_MOST + 50))
    assert len(fatal_lines(reading)) == FATAL_PROBLEMS_AT_MOST
    assert "not listed" in reading.problems[-1].detail


@pytest.mark.parametrize(
    "piece",
    ["#", "#a", "%%{", "%%{ }%", "accDescr {\n", "accTitle\n\n", " ", ":", "1", "x%", "---\n", "`"],
)
def test_a_piece_repeated_without_end_is_read_to_the_end(piece: str):
    for head in ("", "journey\n", "journey\na: ", "journey\naccDescr "):
        read(head + piece * 100_000)


PIECES = st.sampled_from(
    ["journey\n", "title ", "section ", "accDescr {", "}", "---\n", "```mermaid\n", "```\n"]
) | st.sampled_from(list(":;,#%{}\n\r\t 3x\0\ud800\u2028"))


@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
@example("journey ---\nx\n---")
def test_any_text_is_read_without_an_error_and_problems_name_its_lines(text: str):
    reading = read(text)
    lines = text.count("\n") + text.count("\r") + 1
    assert all(1 <= problem.line <= lines for problem in reading.problems)
    assert reading.maps or reading.fatal
