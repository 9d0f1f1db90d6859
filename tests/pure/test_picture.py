"""The picture of an emotion curve: well-formed for any text, and saying what the curve says."""

import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.insights.emotion import (
    RATINGS,
    CurveStage,
    CurveStep,
    EmotionCurve,
    curve,
    overlaid,
)
from service.domain.insights.picture import Theme, svg

SVG = "{http://www.w3.org/2000/svg}"

Stage = tuple[str, list[tuple[str, float | None]]]


def drawn(stages: list[Stage], title: str = "", journey: str = "j") -> EmotionCurve:
    steps = [
        CurveStep(f"{n}-{m}", label, f"s{n}", rating, label.endswith("!"), label, "?" in label)
        for n, (_, labelled) in enumerate(stages)
        for m, (label, rating) in enumerate(labelled)
    ]
    named = [CurveStage(f"s{n}", name) for n, (name, _) in enumerate(stages)]
    return curve(journey, named, steps, title=title)


def parsed(document: str) -> ElementTree.Element:
    return ElementTree.fromstring(document.encode())  # noqa: S314 - our own document


def seen(root: ElementTree.Element, kind: str = "") -> list[str]:
    texts = root.iter(f"{SVG}text")
    return [text.text or "" for text in texts if kind in (text.get("class") or "")]


def told(root: ElementTree.Element) -> list[str]:
    return [title.text or "" for title in root.iter(f"{SVG}title")]


DINNER: list[Stage] = [
    ("Find", [("Looks for a recipe", 0.5), ("Which one?", None)]),
    ("Cook", [("Burns the rice!", -1.5)]),
    ("Eat", [("Shares the meal", 2.0)]),
]

texts = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
maps = st.lists(
    st.tuples(
        texts,
        st.lists(st.tuples(texts, st.none() | st.sampled_from(RATINGS)), max_size=6),
    ),
    max_size=5,
)


@given(maps, st.lists(maps, max_size=3), texts, st.sampled_from(["auto", "light", "dark"]))
@settings(max_examples=150, deadline=None)
def test_any_text_and_any_curve_gives_well_formed_xml(
    base: list[Stage], others: list[list[Stage]], title: str, theme: Theme
) -> None:
    over = [drawn(other, title=title[::-1], journey=f"o{n}") for n, other in enumerate(others)]
    root = parsed(svg(overlaid(drawn(base), over), title, theme))
    assert root.tag == f"{SVG}svg"
    steps = sum(len(labelled) for _, labelled in base)
    rated = sum(r is not None for other in others for _, labelled in other for _, r in labelled)
    assert len(told(root)) == 1 + len(base) + steps + rated


