"""The README and the pages behind it, as one text: tests hold what they say."""

from pathlib import Path

SANDBOX = Path(__file__).parents[2]
README = (SANDBOX / "README.md").read_text(encoding="utf-8")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in (SANDBOX / "docs").glob("*.md")}
DOCUMENTS = "\n".join([README, *PAGES.values()])
