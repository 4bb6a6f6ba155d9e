"""`gasprint credits attest | issue | withdraw | retire | show | certificate`, as their users do.

given a custodian, an issuer and a holder, each with a key in an encrypted file or in a wallet
  the custodian signs offline, the issuer mints, the holder retires, and all of it shows
  a signature made elsewhere, or by a contract, becomes the same attestation
  what the custodian withdraws before it is issued, is not issued
  a certificate is drawn as SVG and PNG, and can be claimed later by anyone
  names in any script, or hostile, stand on it as text: it is XML, and JSON by ERC-721's schema
  a name that is no UTF-8 shows as far as it is, and its certificate can be claimed
  a serial leads to its credit and to its retirements
given anything that the contracts would refuse
    one line on stderr, exit 2, and no transaction
given no key that can be used
    one line on stderr, exit 2, and nothing of key or password in it
"""

import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from brownie import web3
from eth_account import Account
from eth_account.messages import encode_typed_data

from tests import commands
from tests.certificates import METADATA_SCHEMA, document_of, unpack
from tests.suite import (
    CUSTODIAN,
    FIRST_SERIAL,
    LAST_SERIAL,
    MNEMONIC,
    NO_UTF8_SHOWN,
    NOTHING_SAID,
    SERIAL,
    STANDS_FOR_BYTES,
    TOKEN_ID,
    call_with_bytes,
    chain_id,
    now,
    pass_time,
)

PASSWORD = "correct horse"
OTHER_SERIAL = SERIAL.replace("941467007-941467431", "941467432-941467441")
OTHER_TOKEN_ID = TOKEN_ID >> 128 << 128 | 941467432 << 64 | 941467441
SAID = ("--project-name", "Bale Mountains", "--methodology", "VM0015")

NAMES = {
    "arabic": "شركة الطاقة المتجددة للتنمية المستدامة",
    "chinese": "中国绿色碳汇基金会与北京环境交易所",
    "emoji": "🌳🌲🌴",
    "joined emoji": "👩\u200d👩\u200d👧",
    "persian": "می\u200cکنیم",
    "quotes": "The \"Green\" & 'Blue' Co",
    "markup": "</text><script>alert(1)</script>",
}


def key_of(role_number):
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{role_number}")


@pytest.fixture
def gasprint(rpc_url, deployment, tmp_path):
    """Runs a command; one that asks a node gets the test's."""

    def run(name, *arguments, deployment=deployment, stdout=None):
        node = () if name == "attest" else ("--rpc", rpc_url)
        words = ("credits", name, *arguments, *node, "--deployment", deployment)
        return commands.run(*words, cwd=tmp_path, stdout=stdout)

    return run


@pytest.fixture
def done(gasprint):
    """Runs a command that has to succeed; what it wrote."""

    def run(*arguments, **options):
        finished = gasprint(*arguments, **options)
        assert (finished.returncode, finished.stderr) == (0, "")
        return finished.stdout

    return run


@pytest.fixture
def refused(gasprint):
    """Runs a command that has to be refused, in one line and before anything is sent; the line."""

    def run(*arguments, **options):
        before = web3.eth.block_number
        finished = gasprint(*arguments, **options)
        assert finished.returncode == 2
        assert finished.stdout == ""
        assert finished.stderr.count("\n") == 1
        assert "Traceback" not in finished.stderr
        assert "unexpected" not in finished.stderr
        assert web3.eth.block_number == before
        return finished.stderr

    return run


@pytest.fixture
def keystore(tmp_path):
    """The options for a key in an encrypted file, as geth and Brownie write it."""

    def options(key=CUSTODIAN, password=PASSWORD):
        path = tmp_path / f"{key.address}.json"
        path.write_text(json.dumps(Account.encrypt(key.key, PASSWORD, iterations=2)))
        password_file = tmp_path / "password"
        password_file.write_text(f"{password}\n")
        return "--keystore", path, "--password-file", password_file, "--yes"

    return options


@pytest.fixture
def wallet(rpc_url):
    """The options for an account that the node signs for, as a wallet would."""
    return lambda account: ("--provider", rpc_url, "--from", str(account), "--yes")


