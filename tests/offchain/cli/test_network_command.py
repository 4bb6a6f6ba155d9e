"""`gasprint network list`, `show` and `compare`.

given list
    it has a row a network with bounds, in a table or in JSON
    as Markdown it is docs/networks.md, to the letter
given show
    a network of any kind has its parameters, its average transaction and its competing figures
    Ethereum says where its years before the merge are
    a series of one's own has its spans, as they were understood, and the hash of its file
given compare
    a scenario or two networks have energy and CO2e with bounds, every assumption and every source
    a plot is drawn as SVG or PNG
given what they do not know, or what contradicts itself
    they refuse in one line
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

ROOT = Path(__file__).parents[3]


def test_list_has_a_row_a_network(gasprint: Command) -> None:
    out = gasprint("network", "list").stdout
    for shown in ("bitcoin", "1,026,881.7", "proof_of_history", "0.5415", "op-mainnet", "figures"):
        assert shown in out


def test_list_json(gasprint: Command) -> None:
    networks = {
        each["network"]: each for each in json.loads(gasprint("network", "list", "--json").stdout)
    }
    assert len(networks) == 15
    assert networks["ethereum"]["energy_wh"]["best"] == pytest.approx(15.153, abs=1e-3)
    assert networks["ethereum"]["published"]["unit"] == "kWh"
    assert networks["flow"]["energy_wh"] is None


def test_the_page_is_what_the_command_writes(gasprint: Command, tmp_path: Path) -> None:
    page = tmp_path / "networks.md"
    assert gasprint("network", "list", "--markdown", "-o", page).returncode == 0
    assert page.read_text() == (ROOT / "docs" / "networks.md").read_text()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ethereum", ("proof_of_stake_v1", "Before that: gasprint network show ethereum-pow")),
        ("ethereum-pow", ("proof_of_work_v1", "grid_loss upper", "1.07", "59,590,000,000")),
        ("vechain", ("proof_of_authority_v1", "watts_per_node best", "8.569", "7,581.31")),
        ("solana", ("proof_of_history_v1", "nodes best", "2,208", "0.752", "default")),
        ("iota", ("dag_v1", "joules_of_work_per_message best", "4.026", "3.28e-07")),
        ("op-mainnet", ("rollup_v1", "layer_1_gas_per_transaction upper", "1,600")),
        ("polygon", ("hybrid_v1", "anchor_share best", "0.007", "60,953.26")),
        ("bitcoin", ("by its published figures alone", "annual_total_v1", "161,000,000,000")),
        ("hedera", ("dag", "0.02095", "arXiv:2109.03667v2")),
        ("flow", ("nothing is known", "180,000")),
    ],
)
def test_show_has_parameters_and_competing_figures(
    gasprint: Command, name: str, shown: tuple[str, ...]
) -> None:
    result = gasprint("network", "show", name)
    assert result.returncode == 0
    for text in (name, *shown):
        assert text in result.stdout


def test_show_json(gasprint: Command) -> None:
    document = json.loads(gasprint("network", "show", "polygon", "--json").stdout)
    assert document["kind"] == "hybrid"
    assert document["anchor_share"]["best"]["value"] == 0.007
    assert document["per_transaction"]["energy_wh"]["lower"] > 0
    own = [each for each in document["figures"] if each["quantity"] == "own_annual_electricity"]
    assert [each["is_default"] for each in own] == [False, True, False]


def test_show_of_a_file(gasprint: Command, tmp_path: Path) -> None:
    file = tmp_path / "power.csv"
    file.write_text("since,power_watts\n2024-05-01T02:00+02:00,1e6\n2024-05-02T00:00Z,2e6\n")
    document = json.loads(gasprint("network", "show", f"file:{file}", "--json").stdout)
    assert document["model"].startswith(f"file:{file}@sha256-")
    first, second = document["spans"]
    assert (first["since"], first["until"]) == ("2024-05-01 00:00:00", "2024-05-02 00:00:00")
    assert second["power_watts_lower"] == second["power_watts_upper"] == 2_000_000
    shown = gasprint("network", "show", f"file:{file}").stdout
    assert "2024-05-03 00:00:00" in shown
    assert "the file power.csv" in shown


def test_compare_a_scenario(gasprint: Command) -> None:
    out = gasprint("network", "compare", "work-against-authority").stdout
    for shown in ("149,998.4", "770.9", "What it assumes:", "8. ", "assumption: four authorities"):
        assert shown in out


def test_compare_a_scenario_of_ones_own(gasprint: Command, tmp_path: Path) -> None:
    shipped = ROOT / "src" / "gasprint" / "data" / "scenarios" / "work-against-authority.toml"
    own = tmp_path / "own.toml"
    own.write_text(shipped.read_text().replace("5_000_000", "10_000_000"))
    document = json.loads(gasprint("network", "compare", own, "--json").stdout)
    work = document["alternatives"][0]
    assert work["energy_kwh"]["best"] == pytest.approx(149_998.4, abs=0.1)
    assert work["wh_per_transaction"]["best"] == pytest.approx(15, abs=0.01)


def test_compare_networks(gasprint: Command) -> None:
    out = gasprint(
        "network", "compare", "ethereum-pow", "ethereum", "--transactions", "1000"
    ).stdout
    for shown in ("1,000 transactions a year", "35,738.5", "15.15", "an average one"):
        assert shown in out


@pytest.mark.parametrize(("ending", "beginning"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_compare_draws(gasprint: Command, tmp_path: Path, ending: str, beginning: bytes) -> None:
    plot = tmp_path / f"plot.{ending}"
    result = gasprint("network", "compare", "work-against-authority", "--plot", plot)
    assert result.returncode == 0
    drawn = plot.read_bytes()
    assert drawn.startswith(beginning)
    if ending == "svg":
        for shown in (b"private proof of authority", b"149,998 kWh", b"kWh a year"):
            assert shown in drawn


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("list", "--json", "--markdown"), "two ways to write; give one"),
        (("show", "bitconi"), "did you mean bitcoin"),
        (("compare", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("compare", "ethereum"), "scenario 'ethereum' is neither a .toml file nor one that ships"),
        (("compare", "ethereum", "etherium"), "network 'etherium' is unknown"),
        (("compare", "ethereum", "flow"), "'flow' has no figure per transaction"),
        (("compare", "work-against-authority", "--transactions", "5"), "leave --transactions"),
        (("compare", "work-against-authority", "--plot", "plot.gif"), "neither .svg nor .png"),
        (("compare", "bitcoin", "ethereum", "--transactions", "0"), "greater than or equal to 1"),
    ],
)
def test_refuses_in_one_line(
    refused: Callable[..., str], arguments: tuple[str, ...], problem: str
) -> None:
    assert problem in refused("network", *arguments)
