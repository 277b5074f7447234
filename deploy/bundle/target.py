"""Where a bundle will run: which Python, on which machine.

Names as the clouds write them: Lambda's runtime python3.12 on x86_64 is 3.12 on linux-x86_64.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from packaging.tags import Tag, compatible_tags, cpython_tags

# What the packages are locked for, with the C library that its wheels may ask for: Lambda's
# python3.11 runs on Amazon Linux 2 (glibc 2.26), the later ones on 2023 (glibc 2.34). No road of
# deploy/ leads to 3.11 any more or to 3.15 yet; a bundle for these serves a rehearsal on a machine
# that has them.
PYTHONS = {"3.11": 17, "3.12": 28, "3.13": 28, "3.14": 28, "3.15": 28}
CLOUDS = {  # what the roads of deploy/ lead to, in November 2026
    "AWS Lambda": ("3.12", "3.13", "3.14"),
    "Yandex Cloud": ("3.12", "3.14"),
}
PLATFORMS = {"linux-x86_64": "x86_64", "linux-arm64": "aarch64"}
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Target:
    """A cloud's Python and platform; raises ValueError for one that no bundle can be made for."""

    python: str = THIS_PYTHON
    platform: str = "linux-x86_64"

    def __post_init__(self) -> None:
        if self.python not in PYTHONS:
            raise ValueError(f"Python {self.python}: expected one of {', '.join(PYTHONS)}.")
        if self.platform not in PLATFORMS:
            raise ValueError(f"platform {self.platform}: expected one of {', '.join(PLATFORMS)}.")

    def __str__(self) -> str:
        return f"Python {self.python} on {self.platform}"

    @property
    def interpreter(self) -> str | None:
        """A Python here of the same minor version, to compile with; None if there is none."""
        return find_python(self.python)

    @property
    def platforms(self) -> list[str]:
        """The platform names that a fitting wheel may carry, the best first."""
        machine = PLATFORMS[self.platform]
        names = [f"manylinux_2_{minor}_{machine}" for minor in range(PYTHONS[self.python], 16, -1)]
        return [*names, f"manylinux2014_{machine}"]

    @property
    def tags(self) -> set[Tag]:
        """All tags that a fitting wheel may carry; "any machine" is one of them."""
        version = tuple(int(number) for number in self.python.split("."))
        interpreter = "cp" + self.python.replace(".", "")
        return {
            *cpython_tags(version, platforms=self.platforms),
            *compatible_tags(version, interpreter, self.platforms),
        }

    @property
    def markers(self) -> dict[str, str]:
        """What a package's conditions ask about, as in `; python_version < "3.13"`."""
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
        """How uv is told."""
        name = f"{PLATFORMS[self.platform]}-manylinux_2_{PYTHONS[self.python]}"
        return ["--python-version", self.python, "--python-platform", name]

    @property
    def pip_options(self) -> list[str]:
        """How pip is told."""
        options = ["--python-version", self.python, "--implementation", "cp"]
        return options + [word for name in self.platforms for word in ("--platform", name)]


@cache
def find_python(version: str) -> str | None:
    """Find a working Python of this minor version: this one, one on the path, one uv knows."""
    if version == THIS_PYTHON:
        return sys.executable
    uv = shutil.which("uv")
    asked = uv and output_of(uv, "python", "find", "--no-python-downloads", version)
    for path in (shutil.which(f"python{version}"), asked):
        if path and output_of(path, "-c", "import sys; print(sys.version)").startswith(version):
            return path
    return None


def output_of(*command: str) -> str:
    """What a command prints, "" if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    return done.stdout.strip() if done.returncode == 0 else ""