@given(st.text("<>&\"'/ script=\x00\x0b\x1b\x7f\x85\ud800\udfff\ufffe\uffff]", max_size=30))
@settings(deadline=None)
def test_markup_stays_text_everywhere(text: str) -> None:
    base = drawn([(text, [(text, 1.0), (text, None)])], title=text)
    root = parsed(svg(overlaid(base, [base]), text))
    known = {"svg", "title", "desc", "style", "rect", "text", "path", "g"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= known
    assert not [name for element in root.iter() for name in element.attrib if name[:2] == "on"]


def test_a_script_as_title_is_shown_as_written() -> None:
    script = "<script>alert('1')</script>"
    root = parsed(svg(drawn(DINNER), script))
    assert told(root)[0] == script
    assert script in seen(root)


def test_it_is_an_image_with_a_name_and_a_description() -> None:
    root = parsed(svg(drawn(DINNER), "Dinner"))
    assert root.get("role") == "img"
    title, description = root[0], root[1]
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "Dinner"
    words = description.text or ""
    assert "Highs: “Looks for a recipe” (+0.5), “Shares the meal” (+2)." in words
    assert "Lows: “Burns the rice!” (−1.5)." in words
    assert "Largest drop: −2, from “Looks for a recipe” to “Burns the rice!”." in words
    assert "Largest rise: +3.5, from “Burns the rice!” to “Shares the meal”." in words
    assert "Moments of truth: “Burns the rice!”." in words
    assert "Decision moments: “Which one?”. Not rated: “Which one?”." in words


def test_a_picture_without_a_title_still_has_a_name() -> None:
    assert told(parsed(svg(drawn(DINNER), " \x00 ")))[0] == "Emotion curve"


def test_two_curves_on_one_page_do_not_share_their_ids() -> None:
    first, second = (svg(drawn(DINNER, journey=journey), "Dinner") for journey in "ab")
    found = [set(re.findall(r'id="([^"]+)"', document)) for document in (first, second)]
    assert not found[0] & found[1]


def test_stages_steps_and_the_axis_are_labelled() -> None:
    root = parsed(svg(drawn(DINNER), "Dinner"))
    assert seen(root, "stage") == ["Find", "Cook", "Eat"]
    assert seen(root, "step") == [label for _, steps in DINNER for label, _ in steps]
    assert {"+2", "+1", "0", "−1", "−2"} <= set(seen(root, "quiet"))
    assert seen(root, "value") == ["+0.5", "+2", "−1.5"]
    assert "Burns the rice!: −1.5; moment of truth" in told(root)
    assert "Which one?: not rated; decision moment" in told(root)


def test_an_unrated_step_breaks_the_line_and_only_dots_cross_it() -> None:
    document = svg(drawn(DINNER), "Dinner")
    assert len(re.findall('class="line s0"', document)) == 1
    assert len(re.findall('class="line gap s0" d="M[^"]*C', document)) == 1
    whole = svg(drawn([("All", [("a", 1.0), ("b", 0.0)])]), "Whole")
    assert 'class="line gap' not in whole
    assert "Not rated" not in whole


def test_no_line_is_drawn_past_the_scale() -> None:
    document = svg(drawn([("All", [(str(n), (-2.0, 2.0)[n % 2]) for n in range(9)])]), "Swings")
    path = re.findall(r'class="line s0" d="([^"]+)"', document)[0]
    heights = {float(y) for y in re.findall(r"-?[\d.]+ (-?[\d.]+)", path)}
    assert len(heights) == 2


def test_themes_are_light_dark_or_the_readers_own() -> None:
    light, dark, auto = (svg(drawn(DINNER), "Dinner", theme) for theme in ("light", "dark", "auto"))
    assert "prefers-color-scheme:dark" in auto
    assert "prefers-color-scheme" not in light + dark
    assert "#ffffff" in light and "#ffffff" not in dark
    assert "var(" not in auto


def test_nothing_is_fetched() -> None:
    document = svg(drawn(DINNER), "Dinner").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|href|url\(|@import|@font-face", document)


def test_overlays_are_lines_of_their_own_with_a_legend() -> None:
    base = drawn(DINNER, title="As is")
    over = [drawn(DINNER[1:], title="To be"), drawn([("Rest", [("Sleeps", 1.0)])], title="数据")]
    root = parsed(svg(overlaid(base, over), "Dinner"))
    assert {"As is", "To be", "数据"} <= set(seen(root, "quiet"))
    assert "To be · Burns the rice!: −1.5" in told(root)
    kinds = [path.get("class") for path in root.iter(f"{SVG}path")]
    assert {"dot s0", "dot s1", "dot s2"} <= set(kinds)


def test_an_overlays_step_stands_on_the_column_of_its_key() -> None:
    base = drawn(DINNER, title="As is")
    other = drawn([("Cook", [("Burns the rice!", 1.0), ("Airs the room", 0.0)])], title="To be")
    document = svg(overlaid(base, [other]), "Dinner")
    places = {
        kind: [float(x) for x in re.findall(rf'class="dot {kind}" d="M([\d.]+)', document)]
        for kind in ("s0", "s1")
    }
    assert places["s1"][0] == places["s0"][1]
    assert places["s0"][1] < places["s1"][1] < places["s0"][2]


def test_many_steps_and_long_labels_stay_inside_the_picture() -> None:
    stages: list[Stage] = [
        ("发现需求的阶段" * 9, [(f"{n} " + "很长的步骤名称" * 9, 1.0) for n in range(5)])
    ] * 7
    document = svg(drawn(stages), "客户旅程" * 60)
    root = parsed(document)
    across = float(root.get("width") or 0)
    assert all(0 <= float(text.get("x") or 0) <= across for text in root.iter(f"{SVG}text"))
    assert sum(name.endswith("…") for name in seen(root, "step")) == 35
    assert any("很长的步骤名称" * 9 in title for title in told(root))


def test_right_to_left_labels_say_so_and_keep_their_side() -> None:
    root = parsed(svg(drawn([("الوعي", [("שאלה", 1.0)])]), "رحلة العميل"))
    title, summary = list(root.iter(f"{SVG}text"))[:2]
    assert (title.get("direction"), title.get("text-anchor")) == ("rtl", "end")
    assert (summary.get("direction"), summary.get("text-anchor")) == (None, "start")
