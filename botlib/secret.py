"""Comparing secrets, so that nothing can be learnt about them from how long it takes."""

import hmac


def same(given: str, expected: str) -> bool:
    """Whether two secrets are the same; every wrong guess takes equally long."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass")
    )
