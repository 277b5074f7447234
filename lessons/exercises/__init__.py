"""One module of checks a notebook: ex_01 checks notebook 01, and so on.

A check prints "not yet: …" with a hint, or "passed: …" with what was shown. It never raises.
"""
