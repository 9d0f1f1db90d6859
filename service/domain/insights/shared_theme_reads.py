"""Themes that findings about several maps bear, and which maps are one: as a statement."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.evidence import evidence, evidence_targets, left_out
from service.domain.insights.emotion_curve import CurveExclusion
from service.domain.insights.families import TIES
from service.domain.insights.themes import SharedTheme
from service.domain.journeys import journeys
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement


class Shared(msgspec.Struct):
    """The themes of enough maps, which maps are tied to which, and the findings about maps that do
    not count."""

    items: Sequence[SharedTheme]
    ties: Sequence[tuple[str, str]]
    left_out: Sequence[CurveExclusion] = ()


def name_of(theme: ColumnElement[Any]) -> ColumnElement[Any]:
    """By what themes are the same: however they are cased and written in Unicode."""
    return func.lower(func.btrim(func.normalize(theme, literal_column("NFKC"))))


def about_maps() -> FromClause:
    """Findings with the maps that they were found about, each map once.

    Not with copies of these that they came along with; where the map itself is gone, with one.
    """
    target = evidence_targets.alias("target")
    about = (target.c.workspace_id == WORKSPACE, target.c.journey_id.is_not(None))
    first = func.row_number().over(
        partition_by=target.c.evidence_id, order_by=(target.c.copied, target.c.position)
    )
    named = (target.c.evidence_id, target.c.journey_id, target.c.copied, first.label("place"))
    every = select(*named).where(*about).subquery("every_target")
    counts = or_(~every.c.copied, every.c.place == literal_column("1"))
    pairs = select(every.c.evidence_id, every.c.journey_id).where(counts).distinct()
    return pairs.subquery("about")


def _ties() -> Any:
    """Pairs of maps that are tied to each other."""
    each = [
        select(func.json_build_array(journeys.c.id, journeys.c[name]).label("tie")).where(
            journeys.c.workspace_id == WORKSPACE, journeys.c[name].is_not(None)
        )
        for name in TIES
    ]
    every = union_all(*each).subquery("every_tie")
    return select(as_list(func.json_agg(every.c.tie))).scalar_subquery()


def as_list(found: ColumnElement[Any]) -> ColumnElement[Any]:
    """An aggregate of rows as JSON, also of none."""
    return func.coalesce(found, literal_column("'[]'::json"))


def _shared() -> Statement:
    about = about_maps()
    theme = func.unnest(evidence.c.themes).table_valued("theme").render_derived()
    borne = (
        select(
            name_of(theme.c.theme).label("name"),
            cast(theme.c.theme, Text).label("theme"),
            evidence.c.id,
            evidence.c.observed_on,
            evidence.c.sentiment,
            evidence.c.weight,
            about.c.journey_id,
        )
        .select_from(evidence.join(about, about.c.evidence_id == evidence.c.id).join(theme, true()))
        .where(evidence.c.workspace_id == WORKSPACE, left_out(evidence).is_(None))
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
    order = (findings.c.findings.desc(), findings.c.name)
    items = as_list(func.json_agg(aggregate_order_by(item, *order)))
    same = maps.c.name == findings.c.name
    enough = maps.c.number >= bindparam("least_journeys", type_=Integer)
    found = select(items).select_from(findings.join(maps, same)).where(enough).scalar_subquery()
    told = {"items": found, "ties": _ties(), "left_out": _left_out(about)}
    return Statement(select(cast(json_object(told), Text)))


def _left_out(about: FromClause) -> Any:
    """How many findings about maps do not count, by the reason."""
    one = evidence.alias("one")
    each = (
        select(left_out(one).label("reason"))
        .where(
            one.c.workspace_id == WORKSPACE,
            one.c.contact_id.is_not(None),
            one.c.id.in_(select(about.c.evidence_id)),
        )
        .subquery("each_one")
    )
    counted = (
        select(each.c.reason, func.count().label("count"))
        .where(each.c.reason.is_not(None))
        .group_by(each.c.reason)
        .subquery("left_out")
    )
    item = json_object({"reason": counted.c.reason, "count": counted.c["count"]})
    return select(as_list(func.json_agg(item))).select_from(counted).scalar_subquery()


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


SHARED = _shared()
