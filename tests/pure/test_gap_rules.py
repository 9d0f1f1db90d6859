"""What is a gap and what is none, on maps that differ in one thing from the one worked by hand."""

from datetime import date

import pytest
from msgspec.structs import replace

from service.domain.insights.gaps.analysis import Analysis, analysed
from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.map import Map, Met, Touchpoint
from service.domain.insights.gaps.scene import Scene
from service.domain.insights.gaps.words import tell
from service.domain.languages import Language
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


def test_of_what_does_not_exist_yet_nothing_is_asked_to_be_known() -> None:
    """Nor to be met or reviewed; an effort there is a planned one."""
    known = {"evidence", "no_data", "off_profile_evidence", "unmet_expectation"}
    one = worked()
    one.met.append(Met("as8", "t4"))
    one.touchpoints.append(Touchpoint("t4", "t4", "Letter", department="sales"))
    one.findings = [found for found in one.findings if found.target_id != "as8"]
    now = looked_at(one).gaps
    reviews = {gap.id for gap in now if gap.explanation.code.startswith("department_")}
    assert known <= {gap.kind for gap in now} and reviews
    one.perspective = "to_be"
    then = looked_at(one).gaps
    left = {gap.id for gap in now if gap.kind not in known}
    assert {gap.id for gap in then} == left - reviews
    planned = {gap.explanation.code for gap in then if gap.kind == "effort"}
    assert planned and all(code.endswith("_planned") for code in planned)


def test_findings_about_another_customer_type_support_nothing() -> None:
    one = worked()
    # Step 1 is a high with both kinds of evidence, and step 10 has both kinds of one department.
    for finding in (found for found in one.findings if found.target_id in ("as1", "as10")):
        one.findings[one.findings.index(finding)] = replace(finding, profile_id="p2")
    found = looked_at(one)
    told = {gap.step_id: gap.explanation.code for gap in found.gaps if gap.kind == "evidence"}
    assert (told["as1"], told["as10"]) == ("evidence_none_step", "evidence_none_step")
    assert "as1" not in {one.step_id for one in found.strengths if one.kind == "high"}
    off = {gap.step_id: gap for gap in found.gaps if gap.kind == "off_profile_evidence"}
    assert [off[step].explanation.values["findings"] for step in ("as1", "as10")] == [3, 2]
    # Of a map whose customers nobody has told, nothing is off.
    one.personas = []
    assert "as1" in {one.step_id for one in looked_at(one).strengths}


def test_a_finding_without_a_department_may_be_of_another() -> None:
    one = worked()
    # Step 10 has both kinds of one department, sales.
    (before,) = (gap for gap in of_kind(one, "evidence") if gap.step_id == "as10")
    assert before.explanation.code == "evidence_one_department_step"
    at = next(n for n, found in enumerate(one.findings) if found.target_id == "as10")
    one.findings[at] = replace(one.findings[at], department=None)
    assert "as10" not in {gap.step_id for gap in of_kind(one, "evidence")}
    # Of one kind, it is a gap all the same, but the departments are not known.
    one.findings[at] = replace(one.findings[at], kind="anecdotal")
    (gap,) = (gap for gap in of_kind(one, "evidence") if gap.step_id == "as10")
    assert (gap.explanation.code, gap.unknown) == ("evidence_one_kind_step", ["departments"])


def test_stale_findings_are_told_beside_what_else_is_lacking() -> None:
    one = worked()
    at = next(n for n, found in enumerate(one.findings) if found.target_id == "as10")
    one.findings[at] = replace(one.findings[at], observed_on=date(2026, 1, 1))
    (gap,) = (gap for gap in of_kind(one, "evidence") if gap.step_id == "as10")
    tell([gap], Language.EN)
    assert gap.explanation.code == "evidence_one_department_step"
    assert "Of 2 dated findings, 1" in gap.explanation.text
    stale, fresh = (
        next(gap for gap in of_kind(worked(), "evidence") if gap.step_id == step)
        for step in ("as7", "as10")
    )
    tell([stale, fresh], Language.EN)
    assert [gap.explanation.text.count("older than") for gap in (stale, fresh)] == [1, 0]


def test_what_is_found_where_a_touchpoint_alone_is_met_is_data_from_it() -> None:
    one = worked()
    # The branch alone is met at steps 6 and 7, of which there are findings.
    assert of_kind(one, "no_data") == []
    # Where the website is met beside it, nobody knows from which of the two they came.
    one = worked()
    one.met += [Met("as6", "t1"), Met("as7", "t1")]
    (gap,) = of_kind(one, "no_data")
    # Met at 2 of 12 steps. (0.2 × 1 + 0.3 × 2/12) / 0.5; 0.5 of 1
    assert (gap.severity, gap.confidence) == (pytest.approx(50), pytest.approx(0.5))
    tell([gap], Language.EN)
    assert "No finding is about the touchpoint “Branch” itself, met at 2 steps" in (
        gap.explanation.text
    )
    one = worked()
    one.findings = [found for found in one.findings if found.target_id not in ("as6", "as7")]
    assert len(of_kind(one, "no_data")) == 1
