"""Token checks, for people who paste tokens: whose a token is, and what is wrong with it.

A check asks the platform about a token and compares. It changes nothing and never shows a token.
"""
