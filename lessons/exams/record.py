"""What a learner has passed of an exam, beside the exercises that she has passed; never her code.

Each passed point is an empty file, `progress/lost_property-4`, and `progress/lost_property-tries`
says how often she has tried. lessons/progress/tries.py keeps when each point was tried.
"""

from lessons.exams import coin_jar, library, lost_property, lost_property_function, quiz
from lessons.exams.brief import Point
from lessons.progress.course_map import circles, progress_folder, was_passed
from lessons.progress.tries import remember_try

BRIEFS = {
    "coin_jar": coin_jar.BRIEF,
    "lost_property": lost_property.BRIEF,
    "lost_property_function": lost_property_function.BRIEF,
    "quiz": quiz.BRIEF,
    "library": library.BRIEF,
}


class ExamRecord:
    """The points of an exam, and those that were passed."""

    def __init__(self, name: str) -> None:
        self._name, self._brief = name, BRIEFS[name]

    def __repr__(self) -> str:
        lines, sittings = [], self._brief.sittings
        for sitting in range(1, sittings + 1):
            marks = self.marks(sitting)
            passed = f"{sum(marks)} of {len(marks)} points passed"
            name = f"exam {sitting}" if sittings > 1 else "points"
            lines.append(f"{name}  {circles(marks):10}  {passed}")
        return "\n".join([*lines, f"tries   {self.tries}"])

    def marks(self, sitting: int) -> tuple[bool, ...]:
        """Return for each point of a sitting whether it was passed."""
        points = self._brief.points_of(sitting)
        return tuple(was_passed(self._name, file_part(point, sitting)) for point in points)

    @property
    def tries(self) -> int:
        """How often the exam was tried."""
        try:
            return int((progress_folder() / f"{self._name}-tries").read_text(encoding="utf-8"))
        except (OSError, ValueError):  # none so far, or a broken file
            return 0

    def add_try(self) -> int:
        """Count one more try, and return how many there were."""
        tries = self.tries + 1
        progress_folder().mkdir(parents=True, exist_ok=True)
        (progress_folder() / f"{self._name}-tries").write_text(f"{tries}\n", encoding="utf-8")
        return tries

    def add_result(self, point: Point, sitting: int, passed: bool) -> None:
        """Remember how a point went, unless it has passed again."""
        part = file_part(point, sitting)
        if not (passed and was_passed(self._name, part)):
            remember_try(self._name, part, passed)


def exam_record(name: str) -> ExamRecord:
    """Return what you have passed of an exam, such as "lost_property"."""
    return ExamRecord(name)


def points_of(name: str, sitting: int) -> tuple[str, ...]:
    """Name the points of an exam's sitting, as in "lost_property-4"."""
    points = BRIEFS[name].points_of(sitting)
    return tuple(f"{name}-{file_part(point, sitting)}" for point in points)


def file_part(point: Point, sitting: int) -> str:
    """Return how a passed point's file ends. In exam 1, a point that has more later is another."""
    return f"{point.number}" if sitting > 1 or not point.later else f"{point.number}_in_exam_1"
