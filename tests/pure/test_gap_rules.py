"""What is a gap and what is none, on maps that differ in one thing from the one worked by hand."""

from service.domain.insights.gap import Gap
from service.domain.insights.gap_map import Map
from service.domain.insights.gap_scene import Scene
from service.domain.insights.gaps import Analysis, analysed
from service.domain.preferences import DEFAULTS
from tests.pure.worked_map import LINEAGE, TODAY, worked


def looked_at(one: Map) -> Analysis:
    return analysed(Scene(one, DEFAULTS, TODAY, LINEAGE), None, {})


def of_kind(one: Map, kind: str) -> list[Gap]:
    return [gap for gap in looked_at(one).gaps if gap.kind == kind]


def test_a_stage_that_both_ends_of_the_scope_name_is_missing_once() -> None:
    one = worked()
    one.scope = {"from": "Elsewhere", "to": "Elsewhere"}
    found = [gap for gap in looked_at(one).gaps if gap.explanation.code == "stage_missing"]
    assert [gap.explanation.values["stage"] for gap in found] == ["Elsewhere"]
    one.scope = {"from": "Elsewhere", "to": "Nowhere"}
    found = [gap for gap in looked_at(one).gaps if gap.explanation.code == "stage_missing"]
    assert {gap.explanation.values["stage"] for gap in found} == {"Elsewhere", "Nowhere"}
