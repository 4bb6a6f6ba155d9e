"""The registry of emissions, to commit to and to prove by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from web3.contract import Contract
from web3.contract.contract import ContractFunction

from gasprint._node import Node
from gasprint.deployments import read_contracts
from gasprint.errors import InputError
from gasprint.ledger import EmissionsCommitted, RegisteredFactor
from gasprint.record_proofs import EmissionRecord, RecordProof

_COMMITMENT = "(uint64, uint64, bytes32, uint256, uint256, uint256, uint256, bytes32, bytes32)"
_FACTOR = "(uint48, uint48, uint40, uint48, uint48, uint48, uint48, bytes32)"
_RECORD = "(bytes32, uint64, uint256, uint256, uint256)"
_PROOF = "(uint256, uint256, (bytes32, uint256)[])"
_NEEDED = {
    "EmissionsRegistry": (
        "event EmissionsCommitted(address indexed account, uint256 indexed index, "
        "uint256 indexed factorVersion, uint256 firstBlock, uint256 lastBlock, "
        "bytes32 lastBlockHash, uint256 recordCount, uint256 gasUsed, "
        "uint256 energyPicowattHours, uint256 co2eMicrograms, bytes32 root, bytes32 recordsHash)",
        f"function commit(address, {_COMMITMENT}) returns (uint256)",
        "function commitmentCount(address) returns (uint256)",
        "function factorCount() returns (uint256)",
        "function finalityBlocks() returns (uint256)",
        "function getCommitment(address, uint256) returns "
        "((bytes32, uint48, uint48, uint32, uint48, uint48))",
        f"function getFactor(uint256) returns ({_FACTOR})",
        "function isReporter(address, address) returns (bool)",
        f"function proveTransaction(address, uint256, {_RECORD}, {_PROOF}) returns (bool)",
    ),
}


@dataclass(frozen=True)
class Committed:
    """What the registry keeps of a commitment: IEmissionsRegistry.Committed, field for field."""

    root: bytes
    first_block: int
    last_block: int
    factor_version: int
    picograms_per_gas: int
    picowatt_hours_per_gas: int


@dataclass(frozen=True)
class EmissionContracts:
    """The registry of one deployment, as of the newest block at each call.

    Every method raises InputError where the node fails, or the contract refuses.

    Attributes:
        chain_id: of the chain that it stands on.
        node: what reads and sends.
        first_block: the block that created it.
    """

    chain_id: int
    node: Node
    first_block: int
    _registry: Contract
    _blocks_per_request: int = 2_000

    @classmethod
    def connect(cls, rpc_url: str, deployment: Path) -> EmissionContracts:
        """Find the registry of `deployment` through the node at `rpc_url`.

        Raises:
            InputError: if the file is broken, no node answers, it serves another chain, or the
                registry does not stand where the file says.
        """
        expected_chain_id, found = read_contracts(deployment, _NEEDED)
        node = Node.at(rpc_url)
        chain_id = node.chain_id()
        if chain_id != expected_chain_id:
            raise InputError(
                f"the node serves chain {chain_id}, but {deployment} is of chain "
                f"{expected_chain_id}; name the other node or the other file"
            )
        deployed = found["EmissionsRegistry"]
        registry = node.contract("EmissionsRegistry", deployed)
        return cls(chain_id, node, deployed.block_number, registry)

    @property
    def address(self) -> ChecksumAddress:
        """Where the registry stands."""
        return self._registry.address

    def finality_blocks(self) -> int:
        """How many blocks have to follow on one before it can be committed."""
        return int(self._call("finalityBlocks"))

    def factors(self) -> list[RegisteredFactor]:
        """All factors, the first version first; the last may not be in force yet."""
        found = []
        for version in range(1, int(self._call("factorCount")) + 1):
            *figures, evidence_hash = self._call("getFactor", version)
            found.append(RegisteredFactor(*[*figures, f"0x{bytes(evidence_hash).hex()}"]))
        return found

    def is_reporter(self, account: ChecksumAddress, reporter: ChecksumAddress) -> bool:
        """Whether an account has approved a reporter; every account is one of its own."""
        return bool(self._call("isReporter", account, reporter))

    def commitment_count(self, account: ChecksumAddress, block: int | None = None) -> int:
        """How many commitments an account has, or had as of a block."""
        return int(self._call("commitmentCount", account, block=block))

    def commitment(self, account: ChecksumAddress, index: int) -> Committed:
        """What is kept of a commitment, from 0."""
        return Committed(*self._call("getCommitment", account, index))

    def commitments(
        self, account: ChecksumAddress, index: int | None = None, from_block: int = 0
    ) -> Iterator[EmissionsCommitted]:
        """What was logged of an account's commitments, or of one of them, from a block on."""
        filters: dict[str, Any] = {"account": account}
        if index is not None:
            filters["index"] = index
        first = max(self.first_block, from_block)
        blocks = range(first, self.node.newest_block() + 1, self._blocks_per_request)
        for args, place in self.node.events(self._registry, "EmissionsCommitted", filters, blocks):
            yield EmissionsCommitted(
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

    def commit(self, account: ChecksumAddress, arguments: tuple[Any, ...]) -> ContractFunction:
        """The call that commits; `arguments` are IEmissionsRegistry.Commitment, field for field."""
        return self._registry.functions["commit"](account, arguments)

    def proves(
        self, account: ChecksumAddress, index: int, record: EmissionRecord, proof: RecordProof
    ) -> bool:
        """Whether the contract takes a proof."""
        return bool(self._call("proveTransaction", account, index, astuple(record), astuple(proof)))

    def _call(self, function: str, *arguments: object, block: int | None = None) -> Any:
        return self.node.call(self._registry, function, *arguments, block=block)
