"""`gasprint annotate make`: an annotation, for whoever sends the transaction by other means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gasprint._output import json_text, write_text
from gasprint.commands import _signing
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.annotations import FactorInForce

EXAMPLE = (
    "Example: gasprint annotate make --gas 65000 --data 0xa9059cbb "
    "--rpc http://127.0.0.1:8545 --deployment deployments/1337.json"
)


def make(
    gas: Annotated[
        int, typer.Option(help="What the transaction is estimated to use.", min=0, max=2**64 - 1)
    ],
    data: Annotated[str, typer.Option(help="Its data, to which the suffix goes.")] = "0x",
    rpc: Annotated[str, typer.Option(help="The node that knows the registry.")] = (
        _signing.DEFAULT_RPC
    ),
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    registry: Annotated[
        str | None, typer.Option(help="The EmissionsRegistry, in place of the deployment's.")
    ] = None,
    chain_id: Annotated[
        int | None, typer.Option(help="Of the registry, if no node is asked.", min=1)
    ] = None,
    factor_version: Annotated[
        int | None, typer.Option(help="With the two figures: no node is asked.", min=1)
    ] = None,
    picograms_per_gas: Annotated[int | None, typer.Option(help="CO2e.", min=0)] = None,
    picowatt_hours_per_gas: Annotated[int | None, typer.Option(help="Energy.", min=0)] = None,
    json: _signing.Json = False,
) -> None:
    """The suffix that says a transaction's energy and CO2e, or the data with it.

    The factor in force comes from the registry, or from the options, and then no node is asked.
    """
    from gasprint.annotations import annotated_data, annotation_of, has_room
    from gasprint.intrinsic_gas import data_gas

    plain = _data(data)
    if not has_room(plain):
        raise InputError(
            "the data ends in a suffix that has no place for an annotation, or has one; "
            "give the data without it"
        )
    figures = (factor_version, picograms_per_gas, picowatt_hours_per_gas)
    factor = _factor(figures, rpc, deployment, registry, chain_id)
    annotation = annotation_of(gas, factor)
    annotated = annotated_data(plain, annotation)
    if not json:
        write_text(f"0x{annotated.hex()}\n")
        return
    document = {
        "data": f"0x{annotated.hex()}",
        "data_gas": data_gas(annotated, is_creation=False) - data_gas(plain, is_creation=False),
        "chain_id": str(annotation.chain_id),
        "registry": annotation.registry,
        "factor_version": str(annotation.factor_version),
        "gas": str(annotation.gas),
        "energy_microwatt_hours": str(annotation.energy_microwatt_hours),
        "co2e_micrograms": str(annotation.co2e_micrograms),
    }
    write_text(json_text(document))


def _data(text: str) -> bytes:
    if not re.fullmatch("0x(?:[0-9a-fA-F]{2})*", text):
        raise InputError("the data is not hexadecimal; give 0x and two digits for each byte")
    return bytes.fromhex(text[2:])


def _factor(
    figures: tuple[int | None, int | None, int | None],
    rpc: str,
    deployment: Path,
    registry: str | None,
    chain_id: int | None,
) -> FactorInForce:
    from gasprint._node import Node
    from gasprint.addresses import checksummed
    from gasprint.annotations import FactorInForce
    from gasprint.deployments import read_contracts
    from gasprint.factor_in_force import factor_of_version, version_in_force

    address = None if registry is None else checksummed(registry, "--registry")
    known_chain_id = chain_id
    if address is None:
        known_chain_id, found = read_contracts(deployment, {"EmissionsRegistry": ()})
        address = found["EmissionsRegistry"].address
        if chain_id not in (None, known_chain_id):
            raise InputError(f"{deployment} is of chain {known_chain_id}, not {chain_id}")
    version, picograms, picowatt_hours = figures
    if version is not None and picograms is not None and picowatt_hours is not None:
        if known_chain_id is None:
            raise InputError("on which chain does the registry stand? give --chain-id")
        return FactorInForce(known_chain_id, address, version, picograms, picowatt_hours)
    if any(figure is not None for figure in figures):
        raise InputError(
            "give all of --factor-version, --picograms-per-gas and --picowatt-hours-per-gas, "
            "or none, and the registry is asked"
        )
    node = Node.at(rpc)
    served = node.chain_id()
    if known_chain_id not in (None, served):
        raise InputError(
            f"the node serves chain {served}, but the registry stands on chain {known_chain_id}; "
            "name the other node"
        )
    in_force = version_in_force(node.request, address)
    if in_force == 0:
        raise InputError("no factor is published yet; publish one first")
    return factor_of_version(node.request, address, in_force, served)