@pytest.fixture
def statement(roles, tmp_path):
    """The arguments that say what the custodian attests to."""
    evidence = tmp_path / "statement.pdf"
    evidence.write_bytes(b"immobilised")
    return (OTHER_SERIAL, "--recipient", roles.holder, *SAID, "--evidence", evidence)


@pytest.fixture
def attestation(done, statement, keystore, tmp_path):
    """An attestation file, changed at will before it is written."""
    path = tmp_path / "attestation.json"
    done("attest", *statement, *keystore(), "-o", path)

    def written(**changes):
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))
        return path

    return written


@pytest.fixture
def retired(done, roles, wallet):
    """Retires of the credit that the suite issued; the retirement's id."""

    def retire(*arguments, amount="2.5t"):
        written = done("retire", TOKEN_ID, amount, *arguments, *wallet(roles.holder), "--json")
        return int(json.loads(written)["retirement_id"])

    return retire


def test_from_the_custodians_signature_to_the_certificate(
    suite, roles, done, statement, keystore, wallet, tmp_path
):
    done("attest", *statement, *keystore(), "-o", "attestation.json")
    issued = json.loads(done("issue", "attestation.json", *wallet(roles.issuer), "--json"))
    assert issued["token_id"] == str(OTHER_TOKEN_ID)
    credits = suite.CarbonCredits
    assert credits.balanceOf(roles.holder, OTHER_TOKEN_ID) == 10 * 10**8
    evidence_hash = hashlib.sha256(b"immobilised").hexdigest()
    assert credits.evidenceHashOf(OTHER_TOKEN_ID).hex().endswith(evidence_hash)

    result = json.loads(
        done(
            *("retire", OTHER_TOKEN_ID, "1.5t", "--for", roles.beneficiary, "--name", "Öko & Co"),
            *("--purpose", "flights", "--place", "ET", "--period", "2026-01-01..2026-06-30"),
            *("--payer", roles.auditor, "--certificate", "--json", *keystore(key_of(5))),
        )
    )
    assert result["units"] == "150000000"
    assert result["serials"] == {
        "first_serial": "941467432",
        "first_offset_units": "0",
        "last_serial": "941467433",
        "last_end_units": "50000000",
    }
    retirement_id = int(result["retirement_id"])
    assert suite.RetirementCertificates.ownerOf(retirement_id) == roles.beneficiary

    shown = json.loads(done("show", retirement_id, "--json"))
    assert shown["kind"] == "retirement"
    assert shown["beneficiary"] == roles.beneficiary
    assert shown["holder"] == shown["agent"] == roles.holder
    assert shown["beneficiary_name"] == "Öko & Co"
    assert (shown["period_start"], shown["period_end"]) == (1767225600, 1782863999)
    assert shown["payer"] == roles.auditor
    assert shown["certificate"] is True
    assert shown["cancelled_units"] == "0"
    assert "2026-06-30 23:59:59 UTC" in done("show", retirement_id)

    drawn = done("certificate", retirement_id)
    assert drawn == suite.RetirementCertificates.svgOf(retirement_id)


def test_the_certificate_is_a_file(suite, done, retired, tmp_path):
    retirement_id = retired("--certificate")
    assert done("certificate", retirement_id, "-o", "c.svg") == "c.svg\n"
    svg = (tmp_path / "c.svg").read_text()
    assert svg == suite.RetirementCertificates.svgOf(retirement_id)
    done("certificate", retirement_id, "-o", "c.png")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_any_name_stands_on_its_certificate(suite, done, retired, name, tmp_path):
    retirement_id = retired("--name", name, "--certificate")
    content = document_of(suite.RetirementCertificates.tokenURI(retirement_id))
    jsonschema.validate(content, METADATA_SCHEMA)
    said = {each["trait_type"]: each["value"] for each in content["attributes"]}
    assert said["Beneficiary name"] == name
    assert name in done("show", retirement_id)
    drawn = done("certificate", retirement_id)
    assert unpack(content["image"], "image/svg+xml") == drawn
    root = ElementTree.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not {each.tag for each in root.iter() if "script" in each.tag or "image" in each.tag}
    assert name.replace(" ", "") in "".join(root.itertext()).replace(" ", "")
    done("certificate", retirement_id, "-o", "c.png")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_anyone_claims_a_certificate_later(
    suite, roles, done, refused, retired, keystore, tmp_path
):
    retired()
    named = retired("--name", "Öko & Co", "--for", roles.beneficiary, amount="10mg")
    silent = retired(amount="1units")
    line = refused("certificate", named, "-o", "c.svg")
    assert "has no certificate yet; add --claim and a key to mint it" in line
    assert not (tmp_path / "c.svg").exists()

    outsider = keystore(key_of(10))
    claimed = json.loads(done("certificate", named, "--claim", "-o", "c.svg", "--json", *outsider))
    assert claimed["transaction_hash"].startswith("0x")
    done("certificate", silent, "--claim", *outsider)
    certificates = suite.RetirementCertificates
    assert certificates.ownerOf(named) == roles.beneficiary
    assert certificates.ownerOf(silent) == roles.holder
    before = web3.eth.block_number
    assert done("certificate", named, "--claim")
    assert web3.eth.block_number == before


