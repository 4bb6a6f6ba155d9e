"""ERC-8021 suffixes, as the ERC and ox write them, and as nobody should.

given the ERC's own test cases and the examples in ox's documentation
  each decodes to what they say, and the data before it is found
  ours of schema 2 has the same bytes
given any map of the form that the ERC gives
  it encodes, and decodes to itself, behind any data
given bytes that are malformed, or hostile
  there is no suffix, and never another error
"""

from __future__ import annotations

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gasprint import data_suffix
from gasprint.data_suffix import MARKER, CodeRegistry
from gasprint.errors import InputError

DATA = bytes.fromhex("dddddddd")
MARK = "80218021802180218021802180218021"
REGISTRY = "0xBcf2B9598Ec0781eE49230CaACF0FB3C881B5195"

SCHEMA_0 = f"62617365617070 07 00 {MARK}"
SCHEMA_1 = f"{20 * 'cc'} 2105 02 626173656170702C6D6F7270686F 0E 01 {MARK}"
SCHEMA_2 = f"a161616762617365617070 000b 02 {MARK}"
WITH_METADATA = (
    "a46161676261736561707061776570726976796172a161"
    "61a26163663078323130356161782a307842636632423935393845633037383165453439323330436141434630464233"
    "433838314235313935616da26c75746d5f63616d706169676e6c77696e7465722d70726f6d6f66736f75726365667765"
    f"62617070 007b 02 {MARK}"
)
WITH_SERVICES = (
    f"a361616762617365617070617765707269767961738269666c617368626f747365746974616e 0026 02 {MARK}"
)


def suffixed(text: str) -> bytes:
    return DATA + bytes.fromhex(text)


def in_schema_2(content: bytes) -> bytes:
    return DATA + content + len(content).to_bytes(2, "big") + b"\x02" + MARKER


@pytest.mark.parametrize("text", [SCHEMA_0, SCHEMA_1, SCHEMA_2, WITH_METADATA, WITH_SERVICES])
def test_the_data_before_each_example_is_found(text: str) -> None:
    found = data_suffix.decode(suffixed(text))
    assert found is not None
    assert found.data_length == len(DATA)


def test_codes_of_the_chains_own_registry() -> None:
    found = data_suffix.decode(suffixed(SCHEMA_0))
    assert found is not None
    assert (found.schema_id, found.codes, dict(found.registries)) == (0, ("baseapp",), {})


def test_codes_of_another_registry() -> None:
    found = data_suffix.decode(suffixed(SCHEMA_1))
    assert found is not None
    assert (found.schema_id, found.codes) == (1, ("baseapp", "morpho"))
    assert found.registries == {"codes": CodeRegistry(8453, "0x" + 20 * "cc")}


def test_two_codes_of_the_chains_own_registry_as_ox_documents_them() -> None:
    found = data_suffix.decode(suffixed(f"626173656170702c6d6f7270686f 0e 00 {MARK}"))
    assert found is not None
    assert found.codes == ("baseapp", "morpho")


def test_no_codes_are_a_suffix_all_the_same() -> None:
    found = data_suffix.decode(suffixed(f"00 00 {MARK}"))
    assert found is not None
    assert found.codes == ()


def test_an_application_in_a_map() -> None:
    found = data_suffix.decode(suffixed(SCHEMA_2))
    assert found is not None
    assert (found.schema_id, found.app_code, found.wallet_code) == (2, "baseapp", None)


def test_a_map_with_wallet_registry_and_metadata() -> None:
    found = data_suffix.decode(suffixed(WITH_METADATA))
    assert found is not None
    assert (found.app_code, found.wallet_code) == ("baseapp", "privy")
    assert found.registries == {"app": CodeRegistry(8453, REGISTRY)}
    assert found.metadata == {"utm_campaign": "winter-promo", "source": "webapp"}


def test_a_map_with_services() -> None:
    found = data_suffix.decode(suffixed(WITH_SERVICES))
    assert found is not None
    assert found.service_codes == ("flashbots", "titan")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (SCHEMA_2, {"a": "baseapp"}),
        (
            WITH_METADATA,
            {
                "a": "baseapp",
                "w": "privy",
                "r": {"a": {"c": "0x2105", "a": REGISTRY}},
                "m": {"utm_campaign": "winter-promo", "source": "webapp"},
            },
        ),
        (WITH_SERVICES, {"a": "baseapp", "w": "privy", "s": ["flashbots", "titan"]}),
    ],
)
def test_ours_has_the_bytes_of_the_example(text: str, fields: dict[str, object]) -> None:
    assert DATA + data_suffix.encode(fields) == suffixed(text)


def test_an_earlier_drafts_chain_id_is_a_number() -> None:
    fields = {"a": "x", "r": {"w": {"c": 8453, "a": REGISTRY}}}
    found = data_suffix.decode(data_suffix.encode(fields))
    assert found is not None
    assert found.registries == {"wallet": CodeRegistry(8453, REGISTRY)}


CODES = st.text(st.characters(max_codepoint=127), max_size=40)


def maps(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[object, object]]:
    keys = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)
    return st.dictionaries(keys | st.integers(-(2**64), 2**64 - 1), values, max_size=5)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.binary(max_size=300)
    | st.text(st.characters(blacklist_categories=("Cs",)), max_size=300),
    lambda inner: st.lists(inner, max_size=4) | maps(inner),
    max_leaves=20,
)
REGISTRIES = st.fixed_dictionaries(
    {
        "c": st.integers(0, 2**256 - 1).map(hex),
        "a": st.binary(min_size=20, max_size=20).map(lambda address: "0x" + address.hex()),
    }
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "a": CODES,
        "w": CODES,
        "s": st.lists(CODES, max_size=4),
        "r": st.fixed_dictionaries({}, optional={"a": REGISTRIES, "w": REGISTRIES}),
        "m": maps(VALUES),
        "h": st.binary(max_size=36),
    },
)


