"""A number that was measured: shown with ≈, because it differs from machine to machine.

Every other output of a notebook is compared to the letter when the notebooks are tested. The test
holds a number after ≈ to the limits that tests/notebooks/limits.toml has for it.
"""


def about(value: float, unit: str = "") -> str:
    """Return "≈ 0.3 %": two figures of a measured value and its unit.

    >>> about(0.2871, "%")
    '≈ 0.29 %'
    >>> about(12_345, "ms")
    '≈ 12,000 ms'
    """
    return f"≈ {two_figures(value)} {unit}".rstrip()


def two_figures(value: float) -> str:
    """Write a number with two figures, never with an exponent.

    >>> [two_figures(number) for number in (0, 0.000123, 3.14159, 42, 98765, float("inf"))]
    ['0', '0.00012', '3.1', '42', '99,000', 'inf']
    """
    rounded = float(f"{value:.2g}")
    if abs(rounded) >= 10:
        return f"{rounded:,.0f}"
    return f"{rounded:.12f}".rstrip("0").rstrip(".")
