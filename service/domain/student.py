"""Student's t: how far a mean of few values may be off.

The distribution's tail is a regularised incomplete beta function, computed by its continued
fraction (modified Lentz); the quantile by Newton's method from the normal's, which lies below it.
The tail is convex there, so every step ends below the quantile too and none goes astray.
"""

from functools import lru_cache
from math import erfc, exp, fabs, lgamma, log, log1p, pi, sqrt

NORMAL = 1.959963984540054
"""The same quantile of the normal distribution: Student's with degrees of freedom without end."""
_LARGE = 1000.0
_TINY, _EXACT = 1e-300, 1e-15


@lru_cache(maxsize=4096)
def quantile(degrees: float, z: float = NORMAL) -> float:
    """The 97.5 % quantile, for one degree of freedom or more; they need not be whole. Of another
    quantile `z` > 0 of the normal distribution the same."""
    if degrees > _LARGE:
        return _nearly_normal(degrees, z)
    found, beyond = z, erfc(z / sqrt(2)) / 2
    for _ in range(50):
        step = (_tail(found, degrees) - beyond) / _density(found, degrees)
        found += step
        if fabs(step) <= 1e-13 * found:
            break
    return found


def _nearly_normal(d: float, z: float) -> float:
    """The expansion of Cornish and Fisher, exact here to more than twelve digits."""
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / d + second / d**2 + third / d**3


def _density(t: float, degrees: float) -> float:
    scale = lgamma((degrees + 1) / 2) - lgamma(degrees / 2) - log(degrees * pi) / 2
    return exp(scale - (degrees + 1) / 2 * log1p(t * t / degrees))


def _tail(t: float, degrees: float) -> float:
    """The share beyond t, on one side."""
    return _incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function."""
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _far(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, 500):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / _far(1 + term * d), _far(1 + term / c)
            found *= d * c
        if fabs(d * c - 1) < _EXACT:
            break
    return found


def _far(value: float) -> float:
    """The value, kept from zero, by which it is divided."""
    return value if fabs(value) > _TINY else _TINY


def half_width(deviation: float, count: float) -> float:
    """Half the 95 % interval of a mean, of `count` ≥ 2 values with this standard deviation."""
    return quantile(count - 1) * deviation / sqrt(count)
