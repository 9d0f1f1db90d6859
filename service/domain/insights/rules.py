"""Rules that gaps, challenges, coverage and plan share: each is written here, and once."""


def is_answered(kind: str, *, content: bool, action: bool) -> bool:
    """Whether content or an action answers what clients ask, suffer or object.

    Content alone answers a `question`; either addresses a pain or an objection.
    """
    return content or (action and kind != "question")
