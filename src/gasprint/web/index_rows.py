"""Rows of the index, made into what pages and API show."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from gasprint import units
from gasprint.errors import InputError, TokenIdError
from gasprint.ledger import ZERO_ADDRESS
from gasprint.retirements import span_of
from gasprint.token_ids import describe_token_id
from gasprint.web import models

_NOT_FINAL = -1


class NotFoundError(InputError):
    """The ledger has nothing of that name."""


class Rows:
    """An index inside of a transaction, as of one edition.

    Attributes:
        tag: the edition's.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection."""
        self._connection = connection
        row = self._one("SELECT tag, document FROM edition")
        self.tag: str = row["tag"] if row else ""
        documents = json.loads(row["document"]) if row else []
        self._documents: dict[int, dict[str, Any]] = {
            each["deployment_id"]: each for each in documents
        }

    def _document(self, deployment_id: int) -> dict[str, Any]:
        if deployment_id not in self._documents:
            raise NotFoundError(f"deployment {deployment_id} is not in the ledger")
        return self._documents[deployment_id]

    def _account_id(self, deployment_id: int, address: str) -> int:
        self._document(deployment_id)
        row = self._one(
            "SELECT account_id FROM accounts WHERE deployment_id = ? AND address = ?",
            *(deployment_id, address),
        )
        if row is None:
            raise NotFoundError(f"no event of account {address} is in the ledger")
        return int(row["account_id"])

    def _line(self, deployment_id: int, row: sqlite3.Row) -> models.AccountLine:
        return models.AccountLine(
            deployment_id=deployment_id,
            address=row["address"],
            emitted_co2e_micrograms=self._last(row["account_id"], "emissions", "emitted")[1],
            retired_units=self._last(row["account_id"], "retirements", "retired")[1],
        )

    def _sums(self, account_id: int) -> list[models.EmissionSum]:
        found: dict[tuple[bool, int], list[int]] = {}
        for row in self._all("SELECT * FROM account_sums WHERE account_id = ?", account_id):
            key = bool(row["is_committed"]), int(row["factor_version"])
            sums = found.setdefault(key, [0] * 4)
            for place, each in enumerate(tuple(row)[5:]):
                sums[place] += int(each)
        return [
            models.EmissionSum(
                way="committed" if is_committed else "recorded",
                factor_version=version,
                records=records,
                gas_used=gas,
                energy_picowatt_hours=energy,
                co2e_micrograms=co2e,
            )
            for (is_committed, version), (records, gas, energy, co2e) in sorted(found.items())
        ]

    def _last(self, account_id: int, table: str, total: str) -> tuple[int, int]:
        row = self._one(
            f"SELECT number, {total} FROM {table} WHERE account_id = ? "
            "ORDER BY number DESC LIMIT 1",
            account_id,
        )
        return (row[0], int(row[1])) if row else (0, 0)

    def _counted(self, account_id: int, name: str) -> int:
        rows = self._all(
            "SELECT arguments FROM events WHERE account_id = ? AND name = ?", account_id, name
        )
        return sum(int(json.loads(row["arguments"])["units"]) for row in rows)

    def _logged(self, row: sqlite3.Row) -> dict[str, Any]:
        final = self._documents[row["deployment_id"]]["final_block"]
        return {
            "deployment_id": row["deployment_id"],
            "block_number": row["block_number"],
            "log_index": row["log_index"],
            "time_unix_seconds": row["time_unix_seconds"],
            "transaction_hash": f"0x{row['transaction_hash'].hex()}",
            "is_final": row["block_number"] <= (_NOT_FINAL if final is None else final),
        }

    def _emission(self, row: sqlite3.Row, address: str | None = None) -> models.Emission:
        return models.Emission(
            **self._logged(row),
            account=address or self._address(row["account_id"]),
            number=row["number"],
            way="recorded" if row["first_block"] is None else "committed",
            factor_version=int(row["factor_version"]),
            first_block=row["first_block"],
            last_block=row["last_block"],
            records=int(row["records"]),
            gas_used=int(row["gas_used"]),
            energy_picowatt_hours=int(row["energy_picowatt_hours"]),
            co2e_micrograms=int(row["co2e_micrograms"]),
        )

    def _retirements(self, rows: Sequence[sqlite3.Row]) -> list[models.Retirement]:
        counted = self._counted_of([row["retirement_id"] for row in rows])
        found = []
        for row in rows:
            names = counted.get((row["deployment_id"], row["retirement_id"]), {})
            payer = row["payer"]
            found.append(
                models.Retirement(
                    **self._logged(row),
                    retirement_id=row["retirement_id"],
                    token_id=row["token_id"],
                    beneficiary=self._address(row["account_id"]),
                    number=row["number"],
                    holder=row["holder"],
                    agent=row["agent"],
                    units=int(row["units"]),
                    span=_span(int(row["retirement_id"])),
                    invalid_units=names.get("retirement_invalidated", 0),
                    replaced_units=names.get("retirement_replaced", 0),
                    has_certificate="locked" in names,
                    payer=None if payer in (None, ZERO_ADDRESS) else payer,
                    beneficiary_name=row["beneficiary_name"] or None,
                    purpose=row["purpose"] or None,
                    place=row["place"] or None,
                    period_start_seconds=row["period_start_seconds"] or None,
                    period_end_seconds=row["period_end_seconds"] or None,
                )
            )
        return found

    def _counted_of(self, ids: list[str]) -> dict[tuple[int, str], dict[str, int]]:
        """By retirement and kind of event, the units in such events."""
        found: dict[tuple[int, str], dict[str, int]] = {}
        for row in self._all(
            "SELECT deployment_id, retirement_id, name, arguments FROM events "
            f"WHERE retirement_id IN ({', '.join('?' for _ in ids)}) "
            "AND name IN ('retirement_invalidated', 'retirement_replaced', 'locked')",
            *ids,
        ):
            names = found.setdefault((row["deployment_id"], row["retirement_id"]), {})
            more = int(json.loads(row["arguments"]).get("units", 0))
            names[row["name"]] = names.get(row["name"], 0) + more
        return found

    def _credit(self, row: sqlite3.Row) -> models.Credit:
        token_id, deployment_id = row["token_id"], row["deployment_id"]
        arguments, parts = json.loads(row["arguments"]), describe_token_id(int(token_id))
        ranges, attested = [], {}
        for each in self._all(
            "SELECT * FROM events WHERE token_id = ? AND deployment_id = ? AND name IN "
            "('serials_redeemed', 'serials_invalidated', 'serials_settled', 'credit_attested') "
            "ORDER BY block_number, log_index",
            *(token_id, deployment_id),
        ):
            if each["name"] == "credit_attested":
                attested = json.loads(each["arguments"])
            else:
                ranges.append(_range(each))
        last = self._one(
            "SELECT place_in_credit, retired_of_credit FROM retirements "
            "WHERE token_id = ? AND deployment_id = ? ORDER BY place_in_credit DESC LIMIT 1",
            *(token_id, deployment_id),
        )
        redeemed = [each for each in ranges if each.state == "redeemed"]
        return models.Credit(
            deployment_id=deployment_id,
            token_id=token_id,
            registry=parts.registry,
            project_number=parts.project_number,
            first_serial=parts.first_serial,
            last_serial=parts.last_serial,
            issued_units=int(arguments["amount"]),
            retired_units=int(last["retired_of_credit"]) if last else 0,
            redeemed_units=sum(
                units.units_of_serials(each.first_serial, each.last_serial) for each in redeemed
            ),
            issued_to=arguments["to"],
            issued_at_unix_seconds=row["time_unix_seconds"],
            expiry_unix_seconds=int(arguments["expiry"]),
            transaction_hash=f"0x{row['transaction_hash'].hex()}",
            custodian=attested.get("custodian"),
            evidence_hash=attested.get("evidence_hash"),
            retirements=last["place_in_credit"] + 1 if last else 0,
            ranges=ranges,
        )

    def _transaction(self, row: sqlite3.Row) -> models.Transaction:
        logged = self._logged(row)
        logged.pop("log_index")
        chain_id = self._document(row["deployment_id"])["chain_id"]
        return models.Transaction(
            **logged, chain_id=chain_id, emissions=[], retirements=[], events=[]
        )

    def _event(self, row: sqlite3.Row) -> models.Event:
        arguments = json.loads(row["arguments"])
        return models.Event(**self._logged(row), name=row["name"], arguments=arguments)

    def _address(self, account_id: int) -> str:
        row = self._one("SELECT address FROM accounts WHERE account_id = ?", account_id)
        assert row is not None, "accounts are written before what is theirs"
        return str(row["address"])

    def _one(self, query: str, *values: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return found

    def _all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(query, values).fetchall()


def _span(retirement_id: int) -> models.Span | None:
    try:
        span = span_of(retirement_id)
    except TokenIdError:
        return None
    return models.Span(**vars(span))


_STATES = {
    "serials_redeemed": ("redeemed", "registry_account"),
    "serials_invalidated": ("cancelled", "reason"),
    "serials_settled": ("settled", "registry_reference"),
}


def _range(row: sqlite3.Row) -> models.SerialRange:
    arguments = json.loads(row["arguments"])
    state, said = _STATES[row["name"]]
    return models.SerialRange(
        state=state,  # type: ignore[arg-type]
        first_serial=int(arguments["first_serial"]),
        last_serial=int(arguments["last_serial"]),
        said=arguments[said] or None,
        transaction_hash=f"0x{row['transaction_hash'].hex()}",
    )
