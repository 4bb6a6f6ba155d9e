"""The deployed contracts, read through any node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from web3.contract import Contract

from gasprint import ledger
from gasprint._node import Node
from gasprint.deployments import read_deployment
from gasprint.errors import InputError
from gasprint.retirements import Retirement, RetirementProof
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

    def invalidated_for(self, account: str) -> int:
        """Of the units retired for `account`, those that were counted as cancelled since."""
        return int(self._call(self._credits, "invalidatedFor", account))

    def replaced_for(self, account: str) -> int:
        """Of the cancelled units of `account`, those made good."""
        return int(self._call(self._credits, "replacedFor", account))

    def offset_for(self, account: str) -> int:
        """Units that count as offset by `account`."""
        return int(self._call(self._credits, "offsetFor", account))

    def balance_of(self, account: str, token_id: int) -> int:
        """Units of one credit that `account` holds."""
        return int(self._call(self._credits, "balanceOf", account, token_id))

    def credits_issued(self) -> list[int]:
        """The token ids of all credits, in the order of issuance, as the contract lists them."""
        count = int(self._call(self._credits, "creditCount"))
        return [int(self._call(self._credits, "creditAt", n)) for n in range(1, count + 1)]

    def state_of(self, token_id: int) -> ledger.CreditState:
        """How much of an issued credit went where."""
        return ledger.CreditState(*self._call(self._credits, "stateOf", token_id))

    def page_chain(self, token_id: int, page: int) -> bytes:
        """The hash chain of one page of 32 retirements of a credit."""
        return bytes(self._call(self._credits, "pageChain", token_id, page))

    def is_recorded(self, retirement: Retirement, proof: RetirementProof) -> bool:
        """Whether the contract recorded a retirement just so."""
        return bool(self._call(self._credits, "isRecorded", astuple(retirement), astuple(proof)))

    def invalid_units_of(self, token_id: int, retirement_id: int) -> int:
        """Units that the registry cancelled among those of a retirement of the credit."""
        return int(self._call(self._credits, "invalidUnitsOf", token_id, retirement_id))

    def invalidity_of(self, retirement_id: int) -> tuple[int, int]:
        """Of a retirement's cancelled units, what was counted, and what was made good."""
        counted_units, replaced_units = self._call(self._credits, "invalidityOf", retirement_id)
        return int(counted_units), int(replaced_units)

    def serial_span_of(self, retirement_id: int) -> SerialSpan:
        """The serials that a retirement owns, as the contract tells them."""
        return SerialSpan(*self._call(self._credits, "serialSpanOf", retirement_id))

    def factor_version(self) -> int:
        """The version of the factor in force; 0 before the first."""
        return int(self._call(self._registry, "factorVersion"))

    def factor_count(self) -> int:
        """How many factors were announced; the last may not be in force yet."""
        return int(self._call(self._registry, "factorCount"))

    def factor(self, version: int) -> ledger.RegisteredFactor:
        """A factor by its version, from 1."""
        return _factor(self._call(self._registry, "getFactor", version))

    def transaction_gas(self, transaction_hash: str) -> ledger.TransactionGas:
        """Whom a transaction called and how much gas it used, from its receipt."""
        return ledger.TransactionGas(*self._node.recipient_and_gas_used(transaction_hash))

    def pays_for_more(self, transaction_hash: str) -> bool:
        """Whether a transaction costs more than a contract that it calls can see."""
        return self._node.pays_for_more(transaction_hash)

    def block_time_unix_seconds(self, number: int) -> int:
        """When a block was made, by its own timestamp."""
        return self._node.block_time_unix_seconds(number)

    def registry_blocks(self) -> range:
        """The blocks since the registry was created."""
        return self._blocks_since(self._registry)

    def factors_published(self) -> Iterator[ledger.FactorPublished]:
        """All factors, from the first on."""
        for args, place in self._events(self._registry, "FactorPublished"):
            yield ledger.FactorPublished(
                version=args["version"],
                factor=_factor(args["factor"].values()),
                evidence_location=args["evidenceLocation"],
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

    def emissions_committed(
        self, account: str | None = None
    ) -> Iterator[ledger.EmissionsCommitted]:
        """All commitments of emissions, or those of one account."""
        filters = {} if account is None else {"account": account}
        for args, place in self._events(self._registry, "EmissionsCommitted", filters):
            yield ledger.EmissionsCommitted(
                account=args["account"],
                index=args["index"],
                factor_version=args["factorVersion"],
                first_block=args["firstBlock"],
                last_block=args["lastBlock"],
                last_block_hash=f"0x{args['lastBlockHash'].hex()}",
                record_count=args["recordCount"],
                gas_used=args["gasUsed"],
                energy_picowatt_hours=args["energyPicowattHours"],
                co2e_micrograms=args["co2eMicrograms"],
                root=f"0x{args['root'].hex()}",
                records_hash=f"0x{args['recordsHash'].hex()}",
                **place,
            )

    def retirements(self) -> Iterator[ledger.RetirementRecorded]:
        """All retirements."""
        for args, place in self._events(self._credits, "RetirementRecorded"):
            yield ledger.RetirementRecorded(
                retirement_id=args["retirementId"],
                token_id=args["tokenId"],
                beneficiary=args["beneficiary"],
                holder=args["holder"],
                agent=args["agent"],
                index=args["index"],
                **place,
            )

    def retirements_described(self) -> Iterator[ledger.RetirementDescribed]:
        """What was said of retirements of which anything was."""
        for args, place in self._events(self._credits, "RetirementDescribed"):
            details = ledger.RetirementDetails(*args["details"].values())
            yield ledger.RetirementDescribed(
                retirement_id=args["retirementId"], details=details, **place
            )

    def retirements_invalidated(self) -> Iterator[ledger.RetirementInvalidated]:
        """All that was counted as cancelled."""
        for args, place in self._events(self._credits, "RetirementInvalidated"):
            yield ledger.RetirementInvalidated(
                retirement_id=args["retirementId"],
                token_id=args["tokenId"],
                beneficiary=args["beneficiary"],
                units=args["units"],
                **place,
            )

    def retirements_replaced(self) -> Iterator[ledger.RetirementReplaced]:
        """All that was made good."""
        for args, place in self._events(self._credits, "RetirementReplaced"):
            yield ledger.RetirementReplaced(
                retirement_id=args["retirementId"],
                replaced_by=args["replacedBy"],
                beneficiary=args["beneficiary"],
                units=args["units"],
                **place,
            )

    def serials_invalidated(self) -> Iterator[ledger.SerialsInvalidated]:
        """All serials that the registry cancelled."""
        for args, place in self._events(self._credits, "SerialsInvalidated"):
            yield ledger.SerialsInvalidated(
                token_id=args["tokenId"],
                first_serial=args["firstSerial"],
                last_serial=args["lastSerial"],
                reason=args["reason"],
                **place,
            )

    def serials_redeemed(self) -> Iterator[ledger.SerialsRedeemed]:
        """All serials that went back to the registry."""
        for args, place in self._events(self._credits, "SerialsRedeemed"):
            yield ledger.SerialsRedeemed(
                token_id=args["tokenId"],
                holder=args["holder"],
                first_serial=args["firstSerial"],
                last_serial=args["lastSerial"],
                **place,
            )

    def units_transferred(self) -> Iterator[ledger.UnitsTransferred]:
        """All movements of units, not in their order."""
        for args, place in self._events(self._credits, "TransferSingle"):
            yield ledger.UnitsTransferred(
                sender=args["from"],
                recipient=args["to"],
                token_id=args["id"],
                units=args["value"],
                **place,
            )
        for args, place in self._events(self._credits, "TransferBatch"):
            for token_id, units in zip(args["ids"], args["values"], strict=True):
                yield ledger.UnitsTransferred(
                    sender=args["from"],
                    recipient=args["to"],
                    token_id=token_id,
                    units=units,
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
        blocks = self._blocks_since(contract)
        steps = range(blocks.start, blocks.stop, self._blocks_per_request)
        return self._node.events(contract, name, dict(filters or {}), steps)

    def _blocks_since(self, contract: Contract) -> range:
        newest = self._node.newest_block() if self.block_number is None else self.block_number
        return range(self._first_blocks[contract.address], newest + 1)


def _factor(fields: Iterable[Any]) -> ledger.RegisteredFactor:
    *whole_numbers, evidence_hash = fields
    return ledger.RegisteredFactor(*[*whole_numbers, f"0x{bytes(evidence_hash).hex()}"])
