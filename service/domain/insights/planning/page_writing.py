"""A page as HTML and as Markdown. Whatever people wrote stays text in both."""

from collections.abc import Iterator, Sequence

from service.domain.insights.escaping import marked_down, marked_up
from service.domain.insights.planning.plan_page import Listed, Page, Section, Tabled, page
from service.domain.insights.planning.plan_words import WORDS
from service.domain.insights.planning.planned import Plan
from service.domain.languages import Language

PLAN_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h2{margin-top:2.5rem;border-bottom:2px solid;padding-bottom:.25rem}
h3{margin:1.5rem 0 .5rem;font-size:1rem}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:start;vertical-align:top;padding:.35rem .6rem;border:1px solid #8888}
th{background:#8882}
th,td{min-width:6.5rem;overflow-wrap:break-word}
@media print{
@page{size:A4;margin:14mm}
body{margin:0;padding:0;max-width:none;font-size:11px}
h1{margin:0;font-size:20px}h2{margin-top:1.5rem;font-size:15px}h3{margin-top:1rem;font-size:12px}
h1,h2,h3{break-after:avoid}
.table{overflow:visible}
table{font-size:9.5px}
th,td{min-width:0;padding:.25rem .4rem}
td{overflow-wrap:anywhere}
tr,li{break-inside:avoid}
}
""".strip().replace("\n", "")
"""The one style that the page may have: for the policy that it is sent with."""


def plan_html(plan: Plan) -> str:
    """The plan as one HTML document that loads nothing, in the plan's language."""
    return html(page(plan, WORDS[Language(plan.language)]))


def plan_markdown(plan: Plan) -> str:
    """The plan as Markdown with tables, in the plan's language."""
    return markdown(page(plan, WORDS[Language(plan.language)]))


def html(shown: Page) -> str:
    """The page as one HTML document that loads nothing."""
    sections = "".join(_section(n, one) for n, one in enumerate(shown.sections))
    title = marked_up(shown.title)
    return (
        f'<!doctype html>\n<html lang="{shown.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{PLAN_STYLE}</style></head>"
        f'<body><main><h1 dir="auto">{title}</h1>{sections}</main></body></html>\n'
    )


def _section(number: int, section: Section) -> str:
    blocks = "".join(
        f"<h3>{marked_up(block.heading)}</h3>"
        + (_listed(block) if isinstance(block, Listed) else _tabled(block))
        for block in section.blocks
    )
    heading = marked_up(section.heading)
    return (
        f'<section aria-labelledby="s{number}"><h2 id="s{number}" dir="auto">{heading}</h2>'
        f"{blocks}</section>"
    )


def _listed(block: Listed) -> str:
    lines = "".join(f'<li dir="auto">{marked_up(line)}</li>' for line in block.lines)
    return f"<ul>{lines}</ul>"


def _tabled(block: Tabled) -> str:
    if not block.rows:
        return f"<p>{marked_up(block.empty)}</p>"
    head = "".join(f'<th scope="col">{marked_up(name)}</th>' for name in block.columns)
    cells = (
        "".join(f'<td dir="auto">{marked_up(cell)}</td>' for cell in row) for row in block.rows
    )
    rows = "".join(f"<tr>{row}</tr>" for row in cells)
    return (
        '<div class="table" tabindex="0" role="region" '
        f'aria-label="{marked_up(block.heading)}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def markdown(shown: Page) -> str:
    """The page as Markdown with tables (CommonMark and GitHub's)."""
    return "\n".join(
        [f"# {marked_down(shown.title)}", *(x for s in shown.sections for x in _lines(s)), ""]
    )


def _lines(section: Section) -> Iterator[str]:
    yield from ("", f"## {marked_down(section.heading)}")
    for block in section.blocks:
        yield from ("", f"### {marked_down(block.heading)}", "")
        if isinstance(block, Listed):
            yield from (f"- {marked_down(line)}" for line in block.lines)
        elif not block.rows:
            yield marked_down(block.empty)
        else:
            yield _row(block.columns)
            yield f"|{' --- |' * len(block.columns)}"
            yield from (_row(row) for row in block.rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(marked_down(cell) for cell in cells)} |"