@pytest.fixture
def told(gasprint):
    """Runs a command that sends, but whose output cannot be written; what it did, as its line says.

    Its transaction has to be the newest one.
    """

    def run(*arguments):
        finished = gasprint(*arguments, stdout=Path("/dev/full"))
        assert finished.returncode == 2
        assert finished.stderr.count("\n") == 1
        (newest,) = web3.eth.get_block("latest")["transactions"]
        sent = f" in transaction 0x{newest.hex().removeprefix('0x')}"
        assert sent in finished.stderr
        assert finished.stderr.endswith(
            ", but the output cannot be written: No space left on device; do not send it again\n"
        )
        return finished.stderr.replace(sent, "").partition(", but")[0]

    return run


def test_what_was_sent_is_told_where_the_output_cannot_be_written(
    roles, done, told, statement, attestation, keystore, wallet, tmp_path
):
    issued = told("issue", attestation(), *wallet(roles.issuer))
    assert issued == f"gasprint: issued credit {OTHER_TOKEN_ID}"
    retired = told("retire", TOKEN_ID, "1t", *wallet(roles.holder), "--json")
    retirement_id = retired.removeprefix("gasprint: retired as retirement ")
    assert json.loads(done("show", retirement_id, "--json"))["kind"] == "retirement"
    claimed = told("certificate", retirement_id, "--claim", *wallet(roles.outsider))
    assert claimed == "gasprint: minted the certificate"
    serial = SERIAL.replace("941467007-941467431", "5-6")
    done("attest", serial, *statement[1:], *keystore(), "-o", "a.json")
    withdrawn = told("withdraw", "a.json", *wallet(roles.custodian))
    assert withdrawn == "gasprint: withdrew the attestation"


def test_nothing_is_signed_that_could_not_be_written(
    suite, roles, refused, retired, statement, keystore, tmp_path
):
    retirement_id = retired()
    claim = ("certificate", retirement_id, "--claim", *keystore())
    problem = "missing/c.svg cannot be written: No such file or directory"
    assert problem in refused(*claim, "-o", "missing/c.svg")
    (tmp_path / "c.svg").mkdir()
    assert "c.svg is not a file" in refused(*claim, "-o", "c.svg")
    # A key that cannot be read is complained of only when it is about to sign.
    attest = ("attest", *statement, "--keystore", "missing.json")
    assert "missing/a.json cannot be written" in refused(*attest, "-o", "missing/a.json")
    assert "there is no such file" in refused(*attest, "-o", "a.json")
    assert not (tmp_path / "a.json").exists()


