"""What the constructor wrote into the code, held against what the deployment says.

of a contract's type         the address of the contract of the deployment that is of that type
Solady's EIP712              this address and chain, and the name and version that are signed
an argument of that name     what the transaction that created it gave
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from gasprint._abi import CODEC
from gasprint.attestations import DOMAIN_NAME, DOMAIN_VERSION
from gasprint.verification.compiler import Compiled, Immutable, Places

_WORD_BYTES = 32
_DOMAIN_TYPE = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_EIP712 = "solady/src/utils/EIP712.sol"


@dataclass(frozen=True)
class Surroundings:
    """What is known of a contract, beside its code.

    Attributes:
        chain_id: of its chain.
        address: where it stands.
        deployed: the addresses of all contracts of the deployment, by their names.
        types: of each of them, the contracts and interfaces that it is.
        arguments: what its constructor was given, by name; empty where that is not known.
    """

    chain_id: int
    address: str
    deployed: Mapping[str, str]
    types: Mapping[str, frozenset[str]]
    arguments: Mapping[str, object]


def values_of(code: bytes, places: Places) -> set[bytes]:
    """All that stands at some places of code: one, unless it was tampered with."""
    return {code[start : start + length] for start, length in places}


def expected(immutable: Immutable, around: Surroundings) -> tuple[bytes, str] | None:
    """The word that should stand there, and why; None where nothing says."""
    kind, _, name = immutable.solidity_type.partition(" ")
    if kind == "contract":
        of_type = [each for each, types in around.types.items() if name in types]
        if len(of_type) == 1:
            return _word(around.deployed[of_type[0]]), f"the address of {of_type[0]}"
    if immutable.path.endswith(_EIP712):
        return _eip712(around).get(immutable.name)
    value = around.arguments.get(immutable.name.strip("_"))
    if isinstance(value, int | str):
        return _word(value), "what the constructor was given"
    return None


def arguments_of(compiled: Compiled, data: bytes) -> dict[str, object]:
    """The constructor's arguments, by their names without underscores.

    Raises:
        ValueError: if the data are not just these.
    """
    constructors = [each["inputs"] for each in compiled.abi if each["type"] == "constructor"]
    inputs = constructors[0] if constructors else []
    types = [each["type"] for each in inputs]
    values = CODEC.decode(types, data)
    if CODEC.encode(types, values) != data:
        raise ValueError("more than the arguments")
    return {each["name"].strip("_"): value for each, value in zip(inputs, values, strict=True)}


def shown(immutable: Immutable, value: bytes) -> str:
    """A value as one reads it: a number, an address, or hexadecimal digits."""
    if immutable.solidity_type.startswith("uint") and immutable.name != "_cachedThis":
        return f"{int.from_bytes(value):,}"
    is_address = immutable.solidity_type.startswith(("address", "contract "))
    return f"0x{value[-20:].hex() if is_address and not any(value[:-20]) else value.hex()}"


def _eip712(around: Surroundings) -> dict[str, tuple[bytes, str]]:
    name, version = keccak(text=DOMAIN_NAME), keccak(text=DOMAIN_VERSION)
    this, chain = _word(around.address), _word(around.chain_id)
    separator = keccak(keccak(_DOMAIN_TYPE) + name + version + chain + this)
    return {
        "_cachedThis": (this, "its own address"),
        "_cachedChainId": (chain, "the chain's id"),
        "_cachedNameHash": (name, f"the hash of {DOMAIN_NAME!r}"),
        "_cachedVersionHash": (version, f"the hash of {DOMAIN_VERSION!r}"),
        "_cachedDomainSeparator": (separator, "the domain that attestations are signed for"),
    }


def _word(value: int | str) -> bytes:
    number = int(value, 16) if isinstance(value, str) else value
    return encode(["uint256"], [number])
