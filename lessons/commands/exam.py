"""An exam: python3 start.py exam lost_property FOLDER

FOLDER holds your bot.py or bot.mjs, or a function's main.py. People write to your bot, point by
point, and the first point that fails says why. Your bot runs in a copy of your folder, so nothing
there is changed.

    --sitting 1   of lost_property, only the points of exam 1, which comes after notebook 06
    --sitting 2   all points; without --sitting, these come once you have passed exam 1
"""

import argparse
import sys
from pathlib import Path

from botlib.details.env_file import bots_folder
from lessons.commands.copies import FOLDER
from lessons.exams.points import sitting_name, try_points
from lessons.exams.program_copy import NoProgram, find_command
from lessons.exams.record import BRIEFS, exam_record
from lessons.worlds.environment import set_variable


def main(arguments: list[str] | None = None) -> int:
    """Try a bot point by point; returns the exit status."""
    parser = argparse.ArgumentParser("exam", description="people try your bot, point by point")
    parser.add_argument("name", choices=BRIEFS)
    parser.add_argument("folder", type=Path, help="the folder with your bot")
    parser.add_argument("--sitting", type=int, choices=(1, 2))
    options = parser.parse_args(arguments)
    course = (bots_folder() / FOLDER).resolve()
    with set_variable("COURSE_FOLDER", str(course)):  # the progress is kept there
        brief, record = BRIEFS[options.name], exam_record(options.name)
        sitting = options.sitting or 1 + all(record.marks(1))
        try:
            find_command(options.folder, brief.world.files)
            return take_exam(options.name, options.folder, min(sitting, brief.sittings))
        except NoProgram as reason:
            print(reason)
            return 2


def take_exam(name: str, folder: Path, sitting: int) -> int:
    """Try the points of a sitting until one fails, and print a line for each."""
    brief, record = BRIEFS[name], exam_record(name)
    title = ",".join([brief.title, *filter(None, [sitting_name(brief, sitting)])])
    print(f"{title}, try {record.add_try()}", flush=True)
    if not try_points(
        brief, folder, sitting, lambda point, passed: record.add_result(point, sitting, passed)
    ):
        return 1
    if sitting < brief.sittings:
        print(f"Exam 2 has all {len(brief.points)} points. The same command begins it.")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # an old Windows console
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
