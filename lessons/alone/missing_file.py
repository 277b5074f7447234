"""Where a file is that isn't in its place."""

from pathlib import Path

from lessons.alone.open_sandbox import ALONE


def suggest_file(file: Path, own: Path) -> str:
    """Say where else in the learner's folders a file is, or what is in its place; or nothing."""
    workshop = own / Path(ALONE).parent
    places = (own, workshop, *workshop.glob("*"), own.parent)
    elsewhere = [place for place in places if (place / file.name).is_file()]
    if elsewhere:
        return f". There is one in {elsewhere[0].resolve().name}: move it"
    names = sorted(each.name for each in file.parent.glob("[!.]*") if each.suffix != ".md")
    return f". There is {', '.join(names)}. Has yours another name?" if names else ""
