"""What every command that signs has in common: who signs, and the owner's yes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gasprint._output import harmless, readable, table_text, working
from gasprint.errors import InputError

if TYPE_CHECKING:
    from web3.contract.contract import ContractFunction

    from gasprint.credit_contracts import CreditContracts
    from gasprint.signers import Signer

DEFAULT_RPC = "http://127.0.0.1:8545"
DEFAULT_DEPLOYMENT = Path("deployments/1337.json")

Rpc = Annotated[str, typer.Option(help="The node to read, and to send by.")]
DeploymentFile = Annotated[Path, typer.Option(help="What the deploy script wrote.")]
Keystore = Annotated[
    Path | None, typer.Option(help="Encrypted key (web3 secret storage); asks for its password.")
]
PasswordFile = Annotated[Path | None, typer.Option(help="Has the keystore's password.")]
Provider = Annotated[
    str | None, typer.Option(help="A wallet's own JSON-RPC, such as http://127.0.0.1:1248.")
]
From = Annotated[str | None, typer.Option("--from", help="Which of the wallet's accounts.")]
Yes = Annotated[bool, typer.Option("--yes", help="Sign without asking.")]
Timeout = Annotated[float, typer.Option(help="Seconds to wait until it is mined.", min=1)]
Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]


def find_signer(
    keystore: Path | None,
    password_file: Path | None,
    provider: str | None,
    account: str | None,
    chain_id: int,
) -> Signer:
    """Whoever the options name.

    Raises:
        InputError: if they name nobody or two, or the key or the wallet cannot be used.
    """
    from gasprint.addresses import checksummed
    from gasprint.signers import WalletSigner, read_keystore

    if keystore is not None and provider is not None:
        raise InputError("give one of --keystore and --provider, not both")
    if keystore is None and provider is None:
        raise InputError("who signs? give --keystore FILE, or --provider URL --from ADDRESS")
    if provider is not None:
        if account is None or password_file is not None:
            raise InputError("with --provider goes --from ADDRESS, and no --password-file")
        return WalletSigner.at(provider, checksummed(account, "--from"), chain_id)
    assert keystore is not None
    if account is not None:
        raise InputError("--from goes with --provider; a keystore has one account")
    if not keystore.is_file():
        raise InputError(f"keystore {keystore}: there is no such file")
    return read_keystore(keystore, _password(keystore, password_file))


def _password(keystore: Path, password_file: Path | None) -> str:
    if password_file is not None:
        try:
            return password_file.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, ValueError) as error:
            problem = getattr(error, "strerror", None) or "is no text"
            raise InputError(f"password file {password_file}: {problem}") from None
    if not sys.stdin.isatty():
        raise InputError("there is no terminal to ask for the password; give --password-file")
    from getpass import getpass

    return getpass(f"Password of {keystore}: ", sys.stderr)


def confirm(question: str, facts: Mapping[str, object], *, yes: bool) -> None:
    """Show what will be signed, and go on only if the owner says yes.

    Raises:
        InputError: if there is nobody to ask, or the answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError("there is no terminal to ask whether to sign; give --yes")
    print(facts_text(facts), file=sys.stderr)
    if not typer.confirm(question, err=True):
        raise InputError("nothing was signed")


def send(
    contracts: CreditContracts, signer: Signer, function: ContractFunction, timeout_seconds: float
) -> dict[str, object]:
    """Have `signer` call, and wait until it is mined: where that was, as `--json` writes it.

    Raises:
        InputError: where it reverts, or it is not known whether it was mined.
    """
    with working("Waiting until it is mined ..."):
        receipt = contracts.send(signer, function, timeout_seconds)
    return {
        "transaction_hash": receipt["transactionHash"].to_0x_hex(),
        "block_number": receipt["blockNumber"],
        "gas_used": receipt["gasUsed"],
    }


@contextlib.contextmanager
def telling(done: str | None) -> Iterator[None]:
    """Say what a transaction has done already, if what comes after it fails.

    Raises:
        InputError: saying both.
    """
    try:
        yield
    except (InputError, UnicodeError) as error:
        if done is None:
            raise
        # What to do about it would have the user send it again.
        problem = str(error).rpartition("; ")[0] or error
        raise InputError(f"{done}, but {problem}; do not send it again") from error


def facts_text(facts: Mapping[str, object]) -> str:
    """A table of one fact to a line."""
    return table_text([{"what": name, "is": _shown(value)} for name, value in facts.items()])


def _shown(value: object) -> object:
    return harmless(readable(value)) if isinstance(value, str) else value


def day_seconds(text: str, what: str) -> int:
    """Unix seconds at which a day begins, in UTC.

    Raises:
        InputError: if it is no day from 1970-01-02 on, which is the first that is not 0.
    """
    import re
    from datetime import UTC, datetime

    try:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        seconds = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
        if seconds <= 0:
            raise ValueError
    except ValueError:
        raise InputError(f"{what} {text!r} is no day since 1970, as YYYY-MM-DD") from None
    return seconds
