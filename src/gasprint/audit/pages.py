"""Is every retirement seen, just as the contract hashed it?

The contract keeps one hash of each 32 retirements of a credit. To make them again is the one thing
that goes through the retirements one by one, for no database hashes by keccak.
"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import error
from gasprint.audit.result import Finding
from gasprint.audit.state import Expected
from gasprint.audit.subject import Subject
from gasprint.ledger import RetirementDescribed, RetirementDetails, RetirementRecorded
from gasprint.retirements import EMPTY_HASH, RETIREMENTS_PER_PAGE, page_chains, rebuild


def check_indices(subject: Subject) -> Iterator[Finding]:
    """Each retirement of a credit that is counted has its event, and one only."""
    told = _counts(subject)
    rows = subject.rows(
        'SELECT token_id, count(*), count(DISTINCT "index"), min("index"), max("index") '
        "FROM retirement GROUP BY token_id"
    )
    events = {token_id: tuple(map(int, figures)) for token_id, *figures in rows}
    for token_id in dict.fromkeys([*told, *events]):
        total, distinct, least, most = events.get(token_id, (0, 0, 0, -1))
        count = told.get(token_id, most + 1)
        if (total, distinct) == (count, count) and (count == 0 or (least, most) == (0, count - 1)):
            continue
        yield from _problems(subject, token_id, count)


def check_pages(subject: Subject) -> Iterator[Finding]:
    """Each page's hash in the contract is the one of the events: none is missing or changed."""
    rebuilt = rebuild(_recorded(subject), _described(subject), _times(subject).__getitem__)
    counts = _counts(subject)
    expected = []
    for token_id in dict.fromkeys([*map(int, counts), *rebuilt]):
        chains = page_chains(rebuilt.get(token_id, {}))
        # Of those that are hidden, one page tells as much as all.
        last = max(chains, default=0) + 1
        pages = range(min(-(-counts.get(str(token_id), 0) // RETIREMENTS_PER_PAGE), last + 1))
        for page in sorted({*chains, *pages}):
            what = f"hash of page {page} of the retirements of credit {token_id}"
            figure = chains.get(page, EMPTY_HASH)
            expected.append(Expected((token_id, page), ((what, figure),)))
    yield from subject.told.contradictions("pages", "pageChain", expected)


def _counts(subject: Subject) -> dict[str, int]:
    """Of each credit how many retirements the contract counts."""
    if subject.state is None:
        return {}
    issued = [token_id for (token_id,) in subject.rows("FROM credit_list WHERE token_id != ''")]
    told = subject.state.ask("stateOf", [(int(token_id),) for token_id in issued])
    return {
        token_id: int(each[4])
        for token_id, each in zip(issued, told, strict=True)
        if each is not None
    }


def _problems(subject: Subject, token_id: str, count: int) -> Iterator[Finding]:
    indices = dict(
        subject.rows(
            'SELECT "index"::BIGINT, count(*) FROM retirement WHERE token_id = $token_id '
            "GROUP BY ALL ORDER BY ALL",
            token_id=token_id,
        )
    )
    missing = count - sum(index < count for index in indices)
    if missing:
        first = next(index for index in range(count) if index not in indices)
        message = (
            f"credit {token_id}: of its {count:,} retirements {missing:,} have no event, "
            f"the first of them after {first:,} others"
        )
        yield error("retirements", message, kind="hidden")
    for index, times in indices.items():
        if index >= count or times > 1:
            message = (
                f"credit {token_id}: {times} event(s) of a retirement after {index:,} others, "
                f"but the chain counts {count:,} in all"
            )
            yield error("retirements", message, kind="invented")


def _recorded(subject: Subject) -> Iterator[RetirementRecorded]:
    for retirement_id, token_id, *who, index, block, log, transaction in subject.rows(
        'SELECT retirement_id, token_id, beneficiary, holder, agent, "index", block_number, '
        "log_index, transaction_hash FROM retirement"
    ):
        yield RetirementRecorded(
            retirement_id=int(retirement_id),
            token_id=int(token_id),
            beneficiary=who[0],
            holder=who[1],
            agent=who[2],
            index=int(index),
            block_number=block,
            log_index=log,
            transaction_hash=transaction,
        )


def _described(subject: Subject) -> Iterator[RetirementDescribed]:
    texts = ("beneficiary_name", "purpose", "place")
    columns = ", ".join(f"{each}, {each}_bytes" for each in texts)
    for retirement_id, payer, start, end, *told, block, log, transaction in subject.rows(
        f"SELECT retirement_id, payer, period_start, period_end, {columns}, block_number, "
        "log_index, transaction_hash FROM retirement_described ORDER BY block_number, log_index"
    ):
        said = [
            text if raw is None else raw.decode("utf-8", "surrogateescape")
            for text, raw in zip(told[::2], told[1::2], strict=True)
        ]
        yield RetirementDescribed(
            retirement_id=int(retirement_id),
            details=RetirementDetails(payer, said[0], said[1], said[2], int(start), int(end)),
            block_number=block,
            log_index=log,
            transaction_hash=transaction,
        )


def _times(subject: Subject) -> dict[int, int]:
    return dict(
        subject.rows(
            "SELECT block_number, coalesce(time_unix_seconds, 0) "
            "FROM (SELECT DISTINCT block_number FROM retirement) LEFT JOIN blocks "
            "USING (block_number)"
        )
    )
