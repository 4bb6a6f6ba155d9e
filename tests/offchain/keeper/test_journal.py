"""The journal of what is under way.

given what was written
  it is read as it was, and replaces what was there before
given none, it is empty
given a broken one, one line says what to look up
given a keeper that works in the folder, another is refused
"""

from __future__ import annotations

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


def test_of_another_key_there_is_none(journal):
    journal.write(FLIGHTS)
    assert KeeperJournal(journal.path, 1, "0xA", "0xC").read() == []


@pytest.mark.parametrize("text", ["", "{", "null", "[1]", '[{"nonce": 1}]', "{}x"])
def test_a_broken_one_is_told(journal, text):
    journal.write(FLIGHTS)
    (path,) = journal.path.iterdir()
    path.write_text(text)
    with pytest.raises(InputError, match="cannot be read; look up whether 0xB has a transaction"):
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
