"""The gaps of many maps: the same page and counts as if all were held and sorted."""

import tracemalloc
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from msgspec.structs import asdict

from service.domain.insights.gaps import counting
from service.domain.insights.gaps.analysis import FINDERS, gaps_of
from service.domain.insights.gaps.counting import AskedGaps
from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.inputs import AllGapsQuery
from service.domain.insights.gaps.map import Map
from service.domain.insights.gaps.material import Material, held, looks
from service.domain.insights.gaps.pages import Gathered, all_gaps
from service.domain.insights.gaps.scene import ALWAYS, Scene
from service.domain.languages import Language
from service.domain.preferences import DEFAULTS
from tests.pure.test_gap_properties import maps
from tests.pure.worked_map import JOURNEY, LINEAGE, TODAY, shall_be, worked


def material(*found: Map) -> Material:
    """What a computation takes, read from the JSON that the database would answer."""
    read = {"today": TODAY, "limits": DEFAULTS, "maps": found, "linked": []}
    text = held(msgspec.json.encode(read), {})
    return Material([UUID(one.id) for one in found], text, LINEAGE, None, ALWAYS)


def each_alike(number: int) -> list[Map]:
    """So many maps with ids of their own."""
    made = []
    for n in range(number):
        one = worked()
        one.id = str(UUID(int=n))
        made.append(one)
    return made


def asked(found: Material, **query: object) -> counting.Page:
    language: Language = "en"
    return all_gaps(Gathered(AllGapsQuery(**query), [found], language)).page


def everything(found: Material) -> list[Gap]:
    gaps = [gap for _, look in looks(found) for gap in gaps_of(*look)]
    return sorted(gaps, key=lambda gap: gap.rank)


@pytest.mark.parametrize("kind", [None, "department_handoff", "evidence,ownership", "to_be"])
def test_pages_hold_every_gap_once_worst_first(kind: str | None) -> None:
    found = material(*each_alike(3), worked(), shall_be())
    wanted = [gap for gap in everything(found) if kind is None or gap.kind in kind.split(",")]
    taken: list[Gap] = []
    after = None
    while True:
        page = asked(found, kind=kind, limit=7, after=after)
        taken += page.items
        assert page.total == len(wanted)
        assert page.by_kind == Counter(gap.kind for gap in wanted)
        if (after := page.next) is None:
            break
    assert [gap.id for gap in taken] == [gap.id for gap in wanted] != []


def test_departments_are_counted_over_all_pages() -> None:
    found = material(*each_alike(2))
    rows = {row.department: row for row in asked(found, limit=1).by_department}
    for name in ("marketing", "sales", "service"):
        its = [gap for gap in everything(found) if name in gap.departments]
        crossings = [gap.severity for gap in its if gap.kind.endswith("_handoff")]
        told = asdict(rows[name])
        assert told == {
            "department": name,
            "gaps": len(its),
            "handoffs": len(crossings),
            "worst": max(crossings),
        }


def test_a_map_is_compared_with_its_newest_to_be_map() -> None:
    older, newer = shall_be(), shall_be()
    older.id = "0198c7f0-0000-7000-8000-000000000042"
    found = material(worked(), older, newer)
    twins = {str(which): look.twin for which, look in looks(found)}
    assert {which: twin and twin.map.id for which, twin in twins.items()} == {
        JOURNEY: newer.id,
        older.id: None,
        newer.id: None,
    }


def test_profiles_are_compared_where_findings_are_about_others() -> None:
    nobodys, own = worked(), worked()
    nobodys.personas = []
    own.findings = [one for one in own.findings if one.profile_id is None]
    known = [material(one).held.profile_ids for one in (worked(), nobodys, own)]
    assert known == [{"p1", "p1a", "p2"}, frozenset(), frozenset()]


def test_more_maps_take_no_more_memory_than_their_text() -> None:
    def peak(found: Material) -> int:
        asked(found)
        tracemalloc.start()
        asked(found)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(material(*each_alike(60))) < 1.5 * peak(material(*each_alike(6)))


@settings(max_examples=50)
@given(maps())
def test_what_looks_for_a_kind_finds_that_kind(one: Map) -> None:
    scene = Scene(one, DEFAULTS, TODAY, LINEAGE)
    for find, kinds in FINDERS.items():
        assert {gap.kind for gap in find(scene)} <= kinds


@settings(max_examples=50)
@given(maps())
def test_the_order_in_which_gaps_come_changes_no_page(one: Map) -> None:
    gaps: Sequence[Gap] = gaps_of(Scene(one, DEFAULTS, TODAY, LINEAGE), None, {})
    there, back = (counting.page(way, AskedGaps(limit=5), "") for way in (gaps, gaps[::-1]))
    assert [gap.id for gap in there.items] == [gap.id for gap in back.items]
    assert (there.next, there.by_department) == (back.next, back.by_department)
