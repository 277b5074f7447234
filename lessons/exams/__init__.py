"""Exams: a brief in points, and a program of the learner's own that people try point by point."""
