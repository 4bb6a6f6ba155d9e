"""What a report says in the same words each time: what is not checked, standards, glossary."""

from __future__ import annotations

from gasprint.audit_report.document import Column, Fact, Kind, Row, Section, Table

TEST_CHAINS = frozenset({1337, 31337, 11155111, 560048, 17000, 80002, 84532, 421614, 11155420})
"""Local chains, Sepolia, Hoodi, Holesky, and the test chains of Polygon, Base, Arbitrum and OP."""

NEVER_NETTED = (
    "Offsets lower no footprint: gross emissions and retirements stand side by side. "
    "“Outstanding” only says what is still to be retired."
)
NO_VCUS = (
    "This is a test chain. Its tokens are not VCUs: nothing was issued, locked or retired at Verra "
    "for them."
)
IMMOBILISED = (
    "Tokens stand for credits that a custodian says are immobilised at the registry; look their "
    "serials up there."
)

NOT_CHECKED = (
    "What was emitted and never recorded: no ledger shows it.",
    "Custody: whether the registry holds these serials immobilised, and retired them. Look them up "
    "there; the hash of what the custodian saw stands with each credit.",
    "Whether the factors are right: “gasprint factors verify” makes them again from their "
    "evidence.",
    "Names, purposes, places and periods of retirements: they are claims of whoever retired.",
    "The node's word on what the contracts hold now: ask a second node, and compare fingerprints.",
)

METHOD = (
    "Emissions are the gas of each transaction times the factor in force when its block was made, "
    "rounded up to the microgram; an attributional average, in which a network's energy is shared "
    "out by gas."
)
SERIALS = (
    "Each retirement owns an exact span of the registry's serials, which its id spells out. They "
    "are rebuilt from the events and held against the hashes that the contract keeps."
)

STANDARDS_TEXTS = (
    "The first two lines fit whoever pays a network that others run. Whoever runs its nodes has "
    "their electricity in Scope 2 instead; what the users of a collection pay for is not in its "
    "inventory unless it says so.",
    "Credits are in no scope. The GHG Protocol wants inventories without them, and ESRS E1 has "
    "them apart from emissions (paragraphs 56 (b) and 59, AR 61). A line of E1-7 takes them only "
    "once the registry itself has retired them, and only those of the reporting year.",
    "ESRS E1-5, energy consumption and mix, counts the energy of one's own operations; a network's "
    "energy has no line there.",
    "Sources: GHG Protocol, Corporate Value Chain (Scope 3) Accounting and Reporting Standard "
    "(2011), chapters 5 and 11; ESRS E1 in Delegated Regulation (EU) 2023/2772, paragraphs 44 and "
    "59. Later versions may number them otherwise.",
)

GLOSSARY = (
    Fact("µg, mg, g, kg, t", "of CO2e: 1 t is 10¹² µg. The ledger counts whole micrograms."),
    Fact("CO2e", "what has the warming of that much carbon dioxide, over a hundred years."),
    Fact("gas", "what Ethereum and its like measure the work of a transaction in."),
    Fact("pg per gas", "picograms of CO2e for each gas, 10⁻¹² g: a factor."),
    Fact("pWh per gas", "picowatt-hours for each gas; 1 kWh is 10¹⁵ pWh."),
    Fact("unit", "of a credit, as ERC-8393 counts: 10 mg CO2e, 10⁸ to a tonne."),
    Fact("serial", "the registry's number of one tonne, of 10⁸ units."),
    Fact("span", "“+ n/10⁸” begins after n units of the first serial, “to n/10⁸” ends with n of "
         "the last; without them, serials are owned whole."),
    Fact("gross", "with nothing taken off."),
    Fact("metered", "recorded by the transaction itself, as it ran."),
    Fact("committed", "recorded afterwards, for many transactions at once, by a tree of hashes "
         "that binds the totals."),
    Fact("retired", "used up for somebody, for ever."),
    Fact("cancelled", "taken back by the registry: a retirement that it touches no longer offsets "
         "so much, once anyone has it counted."),
    Fact("made good", "replaced by a further retirement, after a cancellation."),
    Fact("outstanding", "emitted, less what was retired and not counted as cancelled; never "
         "below 0."),
    Fact("error, note", "an error contradicts the ledger; a note says what a reader has to weigh, "
         "or what could not be checked."),
    Fact("lower, best, upper", "the least and the most that a factor's sources support, and the "
         "value that is charged."),
)  # fmt: skip


def standards_section(gross_tonnes: str, retired_tonnes: str, cancelled_tonnes: str) -> Section:
    """The lines of the standards that the figures belong in, where they truly fit."""
    category = "1 Purchased goods and services"
    retired = f"{retired_tonnes} t"
    if cancelled_tonnes != "0":
        retired += f"; {cancelled_tonnes} t of it cancelled since"
    rows = (
        Row(("GHG Protocol, Scope 3", category, "emitted, gross", f"{gross_tonnes} t")),
        Row(
            (
                "ESRS E1-6, 44 (c)",
                f"Gross Scope 3 GHG emissions: {category}",
                "emitted, gross",
                f"{gross_tonnes} t",
            )
        ),
        Row(("GHG Protocol", "outside of the scopes: offsets", "retired", retired)),
        Row(
            (
                "ESRS E1-7, 59 (a)",
                "Carbon credits cancelled in the reporting year",
                "retired",
                retired,
            )
        ),
    )
    columns = (
        Column("Standard"),
        Column("Line"),
        Column("Figure"),
        Column("CO2e", Kind.NUMBER),
    )
    table = Table("Where the figures belong in a report of a company", columns, rows)
    return Section("standards", "Lines of reporting standards", STANDARDS_TEXTS, table)


def glossary_section() -> Section:
    """Every unit and word of the trade."""
    return Section("glossary", "Units and words", facts=GLOSSARY)
