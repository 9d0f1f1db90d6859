"""A map written as a Mermaid `journey`: every name survives the grammar and comes back."""

from hypothesis import given
from hypothesis import strategies as st

from service.domain.characters import fit
from service.domain.journeys.mermaid_reading import read
from service.domain.journeys.mermaid_writing import (
    UNREADABLE,
    WriteMap,
    WriteStage,
    WriteStep,
    write,
)

# fmt: off
PIECES = st.sampled_from([
    "journey", "Title ", "section", "section ", "accTitle", "accDescr{", "}", "---", "```mermaid",
    "~~~", ":", ";", ",", "#", "#59;", "#quot;", "%", "%%", "%%{init: {}}%%", "\n", "\r\n", " ",
    "\t", "\u00a0", "\u2028", "\ufeff", "\x1c", "\x85", "style:", "<br>", "<b", ">", "&", "é",
    "🚀", "日本", "مرحبا", "ﬂ°°", "¶ß", "ſection ", "a", "\\", '"',
])
# fmt: on
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.lists(PIECES, min_size=1, max_size=5).map("".join) | st.text(CHARACTERS, min_size=1)
EMOTIONS = st.none() | st.integers(-4, 4).map(lambda half: half / 2)
STEPS = st.builds(WriteStep, TEXTS, EMOTIONS, st.lists(TEXTS, max_size=3))
STAGES = st.builds(WriteStage, TEXTS, st.lists(STEPS, max_size=3))
MAPS = st.builds(WriteMap, TEXTS, st.none() | TEXTS, st.lists(STAGES, max_size=3))


def test_what_the_grammar_would_break_is_written_as_codes():
    found = WriteMap(
        "R&D: 50% #1",
        "Two\nlines",
        [
            WriteStage("Pay; or: not", [WriteStep("Journey: home", 0.5, ["Smith, J.", "Me"])]),
            WriteStage("<br>", [WriteStep("rated", -2.0), WriteStep("not", None, ["Me"])]),
            WriteStage("100%%", [WriteStep("neither")]),
        ],
    )
    assert write(found, ["goals", "a %%{init}%%\nsection X"]).text == (
        "journey\n"
        "    title R#38;D: 50% #35;1\n"
        "    accDescr: Two#10;lines\n"
        "    section Pay#59; or#58; not\n"
        "        #74;ourney#58; home: 3.5: Smith#44; J., Me\n"
        "    section #60;br>\n"
        "        rated: 1\n"
        "        not: : Me\n"
        "    section 100#37;#37;\n"
        "        neither: :\n"
        "%% Not carried: goals, a #37;#37;{init}#37;#37;#10;section X\n"
    )


def test_what_was_not_carried_is_handed_on_and_never_read_as_a_step():
    written = write(WriteMap("T"), ["stages.goals", "x: 3: Me"])
    assert written.not_carried == ["stages.goals", "x: 3: Me"]
    assert [found.stages for found in read(written.text).maps] == [[]]


def shown(sent: WriteMap) -> WriteMap:
    """The map as it is left without control characters."""

    def name(text: str) -> str:
        return fit(text) or UNREADABLE

    stages = [
        WriteStage(
            name(stage.name),
            [WriteStep(name(s.action), s.emotion, list(map(name, s.actors))) for s in stage.steps],
        )
        for stage in sent.stages
    ]
    return WriteMap(name(sent.title), fit(sent.description or "") or None, stages)


@given(MAPS, st.lists(TEXTS, max_size=2))
def test_a_written_map_is_read_back_but_for_control_characters(
    sent: WriteMap, not_carried: list[str]
):
    text = write(sent, not_carried).text
    assert fit(text) == text
    reading = read(text)
    assert not reading.fatal
    (found,) = reading.maps
    written = shown(sent)
    assert (found.title, found.acc_description) == (written.title, written.description)
    back = [
        WriteStage(
            stage.name, [WriteStep(step.action, step.emotion, step.actors) for step in stage.steps]
        )
        for stage in found.stages
    ]
    assert back == written.stages
    unrated = sum(step.emotion is None for stage in written.stages for step in stage.steps)
    assert len(reading.problems) == unrated
