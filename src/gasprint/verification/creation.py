"""The transaction that created a contract, held against the sources.

The code that stands at an address says nothing of what the constructor wrote into storage: who is
the administrator, say. The code that ran then does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eth_abi.exceptions import DecodingError
from web3 import Web3

from gasprint._node import Node
from gasprint.chain_transactions import making_sense
from gasprint.verification.bytecode import metadata_length
from gasprint.verification.compiler import Compiled
from gasprint.verification.immutables import arguments_of


@dataclass(frozen=True)
class Creation:
    """What the transaction that is said to have created a contract shows.

    Attributes:
        problem: why it did not create it from these sources; None where it did.
        arguments: what the constructor was given, by name.
    """

    problem: str | None
    arguments: Mapping[str, object]


def creation_of(
    node: Node,
    compiled: Compiled,
    address: str,
    transaction_hash: str,
    libraries: Mapping[tuple[str, str], bytes],
    metadata: bytes,
) -> Creation:
    """Hold a contract's creation against its compiled creation code.

    Args:
        node: what is asked.
        compiled: what should have been created.
        address: where it stands.
        transaction_hash: of the transaction that the deployment names.
        libraries: the addresses of those that stand in its code.
        metadata: what stands at its code's end, which may be another's.

    Raises:
        InputError: if the node fails.
    """
    receipt = node.request("eth_getTransactionReceipt", transaction_hash)
    transaction = node.request("eth_getTransactionByHash", transaction_hash)
    if receipt is None or transaction is None:
        return Creation(f"the node knows no transaction {transaction_hash}", {})
    with making_sense(node):
        created = receipt.get("contractAddress")
        if not created or Web3.to_checksum_address(created) != address:
            return Creation(f"transaction {transaction_hash} did not create it", {})
        data = bytes.fromhex(str(transaction["input"]).removeprefix("0x"))
    linked = bytearray(compiled.creation)
    for library, places in compiled.creation_links.items():
        for start, length in places:
            linked[start : start + length] = libraries[library]
    wanted = bytes(linked)
    code_end = len(wanted) - metadata_length(wanted)
    if data[:code_end] != wanted[:code_end]:
        at = next(n for n, each in enumerate(wanted) if data[n : n + 1] != bytes([each]))
        return Creation(
            f"the code that created it differs from byte {at:,} on, so that its storage may hold "
            "anything",
            {},
        )
    try:
        if not data[code_end:].startswith(metadata):
            raise ValueError("other metadata")
        return Creation(None, arguments_of(compiled, data[code_end + len(metadata) :]))
    except (DecodingError, ValueError):
        return Creation("what follows on the code that created it are not its arguments", {})
