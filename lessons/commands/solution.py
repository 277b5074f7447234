"""One way to write the files of a notebook's section "alone": python3 start.py solution 02

The argument is the number of a notebook, or the name of a file, such as phone.py. Looking costs
nothing, and nothing remembers it.
"""

import sys

from lessons.alone.sections import SECTIONS, find_sections


def main(arguments: list[str]) -> int:
    """Print the solutions that are asked for; returns the exit status."""
    found = [section for word in arguments for section in find_sections(word)]
    for section in found:
        print(f"# {section.file}\n\n{section.solution}")
    if not found:
        known = ", ".join(f"{each.notebook[:2]} ({each.file})" for each in SECTIONS.values())
        print(f"Which solution? There are: {known}", file=sys.stderr)
    return 0 if found else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
