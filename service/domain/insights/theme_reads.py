"""Themes of a workspace: two statements, whatever its size, then what is pure."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from pydantic import Field
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Double,
    FromClause,
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

from service.domain.evidence import evidence, evidence_targets
from service.domain.inputs import Input
from service.domain.insights.emotion_curve import CurveExclusion
from service.domain.insights.themes import (
    MOST_TEXTS,
    Mention,
    SharedTheme,
    Themes,
    ThemesDefinition,
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
        int, Field(ge=2, le=100), told("The maps that a theme must span.", 2)
    ] = 2


async def themes(work: Work, query: ThemesQuery) -> Themes:
    """Worries shared by several maps, and texts across maps that bear no shared theme yet."""
    work.needs(Scope.MAPS_READ)
    rows = await work.value(_SHARED, least_journeys=query.least_journeys)
    items = msgspec.json.decode(rows, type=list[SharedTheme])
    names = [one.theme for one in items]
    texts = await work.value(_TEXTS, themes=names, most_texts=MOST_TEXTS)
    found = msgspec.json.decode(texts, type=_Texts)
    suggestions, excluded = suggested(found.mentions, names, query.least_journeys)
    if found.total > len(found.mentions):
        excluded.append(CurveExclusion("beyond_most_texts", found.total - len(found.mentions)))
    definition = ThemesDefinition(query.least_journeys)
    shown = explained(items[: query.limit])
    return Themes(definition, shown, len(items), suggestions, excluded)


class _Texts(msgspec.Struct):
    """The texts read, and how many there are."""

    total: int
    mentions: Sequence[Mention]


def _name(theme: ColumnElement[Any]) -> ColumnElement[Any]:
    """By what themes are the same: however they are cased and written in Unicode."""
    return func.lower(func.btrim(func.normalize(theme, literal_column("NFKC"))))


def _about_maps() -> FromClause:
    """Findings with the maps that they are about, each map once."""
    target = evidence_targets.alias("target")
    about = (target.c.workspace_id == WORKSPACE, target.c.journey_id.is_not(None))
    pairs = select(target.c.evidence_id, target.c.journey_id).where(*about).distinct()
    return pairs.subquery("about")


def _shared() -> Statement:
    about = _about_maps()
    theme = func.unnest(evidence.c.themes).table_valued("theme").render_derived()
    borne = (
        select(
            _name(theme.c.theme).label("name"),
            cast(theme.c.theme, Text).label("theme"),
            evidence.c.id,
            evidence.c.observed_on,
            evidence.c.sentiment,
            evidence.c.weight,
            about.c.journey_id,
        )
        .select_from(evidence.join(about, about.c.evidence_id == evidence.c.id).join(theme, true()))
        .where(evidence.c.workspace_id == WORKSPACE)
        .cte("borne")
    )
    maps = _maps_of(borne)
    findings = _findings_of(borne)
    item = json_object(
        {
            "theme": findings.c.theme,
            "findings": findings.c.findings,
            "journeys": maps.c.journeys,
            "newest_on": findings.c.newest_on,
            "sentiment": findings.c.sentiment,
            "sentiments": findings.c.sentiments,
        }
    )
    order = (maps.c.number.desc(), findings.c.findings.desc(), findings.c.name)
    listed = func.coalesce(cast(func.json_agg(aggregate_order_by(item, *order)), Text), "[]")
    same = maps.c.name == findings.c.name
    enough = maps.c.number >= bindparam("least_journeys", type_=Integer)
    return Statement(select(listed).select_from(findings.join(maps, same)).where(enough))


def _findings_of(borne: FromClause) -> FromClause:
    """By theme: how many findings, the newest day, the mean sentiment."""
    once = (
        select(
            borne.c.name,
            borne.c.id,
            func.min(borne.c.theme).label("theme"),
            func.min(borne.c.observed_on).label("observed_on"),
            func.min(borne.c.sentiment).label("sentiment"),
            func.min(borne.c.weight).label("weight"),
        )
        .group_by(borne.c.name, borne.c.id)
        .subquery("once")
    )
    counts = and_(once.c.weight > 0, once.c.sentiment.is_not(None))
    weighed = func.sum(once.c.weight * once.c.sentiment, type_=Double).filter(counts)
    weight = func.sum(once.c.weight, type_=Double).filter(counts)
    commonest = func.mode().within_group(once.c.theme)
    return (
        select(
            once.c.name,
            commonest.label("theme"),
            func.count().label("findings"),
            func.max(once.c.observed_on).label("newest_on"),
            (weighed / weight).label("sentiment"),
            func.count().filter(counts).label("sentiments"),
        )
        .group_by(once.c.name)
        .subquery("findings")
    )


def _maps_of(borne: FromClause) -> FromClause:
    """By theme: the maps, with how many findings each."""
    each = (
        select(
            borne.c.name,
            borne.c.journey_id,
            func.count(borne.c.id.distinct()).label("findings"),
        )
        .group_by(borne.c.name, borne.c.journey_id)
        .subquery("each")
    )
    one = json_object(
        {
            "journey_id": journeys.c.id,
            "title": journeys.c.title,
            "findings": each.c.findings,
        }
    )
    listed = func.json_agg(aggregate_order_by(one, each.c.findings.desc(), journeys.c.id))
    is_it = and_(journeys.c.workspace_id == WORKSPACE, journeys.c.id == each.c.journey_id)
    return (
        select(each.c.name, func.count().label("number"), listed.label("journeys"))
        .select_from(each.join(journeys, is_it))
        .group_by(each.c.name)
        .subquery("maps")
    )


_SHARED = _shared()


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
    listed = func.coalesce(
        func.json_agg(aggregate_order_by(mention, *order)), literal_column("'[]'::json")
    )
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
    about, none = _about_maps(), cast(null(), Text)
    theme = func.unnest(evidence.c.themes).table_valued("theme").render_derived()
    names = func.unnest(bindparam("themes", type_=ARRAY(Text))).table_valued("name")
    shared = select(_name(names.render_derived().c.name))
    bears = select(theme.c.theme).where(_name(theme.c.theme).in_(shared)).exists()
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
        .where(evidence.c.workspace_id == WORKSPACE, evidence.c.text.is_not(None), ~bears)
    )


_TEXTS = _texts()