def test_a_credit_and_its_serials_show(suite, roles, done, retired):
    retired()
    second = retired(amount="1t")
    suite.CreditRecords.addLabel(TOKEN_ID, "CCP", 1_700_000_000, {"from": roles.custodian})
    suite.CreditRecords.settleSerials(TOKEN_ID, FIRST_SERIAL + 1, "x", {"from": roles.custodian})
    assert re.search(r"on hold +no\b", done("show", TOKEN_ID))
    assert json.loads(done("show", TOKEN_ID, "--json"))["suspended_until"] is None
    held = suite.CarbonCredits.suspend([TOKEN_ID], "checked", {"from": roles.custodian})
    shown = json.loads(done("show", TOKEN_ID, "--json"))
    assert shown["kind"] == "credit"
    assert shown["first_serial"] == str(FIRST_SERIAL)
    assert shown["retired_units"] == str(35 * 10**7)
    assert shown["available_units"] == str(425 * 10**8 - 35 * 10**7)
    assert shown["suspended_until"] == held.events["CreditSuspended"]["until"]
    assert shown["retirable_units"] == "0"
    assert shown["settled_through"] == str(FIRST_SERIAL + 1)
    assert shown["labels"] == [{"name": "CCP", "from": 1_700_000_000, "until": None}]
    assert shown["evidence_hash"] == "0x" + "02" * 32

    found = json.loads(done("show", FIRST_SERIAL + 3, "--json"))
    assert found["token_id"] == str(TOKEN_ID)
    assert [each["retirement_id"] for each in found["retirements"]] == [str(second)]
    text = done("show", SERIAL)
    assert re.search(r"on hold +until \d{4}-\d\d-\d\d 00:00:00 UTC", text)
    assert f"{FIRST_SERIAL} to {LAST_SERIAL}" in text
    assert "CCP from 2023-11-14 22:13:20 UTC" in text
    assert str(second) in text


@pytest.mark.parametrize(
    ("part", "other", "said"),
    [("-1340-", "-1341-", "project 1341 in ET"), ("-ET-", "-US-", "project 1340 in US")],
)
def test_a_serial_that_contradicts_its_credit(suite, refused, part, other, said):
    line = refused("show", SERIAL.replace(part, other))
    held = f"held by credit {TOKEN_ID} of project 1340 in ET; check the serial"
    assert f"the serial names {said}, but its numbers are {held}" in line


def test_a_text_on_the_chain_steers_no_terminal(suite, roles, done):
    said = (NOTHING_SAID[0], "\x1b[2Jname\u202e", *NOTHING_SAID[2:])
    holder = roles.holder
    made = suite.CarbonCredits.retireFor(TOKEN_ID, holder, 1, holder, said, False, {"from": holder})
    shown = done("show", made.events["RetirementRecorded"]["retirementId"])
    assert "\ufffd[2Jname\ufffd" in shown
    assert "\x1b" not in shown


def test_json_of_a_text_on_the_chain_steers_no_terminal(suite, roles, done):
    said = (NOTHING_SAID[0], "\x1b[2J\x9b2Jname\u202e", *NOTHING_SAID[2:])
    holder = roles.holder
    made = suite.CarbonCredits.retireFor(TOKEN_ID, holder, 1, holder, said, False, {"from": holder})
    shown = done("show", made.events["RetirementRecorded"]["retirementId"], "--json")
    assert shown.replace("\n", "").isprintable()
    assert json.loads(shown)["beneficiary_name"] == said[1]


def test_a_name_that_is_no_utf8(suite, roles, done, retired, keystore, tmp_path):
    before = retired("--name", "Öko", amount="5units")
    said = (NOTHING_SAID[0], STANDS_FOR_BYTES, *NOTHING_SAID[2:])
    for with_certificate in (False, True):
        arguments = (TOKEN_ID, roles.holder, 5, roles.beneficiary, said, with_certificate)
        call_with_bytes(suite.CarbonCredits, "retireFor", *arguments, sender=roles.holder)
    unclaimed, claimed = before + (5 << 96), before + (10 << 96)
    assert json.loads(done("show", unclaimed, "--json"))["beneficiary_name"] == NO_UTF8_SHOWN
    text = done("show", unclaimed)
    assert NO_UTF8_SHOWN.replace("\x1b", "\ufffd") in text
    assert "\x1b" not in text

    outsider = keystore(key_of(10))
    done("certificate", unclaimed, "--claim", "-o", "c.svg", *outsider)
    assert suite.RetirementCertificates.ownerOf(unclaimed) == roles.beneficiary
    for drawn in ((tmp_path / "c.svg").read_text(), done("certificate", claimed)):
        root = ElementTree.fromstring(drawn)
        assert NO_UTF8_SHOWN.replace("\x1b", " ") in "".join(root.itertext())
    done("certificate", claimed, "-o", "c.png")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_a_label_that_is_no_utf8(suite, roles, done):
    arguments = (TOKEN_ID, STANDS_FOR_BYTES, 1_700_000_000)
    call_with_bytes(suite.CreditRecords, "addLabel", *arguments, sender=roles.custodian)
    (label,) = json.loads(done("show", TOKEN_ID, "--json"))["labels"]
    assert label["name"] == NO_UTF8_SHOWN
    text = done("show", TOKEN_ID)
    assert NO_UTF8_SHOWN.replace("\x1b", "\ufffd") + " from 2023-11-14" in text
    assert "\x1b" not in text


