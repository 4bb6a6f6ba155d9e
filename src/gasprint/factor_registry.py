"""The registry as a publisher of factors needs it: what it would refuse, and the call itself."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.logs import DISCARD
from web3.types import TxReceipt

from gasprint._node import Node
from gasprint.credit_contracts import utc_text
from gasprint.deployments import FACTOR_FIELDS, FACTOR_TYPES, read_contracts
from gasprint.errors import InputError
from gasprint.factors import FIGURES, Factor
from gasprint.signers import Signer, send_call

MARGIN_SECONDS = 600
"""On top of the notice, for the time until the transaction is mined."""

_FITS_48_BITS = 2**48
_NEEDED = {
    "EmissionsRegistry": (
        f"event FactorPublished(uint256 indexed version, {FACTOR_FIELDS} factor, "
        "string evidenceLocation, string source)",
        "function MOST_LEAD_SECONDS() returns (uint256)",
        "function MOST_STEP_RATIO() returns (uint256)",
        "function factorCount() returns (uint256)",
        f"function getFactor(uint256) returns ({FACTOR_TYPES})",
        "function noticeSeconds() returns (uint256)",
        f"function publishFactor({FACTOR_TYPES}, string, string) returns (uint256)",
    ),
}


@dataclass(frozen=True)
class FactorRegistry:
    """An EmissionsRegistry, to publish to.

    Every method raises InputError where the node fails, or the contract refuses.

    Attributes:
        chain_id: of the chain that it stands on.
        node: what reads and sends.
    """

    chain_id: int
    node: Node
    _registry: Contract

    @classmethod
    def connect(cls, rpc_url: str, deployment: Path) -> FactorRegistry:
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
        name = "EmissionsRegistry"
        return cls(chain_id, node, node.contract(name, found[name]))

    def check(self, factor: Factor, effective_at_seconds: int | None) -> int:
        """Refuse what the registry would refuse of anyone.

        Args:
            factor: what is to be published.
            effective_at_seconds: from when on it is to bind; None for as soon as the notice allows.

        Returns:
            From when on it binds, in Unix seconds.

        Raises:
            InputError: if a figure is zero, too large, or too far from the one in force; a version
                is pending; or the notice is too short or too long.
        """
        for name in FIGURES:
            figure = getattr(factor, name)
            if figure >= _FITS_48_BITS or (figure == 0 and not name.endswith("_lower")):
                raise InputError(f"{name} is {figure}, which no registry takes; compute it anew")
        now = self.node.block_time_unix_seconds(self.node.newest_block())
        # A local node makes no block until it is asked to, and its newest may be hours old.
        later = max(now, int(time.time()))
        count = self._read("factorCount")
        if count:
            self._check_step(factor, count, later)
        notice_seconds = self._read("noticeSeconds")
        earliest = now + notice_seconds
        latest = earliest + self._read("MOST_LEAD_SECONDS")
        chosen = effective_at_seconds
        if chosen is None:
            chosen = later + notice_seconds + MARGIN_SECONDS
        if not earliest <= chosen <= latest:
            raise InputError(
                f"it would take effect at {utc_text(chosen)}, but the notice that is due allows "
                f"{utc_text(earliest)} to {utc_text(latest)}; name another time, or none"
            )
        return chosen

    def _check_step(self, factor: Factor, version: int, now: int) -> None:
        last = self.node.call(self._registry, "getFactor", version, block=None)
        picograms_per_gas, picowatt_hours_per_gas, effective_at_seconds = map(int, last[:3])
        if effective_at_seconds > now:
            raise InputError(
                f"version {version} is announced for {utc_text(effective_at_seconds)}; "
                "publish the next from then on"
            )
        most = self._read("MOST_STEP_RATIO")
        for name, figure, in_force in (
            ("picograms_per_gas", factor.picograms_per_gas, picograms_per_gas),
            ("picowatt_hours_per_gas", factor.picowatt_hours_per_gas, picowatt_hours_per_gas),
        ):
            if figure > in_force * most or in_force > figure * most:
                raise InputError(
                    f"{name} would go from {in_force:,} to {figure:,}, and one version moves it "
                    f"to {most} times or 1/{most} of what is in force at most; go in steps"
                )

    def publication(
        self, factor: Factor, effective_at_seconds: int, location: str
    ) -> ContractFunction:
        """The call that announces `factor` as the next version."""
        return self._registry.functions["publishFactor"](
            (
                factor.picograms_per_gas,
                factor.picowatt_hours_per_gas,
                effective_at_seconds,
                factor.picograms_per_gas_lower,
                factor.picograms_per_gas_upper,
                factor.picowatt_hours_per_gas_lower,
                factor.picowatt_hours_per_gas_upper,
                factor.evidence_hash,
            ),
            location,
            factor.source,
        )

    def send(self, signer: Signer, function: ContractFunction, timeout_seconds: float) -> TxReceipt:
        """Have `signer` call, and wait until it is mined."""
        return send_call(signer, self.node, function, self.chain_id, timeout_seconds)

    def version_in(self, receipt: TxReceipt) -> int:
        """The version that a transaction of `publication` announced."""
        events = self._registry.events["FactorPublished"]().process_receipt(receipt, DISCARD)
        for event in events:
            if event["address"] == self._registry.address:
                return int(event["args"]["version"])
        raise InputError("the transaction is mined, but announced no factor; look it up")

    def _read(self, function: str) -> int:
        return int(self.node.call(self._registry, function, block=None))
