"""What a learner has passed, the course's contents, and the checklist for a finished bot."""

from lessons.progress.course_map import progress

__all__ = ["progress"]
