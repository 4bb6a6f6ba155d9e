"""`gasprint factors publish | verify | list`, as a publisher and a stranger do it.

given a publisher with a key in an encrypted file
  what is published with its evidence verifies, from the file or from the published path, and
      with the blocks and transactions themselves
  a dry run checks all of it and sends nothing, with a signer or without
  without a time it binds ten minutes after the notice; the list says which version is in force
  eGRID2023's first release and then its revision are two versions, and both verify
given a step beyond the double, a version that is pending, a notice too short, a publisher without
    the role, evidence that does not hold, or a location that holds something else
  it refuses in one line, before anything is signed
given evidence of which one byte was changed
  it is refused, whether the byte is white space, of an input, of a result, or of a text
given a factor whose figures, source, totals or document are not what its evidence makes
  exit 1, and the first difference
given evidence that is elsewhere, missing, or of a later gasprint
  one line that says what to do, exit 2
"""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from brownie import web3
from eth_account import Account

from gasprint.factors import DataFiles, canonical, factor_of
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, footprint_of_files
from gasprint.grid import grid_intensity
from gasprint.totals import totals_of
from tests import commands
from tests.suite import (
    FACTOR,
    MNEMONIC,
    NO_UTF8_SHOWN,
    NOTICE_SECONDS,
    STANDS_FOR_BYTES,
    announce,
    call_with_bytes,
    now,
    pass_time,
)

