"""README.md and docs/, and the code in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def fenced(page: Path, language: str) -> list[str]:
    """The blocks of code in a language, from the first to the last."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)
