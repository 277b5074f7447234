"""Where a bundle will run: which Python, on which machine.

Lambda's runtime python3.12 on x86_64 is 3.12 on linux-x86_64 here.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.tags import Tag, compatible_tags, cpython_tags

# The Pythons that the packages are locked for, and the newest manylinux_2_N that runs there:
# Lambda's python3.11 is on Amazon Linux 2 (glibc 2.26), the later ones on 2023 (glibc 2.34). No
# guide in deploy/ uses 3.11 any more or 3.15 yet; you can run such a bundle on your own machine.
PYTHONS = {"3.11": 17, "3.12": 28, "3.13": 28, "3.14": 28, "3.15": 28}
CLOUDS = {  # of the guides in deploy/, with their Pythons in November 2026
    "AWS Lambda": ("3.12", "3.13", "3.14"),
    "Yandex Cloud": ("3.12", "3.14"),
    "PythonAnywhere": ("3.13",),
}
PLATFORMS = {"linux-x86_64": "x86_64", "linux-arm64": "aarch64"}
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Target:
    """A cloud's Python and platform; raises ValueError for one that is not supported."""

    python: str = THIS_PYTHON
    platform: str = "linux-x86_64"

    def __post_init__(self) -> None:
        if self.python not in PYTHONS:
            clouds = "; ".join(f"{cloud} has {', '.join(has)}" for cloud, has in CLOUDS.items())
            raise ValueError(
                f"Python {self.python}: expected one of {', '.join(PYTHONS)}. {clouds}."
            )
        if self.platform not in PLATFORMS:
            raise ValueError(f"platform {self.platform}: expected one of {', '.join(PLATFORMS)}.")

    def __str__(self) -> str:
        return f"Python {self.python} on {self.platform}"

    @property
    def clouds(self) -> dict[str, tuple[str, ...]]:
        """The clouds that have this machine, with their Pythons: only AWS has both."""
        x86 = self.platform == "linux-x86_64"
        return {cloud: has for cloud, has in CLOUDS.items() if x86 or cloud == "AWS Lambda"}

    @property
    def interpreter(self) -> str | None:
        """A Python here of the same minor version, to compile with; None if there is none."""
        return find_python(self.python)

    @property
    def platforms(self) -> list[str]:
        """The platform names of wheels that run there, the best first."""
        machine = PLATFORMS[self.platform]
        names = [f"manylinux_2_{minor}_{machine}" for minor in range(PYTHONS[self.python], 16, -1)]
        return [*names, f"manylinux2014_{machine}"]

    @property
    def tags(self) -> set[Tag]:
        """All tags of wheels that run there, "any" included."""
        version = tuple(int(number) for number in self.python.split("."))
        interpreter = "cp" + self.python.replace(".", "")
        return {
            *cpython_tags(version, platforms=self.platforms),
            *compatible_tags(version, interpreter, self.platforms),
        }

    @property
    def markers(self) -> dict[str, str]:
        """The values for conditions of packages, such as `; python_version < "3.13"`."""
        return {
            "python_version": self.python,
            "python_full_version": f"{self.python}.99",  # clouds run each version's newest patch
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "platform_machine": PLATFORMS[self.platform],
        }

    @property
    def uv_options(self) -> list[str]:
        """The options of uv for this target."""
        name = f"{PLATFORMS[self.platform]}-manylinux_2_{PYTHONS[self.python]}"
        return ["--python-version", self.python, "--python-platform", name]

    @property
    def pip_options(self) -> list[str]:
        """The options of pip for this target."""
        options = ["--python-version", self.python, "--implementation", "cp"]
        if tuple(map(int, self.python.split("."))) > sys.version_info[:2]:
            # pip would refuse what needs a newer Python than the one that it runs in.
            options.append("--ignore-requires-python")
        return options + [word for name in self.platforms for word in ("--platform", name)]


@cache
def find_python(version: str) -> str | None:
    """Find a working Python of this minor version: this one, one on the path, one uv knows."""
    if version == THIS_PYTHON:
        return sys.executable
    uv = shutil.which("uv")
    asked = uv and command_output(uv, "python", "find", "--no-python-downloads", version)
    for path in (shutil.which(f"python{version}"), asked):
        if path and command_output(path, "-c", "import sys; print(sys.version)").startswith(
            version
        ):
            return path
    return None


def command_output(*command: str) -> str:
    """Return what a command prints, "" if it fails. It reads no settings where you type."""
    here = Path(__file__).parent
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, errors="replace")
    return done.stdout.strip() if done.returncode == 0 else ""
