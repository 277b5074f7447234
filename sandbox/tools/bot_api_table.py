"""Write the table of the Bot API: every method, parameter and type, from a published source.

    python tools/bot_api_table.py                    # download the newest source, write the table
    python tools/bot_api_table.py aiogram-3.tar.gz   # read a source that you have
    python tools/bot_api_table.py --check            # only compare: 1 if the table is older

The source is the source distribution of aiogram, which carries Telegram's manual as data
(`.butcher/schema/schema.json`, `.butcher/methods`, `.butcher/types`) and what each method returns
(`aiogram/methods`). The table takes names and types from it, and no prose. The sandbox reads it
with `bot_sandbox/telegram/bot_api.py`.
"""

import argparse
import ast
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "bot_sandbox" / "telegram" / "bot_api.json"
MEMBER = re.compile(r"^ - (\w+)$", re.MULTILINE)  # a type in the list of what another may be
CONSTANT = re.compile(r"(?:always|must be) '?(\w+)'?$")
PYTHON_TYPES = {"bool": "True", "int": "Integer", "str": "String"}

Json = dict[str, Any]


class Source:
    """The unpacked source distribution."""

    def __init__(self, archive: Path) -> None:
        self.name = archive.name.removesuffix(".tar.gz")  # such as "aiogram-3.31.0"
        self._files: dict[str, bytes] = {}
        with tarfile.open(archive) as tar:
            for member in tar:
                wanted = re.search(
                    r"^[^/]+/(\.butcher/.*\.json|aiogram/methods/.*\.py)$", member.name
                )
                content = tar.extractfile(member) if wanted else None
                if wanted and content:
                    self._files[wanted[1]] = content.read()
        if ".butcher/schema/schema.json" not in self._files:
            raise SystemExit(
                f"{archive} has no .butcher/schema/schema.json: not a source of aiogram"
            )
        self.schema: Json = json.loads(self._files[".butcher/schema/schema.json"])

    def entity(self, category: str, name: str) -> Json:
        """Return a method or type with its deprecated parameters, which the schema leaves out."""
        found: Json = json.loads(self._files[f".butcher/{category}/{name}/entity.json"])["object"]
        return found

    def returns(self) -> dict[str, str]:
        """Return what each method returns, in the words of the manual: "Array of Update"."""
        found = {}
        for path, code in self._files.items():
            if not path.startswith("aiogram/"):
                continue
            for node in ast.walk(ast.parse(code)):
                if isinstance(node, ast.ClassDef):
                    values = dict(_assignments(node))
                    if {"__api_method__", "__returning__"} <= values.keys():
                        method = ast.literal_eval(values["__api_method__"])
                        found[method] = _manual_type(ast.unparse(values["__returning__"]))
        return found


