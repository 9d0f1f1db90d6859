"""What the themes of a workspace are found in: two statements, whatever its size."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from pydantic import Field
from sqlalchemy import (
    ARRAY,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.evidence import counts, evidence
from service.domain.inputs import Input
from service.domain.insights.emotion_curve import CurveExclusion
from service.domain.insights.families import families
from service.domain.insights.shared_theme_reads import SHARED, Shared, about_maps, as_list, name_of
from service.domain.insights.themes import (
    MOST_TEXTS,
    Mention,
    SharedTheme,
    Themes,
    ThemesDefinition,
    counted,
    explained,
    suggested,
)
from service.domain.journeys import journeys, stages, steps
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement
from service.domain.words import told
from service.domain.work import Scope, Work

_LONGEST = 500


class ThemesQuery(Input):
    """Which themes count as shared, and how many are shown."""

    shown_only = frozenset()
    limit: Annotated[int, Field(ge=1, le=200), told("Themes shown, of all there are.", 50)] = 50
    least_journeys: Annotated[
        int,
        Field(ge=2, le=100),
        told("The maps that a theme must span; one with its variants and twins is one.", 2),
    ] = 2


class ThemeTexts(NamedTuple):
    """The shared themes, and the texts among which others are looked for."""

    query: ThemesQuery
    items: Sequence[SharedTheme]
    family_of: Mapping[str, str]
    mentions: Sequence[Mention]
    total: int
    left_out: Sequence[CurveExclusion]


async def theme_texts(work: Work, query: ThemesQuery) -> ThemeTexts:
    """The worries that several maps share, and the texts that bear none of them: for `themes`."""
    work.needs(Scope.MAPS_READ)
    rows = await work.value(SHARED, least_journeys=query.least_journeys)
    shared = msgspec.json.decode(rows, type=Shared)
    family_of = families(shared.ties)
    every = counted(shared.items, family_of)
    items = [one for one in every if one.families >= query.least_journeys]
    names = [one.theme for one in items]
    texts = await work.value(_TEXTS, themes=names, most_texts=MOST_TEXTS)
    found = msgspec.json.decode(texts, type=_Texts)
    return ThemeTexts(query, items, family_of, found.mentions, found.total, shared.left_out)


def themes(found: ThemeTexts) -> Themes:
    """Worries shared by several maps, and texts across maps that bear no shared theme yet.

    Apart from the reading, so that it can be done without a connection and in a thread.
    """
    query, names = found.query, [one.theme for one in found.items]
    least = query.least_journeys
    suggestions, excluded = suggested(found.mentions, names, least, found.family_of)
    excluded += found.left_out
    if found.total > len(found.mentions):
        excluded.append(CurveExclusion("beyond_most_texts", found.total - len(found.mentions)))
    shown = explained(found.items[: query.limit])
    return Themes(ThemesDefinition(least), shown, len(found.items), suggestions, excluded)


class _Texts(msgspec.Struct):
    """The texts read, and how many there are."""

    total: int
    mentions: Sequence[Mention]


def _texts() -> Statement:
    every = union_all(
        _items("question", steps, "questions"),
        _items("pain", steps, "pains"),
        _items("question", stages, "questions"),
        _items("objection", stages, "objections"),
        _unthemed(),
    ).subquery("every")
    columns = [*every.c, func.count().over().label("total")]
    newest = (every.c.updated_at.desc(), every.c.journey_id, every.c.text)
    most = bindparam("most_texts", type_=Integer)
    found = select(*columns).order_by(*newest).limit(most).subquery("found")
    named = [c.name for c in every.c if c.name != "updated_at"]
    mention = json_object({name: found.c[name] for name in named} | {"journey": journeys.c.title})
    order = (found.c.updated_at.desc(), found.c.journey_id, found.c.text)
    listed = as_list(func.json_agg(aggregate_order_by(mention, *order)))
    total = func.coalesce(func.max(found.c.total), literal_column("0"))
    whole = json_object({"total": total, "mentions": listed})
    is_it = and_(journeys.c.workspace_id == WORKSPACE, journeys.c.id == found.c.journey_id)
    return Statement(select(cast(whole, Text)).select_from(found.join(journeys, is_it)))


def _items(kind: str, table: Any, member: str) -> Select[Any]:
    """The questions, pains or objections of steps or stages."""
    item = func.jsonb_array_elements(table.c[member]).table_valued("value").render_derived()
    own = literal_column(f"'{kind}'", Text)
    of_steps = table is steps
    return (
        select(
            own.label("kind"),
            func.left(item.c.value.op("->>")(literal_column("'text'")), _LONGEST).label("text"),
            table.c.journey_id,
            (table.c.stage_id if of_steps else table.c.id).label("stage_id"),
            (table.c.id if of_steps else cast(null(), table.c.id.type)).label("step_id"),
            item.c.value.op("->>")(literal_column("'key'")).label("key"),
            cast(null(), table.c.id.type).label("evidence_id"),
            table.c.updated_at,
        )
        .select_from(table.join(item, true()))
        .where(table.c.workspace_id == WORKSPACE)
    )


def _unthemed() -> Select[Any]:
    """Findings about maps, in words, that bear none of the shared themes."""
    about, none = about_maps(), cast(null(), Text)
    theme = func.unnest(evidence.c.themes).table_valued("theme").render_derived()
    names = func.unnest(bindparam("themes", type_=ARRAY(Text))).table_valued("name")
    shared = select(name_of(names.render_derived().c.name))
    bears = select(theme.c.theme).where(name_of(theme.c.theme).in_(shared)).exists()
    nowhere = cast(null(), evidence.c.id.type)
    return (
        select(
            literal_column("'finding'", Text).label("kind"),
            func.left(evidence.c.text, _LONGEST).label("text"),
            about.c.journey_id,
            nowhere.label("stage_id"),
            nowhere.label("step_id"),
            none.label("key"),
            evidence.c.id.label("evidence_id"),
            evidence.c.updated_at,
        )
        .select_from(evidence.join(about, about.c.evidence_id == evidence.c.id))
        .where(
            evidence.c.workspace_id == WORKSPACE,
            evidence.c.text.is_not(None),
            ~bears,
            counts(evidence),
        )
    )


_TEXTS = _texts()