PASSWORD = "correct horse"
SAMPLE = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
FILES = DataFiles.at(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
RAW_FILES = ("--blocks", SAMPLE_BLOCKS, "--transactions", SAMPLE_TRANSACTIONS)


def factor_on(region, **changes):
    """The sample's factor on some electricity, with other counts where they are given."""
    electricity = grid_intensity(region)
    counts = {name: value for name, value in vars(SAMPLE.totals).items() if type(value) is int}
    totals = totals_of(counts | changes, SAMPLE.network, electricity)
    return factor_of(totals, SAMPLE.network, electricity, FILES)


def iso_8601(unix_seconds):
    return datetime.fromtimestamp(unix_seconds, UTC).isoformat()


@pytest.fixture
def gasprint(rpc_url, deployment, tmp_path):
    """Runs a command of factors on the test's node."""

    def run(name, *arguments):
        there = ("--rpc", rpc_url, "--deployment", deployment)
        return commands.run("factors", name, *arguments, *there, cwd=tmp_path)

    return run


@pytest.fixture
def done(gasprint):
    """Runs a command that has to succeed; what it wrote."""

    def run(*arguments):
        finished = gasprint(*arguments)
        assert (finished.returncode, finished.stderr) == (0, "")
        return finished.stdout

    return run


@pytest.fixture
def refused(gasprint):
    """Runs a command that has to be refused, in one line and before anything is sent; the line."""

    def run(*arguments):
        before = web3.eth.block_number
        finished = gasprint(*arguments)
        assert (finished.returncode, finished.stdout) == (2, "")
        assert finished.stderr.count("\n") == 1
        assert "unexpected" not in finished.stderr
        assert web3.eth.block_number == before
        return finished.stderr

    return run


@pytest.fixture
def contradicted(gasprint):
    """Runs a verification that has to find a contradiction; what it says."""

    def run(*arguments):
        finished = gasprint("verify", *arguments)
        assert (finished.returncode, finished.stderr) == (1, "")
        assert finished.stdout.count("\n") == 1
        return finished.stdout

    return run


@pytest.fixture
def key(tmp_path):
    """The options for the key of a role, by its number; the publisher's without one."""

    def options(role_number=4):
        account = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{role_number}")
        path, password = tmp_path / f"{account.address}.json", tmp_path / "password"
        path.write_text(json.dumps(Account.encrypt(account.key, PASSWORD, iterations=2)))
        password.write_text(f"{PASSWORD}\n")
        return "--keystore", path, "--password-file", password, "--yes"

    return options


@pytest.fixture
def written(tmp_path):
    """Writes a document and says where."""

    def write(document, name="evidence.json"):
        (tmp_path / name).write_bytes(document.encode() if type(document) is str else document)
        return name

    return write


@pytest.fixture
def published(suite, roles):
    """Has the publisher announce figures and a document of any kind, past every check."""

    def publish(factor, evidence=None, location="evidence.json", source=None):
        content = factor.evidence.encode() if evidence is None else evidence
        figures = (
            *(factor.picograms_per_gas, factor.picowatt_hours_per_gas),
            pass_time(1) + NOTICE_SECONDS + 60,
            *(factor.picograms_per_gas_lower, factor.picograms_per_gas_upper),
            *(factor.picowatt_hours_per_gas_lower, factor.picowatt_hours_per_gas_upper),
            hashlib.sha256(content).digest(),
        )
        suite.EmissionsRegistry.publishFactor(
            *(figures, location, factor.source if source is None else source),
            {"from": roles.factor_publisher},
        )
        pass_time(NOTICE_SECONDS + 61)

    return publish


def test_what_is_published_verifies(done, written, key, suite):
    factor = factor_on("network:ethereum")
    path = written(factor.evidence)
    before = pass_time(1)
    said = done("publish", path, "--location", path, *key())
    assert said.startswith("Announced version 2; it binds from ")
    registered = suite.EmissionsRegistry.getFactor(2)
    assert registered[0] == 69_661_138
    assert 0 <= registered[2] - before - NOTICE_SECONDS - 600 <= 60
    assert suite.EmissionsRegistry.factorVersion() == 1
    assert "Version 2, announced, holds" in done("verify", "2")

    pass_time(registered[2] - now() + 1)
    for arguments in ((), ("2",), ("--evidence", path), RAW_FILES):
        said = done("verify", *arguments)
        assert "Version 2, in force, holds: the evidence makes all six figures again" in said
        assert ("and the files its totals" in said) == (arguments == RAW_FILES)
        for figure in (26_225_417, 69_661_138, 107_388_561, 78_404_953, 186_592_334, 226_081_180):
            assert f"{figure:,}" in said
    document = json.loads(done("verify", "--json"))
    assert document["ok"]
    assert document["factors"][0]["picograms_per_gas"]["best"] == 69_661_138


def test_a_dry_run_sends_nothing(done, refused, written, key, suite):
    path = written(factor_on("network:ethereum").evidence)
    before = web3.eth.block_number
    for signer in ((), key()):
        said = done("publish", path, "--location", "ipfs://evidence", "--dry-run", *signer)
        assert "The registry would take it. Nothing was signed" in said
        assert "69,661,138 (26,225,417 to 107,388,561)" in said
    document = json.loads(
        done("publish", path, "--location", "ipfs://evidence", "--dry-run", "--json")
    )
    assert document["evidence_location"] == "ipfs://evidence"
    assert web3.eth.block_number == before
    assert suite.EmissionsRegistry.factorCount() == 1
    line = refused("publish", path, "--location", "ipfs://evidence", "--dry-run", *key(10))
    assert "does not have the role that this takes" in line


def test_the_list(done, written, key):
    path = written(factor_on("network:ethereum").evidence)
    published = json.loads(
        done(
            *("publish", path, "--location", "https://example.com/evidence.json", "--json"),
            *("--effective-at", iso_8601(pass_time(1) + NOTICE_SECONDS + 1200), *key()),
        )
    )
    assert published["version"] == 2
    said = done("list")
    assert "70,000,000 (27,000,000 to 110,000,000)" in said
    assert "69,661,138 (26,225,417 to 107,388,561)" in said
    assert "in force" in said
    assert "announced" in said
    assert "https://example.com/evidence.json" in said
    document = json.loads(done("list", "--json"))
    assert document["version_in_force"] == 1
    first, second = document["factors"]
    assert (first["standing"], second["standing"]) == ("in force", "announced")
    assert second["effective_at_unix_seconds"] == published["effective_at_unix_seconds"]
    assert second["evidence_hash"] == published["evidence_hash"]
    pass_time(NOTICE_SECONDS + 1201)
    assert [each["standing"] for each in json.loads(done("list", "--json"))["factors"]] == [
        "past",
        "in force",
    ]


def test_egrid_2023_and_its_revision(done, gasprint, written, key):
    figures = []
    for version, release in ((2, "eGRID2023-jan2025"), (3, "eGRID2023rev2")):
        factor = factor_on(f"egrid:AZNM@{release}")
        path = written(factor.evidence, f"{release}.json")
        said = done("publish", path, "--location", path, *key())
        assert f"Announced version {version};" in said
        pass_time(NOTICE_SECONDS + 700)
        assert f"Version {version}, in force, holds" in done("verify", *RAW_FILES)
        figures.append(factor.picograms_per_gas)
    assert "Version 2, past, holds" in done("verify", "2")
    ratio = figures[1] / figures[0] - 1
    print(f"egrid:AZNM {figures[0]:,} -> {figures[1]:,} pg per gas, {ratio:+.2%}")
    assert round(ratio, 4) == -0.0497

    # The first version is the suite's own, which rests on no document.
    finished = gasprint("verify", "--all")
    assert finished.returncode == 2
    assert "Version 1, past, was not checked: version 1: evidence evidence.json" in finished.stdout
    assert finished.stdout.count(" holds: ") == 2


def test_a_step_beyond_the_double_is_refused(refused, written, key):
    path = written(factor_on("network:ethereum", gas_used=25_246_518 // 3).evidence)
    line = refused("publish", path, "--location", path, *key())
    assert "picograms_per_gas would go from 70,000,000 to 208,983,4" in line


def test_a_second_version_before_the_first_binds_is_refused(refused, written, key, suite, roles):
    pass_time(1)
    announce(suite, roles)
    path = written(factor_on("network:ethereum").evidence)
    line = refused("publish", path, "--location", path, *key())
    assert "gasprint: version 2 is announced for 20" in line


@pytest.mark.parametrize(
    ("seconds", "line"),
    [
        (NOTICE_SECONDS - 60, "but the notice that is due allows 20"),
        (NOTICE_SECONDS + 91 * 86_400, "but the notice that is due allows 20"),
    ],
)
def test_a_time_too_early_or_too_late_is_refused(refused, written, key, seconds, line):
    path = written(factor_on("network:ethereum").evidence)
    at = ("--effective-at", iso_8601(now() + seconds))
    assert line in refused("publish", path, "--location", path, *at, *key())


def test_a_time_that_is_none_is_refused(refused, written, key):
    path = written(factor_on("network:ethereum").evidence)
    for text in ("tomorrow", "2026-13-01", "", "99999-01-01"):
        line = refused("publish", path, "--location", path, "--effective-at", text, *key())
        assert f"--effective-at {text!r} is no time" in line


def test_who_has_no_such_role_is_refused(refused, written, key):
    path = written(factor_on("network:ethereum").evidence)
    line = refused("publish", path, "--location", path, *key(10))
    assert line.endswith(" does not have the role that this takes\n")


def test_evidence_that_does_not_hold_is_not_published(refused, written, key):
    evidence = factor_on("network:ethereum").evidence
    path = written(evidence.replace("69661138", "69661139"))
    line = refused("publish", path, "--location", path, *key())
    assert "results.picograms_per_gas is 69661139, but its inputs make it 69661138" in line
    assert "no such file" in refused("publish", "none", "--location", path, *key()).lower()


def test_a_location_that_holds_something_else_is_refused(refused, written, key):
    path = written(factor_on("network:ethereum").evidence)
    other = written(factor_on("egrid:US").evidence, "other.json")
    for location, line in (
        (other, "location other.json holds another file than the evidence"),
        ("nowhere.json", "evidence nowhere.json: No such file"),
        ("evidence.json:v2", "evidence evidence.json:v2: No such file"),
        ("", "location '' is not one line"),
        ("https://a\nb", "is not one line of plain text"),
        ("https://" + "a" * 1024, "location has more than 1024 bytes"),
    ):
        assert line in refused("publish", path, "--location", location, *key())


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("{", "{ "),
        ('blocks 17173049-17173050"}', 'blocks 17173049-17173050"}\n'),
        ('"value":6190000', '"value":6190001'),
        ('"gas_used":25246518', '"gas_used":25246519'),
        ("475.0", "475.1"),
        ("69661138", "69661139"),
        ("226081180", "226081181"),
        ("rounded up", "rounded us"),
        ("CCAF", "CCAG"),
    ],
)
def test_evidence_of_which_one_byte_was_changed_is_refused(
    refused, done, written, published, found, put
):
    factor = factor_on("network:ethereum")
    published(factor)
    assert found in factor.evidence
    path = written(factor.evidence.replace(found, put, 1), "spoilt.json")
    line = refused("verify", "--evidence", path)
    assert "this is not the evidence of version 2: its SHA-256 is" in line
    assert factor.evidence_hash.hex() in line
    assert "holds" in done("verify", "--evidence", written(factor.evidence))


@pytest.mark.parametrize(
    "name",
    [
        f"{quantity}_per_gas{bound}"
        for quantity in ("picograms", "picowatt_hours")
        for bound in ("_lower", "", "_upper")
    ],
)
def test_a_figure_that_the_evidence_does_not_make_is_found(written, published, contradicted, name):
    factor = factor_on("network:ethereum")
    made = getattr(factor, name)
    published(replace(factor, **{name: made + 1}))
    written(factor.evidence)
    assert contradicted() == (
        f"Version 2, in force, contradicts its evidence: {name} is {made + 1} on the chain, "
        f"but the evidence makes it {made}.\n"
    )


def test_a_source_that_is_not_that_of_the_evidence_is_found(written, published, contradicted, done):
    factor = factor_on("network:ethereum")
    published(factor, source="wind alone")
    written(factor.evidence)
    assert "the source is 'wind alone' on the chain" in contradicted()


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda text: text + "\n", "evidence: is not in canonical form"),
        (lambda text: text.replace("25246518", "25246519"), "but its inputs make it"),
        (lambda text: "[" * 100_000, "evidence: is nested too deeply"),
        (lambda text: "no JSON", "evidence: is no JSON"),
    ],
)
def test_a_document_that_does_not_hold_is_found(written, published, contradicted, spoil, line):
    factor = factor_on("network:ethereum")
    document = spoil(factor.evidence)
    published(factor, evidence=document.encode())
    written(document)
    assert line in contradicted()


