"""A function's settings, checked when it is deployed; limits are AWS's ("Lambda quotas").

Nothing is done with them here.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

RUNTIMES = ("python", "nodejs")
EVENTS = ("aws", "yandex")
WORKERS = ("botlib", "awslambdaric")
STARTS = ("plain", "snapshot")
ENVIRONMENT_LIMIT = 4096  # bytes
RESERVED = re.compile(r"AWS_LAMBDA_\w*|AWS_EXECUTION_ENV|LAMBDA_TASK_ROOT|_HANDLER|BOTLIB_INSTANCE")


@dataclass(frozen=True)
class Settings:
    """A function's settings, checked; each error says what was found and what is possible."""

    name: str
    handler: str = "main.handler"
    runtime: str = "python"
    memory_mb: int = 128
    timeout_s: float = 3.0
    environment: dict[str, str] = field(default_factory=dict, repr=False)  # may hold a token
    concurrency: int = 10
    idle_s: float = 300.0
    events: str = "aws"
    worker: str = "botlib"
    start: str = "plain"

    def __post_init__(self) -> None:
        check_pattern("name", self.name, r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - or _")
        parts = r"(?!.*\.\.)[\w-][\w/.-]*\.\w+"
        check_pattern("handler", self.handler, parts, "file.function, such as main.handler")
        check_choice("runtime", self.runtime, RUNTIMES)
        check_choice("events", self.events, EVENTS)
        check_choice("start", self.start, STARTS)
        check_range("memory_mb", self.memory_mb, 128, 10240, whole=True)
        check_range("timeout_s", self.timeout_s, 0.001, 900)
        check_range("concurrency", self.concurrency, 1, 1000, whole=True)
        check_range("idle_s", self.idle_s, 0, 86400)
        check_environment(self.environment)
        if self.worker not in WORKERS and not Path(self.worker).is_file():
            check_choice("worker", self.worker, (*WORKERS, "the path of your own loop"))
        if self.worker == "awslambdaric" and self.runtime != "python":
            raise ValueError(f"worker 'awslambdaric' is for runtime 'python', not {self.runtime!r}")


def check_pattern(what: str, found: object, pattern: str, expected: str) -> None:
    """Refuse a text that does not match."""
    if not isinstance(found, str) or not re.fullmatch(pattern, found, re.ASCII):
        raise ValueError(f"{what} must be {expected}; found {found!r}")


def check_choice(what: str, found: object, known: tuple[str, ...]) -> None:
    """Refuse a word that is not known."""
    if found not in known:
        raise ValueError(f"{what} must be one of {', '.join(known)}; found {found!r}")


def check_range(what: str, found: object, low: float, high: float, whole: bool = False) -> None:
    """Refuse a number out of range, and what is no number."""
    kinds = (int,) if whole else (int, float)
    if isinstance(found, bool) or not isinstance(found, kinds) or not low <= found <= high:
        number = "a whole number" if whole else "a number"
        raise ValueError(f"{what} must be {number} from {low} to {high}; found {found!r}")


def check_environment(environment: object) -> None:
    """Refuse what cannot be environment variables; values are never shown, they may be secret."""
    if not isinstance(environment, dict):
        raise ValueError(f"environment must be a dict; found {type(environment).__name__}")
    for name, value in environment.items():
        check_pattern("a variable's name", name, r"[A-Za-z_]\w*", "letters, digits and _")
        if RESERVED.fullmatch(name):
            raise ValueError(f"the variable {name} is reserved: the cloud sets it itself")
        if not isinstance(value, str) or "\0" in value:
            raise ValueError(f"the value of {name} must be text; found {type(value).__name__}")
    size = sum(len(name.encode()) + len(value.encode()) for name, value in environment.items())
    if size > ENVIRONMENT_LIMIT:
        raise ValueError(f"environment takes {size} bytes; at most {ENVIRONMENT_LIMIT} are allowed")
