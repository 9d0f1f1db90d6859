"""Which content to offer somebody where they stand: what fits the place, less what does not fit
them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import structs

from service.domain.insights.contact_journeys import ContactJourney, Looked
from service.domain.insights.contact_journeys.whereabouts import (
    MOST_OFFERED,
    OfferedAnswer,
    OfferedContent,
)
from service.domain.insights.planning.fitting import Fitting, fitting, is_for
from service.domain.insights.planning.material import Content, Material, Step
from service.domain.shares import Excluded

NOT_PERMITTED, PLACE_GONE = "not_permitted", "place_gone"
TOUCHED, OTHER_LANGUAGE, FOR_OTHERS = "touched", "other_language", "for_others"
NOT_PUBLISHED, BEYOND = "not_published", "beyond_limit"
_ORDER = ("answers", "touchpoint", "activity", "stage")


class Known(NamedTuple):
    """What is known of somebody: their language, and which content they touched, by ids and keys
    and by addresses; and whether they may be analysed."""

    language: str | None
    names: frozenset[str]
    addresses: frozenset[str]
    permits: bool

    def touched(self, item: Content) -> bool:
        """Whether an event of theirs names an item, or tells its address, but for a slash at the
        end."""
        named = item.id in self.names or item.key in self.names
        return named or _plain(item.url) in self.addresses


def known_of(looked: Looked) -> Known:
    """What their events and traits tell."""
    told = [one.properties for one in looked.events]
    pages = [_member(one.context, "page") for one in looked.events]
    urls = (_member(one, "url") for one in (*told, *pages))
    names = (_member(one, "content_id") for one in told)
    person = looked.person
    locales = (_member(one.context, "locale") for one in reversed(looked.events))
    return Known(
        next(_languages((*person.languages, *locales)), None),
        frozenset(one for one in names if isinstance(one, str)),
        frozenset(_plain(one) for one in urls if isinstance(one, str)) - {""},
        not person.never and person.excluded_since is None,
    )


def offered(one: ContactJourney, material: Material | None, known: Known) -> ContactJourney:
    """Where somebody stands on a map, with what to offer them there as it is today."""
    if not known.permits:
        return structs.replace(one, content_reason=NOT_PERMITTED)
    stages = () if material is None else material.stages
    stage = next((each for each in stages if each.id == one.stage_id), None)
    if material is None or stage is None:
        return structs.replace(one, content_reason=PLACE_GONE)
    steps = [each for each in material.steps_of(stage) if one.step_id in {None, each.id}]
    out: Counter[str] = Counter()
    found = []
    for each in fitting(stage, steps, material):
        why = _unfit(each.item, material, known)
        if why is None:
            found.append(each)
        else:
            out[why] += 1
    found.sort(key=_rank)
    out[BEYOND] = max(len(found) - MOST_OFFERED, 0)
    return structs.replace(
        one,
        content=[_offer(each) for each in found[:MOST_OFFERED]],
        content_excluded=[Excluded(why, n) for why, n in sorted(out.items()) if n],
    )


def _unfit(item: Content, material: Material, known: Known) -> str | None:
    """Why an item is not for them, the first that holds."""
    today = material.today or date.max
    theirs = next(_languages([item.language]), known.language)
    holds = {
        NOT_PUBLISHED: item.published_on is None or item.published_on > today,
        FOR_OTHERS: not is_for(item, material),
        OTHER_LANGUAGE: known.language is not None and theirs != known.language,
        TOUCHED: known.touched(item),
    }
    return next((why for why, held in holds.items() if held), None)


def _rank(one: Fitting) -> tuple[int, bool, str, str]:
    """What answers something first, at the step before the stage; then by the title."""
    at_step = any(each.step is not None for each in one.answers)
    return _ORDER.index(one.because[0]), not at_step, one.item.title, one.item.id


def _offer(one: Fitting) -> OfferedContent:
    item = one.item
    answers = [
        OfferedAnswer(each.kind, each.item.key, each.item.text, _id(each.step))
        for each in one.answers
    ]
    return OfferedContent(
        *(item.id, item.key, item.title, item.kind, item.language, item.url),
        because=[*one.because],
        answers=answers,
    )


def _id(step: Step | None) -> str | None:
    return None if step is None else step.id


def _languages(told: Sequence[object]) -> Iterator[str]:
    """The languages that are told, without the country: `de` of `de-AT` or `de_AT`."""
    for one in told:
        if isinstance(one, str):
            word = one.replace("_", "-").partition("-")[0].strip().lower()
            if word.isalpha():
                yield word


def _member(of: object, name: str) -> object:
    return of.get(name) if isinstance(of, dict) else None


def _plain(url: object) -> str:
    return url.rstrip("/") if isinstance(url, str) else ""
