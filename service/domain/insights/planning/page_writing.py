"""A page as HTML and as Markdown. Whatever people wrote stays text in both."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from service.domain.insights.escaping import marked_down, marked_up
from service.domain.insights.lettering import FONTS
from service.domain.insights.planning.plan_page import (
    Block,
    Facts,
    Listed,
    Page,
    Section,
    Sentence,
    Tabled,
)
from service.domain.insights.planning.plan_summary import page
from service.domain.insights.planning.planned import Plan

PLAN_STYLE = re.sub(
    r"\n\s*", "", Path(__file__).with_name("plan.css").read_text().replace("FONTS", FONTS)
)
"""The one style that the page may have: for the policy that it is sent with."""


def plan_html(plan: Plan) -> str:
    """The plan as one HTML document that loads nothing, in the plan's language."""
    return html(page(plan))


def plan_markdown(plan: Plan) -> str:
    """The plan as Markdown with tables, in the plan's language."""
    return markdown(page(plan))


def html(shown: Page) -> str:
    """The page as one HTML document that loads nothing."""
    sections = "".join(_section(n, one) for n, one in enumerate(shown.sections))
    title = marked_up(shown.title)
    return (
        f'<!doctype html>\n<html lang="{shown.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{PLAN_STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{sections}</main></body></html>\n"
    )


def _section(number: int, section: Section) -> str:
    blocks = "".join(map(_block, section.blocks))
    heading, kind = marked_up(section.heading), "" if number else ' class="glance"'
    return (
        f'<section{kind} aria-labelledby="s{number}"><h2 id="s{number}" dir="auto">{heading}</h2>'
        f"{blocks}</section>"
    )


def _block(block: Block) -> str:
    heading = f"<h3>{marked_up(block.heading)}</h3>" if block.heading else ""
    if isinstance(block, Facts):
        return heading + _facts(block)
    return heading + (_listed(block) if isinstance(block, Listed) else _tabled(block))


def _facts(block: Facts) -> str:
    facts = "".join(
        f"<dt>{marked_up(fact.name)}</dt><dd>"
        + "".join(f"<p{_way(line)}>{marked_up(line)}</p>" for line in fact.lines)
        + "</dd>"
        for fact in block.facts
    )
    return f"<dl>{facts}</dl>"


def _listed(block: Listed) -> str:
    lines = "".join(f"<li{_way(line)}>{marked_up(line)}</li>" for line in block.lines)
    return f"<ul>{lines}</ul>"


def _tabled(block: Tabled) -> str:
    places = _filled(block)
    kinds = {place: _kind(block, place) for place in places}
    head = "".join(f'<th scope="col"{kinds[n]}>{marked_up(block.columns[n])}</th>' for n in places)
    rows = "".join(
        "<tr>"
        + "".join(f"<td{_way(row[n])}{kinds[n]}>{marked_up(row[n])}</td>" for n in places)
        + "</tr>"
        for row in block.rows
    )
    note = f'<p class="note">{marked_up(block.note)}</p>' if block.note else ""
    return (
        '<div class="table" tabindex="0" role="region" '
        f'aria-label="{marked_up(block.heading)}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{note}"
    )


def _way(text: str) -> str:
    """What people wrote runs as it begins; our own sentences run as the page does."""
    return "" if isinstance(text, Sentence) else ' dir="auto"'


def _filled(block: Tabled) -> list[int]:
    """The columns in which any row says something."""
    return [n for n in range(len(block.columns)) if any(row[n] for row in block.rows)]


def _kind(block: Tabled, place: int) -> str:
    column = block.columns[place]
    if column in block.figures:
        return ' class="figure"'
    return ' class="unbroken"' if column in block.unbroken else ""


def markdown(shown: Page) -> str:
    """The page as Markdown with tables (CommonMark and GitHub's)."""
    return "\n".join(
        [f"# {marked_down(shown.title)}", *(x for s in shown.sections for x in _lines(s)), ""]
    )


def _lines(section: Section) -> Iterator[str]:
    yield from ("", f"## {marked_down(section.heading)}")
    for block in section.blocks:
        if block.heading:
            yield from ("", f"### {marked_down(block.heading)}")
        yield ""
        if isinstance(block, Facts):
            for name, lines in block.facts:
                yield f"- **{marked_down(name)}:** {'; '.join(map(marked_down, lines))}"
        elif isinstance(block, Listed):
            yield from (f"- {marked_down(line)}" for line in block.lines)
        else:
            yield from _table(block)


def _table(block: Tabled) -> Iterator[str]:
    places = _filled(block)
    yield _row([block.columns[n] for n in places])
    ends = (":" if block.columns[n] in block.figures else "" for n in places)
    yield f"|{''.join(f' ---{end} |' for end in ends)}"
    yield from (_row([row[n] for n in places]) for row in block.rows)
    if block.note:
        yield from ("", marked_down(block.note))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(marked_down(cell) for cell in cells)} |"
