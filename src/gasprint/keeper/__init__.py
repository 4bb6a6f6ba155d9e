"""A process that settles the accounts that are due, and survives whatever happens to it.

    watchlist ─▶ due? ─▶ trials ─▶ flights ─▶ the chain
                           ▲         │  ▲
                 listings, clogged  journal

`keeper` goes round; `flights` alone signs, and writes down what it signed before it is sent.
"""
