"""What the keeper signed and does not know the end of: written down before it is sent."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

from gasprint._journal_folder import JournalFolder
from gasprint.errors import InputError
from gasprint.keeper.fees import Fees

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Variant:
    """One signed transaction; of those with one nonce, the chain takes one.

    Attributes:
        transaction_hash: 0x and 64 digits.
        raw_transaction: as it is sent, 0x and digits.
        max_fee_wei: the most that it pays for a gas.
        priority_fee_wei: of that, to whoever makes the block.
        settles: whether it settles; False for one that only takes the nonce.
    """

    transaction_hash: str
    raw_transaction: str
    max_fee_wei: int
    priority_fee_wei: int
    settles: bool

    @property
    def fees(self) -> Fees:
        """What it offers."""
        return Fees(self.max_fee_wei, self.priority_fee_wei)


@dataclass(frozen=True)
class Flight:
    """A nonce, and all that was ever signed with it.

    Attributes:
        account: whose settlement; None where the nonce was only filled.
        nonce: of the keeper's key.
        gas_limit: of each that settles.
        listing_ids: of the market, where the keeper chose; empty where the contract does.
        variants: the one with the highest fees last.
    """

    account: str | None
    nonce: int
    gas_limit: int
    listing_ids: tuple[int, ...]
    variants: tuple[Variant, ...]

    @property
    def newest(self) -> Variant:
        """The one with the highest fees."""
        return self.variants[-1]

    def with_variant(self, variant: Variant) -> Flight:
        """The same, with another one signed."""
        return replace(self, variants=(*self.variants, variant))


@dataclass(frozen=True)
class KeeperJournal:
    """The journal of one key at one contract.

    Attributes:
        path: the folder.
        chain_id: of the contract.
        auto_retire: its address.
        keeper: the key's address.
    """

    path: Path
    chain_id: int
    auto_retire: str
    keeper: str

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other keeper out of the folder, which is made if it is not there.

        Raises:
            InputError: if another keeper works in it, or it cannot be written.
        """
        with self._folder.locked():
            yield

    def read(self) -> list[Flight]:
        """What may be under way.

        Raises:
            InputError: if the journal cannot be read.
        """
        try:
            return [_flight(each) for each in _of(list, self._folder.read(self._name))]
        except FileNotFoundError:
            return []
        except (KeyError, OSError, RecursionError, TypeError, ValueError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise InputError(
                f"{self.path / self._name} cannot be read ({what}); look up whether {self.keeper} "
                "has a transaction under way, and remove the file once it has none"
            ) from error

    def others(self) -> list[str]:
        """The journals in the folder in which other keys have something under way."""
        found = self.path.glob(".keeper-*.json")
        return sorted(
            each.name
            for each in found
            if each.name != self._name and each.stat().st_size > len("[]")
        )

    def write(self, flights: Iterable[Flight]) -> None:
        """Write down what may be under way, in place of what was written before.

        Raises:
            InputError: if it cannot be written.
        """
        self._folder.write(self._name, [asdict(each) for each in flights])

    @property
    def _name(self) -> str:
        return f".keeper-{self.chain_id}-{self.auto_retire}-{self.keeper}.json"

    @property
    def _folder(self) -> JournalFolder:
        return JournalFolder(self.path, "keeper", ".gasprint-keeper.lock")


def _flight(document: object) -> Flight:
    fields = _of(dict, document)
    variants = [_of(dict, each) for each in _of(list, fields["variants"])]
    if not variants:
        raise ValueError("a nonce without a transaction")
    account = fields["account"]
    return Flight(
        account if account is None else _of(str, account),
        _of(int, fields["nonce"]),
        _of(int, fields["gas_limit"]),
        tuple(_of(int, each) for each in _of(list, fields["listing_ids"])),
        tuple(
            Variant(
                _of(str, each["transaction_hash"]),
                _of(str, each["raw_transaction"]),
                _of(int, each["max_fee_wei"]),
                _of(int, each["priority_fee_wei"]),
                _of(bool, each["settles"]),
            )
            for each in variants
        ),
    )


def _of(kind: type[_Kind], value: object) -> _Kind:
    # Not by isinstance, to which True is a whole number.
    if type(value) is not kind:
        raise TypeError(f"{value!r:.80} where {kind.__name__} should be")
    return value
