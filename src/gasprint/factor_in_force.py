"""The factor that an EmissionsRegistry holds in force, read through any web3 connection.

All that annotations ask of the registry stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from eth_abi.abi import decode
from eth_typing import ChecksumAddress
from hexbytes import HexBytes
from web3 import Web3
from web3.types import RPCEndpoint

from gasprint.annotations import FactorInForce
from gasprint.errors import InputError, RefusalError

FactorSource = Callable[[], FactorInForce | None]
"""Gives the factor in force now; None before the first."""

Ask = Callable[..., Any]
"""Takes a JSON-RPC method and its parameters; gives the result, or raises RefusalError."""

_VERSION_SELECTOR = Web3.keccak(text="factorVersion()")[:4]
_FACTOR_SELECTOR = Web3.keccak(text="getFactor(uint256)")[:4]


def version_in_force(ask: Ask, registry: ChecksumAddress) -> int:
    """The version of the factor in force; 0 before the first.

    Raises:
        InputError: if no registry answers there, or the node refuses.
    """
    return _read(ask, registry, _VERSION_SELECTOR, "uint256")[0]


def factor_of_version(
    ask: Ask, registry: ChecksumAddress, version: int, chain_id: int
) -> FactorInForce:
    """A factor by its version, from 1.

    Raises:
        InputError: if no registry answers there, or the node refuses.
    """
    # Of the factor, CO2e and energy come first, whatever else a registry says of it.
    figures = _read(ask, registry, _FACTOR_SELECTOR + version.to_bytes(32), "uint64", "uint64")
    return FactorInForce(chain_id, registry, version, *figures)


@dataclass
class RegistryFactors:
    """The factors of one registry; a version is read once, for it never changes.

    Attributes:
        web3: a connection to the chain that the registry stands on.
        registry: its EmissionsRegistry.
    """

    web3: Web3
    registry: ChecksumAddress
    _known: dict[int, FactorInForce] = field(default_factory=dict, repr=False)

    def __call__(self) -> FactorInForce | None:
        """The factor in force now; None before the first.

        Raises:
            InputError: if no registry answers there, or the node refuses.
        """
        version = version_in_force(self._ask, self.registry)
        if version == 0:
            return None
        if version not in self._known:
            chain_id = int(self._ask("eth_chainId"), 16)
            self._known[version] = factor_of_version(self._ask, self.registry, version, chain_id)
        return self._known[version]

    def _ask(self, method: str, *parameters: object) -> Any:
        # Past all middleware, since this is asked from within one.
        response = self.web3.provider.make_request(RPCEndpoint(method), list(parameters))
        if problem := response.get("error"):
            told = problem if isinstance(problem, dict) else {"message": problem}
            raise RefusalError("the registry's node", told.get("message"), told.get("code"))
        return response.get("result")


def _read(ask: Ask, registry: ChecksumAddress, data: bytes, *types: str) -> tuple[int, ...]:
    answer = ask("eth_call", {"to": registry, "data": f"0x{data.hex()}"}, "latest")
    try:
        return tuple(decode(types, HexBytes(str(answer))))
    except Exception:
        raise InputError(
            f"no EmissionsRegistry answers at {registry}; check the address and the chain"
        ) from None
