"""What a learner has tried: each save of a file that was run, in .runs.json of my_course."""

from pathlib import Path

from lessons.alone.open_sandbox import ALONE, own_folder
from lessons.workshop import digest, read_json, write_json

RUNS_FILE = ".runs.json"


def remember_run(file: Path) -> None:
    """Record that a file in the folder alone was run as it is now; each save counts once."""
    if file.resolve().parent.name == Path(ALONE).name and file.is_file():
        save, saves = digest(file.read_bytes()), saves_that_ran(file)
        runs = read_json(own_folder() / RUNS_FILE)
        later = [*(each for each in saves if each != save), save]
        write_json(own_folder() / RUNS_FILE, {**runs, file.name: later})


def saves_that_ran(file: Path) -> list[str]:
    """Return a digest of each save of a file that was run, the one that ran last at the end."""
    found = read_json(own_folder() / RUNS_FILE).get(file.name, [])
    return [str(each) for each in found] if isinstance(found, list) else []
