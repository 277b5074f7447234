"""The learner's folder, looked over before it is packed: what is there, and what must not go."""

import ast
import re
from pathlib import Path

# Made by tools, or the learner's own notes: left at home without a word.
LEFT_OUT = {"__pycache__", "node_modules", "venv", "tests"}
SECRET_FILES = re.compile(
    r"\.env.*|.*\.(pem|key|p12|pfx)|id_(rsa|ed25519)|credentials(\.\w+)?", re.I
)
SECRET_TEXTS = {
    "a Telegram bot token": re.compile(rb"\b\d{6,12}:[A-Za-z0-9_-]{35}\b"),
    "a Twitch token": re.compile(rb"\boauth:[a-z0-9]{30}\b"),
    "an AWS access key": re.compile(rb"\bAKIA[A-Z0-9]{16}\b"),
    "a private key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}


def learner_files(folder: Path) -> dict[str, bytes]:
    """Read the files to pack, by their path in the zip.

    Raises ValueError, which names the file, for a folder without a handler or with a secret.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder. Expected the one that holds main.py.")
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    inside = {path.relative_to(folder): path for path in paths}
    secret = [name for name in inside if SECRET_FILES.fullmatch(name.name)]
    if secret:
        raise ValueError(
            f"{secret[0]} looks like a secret, so nothing was packed. Move it out of {folder}; "
            "the cloud gets its secrets as environment variables (see deploy/)."
        )
    files = {
        name.as_posix(): path.read_bytes()
        for name, path in inside.items()
        if not any(part.startswith(".") or part in LEFT_OUT for part in name.parts)
        and path.suffix not in {".pyc", ".zip"}
    }
    for name, content in files.items():
        for what, pattern in SECRET_TEXTS.items():
            if pattern.search(content):
                raise ValueError(
                    f"{name} holds {what}, so nothing was packed. Take it out, make a new one "
                    "where it came from, and read it with os.environ."
                )
    check_handler(files, folder)
    return files


def check_handler(files: dict[str, bytes], folder: Path) -> None:
    """Raise ValueError unless main.py makes the name that the cloud calls, `handler`."""
    if "main.py" not in files:
        found = ", ".join(files) or "nothing"
        raise ValueError(
            f"{folder} has no main.py. Expected main.py with a handler; found {found}."
        )
    try:
        names = top_names(ast.parse(files["main.py"]))
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"main.py is no Python that runs: {error}") from None
    if "handler" not in names:
        found = ", ".join(names) or "no name at all"
        raise ValueError(
            f"main.py has no handler: it makes {found}. The cloud calls main.handler, so write "
            "`def handler(event, context):` or `handler = webhook(bot)`."
        )


def top_names(tree: ast.Module) -> list[str]:
    """All names that a module's own level makes, in order.

    >>> top_names(ast.parse("import os; bot = 1\\ndef hello(): x = 2"))
    ['os', 'bot', 'hello']
    """
    names = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names += [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [name.id for name in targets if isinstance(name, ast.Name)]
    return names
