"""What is printed: a table of the cases, then start and memory."""

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.cases import Case, Target
from benchmarks.measuring import Measured, Results

Line = tuple[str, ...]
START_SECONDS = 1.0
PSS_MIB = 90.0

_HEADS = (
    *("case", "contestant", "requests/s", "(min to max)", "p50 ms", "p99 ms"),
    *("server CPU ms", "Postgres CPU ms", "bytes"),
)


def table(cases: Sequence[Case], results: Results) -> str:
    """The figures of every contestant: medians over the rounds; CPU is per request."""
    lines: list[Line] = [_HEADS]
    for case in cases:
        for who in case.requests:
            lines.append((case.name, who, *_figures(results[case.name, who])))
    return _aligned(lines)


def _figures(measured: Measured) -> Line:
    rates = measured.rates
    return (
        f"{measured.rate:.0f}",
        f"{min(rates):.0f} to {max(rates):.0f}",
        f"{median(measured.middle):.1f}",
        f"{median(measured.slowest):.1f}",
        f"{median(measured.server_cpu):.3f}",
        f"{median(measured.database_cpu):.3f}",
        f"{measured.bytes}",
    )


def ratios(cases: Sequence[Case], results: Results) -> str:
    """The service's requests/s as multiples, and whether they are those asked for.

    Of each round by itself, then the median: a machine's speed drifts from one to the next.
    """
    lines: list[Line] = [("the service in", "as a multiple of", "is", "(min to max)", "asked", "")]
    for case in cases:
        for target in case.targets:
            if (target.case, target.contestant) in results:
                lines.append(_ratio(case, target, results))
    return _aligned(lines)


def _ratio(case: Case, target: Target, results: Results) -> Line:
    limits = results[target.case, target.contestant].rates
    rates = results[case.name, case.judged].rates
    each = [ours / of for ours, of in zip(rates, limits, strict=True)]
    is_ = median(each)
    named = target.contestant if target.case == case.name else f"{target.contestant}, {target.case}"
    asked = "" if target.least is None else f"{target.least:g}"
    met = "" if target.least is None else verdict(is_ >= target.least)
    return (case.name, named, f"{is_:.2f}", f"{min(each):.2f} to {max(each):.2f}", asked, met)


def times(cases: Sequence[Case], results: Results) -> str:
    """What an answer takes, where that is asked."""
    lines: list[Line] = [("the service in", "p50", "asked", "")]
    for case in cases:
        if case.within is not None:
            is_ = median(results[case.name, case.judged].middle)
            met = verdict(is_ <= case.within)
            lines.append((case.name, f"{is_:.1f} ms", f"{case.within:g} ms", met))
    return _aligned(lines)


def standing(starts: Sequence[tuple[float, float]], pss: float) -> str:
    """Start-up (until it takes a connection, until it answers) and memory of the service."""
    accepted, answered = (median(seconds) for seconds in zip(*starts, strict=True))
    lines: list[Line] = [
        ("the service", "is", "asked", ""),
        ("takes connections after", f"{accepted:.2f} s", "1 s", verdict(accepted <= START_SECONDS)),
        ("first answer after", f"{answered:.2f} s", "1 s", verdict(answered <= START_SECONDS)),
        ("memory after load (PSS)", f"{pss:.0f} MiB", "90 MiB", verdict(pss < PSS_MIB)),
    ]
    return _aligned(lines)


def verdict(met: bool) -> str:
    """In a word."""
    return "met" if met else "missed"


def _aligned(lines: Sequence[Line]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]

    def padded(line: Line) -> Iterator[str]:
        for text, width in zip(line, widths, strict=True):
            yield text.rjust(width) if text[:1].isdigit() else text.ljust(width)

    return "\n".join("  ".join(padded(line)).rstrip() for line in lines)
