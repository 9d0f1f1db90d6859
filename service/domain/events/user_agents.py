"""What kind of device a user agent stands for, by the rules that the ua-parser project keeps."""

from functools import lru_cache

LONGEST = 512
"""Characters of a user agent that are looked at, and remembered."""
REMEMBERED = 4096

_DESKTOPS = ("Windows", "Mac OS", "Linux", "Chrome OS", "Ubuntu", "Fedora", "Debian", "FreeBSD")
_DESKTOPS_TOO = ("OpenBSD", "NetBSD", "Solaris", "Red Hat", "SUSE", "CentOS", "Gentoo", "Arch")
_PHONES = ("iOS", "Android", "Windows Phone", "Windows Mobile", "Windows CE", "BlackBerry", "KaiOS")
_PHONES_TOO = ("Symbian", "Firefox OS", "Bada", "Tizen", "MeeGo", "Maemo", "webOS", "HarmonyOS")
_TABLETS = ("iPad", "Kindle", "Tablet", "PlayBook", "Playbook", "Xoom", "Galaxy Tab", "Nexus 7")


def device(agent: str) -> str | None:
    """`bot`, `tv`, `tablet`, `mobile` or `desktop`; None for what nobody knows."""
    return _device(agent[:LONGEST])


@lru_cache(maxsize=REMEMBERED)
def _device(agent: str) -> str | None:
    # It compiles a thousand patterns, so it is loaded by the first who asks.
    from ua_parser import parse

    found = parse(agent)
    family = found.device.family if found.device else ""
    system = found.os.family if found.os else ""
    if family == "Spider":
        return "bot"
    if "TV" in agent and not system.startswith(_DESKTOPS):
        return "tv"
    if any(name in family for name in _TABLETS) or _is_tablet(agent, system):
        return "tablet"
    if system.startswith(_PHONES + _PHONES_TOO) or "Mobile" in agent:
        return "mobile"
    return "desktop" if system.startswith(_DESKTOPS + _DESKTOPS_TOO) else None


def _is_tablet(agent: str, system: str) -> bool:
    """An Android that does not call itself mobile is a tablet, by its makers' own rule."""
    return ("Tablet" in agent and "Tablet PC" not in agent) or (
        system == "Android" and "Mobile" not in agent and "Opera Mini" not in agent
    )
