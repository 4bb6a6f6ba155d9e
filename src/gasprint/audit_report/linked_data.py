"""A report as JSON-LD: schema.org's words for what is told, PROV-O's for where it comes from.

Its context stands in the file, so that nothing has to be fetched to read it. Accounts have the
names of did:pkh, of CAIP-10; whole numbers are texts, typed as integers, which JSON's numbers are
not beyond 2^53.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from gasprint._output import json_text
from gasprint.audit_report.data import ReportData
from gasprint.audit_report.tables import DataTable, Type, data_tables
from gasprint.audit_report.wording import METHOD, NEVER_NETTED, NOT_CHECKED

_TERMS = "urn:gasprint:terms:"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPES = {
    Type.ID: None,
    Type.TEXT: None,
    Type.WHOLE: f"{_XSD}integer",
    Type.NUMBER: f"{_XSD}double",
    Type.BOOLEAN: f"{_XSD}boolean",
}
_CLASSES = {
    "deployments": "Deployment",
    "accounts": "AccountStatement",
    "emissions": "Emissions",
    "factors": "Factor",
    "retirements": "Retirement",
    "credits": "Credit",
    "transactions": "MeteredTransaction",
    "findings": "Finding",
}


def json_ld_of(data: ReportData) -> bytes:
    """A report as one document of linked data."""
    tables = data_tables(data)
    report = f"urn:gasprint:audit:{data.fingerprint}"
    time = data.dated.isoformat()
    document: dict[str, Any] = {
        "@context": _context(tables),
        "@id": report,
        "@type": ["schema:Report", "prov:Entity"],
        "schema:name": "Audit of emissions and retirements",
        "schema:dateCreated": {"@type": "xsd:dateTime", "@value": time},
        "schema:abstract": f"{METHOD} {NEVER_NETTED}",
        "schema:usageInfo": list(NOT_CHECKED),
        "nothing_contradicts_the_ledger": data.audit.ok,
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:used": [
                {"@id": each} for table in tables[:1] for each in _ids(table, "carbon_credits")
            ],
            "prov:wasAssociatedWith": {
                "@type": ["prov:SoftwareAgent", "schema:SoftwareApplication"],
                "schema:name": "gasprint",
                "schema:softwareVersion": version("gasprint"),
            },
        },
        "emitted": _quantity(data.emitted_co2e_micrograms, "µg CO2e, gross"),
        "retired": _quantity(data.retired_units, "units of 10 mg CO2e"),
        "outstanding": _quantity(data.outstanding_co2e_micrograms, "µg CO2e still to be retired"),
    }
    document |= {table.name: [_node(table, row) for row in table.rows] for table in tables}
    return json_text(document).encode()


def _context(tables: Iterable[DataTable]) -> dict[str, Any]:
    context: dict[str, Any] = {
        "@vocab": _TERMS,
        "schema": "https://schema.org/",
        "prov": "http://www.w3.org/ns/prov#",
        "xsd": _XSD,
    }
    for table in tables:
        for name, kind in table.columns.items():
            if _TYPES[kind]:
                context[name] = {"@id": f"{_TERMS}{name}", "@type": _TYPES[kind]}
    return context


def _quantity(value: int, unit: str) -> dict[str, Any]:
    return {
        "@type": "schema:QuantitativeValue",
        "schema:value": {"@type": "xsd:integer", "@value": str(value)},
        "schema:unitText": unit,
    }


def _node(table: DataTable, row: dict[str, Any]) -> dict[str, Any]:
    node: dict[str, Any] = {"@type": [_CLASSES[table.name], "prov:Entity"]}
    if table.name == "deployments":
        node["@id"] = _did(row["chain_id"], row["carbon_credits"])
    for about in ("account", "beneficiary"):
        if row.get(about):
            node["schema:about"] = {"@id": _did(row["chain_id"], row[about])}
    if "factor_version" in row:
        factor = f"urn:gasprint:factor:{row['chain_id']}:{row['factor_version']}"
        node |= (
            {"@id": factor} if table.name == "factors" else {"prov:wasDerivedFrom": {"@id": factor}}
        )
    for name, kind in table.columns.items():
        if row[name] not in (None, ""):
            node[name] = str(row[name]) if kind is Type.WHOLE else row[name]
    return node


def _ids(table: DataTable, column: str) -> list[str]:
    return [_did(row["chain_id"], row[column]) for row in table.rows]


def _did(chain_id: int, address: str) -> str:
    return f"did:pkh:eip155:{chain_id}:{address}"