def _assignments(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            yield item.targets[0].id, item.value


def _manual_type(python: str) -> str:
    """Translate a type of Python.

    >>> _manual_type("list[ResultChatMemberUnion]"), _manual_type("Message | bool")
    ('Array of ChatMember', 'Message or True')
    """
    if inner := re.fullmatch(r"list\[(.*)\]", python):
        return f"Array of {_manual_type(inner[1])}"
    if " | " in python:
        return " or ".join(_manual_type(part) for part in python.split(" | "))
    union = re.fullmatch(r"Result(\w+)Union", python)
    return union[1] if union else PYTHON_TYPES.get(python, python)


def _spelled(manual: str) -> str:
    """Spell a type in one way: "or" between alternatives.

    >>> _spelled("Array of InputMediaAudio, InputMediaPhoto and InputMediaVideo")
    'Array of InputMediaAudio or InputMediaPhoto or InputMediaVideo'
    """
    return re.sub(r", | and ", " or ", manual)


def build(source: Source) -> Json:
    """Return the whole table."""
    items = [item for section in source.schema["items"] for item in section["children"]]
    types = {item["name"] for item in items if item["category"] == "types"}
    returns = source.returns()
    table: Json = {
        "version": source.schema["api"]["version"],
        "released": source.schema["api"]["release_date"],
        "source": source.name,
        "methods": {},
        "types": {},
    }
    for item in items:
        category, name = item["category"], item["name"]
        old = [
            field
            for field in source.entity(category, name)["annotations"]
            if field.get("deprecated") and _names(field["type"]) <= types
        ]
        entry = _entry(item["annotations"] + old, [field["name"] for field in old])
        if category == "methods":
            entry["returns"] = returns[name]
        elif members := MEMBER.findall(item["description"]):
            # "can be either a String for plain text, an Array of RichText, or …"
            more = re.findall(
                r"an? (String|Array of \w+)\b", item["description"].partition("\n")[0]
            )
            entry = {"any_of": more + members}
        table[category][name] = entry
    return table


def _names(manual: str) -> set[str]:
    plain = {"Integer", "String", "Boolean", "Float", "True", "Array", "of", "or", "and"}
    return set(re.findall(r"\w+", manual)) - plain


def _entry(fields: list[Json], deprecated: list[str]) -> Json:
    constants = {
        field["name"]: found[1]
        for field in fields
        if field["type"] == "String" and (found := CONSTANT.search(field["description"]))
    }
    entry = {
        "fields": {field["name"]: _spelled(field["type"]) for field in fields},
        "required": [field["name"] for field in fields if field["required"]],
        "deprecated": deprecated,
        "constants": constants,
    }
    return {key: value for key, value in entry.items() if value or key == "fields"}


def as_text(table: Json) -> str:
    """Encode the table with one method or type on each line, so that a diff shows what changed."""
    lines = []
    for key, value in table.items():
        if isinstance(value, dict):
            inner = ",\n".join(
                f"{_compact(name)}:{_compact(entry)}" for name, entry in value.items()
            )
            lines.append(f"{_compact(key)}:{{\n{inner}\n}}")
        else:
            lines.append(f"{_compact(key)}:{_compact(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


@dataclass(frozen=True)
class Comparison:
    """How the table in the sandbox differs from its source."""

    here: Json
    there: Json

    def lines(self) -> list[str]:
        """Return one line for each difference; none if the tables say the same."""
        if self.here["version"] != self.there["version"]:
            yours, theirs = (f"{t['version']} of {t['released']}" for t in (self.here, self.there))
            lines = [f"The table is Bot API {yours}; {self.there['source']} has {theirs}."]
        else:
            lines = []
        for part in ("methods", "types"):
            here, there = self.here[part], self.there[part]
            changed = [name for name in there if name in here and here[name] != there[name]]
            lines += [f"new in {part}: {name}" for name in there if name not in here]
            lines += [f"gone from {part}: {name}" for name in here if name not in there]
            for name in changed:
                old, new = (entry.get("fields", {}).keys() for entry in (here[name], there[name]))
                what = [f"+{field}" for field in sorted(new - old)]
                what += [f"-{field}" for field in sorted(old - new)]
                lines.append(f"changed in {part}: {name} {' '.join(what) or '(types)'}")
        return lines


def download(folder: Path) -> Path:
    """Download the newest source distribution with pip."""
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", "aiogram", "--dest", str(folder), "aiogram"]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit("pip could not download the source of aiogram; give its path instead")
    return next(folder.glob("aiogram-*.tar.gz"))


def main(arguments: list[str]) -> int:
    """Run the program; return 0, or 1 if `--check` finds differences."""
    parser = argparse.ArgumentParser(description="Write the table of the Bot API.")
    parser.add_argument("source", nargs="?", type=Path, help="a source distribution of aiogram")
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--table", type=Path, default=TABLE, help="another table")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        table = build(Source(given.source or download(Path(folder))))
    if not given.check:
        given.table.write_text(as_text(table), encoding="utf-8", newline="\n")
        counts = ", ".join(f"{len(table[part])} {part}" for part in ("methods", "types"))
        print(f"Bot API {table['version']}: {counts}")
        return 0
    here = json.loads(given.table.read_text(encoding="utf-8"))
    differences = Comparison(here, table).lines()
    if differences:
        print("\n".join(differences))
        print(f"What to do: python {Path(__file__).name}, then commit {given.table.name}.")
        return 1
    print(f"The table is Bot API {here['version']}, as {table['source']} has it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