@given(fields=FIELDS, data=st.binary(max_size=100))
def test_any_map_of_the_form_comes_back_behind_any_data(
    fields: dict[str, object], data: bytes
) -> None:
    found = data_suffix.decode(data + data_suffix.encode(fields))
    assert found is not None
    assert found.fields == fields
    assert found.data_length == len(data)


@given(content=st.binary(max_size=80), schema_id=st.integers(0, 3))
def test_any_bytes_before_the_marker_are_a_suffix_or_none(content: bytes, schema_id: int) -> None:
    data_suffix.decode(content + bytes([schema_id]) + MARKER)
    data_suffix.decode(in_schema_2(content))


@given(data=st.binary(max_size=80))
def test_data_without_the_marker_has_no_suffix(data: bytes) -> None:
    assert data_suffix.decode(data) is None


MALFORMED = {
    "the marker alone": MARKER,
    "an unknown schema, as in the ERC": suffixed(f"ff {MARK}"),
    "schema 3": suffixed(f"00 03 {MARK}"),
    "codes longer than the data": suffixed(f"05 00 {MARK}"),
    "codes that are not ASCII": suffixed(f"c3a9 02 00 {MARK}"),
    "a registry cut off": bytes.fromhex(f"cccc 2105 02 61 01 01 {MARK}"),
    "a registry without a chain": suffixed(f"{20 * 'cc'} 00 61 01 01 {MARK}"),
    "a chain id of 33 bytes": suffixed(f"{20 * 'cc'} {33 * '01'} 21 61 01 01 {MARK}"),
    "a map longer than the data": suffixed(f"a0 ffff 02 {MARK}"),
    "a length cut off": bytes.fromhex(f"00 02 {MARK}"),
    "no map at all": in_schema_2(b""),
    "a list": in_schema_2(b"\x80"),
    "a map cut off": in_schema_2(b"\xa1\x61a"),
    "a map and more": in_schema_2(b"\xa0\x00"),
    "a tag": in_schema_2(b"\xa1\x61m\xa1\x61t\xc2\x41\x01"),
    "a regular expression": in_schema_2(cbor2.dumps({"m": {"r": cbor2.CBORTag(35, "(a+)+$")}})),
    "a decimal of huge exponent": in_schema_2(
        b"\xa1\x61m\xa1\x61t\xc4\x82\x1a\x7f\xff\xff\xff\x01"
    ),
    "nested too deeply": in_schema_2(b"\xa1\x61m" + b"\x81" * 60_000 + b"\x00"),
    "nested too deeply in maps": in_schema_2(b"\xa1\x61m" + b"\xa1\x61a" * 20_000 + b"\x00"),
    "a text of more than there is": in_schema_2(b"\xa1\x61a\x7b" + b"\xff" * 8),
    "a list of more than there is": in_schema_2(b"\xa1\x61s\x9b" + b"\xff" * 8),
    "a key twice": in_schema_2(b"\xa2\x61a\x61x\x61a\x61y"),
    "a key twice, written differently": in_schema_2(b"\xa1\x61m\xa2\x01\x00\x18\x01\x00"),
    "a key that is a list": in_schema_2(b"\xa1\x61m\xa1\x80\x00"),
    "a text that is no UTF-8": in_schema_2(b"\xa1\x61a\x61\xff"),
    "a break without a beginning": in_schema_2(b"\xa1\x61a\xff"),
    "an unassigned simple value": in_schema_2(b"\xa1\x61m\xa1\x61a\xf8\x20"),
    "a code that is a number": in_schema_2(b"\xa1\x61a\x01"),
    "a code that is null": in_schema_2(b"\xa1\x61a\xf6"),
    "a code that is not ASCII": in_schema_2(cbor2.dumps({"w": "é"})),
    "services that are a text": in_schema_2(cbor2.dumps({"s": "titan"})),
    "metadata that are a list": in_schema_2(cbor2.dumps({"m": []})),
    "a registry that is no address": in_schema_2(
        cbor2.dumps({"r": {"a": {"c": "0x1", "a": "0x12"}}})
    ),
    "a registry on a negative chain": in_schema_2(
        cbor2.dumps({"r": {"a": {"c": -1, "a": REGISTRY}}})
    ),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_no_suffix(data: bytes) -> None:
    assert data_suffix.decode(data) is None


def test_lengths_of_no_certain_end_are_read_too() -> None:
    found = data_suffix.decode(in_schema_2(b"\xbf\x61a\x7f\x61b\x61c\xff\x61s\x9f\x61d\xff\xff"))
    assert found is not None
    assert (found.app_code, found.service_codes) == ("bc", ("d",))


def test_a_chunk_of_another_kind_is_malformed() -> None:
    assert data_suffix.decode(in_schema_2(b"\xa1\x61a\x7f\x41b\xff")) is None


def test_a_map_too_long_is_refused() -> None:
    with pytest.raises(InputError, match="65535"):
        data_suffix.encode({"m": {"x": b"\x00" * 65_530}})


@pytest.mark.parametrize("fields", [{"a": 1}, {"s": "x"}, {"m": {"t": cbor2.CBORTag(2, b"\x01")}}])
def test_what_would_be_no_suffix_is_not_encoded(fields: dict[str, object]) -> None:
    with pytest.raises(InputError, match="schema 2"):
        data_suffix.encode(fields)