def test_totals_that_the_files_do_not_make_are_found(written, published, contradicted, done):
    factor = factor_on("network:ethereum", gas_used=25_246_519)
    published(factor)
    written(factor.evidence)
    assert "holds" in done("verify")
    assert "gas_used is 25246519, but its files make it 25246518" in contradicted(*RAW_FILES)


def test_other_files_than_the_evidence_names_are_refused(refused, written, published, tmp_path):
    factor = factor_on("network:ethereum")
    published(factor)
    written(factor.evidence)
    other = tmp_path / SAMPLE_BLOCKS.name
    other.write_bytes(SAMPLE_BLOCKS.read_bytes() + b"\n")
    line = refused("verify", "--blocks", other, "--transactions", SAMPLE_TRANSACTIONS)
    assert f"is not the '{SAMPLE_BLOCKS.name}' that the evidence names" in line
    line = refused("verify", "--blocks", SAMPLE_BLOCKS)
    assert "give both files, --blocks and --transactions" in line


def test_evidence_that_is_elsewhere_is_not_fetched(refused, written, published, gasprint):
    factor = factor_on("network:ethereum")
    published(factor, location="https://example.com/evidence.json")
    line = refused("verify")
    assert line == (
        "gasprint: the evidence of version 2 is at https://example.com/evidence.json; "
        "download it, and give it with --evidence\n"
    )
    published(factor, location="")
    assert f"ask its publisher for the file of SHA-256 0x{factor.evidence_hash.hex()}" in refused(
        "verify"
    )
    published(factor, location="/dev/zero")
    assert "evidence /dev/zero is not a file" in refused("verify")


