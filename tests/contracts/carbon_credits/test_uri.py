"""uri: the credit as a JSON document, on-chain.

given a credit, or one whose project's name is hostile
  it is valid JSON in a data URI, with the fields of ERC-8393 and the serials
  it says what is retired by now
"""

import base64
import json

from brownie import reverts

from tests.suite import FIRST_SERIAL, LAST_SERIAL, PROJECT_ID, TOKEN_ID, issue, reverts_with


def document(suite, token_id):
    scheme, data = suite.CarbonCredits.uri(token_id).split(",")
    assert scheme == "data:application/json;base64"
    return json.loads(base64.b64decode(data, validate=True))


def test_it_says_what_the_credit_is(suite, roles):
    suite.CarbonCredits.retire(TOKEN_ID, roles.holder, 42, {"from": roles.holder})
    metadata = document(suite, TOKEN_ID)
    assert metadata["name"] == "Bale Mountains Eco-region REDD+ project"
    assert metadata["decimals"] == 8
    properties = metadata["properties"]
    assert properties["methodology"] == "VM0015"
    assert (properties["firstSerial"], properties["lastSerial"]) == (
        str(FIRST_SERIAL),
        str(LAST_SERIAL),
    )
    assert (properties["registry"], properties["projectNumber"]) == ("1", "1340")
    assert properties["retiredUnits"] == "42"
    assert properties["isRetired"] is False


def test_hostile_names_stay_text(suite, roles):
    name = 'Wäld "gut" \\ \n\t</script><script>alert(1)</script> 森林 🌳'
    issue(suite, roles, (7 << 64) | 7, project_name=name)
    metadata = document(suite, (PROJECT_ID << 128) | (7 << 64) | 7)
    shown = name.replace("\n\t", "  ")
    assert metadata["name"] == metadata["properties"]["projectName"] == shown


def test_an_unknown_credit_has_none(suite):
    with reverts(reverts_with("UnknownCredit", 5)):
        suite.CarbonCredits.uri(5)
