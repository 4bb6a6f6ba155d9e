"""`make marketplace`: a collection that buys and retires by itself, at two factors.

given a run of fewer mints than the one in docs/
  all that is retired is bought in mints, by no step of anybody's, and the audit agrees
  what is outstanding at the end is below the threshold
  what is recorded is the receipts' gas or a little more, times the factor, which has bounds
  each purchase has a certificate and its serials, which follow on one another
  as many mints emit far less at the factor of proof of stake
given the run in docs/
  it says the same of ten tonnes, and the README has its figures
"""

import json
import subprocess
import sys

import pytest

from gasprint.retirements import span_of
from tests.pages import ROOT
from tests.retirements import tiles

TONNE = 10**8
RUNS = ("proof_of_work", "proof_of_stake")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Of a tonne."""
    folder = tmp_path_factory.mktemp("marketplace")
    done = subprocess.run(
        [sys.executable, "scripts/marketplace.py", folder, str(TONNE)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "manual steps" in done.stdout
    for name in RUNS:
        plot = (folder / f"marketplace-{name.replace('_', '-')}.svg").read_text()
        assert plot.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    return json.loads((folder / "marketplace-run.json").read_text())


@pytest.fixture
def runs(request, run):
    """The one that was just made, and the one in docs/, each with what it aimed at."""
    documented = json.loads((ROOT / "docs" / "marketplace-run.json").read_text())
    return [(run, TONNE), (documented, 10 * TONNE)]


@pytest.mark.parametrize("name", RUNS)
def test_it_offsets_by_itself(runs, name):
    for summaries, target_units in runs:
        summary = summaries[name]
        retired_units, emitted = (
            int(summary[key]) for key in ("retired_units", "emitted_co2e_micrograms")
        )
        assert summary["manual_steps"] == 0
        assert int(summary["outstanding_co2e_micrograms"]) == emitted - 10_000 * retired_units
        assert 0 <= emitted - 10_000 * retired_units < int(summary["threshold_co2e_micrograms"])
        assert retired_units >= target_units or name == "proof_of_stake"
        assert sum(int(each["units"]) for each in summary["purchases"]) == retired_units
        spent = sum(int(each["cost_base_units"]) for each in summary["purchases"])
        assert spent == int(summary["coins_spent"]) > 0


@pytest.mark.parametrize("name", RUNS)
def test_it_records_no_less_than_it_used(runs, name):
    for summaries, _ in runs:
        summary, factor = summaries[name], summaries[name]["factor"]
        assert 0 <= summary["recorded_gas_above_used_percent"] < 1
        emitted = int(summary["emitted_co2e_micrograms"])
        exact = summary["recorded_gas"] * factor["picograms_per_gas"] / 10**6
        # Each record is rounded up to the microgram.
        assert exact * (1 - 1e-12) <= emitted <= exact + 2 * summary["mints"]
        lower, upper = (factor[f"picograms_per_gas_{bound}"] for bound in ("lower", "upper"))
        assert lower < factor["picograms_per_gas"] < upper


@pytest.mark.parametrize("name", RUNS)
def test_each_purchase_has_its_serials_and_certificate(runs, name):
    for summaries, _ in runs:
        purchases = summaries[name]["purchases"]
        assert len({each["certificate_of"] for each in purchases}) == 1
        by_credit: dict[str, list[tuple[int, int]]] = {}
        for each in purchases:
            span = span_of(int(each["retirement_id"]))
            assert each["serials"].startswith(str(span.first_serial))
            start = span.first_serial * TONNE + span.first_offset_units
            by_credit.setdefault(each["token_id"], []).append((start, start + int(each["units"])))
        for token_id, spans in by_credit.items():
            first_serial = (int(token_id) >> 64) % 2**64
            assert tiles(spans, first_serial * TONNE, holes=[])


def test_proof_of_stake_emits_far_less(runs):
    for summaries, _ in runs:
        work, stake = (summaries[name] for name in RUNS)
        assert work["mints"] == stake["mints"]
        per_mint = [
            int(each["emitted_co2e_micrograms"]) / each["gas_used"] for each in (work, stake)
        ]
        assert per_mint[0] > 1_000 * per_mint[1]


def test_the_readme_has_the_figures_of_the_run_in_docs(runs):
    work, stake = (runs[1][0][name] for name in RUNS)
    kilograms = int(stake["emitted_co2e_micrograms"]) / 10**9
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert f"{work['mints']} mints emit ten tonnes" in readme
    assert f"the same mints emit {kilograms:.1f} kg" in readme
