"""Makes the columns of `columns` out of the rows of some files, and finds those that are wrong.

That a row holds a value that is not what it must be costs little to see in a scan; the reason is
put in words only when somebody wants to know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.sources.chain_data import IS_WRONG, MOST_COMPARED_TRANSACTIONS, SENDER
from gasprint.sources.columns import TIME, TIME_OF_UTC, Column, Kind, hexadecimal, named_in, typed
from gasprint.sources.files import FILE, ROW

REASON = "_reason"
_LONGEST_SHOWN = 80


@dataclass(frozen=True)
class ReadTable:
    """The rows of some files as columns of ours.

    Attributes:
        raw: the files' rows.
        names: of our columns, to those of the files, the preferred one first.
        columns: ours.
        is_text: whether they are text files.
        checks_texts: whether hashes and addresses are looked at in every scan. Of many millions in
            Parquet that would take longer than all the rest, and no energy depends on them.
        times_are_utc: whether times without a zone are UTC.
        path: of the first file.
    """

    raw: ir.Table
    names: Mapping[str, list[str]]
    columns: Mapping[str, Column]
    is_text: bool
    checks_texts: bool
    times_are_utc: bool
    path: str

    @classmethod
    def of(
        cls,
        raw: ir.Table,
        path: str,
        columns: Mapping[str, Column],
        required: set[str],
        renamed: Mapping[str, str],
        *,
        is_text: bool,
        times_are_utc: bool,
    ) -> ReadTable:
        """The rows `raw` of `path`; nothing of them is read yet.

        Raises:
            SourceError: if a column is missing.
        """
        there = {n: t for n, t in raw.schema().items() if n not in (FILE, ROW)}
        names = named_in(path, there, columns, required, renamed)
        is_small = is_text or raw.count().to_pyarrow().as_py() <= MOST_COMPARED_TRANSACTIONS
        return cls(raw, names, columns, is_text, is_small, times_are_utc, path)

    @property
    def typed(self) -> ir.Table:
        """Our columns, `FILE` and `ROW`, and `IS_WRONG` where any value is not what it must be.

        With `SENDER`, of Parquet.
        """
        values = {
            name: ibis.coalesce(*(self._typed(name, each)[0] for each in names))
            for name, names in self.names.items()
        }
        more = {FILE: _[FILE], ROW: _[ROW], IS_WRONG: self._is_wrong()}
        senders = self.names.get("from_address", [])
        if len(senders) == 1 and not self.is_text:
            more[SENDER] = _[senders[0]]
        return self.raw.select(**values, **more)

    @property
    def wrong(self) -> ir.Table:
        """The rows with a wrong value: `FILE`, `ROW`, and which value, as `REASON`."""
        cases = []
        for name, names in self.names.items():
            rule = self._kind(name).rule
            for each in names:
                cases.append((self._is_refused(name, each), self._told(each, rule)))
            if not self.columns[name].nullable:
                cases.append((self._is_missing(name), self._told(names[0], rule)))
        reasons = self.raw.select(FILE, ROW, **{REASON: ibis.cases(*cases)})
        return reasons.filter(_[REASON].notnull())

    def as_text(self, *names: str) -> ir.Table:
        """Some of our columns as they stand in the files, with `FILE` and `ROW`."""
        texts = {
            name: self._text(self.names[name][0]) if name in self.names else ibis.literal("")
            for name in names
        }
        return self.raw.select(FILE, ROW, **texts)

    def _kind(self, name: str) -> Kind:
        kind = self.columns[name].kind
        return TIME_OF_UTC if kind is TIME and self.times_are_utc else kind

    def _raw(self, name: str) -> ir.Value:
        return self.raw[name].nullif("") if self.raw[name].type().is_string() else self.raw[name]

    def _typed(self, name: str, each: str) -> tuple[ir.Value, ir.BooleanValue]:
        return typed(self.path, each, self._raw(each), self._kind(name), is_text_file=self.is_text)

    def _is_refused(self, name: str, each: str) -> ir.BooleanValue:
        return self._raw(each).notnull() & ~self._typed(name, each)[1]

    def _is_missing(self, name: str) -> ir.BooleanValue:
        return ibis.and_(*(self._raw(each).isnull() for each in self.names[name]))

    def _is_wrong(self) -> ir.BooleanValue:
        checked = [
            name
            for name in self.names
            if self.checks_texts or self.columns[name].kind.type != "string"
        ]
        refused = [self._is_refused(name, each) for name in checked for each in self.names[name]]
        missing = [self._is_missing(name) for name in checked if not self.columns[name].nullable]
        return reduce(or_, refused + missing)

    def _text(self, each: str) -> ir.StringValue:
        raw = self.raw[each]
        return (hexadecimal(raw) if raw.type().is_binary() else raw.cast("string")).fill_null("")

    def _told(self, each: str, rule: str) -> ir.StringValue:
        shown = self._text(each).substr(0, _LONGEST_SHOWN)
        return ibis.literal(f"{each} is '").concat(shown, f"', but must be {rule}")
