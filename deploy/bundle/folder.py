"""The learner's folder, looked over before it is packed: what is there, and what must not go."""

import ast
import re
from contextlib import suppress
from pathlib import Path

from deploy.bundle.leaks import check_no_secret, known_secrets

# Made by tools, or the learner's own notes: left at home without a word.
LEFT_OUT = {"__pycache__", "node_modules", "venv", "tests"}
TESTS = re.compile(r"test_.*\.py|conftest\.py")
# What a cloud may call: the platform's own function, as `start.py new` makes it, or the only one.
OF_PLATFORMS = {"telegram_function": "Telegram", "twitch_function": "Twitch"}
SECRET_FILES = re.compile(
    r"\.env.*|.*\.(pem|key|p12|pfx)|id_(rsa|ed25519)|credentials(\.\w+)?", re.I
)


def learner_files(folder: Path) -> dict[str, bytes]:
    """Read the files to pack, by their path in the zip.

    Raises ValueError, which names the file, for a secret or for a link that leads out.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder. Expected the one that holds main.py.")
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    inside = {path.relative_to(folder): path for path in paths}
    secret = [name for name in inside if SECRET_FILES.fullmatch(name.name)]
    if secret:
        place = ", into the course's folder, where it counts as well" * (secret[0].name == ".env")
        raise ValueError(
            f"{secret[0]} looks like a secret, so nothing was packed. Move it out of {folder}"
            f"{place}; the cloud gets its secrets as environment variables (see deploy/)."
        )
    packed = {
        name: path
        for name, path in inside.items()
        if not any(part.startswith(".") or part in LEFT_OUT for part in name.parts)
        and path.suffix not in {".pyc", ".zip"}
        and not TESTS.fullmatch(name.name)
    }
    for name, path in packed.items():
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ValueError(
                f"{name} is a link that leads out of the folder, to {path.resolve()}, so nothing "
                "was packed. Put a copy in its place, or take it away."
            )
    files = {name.as_posix(): path.read_bytes() for name, path in packed.items()}
    known = known_secrets()
    for file, content in files.items():
        check_no_secret(file, content, known)
    return files


def handlers_in(files: dict[str, bytes]) -> list[str]:
    """What the cloud may call in a folder: the `handler` of main.py and of each platform's file."""
    found = []
    for module in ("main", *OF_PLATFORMS):
        with suppress(SyntaxError, ValueError, KeyError):
            if "handler" in top_names(ast.parse(files[f"{module}.py"])):
                found.append(f"{module}.handler")
    return found


def check_handler(files: dict[str, bytes], folder: Path, handler: str) -> str:
    """Name the file that makes what the cloud calls; ValueError if none does."""
    module, _, function = handler.rpartition(".")
    file = f"{module}.py"
    if not (module.isidentifier() and function.isidentifier()):
        raise ValueError(f"the handler is {handler!r}. Expected FILE.FUNCTION, as main.handler.")
    if file not in files:
        found = ", ".join(files) or "nothing"
        raise ValueError(
            f"{folder} has no {file}. Expected {file} with a {function}; found {found}. If another "
            "file makes it, say so: --handler FILE.FUNCTION, without .py."
        )
    try:
        names = top_names(ast.parse(files[file]))
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{file} is no Python that runs: {error}") from None
    if function not in names:
        made = ", ".join(names) or "no name at all"
        raise ValueError(
            f"{file} has no {function}: it makes {made}. The cloud calls {handler}, so write "
            f"`def {function}(event, context):` or `{function} = webhook(bot)`."
        )
    return file


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
