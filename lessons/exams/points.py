"""Try a bot point by point, and print a line for each: what the command does, and a notebook."""

from collections.abc import Callable
from pathlib import Path

from lessons.exams.brief import Brief, Point
from lessons.exams.conversation import Conversation, Failed
from lessons.exams.program_copy import NoProgram
from lessons.exams.record import BRIEFS
from lessons.workshop import workshop

DONE, FAILED, LATER = "✔", "…", "○"


def try_points(
    brief: Brief, folder: Path, sitting: int, note_result: Callable[[Point, bool], None]
) -> bool:
    """Try the points of a sitting until one fails; return whether all are passed."""
    points = brief.points_of(sitting)
    for index, point in enumerate(points):
        try:
            with Conversation(folder, brief.title, brief.username, brief.world) as conversation:
                for step in point.steps:
                    step.run(conversation)
                error = conversation.error_lines()
        except Failed as failure:
            note_result(point, False)
            print(f"{FAILED} {point.number:2} {point.what}")
            for later in points[index + 1 :]:
                print(f"{LATER} {later.number:2} {later.what}")
            print(f"\nPoint {point.number} is not passed yet.\n{failure}")
            return False
        print(f"{DONE} {point.number:2} {point.what}", flush=True)
        if error:
            print("     But your program printed an error:", *error, sep="\n     ", flush=True)
        note_result(point, True)
    print(
        f"\nYou have passed{sitting_name(brief, sitting)}: {len(points)} of {len(points)} points."
    )
    return True


def sitting_name(brief: Brief, sitting: int) -> str:
    """Return how a sitting is named behind the exam's title; "" if there is only one."""
    return f" exam {sitting}" if brief.sittings > 1 else ""


def rehearse(name: str) -> None:
    """Print what the exam says of the bot in workshop/NAME; the try is not counted."""
    brief = BRIEFS[name]
    print(brief.title)
    try:
        try_points(brief, workshop() / name, brief.sittings, lambda point, passed: None)
    except NoProgram as reason:
        print(reason)
