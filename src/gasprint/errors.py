"""Everything that gasprint raises on purpose.

    GasprintError
    └── InputError          what was given is wrong; the message says what to do
        ├── SerialError     a registry serial; `.field` names the wrong part
        ├── TokenIdError    a token id, or a span of serials inside one
        ├── GridError       an electricity grid region or release
        ├── NetworkError    a network, or a date that its model does not cover
        ├── SourceError     a file of blocks, transactions or credits
        ├── EvidenceError   evidence that does not bear out a factor
        ├── ReorganisedError  the chain changed while it was read; read it again
        ├── WrongPlaceError  the node serves another chain, or the contracts are not there
        └── RefusalError    a wallet or node refused; `.code` is that of its JSON-RPC error

Every message is one line. The command line prints it and exits with 2.
"""


class GasprintError(Exception):
    """Base of every error that gasprint raises on purpose."""


class InputError(GasprintError):
    """What was given cannot be used."""


class SerialError(InputError):
    """A registry serial is malformed.

    Attributes:
        field: name of the part that is wrong, such as `vintage_end`.
    """

    def __init__(self, serial: str, field: str, problem: str) -> None:
        """Say which `serial` is wrong, in which `field`, and why."""
        super().__init__(f"serial {serial!r}: {field} {problem}")
        self.field = field


class TokenIdError(InputError):
    """A token id names no credit, or a span does not lie inside its credit."""


class GridError(InputError):
    """A grid region is unknown, or its published figures cannot be used."""


class NetworkError(InputError):
    """A network is unknown, or its model does not cover the dates asked for."""


class SourceError(InputError):
    """A file of blocks, transactions or credits is missing, damaged or inconsistent."""


class UnansweredError(InputError):
    """A node gave no answer, or none that makes sense: what it was sent, it may have taken."""


class EvidenceError(InputError):
    """A document is no evidence of a factor, or what it says does not follow from its inputs."""


class ReorganisedError(InputError):
    """The chain that was read is not the chain any more."""


class WrongPlaceError(InputError):
    """The node serves another chain than the deployment's, or has no contracts where it says."""


class RefusalError(InputError):
    """A wallet, or a node, refused what was asked of it.

    Attributes:
        code: of its JSON-RPC error, 4001 where its owner said no; None where it gave none.
        data: of its JSON-RPC error: of a call that reverts, what it reverted with.
    """

    def __init__(self, who: str, message: object, code: object, data: object = None) -> None:
        """Say who refused, in which words of its own."""
        super().__init__(f"{who} refused: {message}")
        self.code = code
        self.data = data
