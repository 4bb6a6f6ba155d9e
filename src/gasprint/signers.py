"""Who signs: a key in an encrypted file, or a wallet that asks its owner.

A key is read from web3 secret storage alone, the file that geth, Brownie and most wallets write,
and stays in memory. A wallet is any program that signs what JSON-RPC asks for, such as Frame with
a hardware wallet behind it; it is talked to only where it is named.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3 import Web3
from web3.contract.contract import ContractFunction
from web3.types import TxParams, TxReceipt

from gasprint._node import Node
from gasprint.attestations import typed_data_json
from gasprint.errors import InputError, RefusalError, UnansweredError

_OWNER_SECONDS = 300
_OWNER_SAID_NO = 4001


class Signer(Protocol):
    """Whoever can sign for an address."""

    @property
    def address(self) -> ChecksumAddress:
        """For which address."""

    def sign_typed_data(self, document: dict[str, Any]) -> bytes:
        """The signature over a document of `attestations.typed_data`."""

    def sign_transaction(self, transaction: TxParams) -> bytes | None:
        """The signed transaction; None where the signer only signs what it sends itself."""

    def send(self, transaction: TxParams, node: Node) -> str:
        """Sign a transaction and send it, by `node` where the signer itself does not; its hash."""


@dataclass(frozen=True)
class KeystoreSigner:
    """A key from an encrypted file."""

    account: LocalAccount = field(repr=False)

    @property
    def address(self) -> ChecksumAddress:
        """The key's address."""
        return self.account.address

    def sign_typed_data(self, document: dict[str, Any]) -> bytes:
        """The signature over a document of `attestations.typed_data`."""
        return bytes(self.account.sign_message(encode_typed_data(full_message=document)).signature)

    def sign_transaction(self, transaction: TxParams) -> bytes:
        """The signed transaction."""
        # What web3 builds and what eth-account signs is the same dictionary under two names.
        signed = self.account.sign_transaction(dict(transaction))  # type: ignore[arg-type]
        return bytes(signed.raw_transaction)

    def send(self, transaction: TxParams, node: Node) -> str:
        """Sign a transaction and send it by `node`; its hash."""
        raw_transaction = self.sign_transaction(transaction)
        try:
            return node.send_signed(raw_transaction)
        except (UnansweredError, KeyboardInterrupt) as error:
            transaction_hash = Web3.keccak(raw_transaction).to_0x_hex()
            raise may_have_been_sent(f"transaction {transaction_hash}") from error


@dataclass(frozen=True)
class WalletSigner:
    """A wallet that signs, and sends, by JSON-RPC."""

    node: Node
    address: ChecksumAddress

    @classmethod
    def at(cls, url: str, address: ChecksumAddress, chain_id: int) -> WalletSigner:
        """The wallet at `url`, which has to be on the chain, and to have the account.

        Raises:
            InputError: if it is not, or has not.
        """
        node = Node.at(url, "--provider", _OWNER_SECONDS)
        wallet_chain_id = node.chain_id()
        if wallet_chain_id != chain_id:
            raise InputError(
                f"the wallet at {node.host} is on chain {wallet_chain_id}, not {chain_id}; "
                "switch it over"
            )
        accounts = node.request("eth_accounts")
        if address.lower() not in [str(each).lower() for each in accounts or ()]:
            raise InputError(f"the wallet at {node.host} does not offer account {address}")
        return cls(node, address)

    def sign_typed_data(self, document: dict[str, Any]) -> bytes:
        """The signature over a document of `attestations.typed_data`."""
        shown = typed_data_json(document)
        method = "eth_signTypedData_v4"
        try:
            signature = self.node.request(method, self.address, json.dumps(shown))
        except RefusalError as error:
            if error.code == _OWNER_SAID_NO:
                raise
            # Wallets take the document as text, but some nodes take it only as it is.
            signature = self.node.request(method, self.address, shown)
        try:
            return bytes.fromhex(str(signature).removeprefix("0x"))
        except ValueError:
            raise InputError(f"the wallet at {self.node.host} gave no signature") from None

    def sign_transaction(self, transaction: TxParams) -> None:
        """None: few wallets sign what they do not send."""

    def send(self, transaction: TxParams, node: Node) -> str:
        """Have the wallet sign and send a transaction; its hash."""
        # The wallet counts its own nonces.
        asked = {
            name: value if isinstance(value, str) else hex(int(str(value)))
            for name, value in transaction.items()
            if name != "nonce"
        }
        try:
            return str(self.node.request("eth_sendTransaction", asked))
        except (UnansweredError, KeyboardInterrupt) as error:
            raise may_have_been_sent("the transaction") from error


def may_have_been_sent(what: str) -> InputError:
    """What to say where nobody knows whether a transaction was sent: twice would be dear."""
    return InputError(
        f"{what} may have been sent, though no answer came; look it up before you send another"
    )


def send_call(
    signer: Signer, node: Node, function: ContractFunction, chain_id: int, timeout_seconds: float
) -> TxReceipt:
    """Have `signer` call `function`, and wait until it is mined.

    Raises:
        InputError: with the contract's reason, where it reverts.
    """
    transaction = node.prepare(function, signer.address, chain_id)
    transaction_hash = signer.send(transaction, node)
    try:
        receipt = node.receipt(transaction_hash, timeout_seconds)
    except (UnansweredError, KeyboardInterrupt) as error:
        raise InputError(
            f"transaction {transaction_hash} was sent, but whether it was mined is not known; "
            "look it up before you send another"
        ) from error
    if receipt["status"] != 1:
        # Something changed since it was simulated: now it says why.
        try:
            node.simulate(function, signer.address)
            reason = "it would not now"
        except InputError as error:
            reason = str(error)
        raise InputError(f"transaction {transaction_hash} was mined, but reverted: {reason}")
    return receipt


def read_keystore(path: Path, password: str) -> KeystoreSigner:
    """Decrypt a key.

    Raises:
        InputError: if it is no such file, or the password is wrong.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"keystore {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"keystore {path}: is no JSON; only an encrypted key will do") from error
    if not isinstance(document, dict) or not {"crypto", "Crypto"} & set(document):
        raise InputError(f"keystore {path}: is no web3 secret storage; only that will do")
    # Whatever fails, nothing of the key or the password may show.
    try:
        key = Account.decrypt(document, password)
    except ValueError as error:
        problem = "wrong password" if "MAC" in str(error) else "cannot be decrypted"
        raise InputError(f"keystore {path}: {problem}") from None
    except Exception:
        raise InputError(f"keystore {path}: cannot be decrypted") from None
    return KeystoreSigner(Account.from_key(key))
