"""Pack a folder into the zip that a real cloud takes: python3 start.py bundle [OPTION …] FOLDER

    --handler FILE.FUNCTION    what the cloud calls; by default the handlers of main.py,
                               telegram_function.py, twitch_function.py and timer_function.py,
                               as many as there are
    --out ZIP                  the zip to write; by default FOLDER.zip. A bundle that is there
                               already is replaced, and no other file
    --python 3.14              the cloud's Python; by default the version that runs this, and what
                               it prints says which clouds have it
    --platform linux-arm64     the cloud's machine; by default linux-x86_64

It prints what the zip holds, its size, how long it takes to load, and what to tell the cloud. It
packs nothing if it finds a secret; deploy/README.md says which secrets it can't find.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from botlib.details.texts import escape_control_characters
from deploy.add_files import CLOUD, add_files, missing_files
from deploy.bundle import Bundle, Target, bundle
from deploy.bundle.archive import YANDEX_BUCKET, YANDEX_DIRECT, megabytes
from deploy.bundle.bot_folder import CALLERS
from deploy.bundle.target import PLATFORMS, PYTHONS, THIS_PYTHON, find_python

FAKE_SETTINGS = {  # to load the function here
    "TELEGRAM_TOKEN": "1:pretend",
    "TELEGRAM_SECRET": "pretend-pretend-pretend",
    "TWITCH_EVENTSUB_SECRET": "pretend-pretend",
    "TWITCH_CLIENT_ID": "pretend",
    "TWITCH_CLIENT_SECRET": "pretend",
    "TWITCH_BOT_ID": "1",
    "STORE_URL": "memory://",
}
LOAD_CODE = """
import importlib, sys, time
sys.path.insert(0, sys.argv[1])
start = time.perf_counter()
importlib.import_module(sys.argv[2])
print(round((time.perf_counter() - start) * 1000))
"""


def main(arguments: list[str] | None = None) -> int:
    """Make a bundle. Return 1, and print why, if that is not possible."""
    parser = argparse.ArgumentParser("bundle", description="pack a folder into a cloud's zip")
    parser.add_argument("folder", type=Path, help="the folder that holds the function")
    parser.add_argument("--handler", default="", help="what the cloud calls, as FILE.FUNCTION")
    parser.add_argument("--out", type=Path, help="the zip to write (FOLDER.zip)")
    parser.add_argument("--python", default=THIS_PYTHON, help=f"the cloud's: {', '.join(PYTHONS)}")
    parser.add_argument("--platform", default="linux-x86_64", help=f"one of {', '.join(PLATFORMS)}")
    options = parser.parse_args(arguments)
    try:
        target = Target(options.python, options.platform)
        added = {} if options.handler else missing_files(options.folder, CLOUD)
        made = bundle(options.folder, options.out, target, options.handler, added)
        add_files(options.folder, added, CLOUD)
        print(report_bundle(made, [load_function(made, handler) for handler in made.handlers]))
    except (ValueError, RuntimeError, OSError) as error:
        print(f"No bundle: {escape_control_characters(str(error))}", file=sys.stderr)
        return 1
    return 0


def report_bundle(made: Bundle, loaded: list[tuple[str, str]]) -> str:
    """Write what a bundle holds and what to tell the cloud."""
    version = made.target.python
    lines = [
        f"{made.path}: {megabytes(made.size)}, unzipped {megabytes(made.unzipped)}, "
        f"{made.files} files, for {made.target}",
        f"  botlib:   {'all of it' if made.has_botlib else 'not imported, so not packed'}",
        f"  packages: {', '.join(made.packages) or 'none'}",
        *(f"  loading:  {how}" for how, _ in loaded),
    ]
    for handler in made.handlers:
        caller = CALLERS.get(handler.partition(".")[0])
        whose = f" for {caller}" if caller else ""
        lines.append(f"  entry point to name in the cloud{whose}: {handler}")
    lines += [f"  not found: {what}; maybe it is not needed" for what in made.missing]
    if not made.is_compiled:
        lines.append(
            f"  not compiled: there is no python{version} here, so cold starts take three times as "
            f"long. To compile, install Python {version}{suggest_other_pythons(made.target)}."
        )
    lines += [
        f"  {cloud} has no Python {version}: if your bot goes there, add --python "
        f"{' or '.join(has)}."
        for cloud, has in made.target.clouds.items()
        if version not in has
    ]
    if made.size > YANDEX_DIRECT:
        lines.append(
            f"  Yandex Cloud takes a zip over 3.5 MB only from a bucket, up to "
            f"{YANDEX_BUCKET // 1024**2} MB."
        )
    if made.target.platform != "linux-x86_64":
        lines.append(f"  {made.target.platform} is only for AWS Lambda with this architecture.")
    return "\n".join([*lines, *(note for _, note in loaded if note)])


def suggest_other_pythons(target: Target) -> str:
    """Name the other Pythons that are installed here and that a cloud has, to choose from."""
    found = [
        f"--python {other} ({' and '.join(clouds)})"
        for other in PYTHONS
        if (clouds := [cloud for cloud, has in target.clouds.items() if other in has])
        and other != target.python
        and find_python(other)
    ]
    return f", or add {' or '.join(found)}" if found else ""


def load_function(made: Bundle, handler: str) -> tuple[str, str]:
    """Import a function of the zip in a Python without other packages: (how long it took, a note).

    Raises RuntimeError if a module is missing. Other failures are only noted, because the function
    may need settings that are not here.
    """
    python = made.target.interpreter or sys.executable
    module = handler.rpartition(".")[0]
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(made.path) as archive:
            archive.extractall(folder)
        done = subprocess.run(
            [python, "-I", "-S", "-B", "-c", LOAD_CODE, folder, module],
            env={**os.environ, **FAKE_SETTINGS},
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
        )
    if done.returncode == 0:
        milliseconds = done.stdout.split()[-1]
        said = done.stderr.replace(f"{folder}{os.sep}", "").strip()  # such as a file left out
        took = f"{module}.py takes {milliseconds} ms to import here, after Python has started"
        return took, said and f"  Your bot says as it loads: {said}"
    last = done.stderr.strip().splitlines()[-1].replace(f"{folder}{os.sep}", "")
    if re.search("cannot import name|^NameError", last) and made.target.interpreter:
        raise RuntimeError(
            f"{made.path} was made, but {module}.py does not load: {last}. Is the name spelled "
            "the same everywhere?"
        )
    if re.search("ModuleNotFoundError|relative import", last) and made.target.interpreter:
        raise RuntimeError(
            f"{made.path} was made, but does not load: {last}. To pack a package, write its name "
            "into the folder's requirements.txt."
        )
    return "not measured", f"  {module}.py did not load here; in the cloud it may: {last}"


if __name__ == "__main__":
    sys.exit(main())
