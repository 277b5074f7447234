"""Wait for what a test checks, and never for a time."""

import time


def wait_until(condition, timeout=60.0):
    """Wait until something is true; fail when it does not become so."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"still not so after {timeout} s: {condition}"
        time.sleep(0.005)
