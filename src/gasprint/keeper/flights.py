"""Transactions between their signature and their end: signed, written down, sent, watched.

A nonce leaves the journal only once the chain has used it. So whatever was signed is sent again for
as long as it may be needed, and no account is settled in two nonces at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count as counted

from web3 import Web3
from web3.types import Nonce, TxParams, Wei

from gasprint.errors import InputError, UnansweredError
from gasprint.keeper.contracts import KeeperContracts, Moment
from gasprint.keeper.fees import Fees
from gasprint.keeper.journal import Flight, KeeperJournal, Variant
from gasprint.keeper.outcomes import Outcome, outcome_of
from gasprint.keeper.telemetry import Telemetry
from gasprint.keeper.trials import Trial
from gasprint.signers import Signer

_GAS_OF_A_TRANSFER = 21_000
_RESEND_SECONDS = 1.0
_DOUBT_SECONDS = 5.0
"""For how long no receipt has to be there of a nonce that is used, before it is given up."""


@dataclass
class Flights:
    """All that one key has under way.

    Attributes:
        contracts: where to.
        signer: the key.
        journal: of that key at that contract, locked.
        telemetry: what is told of it.
        at_once: how many nonces may be under way.
        replace_after_seconds: how long to wait before more is offered.
        confirmations: in how many blocks, its own and those after it, a transaction has to be.
    """

    contracts: KeeperContracts
    signer: Signer
    journal: KeeperJournal
    telemetry: Telemetry
    at_once: int
    replace_after_seconds: float
    confirmations: int
    _flights: dict[int, Flight] = field(default_factory=dict)
    _signed_at: dict[int, float] = field(default_factory=dict)
    _tried_at: dict[int, float] = field(default_factory=dict)
    _refused: dict[int, str] = field(default_factory=dict)
    _missing_since: dict[int, float] = field(default_factory=dict)
    _gap_since: float | None = None
    last_landed_block: int = 0

    def load(self) -> None:
        """Take over what an earlier keeper has under way.

        Raises:
            InputError: if the journal cannot be read.
        """
        self._flights = {each.nonce: each for each in self.journal.read()}
        now = time.monotonic()
        self._signed_at = dict.fromkeys(self._flights, now)

    def __len__(self) -> int:
        """How many nonces are under way."""
        return len(self._flights)

    @property
    def accounts(self) -> set[str | None]:
        """Whose settlements are under way."""
        return {each.account for each in self._flights.values()}

    @property
    def capacity(self) -> int:
        """How many more may be."""
        return max(self.at_once - len(self._flights), 0)

    def take_off(self, trials: Sequence[Trial], now: Moment) -> int:
        """Sign settlements with the next free nonces, write them down, and send them.

        Returns:
            How many: those that the key can pay for, each at its dearest.

        Raises:
            InputError: if the node fails: what is written down by then will be sent.
        """
        if not trials:
            return 0
        fees, left_wei = now.market.offer(), self._unbound_wei(now)
        made, nonces = [], self._free_nonces(now)
        for trial in trials:
            cost_wei = trial.gas_limit * fees.max_fee_wei
            # One that takes much keeps no other from being settled.
            if cost_wei > left_wei:
                continue
            left_wei -= cost_wei
            flight = Flight(trial.account, next(nonces), trial.gas_limit, trial.listing_ids, ())
            made.append(flight.with_variant(self._sign(flight, fees, settles=True)))
        self._send_new("sent", made)
        return len(made)

    def watch(self, now: Moment) -> list[Outcome]:
        """See what became of each nonce that is used by now.

        Raises:
            InputError: if the node fails.
        """
        return self._land([e for e in self._sorted if e.nonce < now.nonces_used], now.block)

    def help_along(self, now: Moment) -> None:
        """Send again, or offer more for, what is not mined by now.

        Apart from `watch`, so that a node that fails here takes nothing away of what that found.

        Raises:
            InputError: if the node fails.
        """
        self._help([each for each in self._sorted if each.nonce >= now.nonces_used], now)

    @property
    def _address(self) -> str:
        return self.signer.address

    @property
    def _sorted(self) -> list[Flight]:
        return sorted(self._flights.values(), key=lambda each: each.nonce)

    def _unbound_wei(self, now: Moment) -> int:
        """Of the key's balance, what no transaction under way may take."""
        return now.balance_wei - sum(
            each.gas_limit * each.newest.max_fee_wei
            for each in self._flights.values()
            if each.nonce >= now.nonces_used
        )

    def _free_nonces(self, now: Moment) -> Iterator[int]:
        # What waits at the node, and is not ours, was signed by the same key elsewhere.
        taken = self.contracts.node.transaction_count(self._address, "pending")
        return (e for e in counted(max(now.nonces_used, taken)) if e not in self._flights)

    def _land(self, flights: list[Flight], block: int) -> list[Outcome]:
        hashes = [each.transaction_hash for flight in flights for each in flight.variants]
        answers = self.contracts.node.batch("eth_getTransactionReceipt", [(h,) for h in hashes])
        receipts = {each["transactionHash"]: each for each in answers if each is not None}
        outcomes, now = [], time.monotonic()
        for flight in flights:
            names = (each.transaction_hash for each in flight.variants)
            receipt = next((receipts[each] for each in names if each in receipts), None)
            if receipt is None:
                # Of several nodes behind one address, one may not have the receipt yet.
                since = self._missing_since.setdefault(flight.nonce, now)
                if now - since < _DOUBT_SECONDS:
                    continue
            elif int(receipt["blockNumber"], 16) + self.confirmations - 1 > block:
                continue
            outcomes.append(outcome_of(flight, receipt, self.contracts))
        if outcomes:
            ended = {each.nonce for each in outcomes}
            self._note({n: each for n, each in self._flights.items() if n not in ended})
            mined_in = (each.block_number for each in outcomes)
            self.last_landed_block = max(self.last_landed_block, *mined_in)
        return outcomes

    def _help(self, flights: list[Flight], now: Moment) -> None:
        if not flights:
            return
        seconds = time.monotonic()
        asked = [(each.newest.transaction_hash,) for each in flights]
        known = self.contracts.node.batch("eth_getTransactionByHash", asked)
        replaced = []
        for flight, found in zip(flights, known, strict=True):
            if seconds - self._signed_at[flight.nonce] >= self.replace_after_seconds:
                is_next = flight.nonce == now.nonces_used
                is_too_low = flight.newest.max_fee_wei < now.market.base_fee_wei
                better = self._replacement(flight, now) if is_next or is_too_low else None
                if better is not None:
                    replaced.append(better)
                    continue
            tried_at = self._tried_at.get(flight.nonce, 0.0)
            if found is None and seconds - tried_at >= _RESEND_SECONDS:
                if flight.nonce not in self._refused:
                    self.telemetry.sent_again(flight)
                self._send(flight)
        self._send_new("replaced", replaced)
        self._fill_gap(flights, now)

    def _replacement(self, flight: Flight, now: Moment) -> Flight | None:
        self._signed_at[flight.nonce] = time.monotonic()
        fees = now.market.replacement(flight.newest.fees)
        bound_wei = flight.gas_limit * flight.newest.max_fee_wei
        left_wei = self._unbound_wei(now) + bound_wei
        if fees is None or flight.gas_limit * fees.max_fee_wei > left_wei:
            self.telemetry.cannot_replace(flight)
            return None
        # Meanwhile somebody else may have settled the account: then only the nonce is needed.
        due = [] if flight.account is None else self.contracts.due([flight.account], now.block)
        return flight.with_variant(self._sign(flight, fees, settles=bool(due)))

    def _fill_gap(self, flights: list[Flight], now: Moment) -> None:
        """Fill a nonce that is nobody's, and keeps ours from being mined.

        Somebody else's transaction that waited in it, and was dropped, leaves one.
        """
        taken = self.contracts.node.transaction_count(self._address, "pending")
        gap = max(now.nonces_used, taken)
        if gap in self._flights or gap > flights[-1].nonce:
            self._gap_since = None
            return
        seconds = time.monotonic()
        self._gap_since = self._gap_since or seconds
        if seconds - self._gap_since >= self.replace_after_seconds:
            self._gap_since = None
            filler = Flight(None, gap, _GAS_OF_A_TRANSFER, (), ())
            filled = filler.with_variant(self._sign(filler, now.market.offer(), settles=False))
            self._send_new("filled", [filled])

    def _sign(self, flight: Flight, fees: Fees, *, settles: bool) -> Variant:
        if settles:
            assert flight.account is not None
            to, gas = self.contracts.address, flight.gas_limit
            data = self.contracts.settle_data(flight.account, flight.listing_ids)
        else:
            to, gas, data = self.signer.address, _GAS_OF_A_TRANSFER, "0x"
        transaction: TxParams = {
            "chainId": self.contracts.chain_id,
            "nonce": Nonce(flight.nonce),
            "to": to,
            "value": Wei(0),
            "data": data,  # type: ignore[typeddict-item]
            "gas": gas,
            "maxFeePerGas": Wei(fees.max_fee_wei),
            "maxPriorityFeePerGas": Wei(fees.priority_fee_wei),
        }
        raw = self.signer.sign_transaction(transaction)
        assert raw is not None
        return Variant(
            Web3.keccak(raw).to_0x_hex(),
            f"0x{raw.hex()}",
            fees.max_fee_wei,
            fees.priority_fee_wei,
            settles,
        )

    def _send_new(self, event: str, flights: list[Flight]) -> None:
        if not flights:
            return
        self._note(self._flights | {each.nonce: each for each in flights})
        now = time.monotonic()
        for flight in flights:
            self._signed_at[flight.nonce] = now
            self._refused.pop(flight.nonce, None)
            self.telemetry.signed(event, flight)
        for flight in flights:
            self._send(flight)

    def _send(self, flight: Flight) -> None:
        self._tried_at[flight.nonce] = time.monotonic()
        reason = None
        # A node that will not have the newest, which the key may have too little for by now, may
        # have one before it.
        for variant in reversed(flight.variants):
            try:
                self.contracts.node.request("eth_sendRawTransaction", variant.raw_transaction)
            except UnansweredError:
                raise
            except InputError as error:
                reason = reason or str(error)
            else:
                self._refused.pop(flight.nonce, None)
                return
        # It may be there already, or mined; or it pays too little for now. The chain will tell.
        assert reason is not None
        if self._refused.get(flight.nonce) != reason:
            self.telemetry.send_refused(flight, reason)
        self._refused[flight.nonce] = reason

    def _note(self, flights: dict[int, Flight]) -> None:
        self.journal.write(flights.values())
        self._flights = flights
        for known in (self._signed_at, self._tried_at, self._refused, self._missing_since):
            for nonce in known.keys() - flights.keys():
                del known[nonce]
