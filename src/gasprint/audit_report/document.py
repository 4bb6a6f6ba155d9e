"""A report as headings, texts and tables, whatever it is drawn as; `html` and `pdf` draw it.

Every text is plain, and cleaned of what cannot be printed: anyone writes texts on the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gasprint._output import harmless, readable


class Kind(StrEnum):
    """How a column is set."""

    TEXT = "text"
    WORD = "word"
    NUMBER = "number"
    CODE = "code"


@dataclass(frozen=True)
class Fact:
    """A term and what it stands for; `is_code` for what one copies, such as an address."""

    term: str
    text: str
    is_code: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    heading: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Row:
    """A row: a cell a column, and what stands in small below it, all columns wide."""

    cells: tuple[str, ...]
    details: tuple[Fact, ...] = ()
    is_wrong: bool = False


@dataclass(frozen=True)
class Table:
    """A table; `note` stands below it, such as what was left off."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A chapter: `name` is for links to it."""

    name: str
    title: str
    texts: tuple[str, ...] = ()
    table: Table | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Headline:
    """One of the figures that stand side by side on the first page."""

    name: str
    label: str
    amount: str
    below: tuple[str, ...]


@dataclass(frozen=True)
class FirstPage:
    """What a person reads in two minutes."""

    facts: tuple[Fact, ...]
    verdict: str
    is_wrong: bool
    headlines: tuple[Headline, ...]
    notices: tuple[str, ...]
    findings: tuple[Row, ...]
    findings_note: str
    method: tuple[Fact, ...]
    not_checked: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes:
        title: its heading.
        running_title: at the head of each page: chain and block.
        first_page: the summary.
        chart_title: what who cannot see the chart is told; empty where there is none.
        sections: the chapters.
        fingerprint: SHA-256 of the audit, which whoever signs signs for.
    """

    title: str
    running_title: str
    first_page: FirstPage
    chart_title: str
    sections: tuple[Section, ...]
    fingerprint: str


def shown(text: str) -> str:
    """A text from the chain, of any bytes, as it can stand on a page: on one line."""
    return harmless(readable(text))


def shortened(text: str, characters: int) -> str:
    """A text cut to a length, with an ellipsis where something is cut off."""
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"
