"""clean: whatever bytes a string holds, what is left may stand in any document.

given text without controls, in any script
  it stays as it is
given bytes that are no UTF-8: overlong, surrogates, beyond U+10FFFF, cut off, or any at all
  each longest broken piece becomes U+FFFD, as in Python
given controls, line separators, or what XML forbids
  each becomes a space
given controls that reorder text
  they are dropped, and marks that only name a direction are kept
and it says how many code points there are
"""

import re

import pytest
from brownie.test import given
from hypothesis import HealthCheck, example, settings
from hypothesis import strategies as st

BLANK = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")

often = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def cleaned(data):
    """What the library is held to."""
    text = data.decode("utf-8", errors="replace")
    return REORDERING.sub("", BLANK.sub(" ", text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Étude Wäldchen GmbH",
        "شركة الطاقة المتجددة",
        "中国绿色碳汇基金会",
        "👩‍👩‍👧‍👦🌳🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "\"quotes\" and 'single' \\ </script><script>alert(1)</script> & ]]>",
        "e\u0301\u200e\u200f\u061c\u00a0\ufeff\ufffd\ufdd0\U0001fffe\U0010ffff",
    ],
)
def test_plain_text_stays_as_it_is(documents, text):
    assert documents.clean(text.encode()) == "0x" + text.encode().hex()


@pytest.mark.parametrize(
    ("data", "replacements"),
    [
        (b"\x80", 1),
        (b"\xff\xfe", 2),
        (b"\xc0\xaf", 2),  # overlong
        (b"\xe0\x80\xaf", 3),
        (b"\xf0\x80\x80\xaf", 4),
        (b"\xed\xa0\x80", 3),  # a surrogate
        (b"\xf4\x90\x80\x80", 4),  # beyond U+10FFFF
        (b"\xf8\x88\x80\x80\x80", 5),
        (b"\xe2\x82", 1),  # cut off
        (b"\xf0\x9f\x8c", 1),
        (b"\xf0\x9f\x8cA", 1),
        (b"\xe2\x82\xe2\x82\xac", 1),
    ],
)
def test_what_is_no_utf8_is_replaced(documents, data, replacements):
    text = bytes.fromhex(str(documents.clean(data))[2:]).decode()
    assert text == data.decode(errors="replace")
    assert text.count("\ufffd") == replacements


@given(data=st.binary(max_size=512))
@example(data=bytes(range(256)))
@often
def test_any_bytes_come_out_as_python_has_them(documents, data):
    assert bytes.fromhex(str(documents.clean(data))[2:]).decode() == cleaned(data)


@given(text=st.text(max_size=40), junk=st.binary(max_size=4), cut=st.integers(0, 8))
@often
def test_broken_text_comes_out_as_python_has_it(documents, text, junk, cut):
    data = text.encode()[: -cut or None] + junk + text.encode()
    assert bytes.fromhex(str(documents.clean(data))[2:]).decode() == cleaned(data)


def test_controls_become_spaces(documents):
    controls = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFFFE, 0xFFFF]))
    assert documents.clean(controls.encode()) == "0x" + (b" " * len(controls)).hex()


def test_what_reorders_text_is_dropped(documents):
    controls = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    assert documents.clean(f"a{controls}b".encode()) == "0x" + b"ab".hex()


@given(text=st.text(max_size=64))
@often
def test_it_counts_code_points(documents, text):
    assert documents.countCodePoints(text.encode()) == len(text)
