"""One module of checks a notebook: ex_03 checks notebook 03, and so on.

A check prints "not yet: …" with a hint, or "passed: …" with what was shown. It never raises.
"""