def test_what_the_registry_cancelled_shows(suite, roles, done, retired):
    retirement_id = retired()
    suite.CarbonCredits.invalidate(
        TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "reversal", {"from": roles.custodian}
    )
    shown = json.loads(done("show", retirement_id, "--json"))
    assert (shown["cancelled_units"], shown["counted_cancelled_units"]) == (str(10**8), "0")


def test_a_signature_made_elsewhere(suite, roles, done, refused, statement, wallet):
    deadline = str(now() + 1_000)
    document = json.loads(done("attest", *statement, "--typed-data", "--deadline", deadline))
    assert document["message"]["credit"]["firstSerial"] == "941467432"
    signature = CUSTODIAN.sign_message(encode_typed_data(full_message=document)).signature
    made = ("--deadline", deadline, "--signature", "0x" + signature.hex())
    done("attest", *statement, *made, "--custodian", roles.custodian, "-o", "made.json")
    done("issue", "made.json", *wallet(roles.issuer))
    assert suite.CarbonCredits.tokenExists(OTHER_TOKEN_ID)

    line = refused("attest", *statement, *made, "--custodian", roles.outsider)
    assert f"the signature is not that of {roles.outsider} over exactly this" in line
    line = refused("attest", *statement, *made[2:], "--custodian", roles.custodian)
    assert "with --signature goes the --deadline that was signed" in line


def test_a_wallet_signs_for_the_custodian(suite, roles, done, statement, wallet):
    done("attest", *statement, *wallet(roles.custodian), "-o", "attestation.json")
    done("issue", "attestation.json", *wallet(roles.issuer))
    assert suite.CarbonCredits.tokenExists(OTHER_TOKEN_ID)


@pytest.fixture
def contract_wallet(suite, roles):
    """Makes a custodian of a contract that answers all it is asked with one word."""

    def deployed(answer):
        runtime = f"63{answer}60e01b60005260206000f3"
        made = roles.outsider.transfer(data=f"0x6f{runtime}60005260106010f3")
        suite.Authority.grantRole(3, made.contract_address, 0, {"from": roles.custodian})
        return made.contract_address

    return deployed


def test_a_contract_wallet_as_custodian(
    suite, roles, done, refused, statement, contract_wallet, wallet
):
    deadline = ("--deadline", str(now() + 1_000))
    made = (*statement, *deadline, "--signature", "0x01", "--contract-wallet", "--custodian")
    no, yes = contract_wallet("ffffffff"), contract_wallet("1626ba7e")
    done("attest", *made, no, "-o", "no.json")
    line = refused("issue", "no.json", *wallet(roles.issuer))
    assert f"the contract {no} says that the signature is not its own" in line
    done("attest", *made, yes, "-o", "yes.json")
    done("issue", "yes.json", *wallet(roles.issuer))
    assert suite.CarbonCredits.tokenExists(OTHER_TOKEN_ID)


def test_credits_below_and_above_others_are_issued(suite, roles, done, statement, wallet, keystore):
    for first, last in ((5, 6), (3, 4), (941467432, 941467432), (941467440, 941467440)):
        serial = SERIAL.replace("941467007-941467431", f"{first}-{last}")
        done("attest", serial, *statement[1:], *keystore(), "-o", "a.json")
        done("issue", "a.json", *wallet(roles.issuer))
    assert suite.CarbonCredits.creditCount() == 5


def test_what_is_issued_shows(roles, done, statement, keystore, wallet):
    said = ("--vintage", "2020", "--country", "ET", "--expiry", "2099-12-31")
    done("attest", *statement, *said, *keystore(), "-o", "a.json")
    text = done("issue", "a.json", *wallet(roles.issuer))
    assert re.search(r"vintage +2020\b", text)
    assert re.search(r"country +ET\b", text)
    assert re.search(r"expires +2099-12-31 00:00:00 UTC", text)


def test_an_outsider_issues_nothing(roles, refused, attestation, wallet):
    line = refused("issue", attestation(), *wallet(roles.outsider))
    assert f"{roles.outsider} does not have the issuer's role" in line


