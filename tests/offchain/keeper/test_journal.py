"""The journal of what is under way.

given what was written
  it is read as it was, and replaces what was there before
given none, it is empty
given a broken one, one line names it, and says what is wrong, and what to look up
given a keeper that works in the folder, another is refused
"""

from __future__ import annotations

import json
import re

import pytest

from gasprint.errors import InputError
from gasprint.keeper.journal import Flight, KeeperJournal, Variant

VARIANTS = (Variant("0xaa", "0x01", 9, 1, True), Variant("0xbb", "0x02", 11, 2, False))
FLIGHTS = [Flight("0x1", 7, 21_000, (3, 2**200), VARIANTS), Flight(None, 8, 5, (), VARIANTS[1:])]


@pytest.fixture
def journal(tmp_path):
    (tmp_path / "folder").mkdir()
    return KeeperJournal(tmp_path / "folder", 1, "0xA", "0xB")


def test_it_is_read_as_it_was_written(journal):
    journal.write(FLIGHTS[:1])
    journal.write(FLIGHTS)
    assert journal.read() == FLIGHTS
    assert FLIGHTS[0].newest.transaction_hash == "0xbb"


def test_of_another_key_there_is_none_but_it_is_named(journal):
    other = KeeperJournal(journal.path, 1, "0xA", "0xC")
    journal.write(FLIGHTS)
    assert other.read() == []
    other.write([])
    assert journal.others() == []
    assert other.others() == [".keeper-1-0xA-0xB.json"]


VARIANT = {
    "transaction_hash": "0xaa",
    "raw_transaction": "0x01",
    "max_fee_wei": 9,
    "priority_fee_wei": 1,
    "settles": True,
}
FLIGHT = {"account": "0x1", "nonce": 7, "gas_limit": 5, "listing_ids": [3], "variants": [VARIANT]}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (None, "None where list should be"),
        ({}, "{} where list should be"),
        ([1], "1 where dict should be"),
        ([{"nonce": 1}], "'variants' is missing"),
        ([FLIGHT | {"account": 1}], "1 where str should be"),
        ([FLIGHT | {"nonce": "7"}], "'7' where int should be"),
        ([FLIGHT | {"nonce": True}], "True where int should be"),
        ([FLIGHT | {"gas_limit": 5.0}], "5.0 where int should be"),
        ([FLIGHT | {"listing_ids": "12"}], "'12' where list should be"),
        ([FLIGHT | {"listing_ids": [None]}], "None where int should be"),
        ([FLIGHT | {"variants": []}], "a nonce without a transaction"),
        ([FLIGHT | {"variants": [[]]}], "[] where dict should be"),
        ([FLIGHT | {"variants": [VARIANT | {"raw_transaction": 1}]}], "1 where str should be"),
        ([FLIGHT | {"variants": [VARIANT | {"max_fee_wei": "9"}]}], "'9' where int should be"),
        ([FLIGHT | {"variants": [VARIANT | {"settles": 1}]}], "1 where bool should be"),
    ],
)
def test_one_that_is_not_a_journal_is_told(journal, document, problem):
    journal.write(FLIGHTS)
    (path,) = journal.path.iterdir()
    path.write_text(json.dumps([FLIGHT]))
    assert journal.read()[0].nonce == 7
    path.write_text(json.dumps(document))
    expected = f"{path} cannot be read ({problem}); look up whether 0xB has a transaction"
    with pytest.raises(InputError, match=re.escape(expected)):
        journal.read()


@pytest.mark.parametrize("text", ["", "{", "{}x", "[" * 100_000])
def test_one_that_is_no_json_is_told(journal, text):
    journal.write(FLIGHTS)
    (path,) = journal.path.iterdir()
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(f"{path} cannot be read (")):
        journal.read()


def test_a_second_keeper_is_refused(journal):
    with journal.locked():
        other = KeeperJournal(journal.path, 1, "0xA", "0xC")
        with pytest.raises(InputError, match="another keeper works in"), other.locked():
            pass
    with journal.locked():
        pass


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(InputError, match="cannot be written"),
        KeeperJournal(tmp_path / "file", 1, "0xA", "0xB").locked(),
    ):
        pass
