"""Annotates the transactions that web3.py sends: `gasprint.annotations`, at the end of their data.

    w3.middleware_onion.add(annotating(RegistryFactors(w3, registry)))

Add it last, so that it comes before what signs: a transaction that is signed already cannot be
annotated. For one signed elsewhere, `annotate_transaction` makes the annotated one.

What is sent does what it would have done without: `annotated_transactions` says when a transaction
goes plain.
Each transaction asks the node for about eight things more. Calls are never touched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from web3 import AsyncWeb3, Web3
from web3.middleware.base import Web3Middleware, Web3MiddlewareBuilder
from web3.types import RPCEndpoint, TxParams

from gasprint.annotated_transactions import Annotator
from gasprint.errors import InputError
from gasprint.factor_in_force import FactorSource


def annotating(source: FactorSource) -> Callable[[Web3], Web3Middleware]:
    """A middleware that annotates every transaction sent, and every estimate of its gas.

    Args:
        source: the factor in force, such as `RegistryFactors`; asked once a transaction.

    Raises:
        InputError: at the first request of an AsyncWeb3, which it does not serve.
    """
    return cast(
        Callable[[Web3], Web3Middleware],
        lambda w3: AnnotationMiddleware.build(w3, source),
    )


def annotate_transaction(w3: Web3, transaction: TxParams, source: FactorSource) -> TxParams:
    """`transaction` annotated, for whoever signs it outside of web3; itself where it goes plain.

    Args:
        w3: a connection to the chain that it is for.
        transaction: as `eth_sendTransaction` takes it, with "from". Its "gas", if it has any, is
            raised by what the suffix costs.
        source: the factor in force.
    """
    asked = w3.provider.make_request
    return cast(TxParams, Annotator(asked, source).annotated(cast(Any, transaction)))


class AnnotationMiddleware(Web3MiddlewareBuilder):
    """What `annotating` puts into the onion."""

    _source: FactorSource

    @staticmethod
    def build(w3: Any, source: FactorSource) -> AnnotationMiddleware:
        """The middleware of one connection."""
        if isinstance(w3, AsyncWeb3):
            raise InputError("the annotations are for Web3; AsyncWeb3 is not served")
        middleware = AnnotationMiddleware(w3)
        middleware._source = source
        return middleware

    def request_processor(self, method: RPCEndpoint, params: Any) -> Any:
        """Exchange a transaction that is to be sent, or estimated, for the annotated one."""
        if method not in ("eth_sendTransaction", "eth_estimateGas") or not params:
            return method, params
        make_request = cast(Web3, self._w3).provider.make_request
        transaction, *others = params
        return method, [Annotator(make_request, self._source).annotated(transaction), *others]