def test_a_later_model_is_not_judged(refused, written, published):
    factor = factor_on("network:ethereum")
    document = json.loads(factor.evidence)
    document["inputs"]["network"]["model"] = "proof_of_stake_v2"
    evidence = canonical(document)
    published(factor, evidence=evidence.encode())
    written(evidence)
    assert "model 'proof_of_stake_v2' is unknown to this gasprint" in refused("verify")


def test_texts_of_any_bytes_are_shown_as_far_as_they_are_text(done, refused, suite, roles):
    figures = (*FACTOR[:2], pass_time(1) + NOTICE_SECONDS + 60, *FACTOR[3:])
    call_with_bytes(
        suite.EmissionsRegistry,
        "publishFactor",
        *(figures, STANDS_FOR_BYTES, STANDS_FOR_BYTES),
        sender=roles.factor_publisher,
    )
    shown = NO_UTF8_SHOWN.replace("\x1b", "\ufffd")
    assert shown in done("list")
    assert NO_UTF8_SHOWN in json.loads(done("list", "--json"))["factors"][1]["source"]
    assert "gasprint: evidence " in refused("verify", "2")


def test_a_version_that_is_not_there_is_refused(refused):
    assert "there is no version 2; the last is 1" in refused("verify", "2")
    assert "--all takes each version's evidence" in refused("verify", "1", "--all")
