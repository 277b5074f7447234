"""PythonAnywhere, a home for a function that asks for no payment card."""