def test_no_serial_is_issued_twice(roles, refused, done, statement, keystore, wallet):
    serial = SERIAL.replace("941467007-941467431", "941467430-941467440")
    done("attest", serial, *statement[1:], *keystore(), "-o", "overlap.json")
    line = refused("issue", "overlap.json", *wallet(roles.issuer))
    assert (
        "serials 941467430 to 941467440 meet 941467007 to 941467431, which are tokenised already"
        in line
    )
    done("attest", SERIAL, *statement[1:], *keystore(), "-o", "same.json")
    assert f"credit {TOKEN_ID} is issued already" in refused(
        "issue", "same.json", *wallet(roles.issuer)
    )


def test_who_signed_has_to_be_the_custodian(roles, refused, done, attestation, statement, wallet):
    line = refused("issue", attestation(deadline=2**32 - 1), *wallet(roles.issuer))
    assert f"the signature is not that of custodian {roles.custodian}" in line
    done("attest", *statement, *wallet(roles.outsider), "-o", "other.json")
    line = refused("issue", "other.json", *wallet(roles.issuer))
    assert f"{roles.outsider} signed, but does not have the custodian's role" in line


def test_a_custodian_withdraws_an_attestation(
    suite, roles, done, refused, attestation, keystore, wallet
):
    path = attestation()
    line = refused("withdraw", path, *wallet(roles.issuer))
    assert f"{roles.issuer} does not have the custodian's role" in line
    written = json.loads(done("withdraw", path, *keystore(), "--json"))
    assert written["custodian"] == roles.custodian
    (event,) = suite.CarbonCredits.events.get_sequence(
        from_block=written["block_number"], event_type="AttestationWithdrawn"
    )
    assert "0x" + event["args"]["digest"].hex() == written["digest"]
    assert event["args"]["custodian"] == roles.custodian
    line = refused("issue", path, *wallet(roles.issuer))
    assert line == "gasprint: a custodian withdrew the attestation; ask for another\n"


def test_the_call_that_withdraws_is_for_any_wallet(
    suite, roles, done, refused, attestation, wallet
):
    path = attestation()
    call = json.loads(done("withdraw", path, "--call"))
    assert call["to"] == suite.CarbonCredits.address
    roles.custodian.transfer(call["to"], 0, data=call["data"])
    assert "a custodian withdrew the attestation" in refused("issue", path, *wallet(roles.issuer))
    line = refused("withdraw", path, "--call", *wallet(roles.custodian))
    assert "--call signs nothing" in line


def test_what_cannot_be_withdrawn(roles, done, refused, attestation, wallet):
    changed = attestation(deadline=2**32 - 1)
    line = refused("withdraw", changed, *wallet(roles.custodian))
    assert f"the signature is not that of custodian {roles.custodian}" in line
    line = refused("withdraw", attestation(chain_id=5), *wallet(roles.custodian))
    assert f"was signed for chain 5, not for {chain_id()}" in line


def test_nothing_is_withdrawn_once_it_is_issued(roles, done, refused, attestation, wallet):
    path = attestation()
    done("issue", path, *wallet(roles.issuer))
    line = refused("withdraw", path, *wallet(roles.custodian))
    assert f"credit {OTHER_TOKEN_ID} is issued already; it cannot be withdrawn" in line


def test_an_attestation_ends(roles, refused, attestation, wallet):
    pass_time(31 * 86_400)
    line = refused("issue", attestation(), *wallet(roles.issuer))
    assert "the attestation expired at " in line


def test_a_custodian_is_not_the_issuer_too(suite, roles, refused, attestation, wallet):
    credits, public_role = suite.CarbonCredits, 2**64 - 1
    selectors = [credits.signatures["mintCredit"]]
    suite.Authority.setTargetFunctionRole(
        credits, selectors, public_role, {"from": roles.administrator}
    )
    line = refused("issue", attestation(), *wallet(roles.issuer))
    assert f"custodian {roles.custodian} could mint too; the two must be apart" in line


def test_a_custodian_who_has_to_wait_is_none(suite, roles, refused, attestation, wallet):
    suite.Authority.grantRole(3, roles.custodian, 60, {"from": roles.custodian})
    line = refused("issue", attestation(), *wallet(roles.issuer))
    assert f"{roles.custodian} signed, but does not have the custodian's role" in line


