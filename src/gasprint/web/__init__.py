"""A web page and a JSON API over a ledger file: `gasprint serve`.

    ledger.duckdb ─▶ following ─▶ index (SQLite) ─▶ reading ─▶ api, pages
                     a process of its own            │
                                                     ▼
                                             live: a new edition

following       watches the ledger, may sync it, and keeps the index up to date
auditing        what an audit of the ledger finds, kept with the index
ledger_rows     what is read from the ledger
index_tables    the index: so that no page scans the events
index_writing   the index brought up to a version of the ledger
index_reading   what can be asked of the index
index_rows      its rows, made into what pages and API show
models          its types, units and descriptions
searching       what somebody typed, made into places
key_figures     the board of key figures
api, pages      the two faces of it
views           what both need of a request: an edition, or not modified
downloads       the same as CSV
charts          plots as SVG
certificates    certificates as SVG
live            server-sent events
guard           hosts, rates, and headers of every answer
app             all of it put together
serving         the server, and its process that follows

An edition is the index as of one version of the ledger; its tag is the ETag of every answer.
"""
