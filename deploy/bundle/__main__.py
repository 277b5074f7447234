"""A folder becomes the zip that a real cloud takes: python3 start.py bundle [OPTION …] FOLDER

    --handler FILE.FUNCTION    what the cloud calls: otherwise main.handler and those of the files
                               telegram_function.py and twitch_function.py, as many as there are
    --out ZIP                  the zip to write: FOLDER.zip
    --python 3.14              the cloud's Python: this one's version
    --platform linux-arm64     or linux-x86_64, which it is unless said otherwise

It prints what went in, how large it is and how long it takes to load, then what to tell the cloud.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from deploy.bundle import Bundle, Target, bundle
from deploy.bundle.archive import megabytes
from deploy.bundle.folder import OF_PLATFORMS
from deploy.bundle.target import CLOUDS, PLATFORMS, PYTHONS, THIS_PYTHON

YANDEX_DIRECT = int(3.5 * 1024**2)  # the largest zip that `yc` sends; larger ones go by a bucket
PRETEND = {  # settings, only to load it here
    "TELEGRAM_TOKEN": "1:pretend",
    "TELEGRAM_SECRET": "pretend",
    "TWITCH_EVENTSUB_SECRET": "pretend-pretend",
    "TWITCH_CLIENT_ID": "pretend",
    "TWITCH_CLIENT_SECRET": "pretend",
    "TWITCH_BOT_ID": "1",
    "STORE_URL": "sqlite://",
}
LOAD = """
import importlib, sys, time
sys.path.insert(0, sys.argv[1])
start = time.perf_counter()
importlib.import_module(sys.argv[2])
print(round((time.perf_counter() - start) * 1000))
"""


def main(arguments: list[str] | None = None) -> int:
    """Make a bundle; the exit status is 1, with one clear text, when that cannot be."""
    parser = argparse.ArgumentParser("deploy.bundle", description="a folder becomes a cloud's zip")
    parser.add_argument("folder", type=Path, help="the folder that holds the function")
    parser.add_argument("--handler", default="", help="what it calls")
    parser.add_argument("--out", type=Path, help="the zip to write (FOLDER.zip)")
    parser.add_argument("--python", default=THIS_PYTHON, choices=PYTHONS, help="the cloud's Python")
    parser.add_argument("--platform", default="linux-x86_64", choices=PLATFORMS)
    options = parser.parse_args(arguments)
    try:
        target = Target(options.python, options.platform)
        made = bundle(options.folder, options.out, target, options.handler)
        print(report(made, [load(made, handler) for handler in made.handlers]))
    except (ValueError, RuntimeError, OSError) as error:
        print(f"No bundle: {error}", file=sys.stderr)
        return 1
    return 0


def report(made: Bundle, loaded: list[tuple[str, str]]) -> str:
    """Write what a bundle holds and what the cloud must be told."""
    version = made.target.python
    lines = [
        f"{made.path}: {megabytes(made.size)}, unzipped {megabytes(made.unzipped)}, "
        f"{made.files} files, for {made.target}",
        f"  botlib:   {'whole' if made.modules else 'not imported, so left out'}",
        f"  packages: {', '.join(made.packages) or 'none'}",
        *(f"  loading:  {how}" for how, _ in loaded),
    ]
    for handler in made.handlers:
        platform = OF_PLATFORMS.get(handler.partition(".")[0])
        whose = f" for {platform}" if platform else ""
        lines.append(f"  entry point to name in the cloud{whose}: {handler}")
    lines += [f"  not found: {what}; it may do without" for what in made.missing]
    if not made.is_compiled:
        lines.append(
            f"  not compiled: there is no python{version} here, so cold starts take three times as "
            f"long. Install Python {version}, or choose the cloud's python{THIS_PYTHON}."
        )
    lines += [
        f"  The road to {cloud} has no Python {version}: for it, add --python {' or '.join(has)}."
        for cloud, has in CLOUDS.items()
        if version not in has
    ]
    if made.size > YANDEX_DIRECT:
        lines.append("  Yandex Cloud takes a zip over 3.5 MB only from a bucket.")
    return "\n".join([*lines, *(note for _, note in loaded if note)])


def load(made: Bundle, handler: str) -> tuple[str, str]:
    """Import a function of the zip in a Python that has nothing else: (how long it took, a note).

    Raises RuntimeError if a module is missing; a failure of other kinds is only told, since the
    function may need settings that are not here.
    """
    python = made.target.interpreter or sys.executable
    module = handler.rpartition(".")[0]
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(made.path) as archive:
            archive.extractall(folder)
        done = subprocess.run(
            [python, "-I", "-S", "-B", "-c", LOAD, folder, module],
            env={**os.environ, **PRETEND},
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
        )
    if done.returncode == 0:
        milliseconds = done.stdout.split()[-1]
        return f"{module}.py takes {milliseconds} ms to import here, beside Python's own start", ""
    last = done.stderr.strip().splitlines()[-1].replace(f"{folder}{os.sep}", "")
    if re.search("cannot import name|^NameError", last) and made.target.interpreter:
        raise RuntimeError(
            f"{made.path} was made, but {module}.py does not load: {last}. Is the name spelt the "
            "same everywhere?"
        )
    if re.search("ModuleNotFoundError|relative import", last) and made.target.interpreter:
        raise RuntimeError(
            f"{made.path} was made, but does not load: {last}. A package goes along if its name "
            "stands in the folder's requirements.txt."
        )
    return "not measured", f"  {module}.py did not load here; in the cloud it may: {last}"


if __name__ == "__main__":
    sys.exit(main())
