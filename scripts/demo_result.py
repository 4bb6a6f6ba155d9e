"""What the demo has to show, read back from the chain: its summary and its tables."""

from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from gasprint.amounts import co2e_text, credit_text, span_text, units_text
from gasprint.audit import Audit
from gasprint.contracts import Suite
from gasprint.retirements import units_of
from gasprint.totals import Totals
from gasprint.units import co2e_micrograms


@dataclass(frozen=True)
class Mint:
    """One mint, and where the ledger stood after it.

    Attributes:
        transaction_hash: of the mint.
        gas_used: by its receipt.
        recorded_gas: that it recorded itself.
        emitted_co2e_micrograms: µg CO2e emitted up to and with it, gross.
        retired_co2e_micrograms: µg CO2e retired up to and with it.
    """

    transaction_hash: str
    gas_used: int
    recorded_gas: int
    emitted_co2e_micrograms: int
    retired_co2e_micrograms: int

    @property
    def metering_error_percent(self) -> float:
        """By how much the recorded gas differs from the receipt's."""
        return 100 * (self.recorded_gas - self.gas_used) / self.gas_used


def mints_of(reader: Suite, collection: str, mint_hashes: list[str]) -> list[Mint]:
    """Each mint with what was emitted and retired up to it, from the chain's events.

    Args:
        reader: the deployed contracts.
        collection: the address whose emissions count.
        mint_hashes: the mints' transactions, in order.
    """
    recorded_gas, emitted, retired = (dict.fromkeys(mint_hashes, 0) for _ in range(3))
    for record in reader.emissions_recorded(collection):
        recorded_gas[record.transaction_hash] += record.gas_used
        emitted[record.transaction_hash] += record.co2e_micrograms
    for retirement in reader.retirements():
        retired[retirement.transaction_hash] += co2e_micrograms(units_of(retirement.retirement_id))
    mints: list[Mint] = []
    emitted_so_far = retired_so_far = 0
    for mint_hash in mint_hashes:
        emitted_so_far += emitted[mint_hash]
        retired_so_far += retired[mint_hash]
        gas_used = reader.transaction_gas(mint_hash).gas_used
        mints.append(
            Mint(mint_hash, gas_used, recorded_gas[mint_hash], emitted_so_far, retired_so_far)
        )
    return mints


def summary_of(
    reader: Suite, node: str, serial: str, totals: Totals, mints: list[Mint], found: Audit
) -> dict[str, Any]:
    """The demo in JSON's own types, every figure of the ledger read from the chain."""
    (line,) = found.accounts
    (minted,) = reader.credits_minted()
    (published,) = reader.factors_published()
    mint_hashes = {mint.transaction_hash for mint in mints}
    return {
        "node": node,
        "chain_id": reader.chain_id,
        "transactions_footprinted": totals.transactions,
        "gas_footprinted": totals.gas_used,
        "energy_kwh": asdict(totals.energy_kwh),
        "co2e_grams": asdict(totals.co2e_grams),
        "factor": {
            "version": published.version,
            "picograms_per_gas": published.factor.picograms_per_gas,
            "source": published.source,
        },
        # Ids as text: readers of JSON keep 53 bits of a number, and an id has 256.
        "credit": {
            "serial": serial,
            "token_id": str(minted.token_id),
            "units_issued": minted.units,
        },
        "mints": len(mints),
        "emitted_co2e_micrograms": line.emitted_co2e_micrograms,
        "retired_units": line.retired_units,
        "outstanding_co2e_micrograms": line.outstanding_co2e_micrograms,
        "manual_retirements": sum(
            each.transaction_hash not in mint_hashes for each in found.retirements
        ),
        "retirements": [
            {"id": str(each.retirement_id), "units": each.units}
            | (asdict(each.span) if each.span else {})
            | {"transaction_hash": each.transaction_hash}
            for each in found.retirements
        ],
        "meter_error_percent_max": max(abs(mint.metering_error_percent) for mint in mints),
    }


def print_tables(console: Console, found: Audit, summary: dict[str, Any]) -> None:
    """Emissions and retirements, for a person who does not know the code."""
    (line,) = found.accounts
    emissions = Table(title="Emissions of the collection", title_justify="left")
    emissions.add_column()
    emissions.add_column("CO2e", justify="right")
    for name, amount in (
        (f"emitted by {summary['mints']} mints, gross", co2e_text(line.emitted_co2e_micrograms)),
        ("retired for it", units_text(line.retired_units)),
        ("outstanding", co2e_text(line.outstanding_co2e_micrograms)),
    ):
        emissions.add_row(name, amount)

    credits = ", ".join(sorted({credit_text(each.token_id) for each in found.retirements}))
    title = f"Retirements, to the serial, of {credits}"
    retirements = Table(title=title, title_justify="left", show_footer=True)
    retirements.add_column("no.", footer="all")
    retirements.add_column("CO2e", units_text(line.retired_units), justify="right")
    retirements.add_column("serials")
    retirements.add_column("in the mint")
    for number, each in enumerate(found.retirements, start=1):
        retirements.add_row(
            str(number),
            units_text(each.units),
            span_text(each.span) if each.span else "",
            f"{each.transaction_hash[:10]}…",
        )
    console.print(emissions, retirements)
    console.print(
        "A serial is one tonne, of 10^8 units of 10 mg. "
        f"Retired by hand: {summary['manual_retirements']} of {len(found.retirements)}. "
        f"Recorded gas and receipts differ by {summary['meter_error_percent_max']:.3f} % at most."
    )
