"""Maps with something in every lane, in several scripts, to be drawn and looked at."""

from typing import Any

from tests.make import Client

Json = dict[str, Any]

SCRIPTS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Finding somebody who looks after our savings",
        "stage": "We look around and compare what there is",
        "action": "Reads what others have written about their experience",
        "texts": ["Who can tell me whether this is right?", "I do not want to do this twice."],
        "word": "Incomprehensibilities" * 4,
    },
    "zh-Hans": {
        "title": "为我们的积蓄寻找一位可靠的顾问",
        "stage": "四处打听并比较各种选择",
        "action": "阅读其他客户写下的经验和评价",
        "texts": ["谁能告诉我这样做是否正确？", "我不想再重复做一遍。"],
        "word": "不可理解的长词" * 8,
    },
    "ar": {
        "title": "البحث عن مستشار مالي لمدخراتنا",
        "stage": "نبحث ونقارن بين الخيارات المتاحة",
        "action": "يقرأ ما كتبه الآخرون عن تجربتهم",
        "texts": ["من يستطيع أن يخبرني إن كان هذا صحيحا؟", "لا أريد أن أفعل هذا مرتين."],
        "word": "والمستشفياتوالمستوصفات" * 4,
    },
}
_RATINGS = (1, -0.5, None, -2, 0, 2, 0.5)


def body(script: str, stages: int, steps: int, **members: Any) -> Json:
    """A map's body in one script."""
    return body_of(SCRIPTS[script], stages, steps, locale=script, **members)


def body_of(said: Json, stages: int, steps: int, **members: Any) -> Json:
    """A map's body of these texts; each step meets the touchpoint `met`."""
    return {
        "title": said["title"],
        "scenario": f"{said['texts'][0]} {said['texts'][1]}",
        "occasion": said["texts"][0],
        "stages": [_stage(said, n, steps) for n in range(stages)],
        **members,
    }


def _stage(said: Json, n: int, steps: int) -> Json:
    return {
        "key": f"s{n}",
        "name": f"{n + 1} {said['stage']}",
        "description": said["texts"][0],
        "goals": said["texts"],
        "questions": [said["texts"][1]],
        "objections": said["texts"],
        "steps": [_step(said, n, m, n * steps + m) for m in range(steps)],
    }


def _step(said: Json, n: int, m: int, place: int) -> Json:
    texts = said["texts"] if place % 2 else [said["texts"][0], said["word"]]
    return {
        "key": f"s{n}-{m}",
        "action": f"{said['action']} {n}.{m}",
        "emotion": _RATINGS[place % len(_RATINGS)],
        "private": place % 5 == 1,
        "moment_of_truth": place % 4 == 2,
        "decision_moment": place % 6 == 3,
        "actors": [texts[0][:20], "ann"],
        "thoughts": texts,
        "feelings": [texts[0][:12]],
        "questions": texts[:1],
        "expected_outcome": texts[0],
        "actual_outcome": texts[1],
        "outcome_met": ("met", "partly", "missed")[place % 3],
        "backstage": texts[1:] if place % 3 else [],
        "systems": ["crm"],
        "pains": texts[1:],
        "waited_seconds": 90_000,
        "form_fields": 14,
        "gains": texts[:1],
        "reliefs": texts[1:] if place % 2 else [],
        "touchpoints": [{"key": "met", "use": "does"}],
        "channel": "web",
        "device": "mobile",
        "department": "marketing",
    }


async def made(client: Client, script: str, stages: int, steps: int, **members: Any) -> Json:
    """The map, stored, with a persona and the touchpoint that its steps meet."""
    said = SCRIPTS[script]
    await client.put(
        "/v1/touchpoints/by-external-id/tests/met", json={"key": "met", "name": said["stage"]}
    )
    persona = await client.made("/v1/personas", {"name": said["title"][:12], "role": "decider"})
    sent = body(script, stages, steps, persona_ids=[persona["id"]], **members)
    return await client.made("/v1/journeys", sent)
