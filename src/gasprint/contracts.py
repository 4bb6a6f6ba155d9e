"""The deployed contracts, read through any node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from web3.contract import Contract

from gasprint import ledger
from gasprint._node import Node
from gasprint.deployments import read_deployment
from gasprint.errors import InputError
from gasprint.token_ids import SerialSpan


@dataclass(frozen=True)
class Suite:
    """The contracts of one deployment.

    Every method raises InputError where the node fails or refuses.

    Attributes:
        chain_id: of the chain that they stand on.
        block_number: the block as of which everything is read; None for the newest at each call.
    """

    chain_id: int
    block_number: int | None
    _node: Node
    _credits: Contract
    _registry: Contract
    _first_blocks: Mapping[ChecksumAddress, int]
    _blocks_per_request: int

    @classmethod
    def connect(cls, rpc_url: str, deployment: Path, blocks_per_request: int = 2_000) -> Suite:
        """Find the contracts of `deployment` through the node at `rpc_url`.

        Args:
            rpc_url: of a node that speaks JSON-RPC over HTTP.
            deployment: the file that the deploy script wrote.
            blocks_per_request: over how many blocks to ask for events at once.

        Raises:
            InputError: if the file is broken, no node answers, it serves another chain, or the
                contracts do not stand where the file says.
        """
        found = read_deployment(deployment)
        if blocks_per_request < 1:
            raise InputError(f"blocks_per_request is {blocks_per_request}; give at least 1")
        node = Node.at(rpc_url)
        chain_id = node.chain_id()
        if chain_id != found.chain_id:
            raise InputError(
                f"the node serves chain {chain_id}, but {deployment} is of chain "
                f"{found.chain_id}; name the other node or the other file"
            )
        credits = node.contract("CarbonCredits", found.carbon_credits)
        registry = node.contract("EmissionsRegistry", found.emissions_registry)
        if node.call(registry, "carbonCredits", block=None) != credits.address:
            raise InputError(
                f"{deployment}: its EmissionsRegistry counts retirements of other credits; "
                "use the file as scripts/deploy.py wrote it"
            )
        first_blocks = {
            credits.address: found.carbon_credits.block_number,
            registry.address: found.emissions_registry.block_number,
        }
        return cls(chain_id, None, node, credits, registry, first_blocks, blocks_per_request)

    def at_newest_block(self) -> Suite:
        """The same suite as of the block that is the newest now, so that all reads agree."""
        return replace(self, block_number=self._node.newest_block())

    def emitted_by(self, account: str) -> int:
        """Micrograms of CO2e that `account` has recorded, gross."""
        return int(self._call(self._registry, "emittedBy", account))

    def outstanding(self, account: str) -> int:
        """Micrograms of CO2e that `account` has recorded and nobody has retired yet."""
        return int(self._call(self._registry, "outstanding", account))

    def retired_for(self, account: str) -> int:
        """Credit units retired for `account`, of any credit."""
        return int(self._call(self._credits, "retiredFor", account))

    def retired_balance_of(self, account: str, token_id: int) -> int:
        """Units of one credit retired for `account`."""
        return int(self._call(self._credits, "retiredBalanceOf", account, token_id))

    def retired_units(self, token_id: int) -> int:
        """Units of one credit retired for anyone."""
        return int(self._call(self._credits, "retiredUnits", token_id))

    def retirement_count(self) -> int:
        """How many retirements there are; the last one's number."""
        return int(self._call(self._credits, "retirementCount"))

    def retirement(self, retirement_id: int) -> ledger.Retirement:
        """A retirement by its number, from 1."""
        return ledger.Retirement(*self._call(self._credits, "getRetirement", retirement_id))

    def serial_span_of(self, retirement_id: int) -> SerialSpan:
        """The serials that a retirement owns, as the contract tells them."""
        return SerialSpan(*self._call(self._credits, "serialSpanOf", retirement_id))

    def factor_version(self) -> int:
        """The version of the factor in force; 0 before the first."""
        return int(self._call(self._registry, "factorVersion"))

    def factor(self, version: int) -> ledger.RegisteredFactor:
        """A factor by its version, from 1."""
        return _factor(self._call(self._registry, "getFactor", version))

    def transaction_gas(self, transaction_hash: str) -> ledger.TransactionGas:
        """Whom a transaction called and how much gas it used, from its receipt."""
        return ledger.TransactionGas(*self._node.recipient_and_gas_used(transaction_hash))

    def block_time_unix_seconds(self, number: int) -> int:
        """When a block was made, by its own timestamp."""
        return self._node.block_time_unix_seconds(number)

    def factors_published(self) -> Iterator[ledger.FactorPublished]:
        """All factors, from the first on."""
        for args, place in self._events(self._registry, "FactorPublished"):
            yield ledger.FactorPublished(
                version=args["version"],
                factor=_factor(args["factor"].values()),
                source=args["source"],
                **place,
            )

    def emissions_recorded(self, account: str | None = None) -> Iterator[ledger.EmissionsRecorded]:
        """All records of emissions, or those of one account."""
        filters = {} if account is None else {"account": account}
        for args, place in self._events(self._registry, "EmissionsRecorded", filters):
            yield ledger.EmissionsRecorded(
                account=args["account"],
                factor_version=args["factorVersion"],
                gas_used=args["gasUsed"],
                energy_picowatt_hours=args["energyPicowattHours"],
                co2e_micrograms=args["co2eMicrograms"],
                **place,
            )

    def retirements(self) -> Iterator[ledger.RetirementRecorded]:
        """All retirements with the place that each takes in its credit."""
        for args, place in self._events(self._credits, "RetirementRecorded"):
            yield ledger.RetirementRecorded(
                retirement_id=args["retirementId"],
                token_id=args["tokenId"],
                beneficiary=args["beneficiary"],
                holder=args["holder"],
                agent=args["agent"],
                start_units=args["startUnits"],
                units=args["units"],
                **place,
            )

    def credits_retired(self) -> Iterator[ledger.CreditRetired]:
        """All retirements, in the standard's own event."""
        for args, place in self._events(self._credits, "CreditRetired"):
            yield ledger.CreditRetired(
                account=args["account"], token_id=args["tokenId"], units=args["amount"], **place
            )

    def credits_minted(self) -> Iterator[ledger.CreditMinted]:
        """All credits that were issued."""
        for args, place in self._events(self._credits, "CreditMinted"):
            yield ledger.CreditMinted(
                holder=args["to"],
                token_id=args["tokenId"],
                project_id=args["projectId"],
                credit_id=args["creditId"],
                units=args["amount"],
                expiry_seconds=args["expiry"],
                **place,
            )

    def _call(self, contract: Contract, function: str, *arguments: object) -> Any:
        return self._node.call(contract, function, *arguments, block=self.block_number)

    def _events(
        self, contract: Contract, name: str, filters: Mapping[str, Any] | None = None
    ) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
        newest = self._node.newest_block() if self.block_number is None else self.block_number
        first = self._first_blocks[contract.address]
        blocks = range(first, newest + 1, self._blocks_per_request)
        return self._node.events(contract, name, dict(filters or {}), blocks)


def _factor(fields: Iterable[Any]) -> ledger.RegisteredFactor:
    *whole_numbers, evidence_hash = fields
    return ledger.RegisteredFactor(*[*whole_numbers, f"0x{bytes(evidence_hash).hex()}"])
