"""An exam: python3 start.py exam lost_property FOLDER

FOLDER holds your bot.py or bot.mjs. People write to your bot, point by point, and the first point
that fails says why. Your bot runs in a copy of your folder, so nothing there is changed.

    --sitting 1   only the points of exam 1, which comes after notebook 06
    --sitting 2   all points; without --sitting, these come once you have passed exam 1
"""

import argparse
import os
import sys
from pathlib import Path

from botlib.details.env_file import bots_folder
from lessons.commands.copies import FOLDER
from lessons.exams.program_copy import NoProgram, find_command
from lessons.exams.record import BRIEFS, exam_record
from lessons.exams.stage import Failed, Stage

DONE, FAILED, LATER = "✔", "…", "○"


def main(arguments: list[str] | None = None) -> int:
    """Try a bot point by point; returns the exit status."""
    parser = argparse.ArgumentParser("exam", description="people try your bot, point by point")
    parser.add_argument("name", choices=BRIEFS)
    parser.add_argument("folder", type=Path, help="the folder with bot.py or bot.mjs")
    parser.add_argument("--sitting", type=int, choices=(1, 2))
    options = parser.parse_args(arguments)
    os.environ["COURSE_FOLDER"] = str((bots_folder() / FOLDER).resolve())  # for the progress
    has_passed_first = all(exam_record(options.name).marks(1))
    try:
        find_command(options.folder)
        return take_exam(options.name, options.folder, options.sitting or 1 + has_passed_first)
    except NoProgram as reason:
        print(reason)
        return 2


def take_exam(name: str, folder: Path, sitting: int) -> int:
    """Try the points of a sitting until one fails, and print a line for each."""
    brief, record = BRIEFS[name], exam_record(name)
    points = brief.points_of(sitting)
    print(f"{brief.title}, exam {sitting}, try {record.add_try()}", flush=True)
    for index, point in enumerate(points):
        try:
            with Stage(folder, brief.title, brief.username) as stage:
                for act in point.acts:
                    act.play(stage)
        except Failed as failure:
            print(f"{FAILED} {point.number:2} {point.what}")
            for later in points[index + 1 :]:
                print(f"{LATER} {later.number:2} {later.what}")
            print(f"\nPoint {point.number} is not passed yet.\n{failure}")
            return 1
        print(f"{DONE} {point.number:2} {point.what}", flush=True)
        record.add_passed(point, sitting)
    print(f"\nYou have passed exam {sitting}: {len(points)} of {len(points)} points.")
    if sitting == 1:
        print("Exam 2 has all ten points. The same command begins it.")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # an old Windows console
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
