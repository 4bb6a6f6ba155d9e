"""The folder of a report: its files of records, and a journal of what was signed but is not mined.

The journal names the one transaction that may still be mined, so that whoever starts after a crash
finishes that one and signs no other beside it. What is committed, the chain alone says.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from eth_typing import ChecksumAddress

from gasprint._journal_folder import JournalFolder
from gasprint.errors import InputError


@dataclass(frozen=True)
class SignedCommitment:
    """A transaction that commits, from before it is sent until it is mined.

    Attributes:
        index: of the commitment, from 0.
        records_hash: SHA-256 of its file, 64 digits.
        last_block: of its range.
        last_block_hash: 0x and 64 digits.
        sender: whose nonce it has.
        nonce: its nonce; of what a wallet sends, the next one as the wallet was asked.
        max_fee_per_gas_wei: the most that it pays for a gas.
        priority_fee_per_gas_wei: of that, to whoever makes the block.
        raw_transaction: as it is sent, 0x and digits; None where a wallet signs and sends in one.
        transaction_hash: None until the wallet has told it.
    """

    index: int
    records_hash: str
    last_block: int
    last_block_hash: str
    sender: str
    nonce: int
    max_fee_per_gas_wei: int
    priority_fee_per_gas_wei: int
    raw_transaction: str | None
    transaction_hash: str | None


@dataclass(frozen=True)
class ReportFolder:
    """A folder of records, and in it the journal of one account at one registry.

    Attributes:
        path: the folder.
        chain_id: of the registry.
        registry: a checksummed address.
        account: a checksummed address.
    """

    path: Path
    chain_id: int
    registry: str
    account: ChecksumAddress

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other report out of the folder, which is made if it is not there.

        Raises:
            InputError: if another report works in it, or it cannot be written.
        """
        with self._folder.locked():
            yield

    def signed(self) -> SignedCommitment | None:
        """What was signed and may not be mined yet; None where there is nothing.

        Raises:
            InputError: if the journal cannot be read.
        """
        try:
            return SignedCommitment(**self._folder.read(self._journal.name))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise InputError(
                f"{self._journal} cannot be read; look up whether a commitment of {self.account} "
                "is under way, and remove the file once none is"
            ) from error

    def note(self, signed: SignedCommitment) -> None:
        """Write the journal, to the disk, in place of what it said before.

        Raises:
            InputError: if it cannot be written.
        """
        self._folder.write(self._journal.name, asdict(signed))

    def settle(self) -> None:
        """End the journal: what it named is mined, or never will be."""
        self._folder.remove(self._journal.name)

    def keep(self, records: Path) -> None:
        """See to it that a file of records is on the disk, whatever happens next.

        Raises:
            InputError: if it cannot be written.
        """
        with self._folder.writing():
            with records.open("rb") as file:
                os.fsync(file.fileno())
            self._folder.sync()

    def records(self, records_hash: str) -> Path:
        """The file of that SHA-256, 64 digits, whether it is there or not."""
        return self.path / f"{records_hash}.parquet"

    def discard(self, records_hash: str) -> None:
        """Remove a file of records."""
        with self._folder.writing():
            self.records(records_hash).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a crash left half-written.

        A whole file of records stays, even where nothing seems to name it: a node that lags knows
        no commitment of it yet.

        Raises:
            InputError: if the folder cannot be written.
        """
        with self._folder.writing():
            for path in self.path.glob(".gasprint.*.partial"):
                path.unlink()
            self._journal.with_suffix(".partial").unlink(missing_ok=True)

    @property
    def _journal(self) -> Path:
        return self.path / f".{self.chain_id}-{self.registry}-{self.account}.json"

    @property
    def _folder(self) -> JournalFolder:
        return JournalFolder(self.path, "report")
