"""A number that was measured: shown with ≈, and held to what the text around it claims.

Every other output of a notebook is compared to the letter when the notebooks are tested. A number
after ≈ differs from machine to machine, so the test lets it pass, and the range here takes the
test's place: outside it the cell fails.
"""


class OutOfRange(Exception):  # noqa: N818, it says what happened, and is seen by learners
    """What was measured does not fit the text of the notebook."""


def about(value: float, unit: str = "", *, low: float, high: float) -> str:
    """Return "≈ 0.3 %": two figures of a measured value and its unit; raises OutOfRange.

    >>> about(0.2871, "%", low=0, high=5)
    '≈ 0.29 %'
    >>> about(12_345, "ms", low=1, high=100_000)
    '≈ 12,000 ms'
    """
    if not low <= value <= high:
        raise OutOfRange(
            f"this machine measured {two_figures(value)} {unit}".rstrip()
            + f", and the text expects {two_figures(low)} to {two_figures(high)}. "
            "If you have changed something, that may be why, and no harm is done. If you have run "
            "the cells in another order, run those above again, and then this one. Otherwise the "
            "machine may be busy with something else: run the cell again."
        )
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