def test_a_pause_stops_issuance(suite, roles, refused, attestation, wallet):
    suite.CarbonCredits.pauseIssuance({"from": roles.guardian})
    assert "a guardian paused issuance" in refused("issue", attestation(), *wallet(roles.issuer))


def test_another_chain_or_contract(roles, refused, attestation, wallet, deployment, tmp_path):
    line = refused("issue", attestation(chain_id=5), *wallet(roles.issuer))
    assert f"was signed for chain 5, not for {chain_id()}" in line
    elsewhere = attestation(chain_id=chain_id(), contract=str(roles.outsider))
    line = refused("issue", elsewhere, *wallet(roles.issuer))
    assert f"was signed for the contract {roles.outsider}" in line
    foreign = tmp_path / "foreign.json"
    foreign.write_text(json.dumps(json.loads(deployment.read_text()) | {"chain_id": 5}))
    line = refused("issue", attestation(), *wallet(roles.issuer), deployment=foreign)
    assert f"the node serves chain {chain_id()}, but" in line


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"signature": "0xzz"}, "signature is no text of 0x and hexadecimal digits"),
        ({"signature": "0x1234"}, "the signature is not that of custodian"),
        ({"evidence_hash": "0x12"}, "evidence_hash has 1 bytes instead of 32"),
        ({"custodian": "nobody"}, "custodian is no address"),
        ({"deadline": "soon"}, "deadline is no whole number"),
        ({"deadline": True}, "deadline is no whole number"),
        ({"chain_id": -1}, "chain_id is no whole number"),
        ({"credit": 7}, "credit is no JSON object"),
        ({"credit": {}}, "'recipient' is missing"),
        ({"note": "hello"}, "'note' is no entry of it"),
    ],
)
def test_a_broken_attestation(roles, refused, attestation, wallet, changes, problem):
    assert problem in refused("issue", attestation(**changes), *wallet(roles.issuer))


def test_a_file_that_is_no_attestation(roles, refused, wallet, tmp_path):
    assert "No such file" in refused("issue", "missing.json", *wallet(roles.issuer))
    (tmp_path / "broken.json").write_text("{")
    assert "is no JSON" in refused("issue", "broken.json", *wallet(roles.issuer))
    (tmp_path / "list.json").write_text("[]")
    assert "is no JSON object" in refused("issue", "list.json", *wallet(roles.issuer))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (("--project-name", "x" * 256), "project name has 256 bytes, and may have at most 255"),
        (("--methodology", ""), "methodology '' is empty"),
        (("--recipient", "nobody"), "recipient 'nobody' is no address"),
        (("--evidence", "missing.pdf"), "evidence missing.pdf: No such file"),
        (("--expiry", "soon"), "expiry 'soon' is no day"),
        (("--expiry", "2020-01-01"), "the expiry 2020-01-01 00:00:00 UTC has passed"),
        (("--recipient", NOTHING_SAID[0]), "the zero address can be nobody's recipient"),
        (("--country", "US"), "country 'US' is not the serial's, ET"),
        (("--vintage", "2021"), "vintage '2021' is not the serial's, 2020-01-01 to 2020-12-31"),
        (("--deadline", "1"), "the deadline 1970-01-01 00:00:01 UTC has passed"),
        (("--valid-days", "0"), "--valid-days"),
        (("--signature", "0x12"), "with --signature goes the --deadline"),
    ],
)
def test_what_cannot_be_attested(refused, statement, keystore, changes, problem):
    assert problem in refused("attest", *statement, *keystore(), *changes)


