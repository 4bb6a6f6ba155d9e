"""Makes exports in the form of the Verra registry's own, free of problems until a test adds some.

Nothing in them is real but the form: headings, numbers with thousands separators, empty cells of
credits that are not retired, names with commas and line breaks, text in several scripts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

HEADINGS = [
    *("Issuance Date", "Sustainable Development Goals", "Vintage Start", "Vintage End", "ID"),
    *("Name", "Country/Area", "Project Type", "Methodology", "Total Vintage Quantity"),
    *("Quantity Issued", "Serial Number", "Additional Certifications"),
    *("Retirement/Cancellation Date", "Retirement Beneficiary", "Retirement Reason"),
    "Retirement Details",
]
_COUNTRIES = {"BR": "Brazil", "CN": "China", "KE": "Kenya", "VN": "Viet Nam"}
_NAMES = ("Forêt communale", 'Wind farm "North", phase 2', "太阳能项目", "Cook stoves")
_DETAILS = ("", "Emissions of 2025, all scopes", "On behalf of:\nseveral\nclients")


def clean_rows(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """Rows in which every serial agrees with its row, and no two blocks meet."""
    random = Random(seed)
    first = 900_000_001
    for _ in range(count):
        quantity = random.choice((1, random.randint(2, 999), random.randint(1000, 60_000)))
        start = date(random.randint(2010, 2024), random.randint(1, 12), 1)
        row = {
            **dict.fromkeys(HEADINGS, ""),
            "Issuance Date": (start + timedelta(days=700)).isoformat(),
            "Vintage Start": start.isoformat(),
            "Vintage End": (start + timedelta(days=random.randint(0, 364))).isoformat(),
            "ID": str(random.randint(1, 5000)),
            "Name": random.choice(_NAMES),
            "Country/Area": random.choice(list(_COUNTRIES)),
            "Project Type": "Energy industries (renewable/non-renewable sources)",
            "Methodology": "ACM0002",
            "Total Vintage Quantity": f"{quantity * 3:,}",
            "Additional Certifications": random.choice(("", "", "CCB-Biodiversity Gold")),
        }
        set_block(row, first, first + quantity - 1)
        row["Country/Area"] = _COUNTRIES[row["Country/Area"]]
        if random.random() < 0.5:
            retire(row, random)
        first += quantity + random.choice((0, 0, 5000))
        yield row


def set_block(row: dict[str, str], first: int, last: int) -> None:
    """Give `row` the block from `first` to `last`, in serial and quantity."""
    vintage = "-".join(
        date.fromisoformat(row[column]).strftime("%d%m%Y")
        for column in ("Vintage Start", "Vintage End")
    )
    countries = {name: code for code, name in _COUNTRIES.items()}
    country = countries.get(row["Country/Area"], row["Country/Area"])
    certified = int(bool(row["Additional Certifications"]))
    row["Serial Number"] = (
        f"19385-{first}-{last}-VCS-VCU-1507-VER-{country}-1-{row['ID']}-{vintage}-{certified}"
    )
    row["Quantity Issued"] = f"{last - first + 1:,}"


def block_of(row: dict[str, str]) -> tuple[int, int]:
    """First and last serial number of the row's block."""
    first, last = row["Serial Number"].split("-")[1:3]
    return int(first), int(last)


def retire(row: dict[str, str], random: Random) -> None:
    """Let the registry have retired the row's block, with or without saying for whom."""
    row["Retirement/Cancellation Date"] = "2026-04-10"
    if random.random() < 0.5:
        row["Retirement Beneficiary"] = "Zażółć Ltd."
        row["Retirement Reason"] = "Environmental Benefit"
        row["Retirement Details"] = random.choice(_DETAILS)


def write_export(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    """Write rows as the registry does, with the headings of the first of them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
