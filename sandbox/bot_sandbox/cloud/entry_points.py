"""Find out from a folder's files what a function's runtime and entry point are."""

from pathlib import Path

ENTRY_POINTS = {  # the first of these files in a folder gives its runtime and its entry point
    "main.py": ("python", "main.handler"),
    "lambda_function.py": ("python", "lambda_function.lambda_handler"),  # as AWS's console names it
    **{f"index.{kind}": ("nodejs", "index.handler") for kind in ("mjs", "js", "cjs")},
    **{f"main.{kind}": ("nodejs", "main.handler") for kind in ("mjs", "js", "cjs")},
}


def find_entry_point(folder: Path, runtime: str | None, handler: str | None) -> dict[str, str]:
    """Return runtime and handler of a folder's function; what is given stays."""
    files = [entry for name, entry in ENTRY_POINTS.items() if (folder / name).is_file()]
    fitting = [entry for entry in files if runtime in (None, entry[0])]
    found, named = fitting[0] if fitting else (runtime or "python", "main.handler")
    return {"runtime": found, "handler": handler or named}