def test_a_token_id_tells_no_vintage(roles, done, refused, statement, keystore):
    arguments = (OTHER_TOKEN_ID, *statement[1:], *keystore())
    assert "a token id tells no vintage" in refused("attest", *arguments)
    line = refused("attest", *arguments, "--vintage", "2020", "--country", "Ethiopia")
    assert "country 'Ethiopia' is no two capital letters, such as ET" in line
    written = json.loads(done("attest", *arguments, "--vintage", "2020", "--country", "ET"))
    assert written["credit"]["token_id"] == str(OTHER_TOKEN_ID)
    assert "is no credit's id" in refused("attest", TOKEN_ID >> 64 << 64 | 1, *statement[1:])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("5mg",), "amount '5mg' is no whole number of units; a unit is 10 mg"),
        (("0t",), "amount '0t' is nothing"),
        (("3",), "amount '3' is none; write it like 2.5t"),
        (("1,5t",), "amount '1,5t' is none"),
        (("1t", "--name", "é" * 65), "name has 130 bytes, and may have at most 128"),
        (("1t", "--purpose", "x" * 257), "purpose has 257 bytes, and may have at most 256"),
        (("1t", "--period", "2026-01-01"), "write it like 2026-01-01..2026-06-30"),
        (("1t", "--period", "2026-02-01..2026-01-01"), "ends before it starts"),
        (("1t", "--period", "2026-02-30..2026-03-01"), "is no day since 1970"),
        (("1t", "--for", "0x1"), "beneficiary '0x1' is no address"),
        (("1t", "--for", NOTHING_SAID[0]), "the zero address can be nobody's beneficiary"),
        (("426t",), "which is less than 42600000000"),
    ],
)
def test_what_cannot_be_retired(roles, refused, wallet, arguments, problem):
    assert problem in refused("retire", TOKEN_ID, *arguments, *wallet(roles.holder))


def test_only_a_holder_retires(suite, roles, refused, wallet):
    line = refused("retire", TOKEN_ID, "1t", *wallet(roles.outsider))
    assert f"{roles.outsider} holds 0 units of credit {TOKEN_ID}" in line
    suite.CarbonCredits.suspend([TOKEN_ID], "checked", {"from": roles.custodian})
    line = refused("retire", TOKEN_ID, "1t", *wallet(roles.holder))
    assert f"credit {TOKEN_ID} is on hold at its registry" in line


def test_unknown_ids(roles, refused, wallet):
    assert f"credit {OTHER_TOKEN_ID} was never issued" in refused(
        "retire", OTHER_TOKEN_ID, "1t", *wallet(roles.holder)
    )
    assert "is no credit and no retirement here" in refused("show", OTHER_TOKEN_ID)
    assert "no credit here holds serials 7 to 7" in refused("show", "7")
    assert "does not fit 256 bits" in refused("show", "9" * 78)
    assert "copy the whole serial" in refused("show", "nonsense")
    assert "is not known here" in refused("certificate", OTHER_TOKEN_ID)
    assert "does not fit 256 bits" in refused("certificate", "9" * 78)
    assert "ends in neither .svg nor .png" in refused("certificate", "1", "-o", "c.pdf")


def test_no_key_that_can_be_used(roles, refused, keystore, wallet, rpc_url, tmp_path):
    retire = ("retire", TOKEN_ID, "1t")
    line = refused(*retire, *keystore(key_of(5), password="wrong horse"))
    assert "wrong password" in line
    assert "horse" not in line
    keystore_only = keystore(key_of(5))[:2]
    assert "there is no terminal to ask for the password" in refused(*retire, *keystore_only)
    assert "give --yes" in refused(*retire, *keystore(key_of(5))[:-1])
    assert "who signs?" in refused(*retire)
    both = (*keystore(), *wallet(roles.holder)[:-1])
    assert "give one of --keystore and --provider, not both" in refused(*retire, *both)
    assert "with --provider goes --from" in refused(*retire, "--provider", rpc_url)
    stranger = Account.create().address
    assert f"does not offer account {stranger}" in refused(*retire, *wallet(stranger))
    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps({"key": key_of(5).key.hex()}))
    line = refused(*retire, "--keystore", bare, *keystore()[2:])
    assert "is no web3 secret storage" in line
    assert "there is no such file" in refused(*retire, "--keystore", tmp_path / "x", "--yes")
    nowhere = ("--provider", "http://127.0.0.1:1", "--from", roles.holder, "--yes")
    assert "no node answers at 127.0.0.1:1; start one, or name another with --provider" in (
        refused(*retire, *nowhere)
    )


def test_no_option_takes_a_key_or_a_password(gasprint):
    for name in ("attest", "issue", "withdraw", "retire", "certificate"):
        words = gasprint(name, "--help").stdout.split()
        options = {word for word in words if word.startswith("--")}
        assert options.isdisjoint({"--key", "--private-key", "--password", "--mnemonic"})
        assert "env" not in " ".join(words)
