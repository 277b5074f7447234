"""The rooms of bot_sandbox: each imports only rooms below it."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "bot_sandbox"
FLOORS = [  # the lowest first; the rooms of one floor don't know each other
    ["diagnosis"],
    ["event_loop", "processes"],
    ["world"],
    ["http"],
    ["telegram", "twitch", "cloud", "mail"],
    ["window", "programs"],
    ["aio"],
    ["command", "pytest_plugin", "pytest_report", "__main__", "__init__"],
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def imported_rooms(source):
    """Return the rooms that a source imports, anywhere in it, even for a type checker only."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "bot_sandbox has no relative imports"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    found = {name.split(".")[1] for name in names if name.startswith("bot_sandbox.")}
    return {room if room in FLOOR_OF else "__init__" for room in found}  # a name of the package


def wrong_rooms(room, source):
    """Return the imported rooms that are not below this one; the top may import all."""
    top = len(FLOORS) - 1
    return {
        other
        for other in imported_rooms(source) - {room}
        if FLOOR_OF[other] >= FLOOR_OF[room] and FLOOR_OF[room] != top
    }


def test_each_room_imports_only_rooms_below_it():
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        found = wrong_rooms(room, path.read_text(encoding="utf-8"))
        wrong += [f"{path.relative_to(PACKAGE)} imports {other}" for other in sorted(found)]
    assert not wrong


def test_a_wrong_import_is_seen():
    assert wrong_rooms("diagnosis", "from bot_sandbox.cloud.history import History") == {"cloud"}
    assert wrong_rooms("twitch", "def f():\n    import bot_sandbox.window") == {"window"}
    assert wrong_rooms("telegram", "from bot_sandbox import Twitch") == {"__init__"}
    assert wrong_rooms("telegram", "from bot_sandbox import twitch") == {"twitch"}
    assert not wrong_rooms("window", "from bot_sandbox.mail import Mail")
