"""`knudsen theory`: keys, units, signs and errors, against this project's reference tables."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from knudsen.scenarios.cli import app

KR_AR = ("binary", "Kr", "Ar", "--temperature", "300 K", "--pressure", "1 atm", "--x1", "0.5")


def call(*words):
    return CliRunner().invoke(app, ["theory", *map(str, words)], catch_exceptions=False)


def answer(*words):
    done = call(*words, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def faults(*words):
    done = call(*words)
    assert done.exit_code == 2
    assert done.stdout == ""
    return done.stderr


# --- gases ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model, order, expected, tolerance",
    [  # pairs_300K: D12, alpha_T, viscosity, thermal_conductivity
        ("hs", 5, (1.289433359e-05, 0.33816468, 2.452977616e-05, 1.258213927e-02), 1e-8),
        ("hs", 20, (1.289508959e-05, 0.33847343, 2.453000732e-05, 1.258414384e-02), 1e-8),
        ("lj", 3, (1.405674597e-05, 0.11145791, 2.459193088e-05, 1.276457840e-02), 1e-7),
        ("lj", 12, (1.405713668e-05, 0.11144724, 2.459211404e-05, 1.276513468e-02), 1e-7),
    ],
)
def test_krypton_and_argon(model, order, expected, tolerance):
    made = answer(*KR_AR, "--model", model, "--order", order)
    names = ("D12", "alpha_T", "viscosity", "thermal_conductivity")
    assert [made[name] for name in names] == pytest.approx(expected, rel=tolerance)
    assert [made["units"][name] for name in names] == ["m2 s-1", "1", "Pa s", "W m-1 K-1"]
    assert made["order"] == order
    assert made["k_T"] == pytest.approx(0.25 * made["alpha_T"], rel=1e-12)
    first = {"hs": 1.252814458e-05, "lj": 1.400896833e-05}[model]
    assert made["D12_first"] == pytest.approx(first, rel=tolerance)


def test_change_from_the_order_below_is_that_of_the_table():
    made = answer(*KR_AR, "--model", "hs", "--order", 3)
    assert made["changes"]["D12"] == pytest.approx(1 - 1.285036519 / 1.288600984, rel=1e-6)
    assert made["change_from_previous_order"] == pytest.approx(1 - 0.31344147 / 0.33413318, rel=1e-6)


def test_first_named_gas_owns_composition_and_sign():
    one, other = answer("binary", "He", "Ar", "--x1", 0.2), answer("binary", "Ar", "He", "--x1", 0.8)
    assert one["alpha_T"] < 0 < other["alpha_T"]
    assert one["alpha_T"] == pytest.approx(-other["alpha_T"], rel=1e-10)
    assert one["D12"] == pytest.approx(other["D12"], rel=1e-12)


def test_pure_gas():
    made = answer("pure", "Ar", "--model", "hs", "--order", 20)
    assert made["prandtl_number"] == pytest.approx(0.660694457, rel=1e-8)
    assert made["schmidt_number"] == pytest.approx(0.830945391, rel=1e-8)


def test_mixture_of_three_gives_matrices():
    made = answer("mixture", "H2", "N2", "CO2", "--x", "0.2, 0.3, 0.5", "--order", 3)
    assert np.shape(made["diffusion_matrix"]) == (3, 3)
    assert np.shape(made["fick_matrix"]) == (2, 2)
    assert sum(made["thermal_diffusion_ratios"]) == pytest.approx(0, abs=1e-12)
    fractions = answer("mixture", "He", "Ar")["question"]
    assert "x" not in fractions


def test_mixture_of_two_is_the_binary():
    two = answer("mixture", "He", "Ar", "--x", "[0.3, 0.7]", "--order", 5)
    pair = answer("binary", "He", "Ar", "--x1", 0.3, "--order", 5)
    assert two["maxwell_stefan_diffusivities"][0][1] == pytest.approx(pair["D12"], rel=1e-10)
    assert two["fick_matrix"][0][0] == pytest.approx(pair["D12"], rel=1e-10)
    assert two["thermal_diffusion_ratios"][0] == pytest.approx(pair["k_T"], rel=1e-10)
    assert two["viscosity"] == pair["viscosity"]


# --- collision integrals ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "l, s, tstar, expected",
    [(1, 1, 1.0, 1.439797671), (2, 2, 1.0, 1.593168962), (3, 5, 0.5, 1.511625889), (2, 2, 50, 0.649791873)],
)
def test_omega_of_lennard_jones(l, s, tstar, expected):
    made = answer("omega", "--l", l, "--s", s, "--tstar", tstar)
    assert made["omega"] == pytest.approx(expected, rel=1e-8)


def test_mie_12_6_is_lennard_jones():
    mie = answer("omega", "--potential", "mie", "--exponents", "12,6", "--tstar", 1.3)["omega"]
    assert mie == pytest.approx(answer("omega", "--tstar", 1.3)["omega"], rel=1e-9)


# --- rarefied gases ---------------------------------------------------------------------------------


def test_channel_of_model_gases():
    bgk = answer("channel", "--model", "bgk", "--delta", 1)
    shakhov = answer("channel", "--model", "shakhov", "--delta", 10)
    assert [bgk["G_P"], bgk["G_T"]] == pytest.approx([1.53867845, 0.29489992], rel=1e-7)
    assert [shakhov["G_P"], shakhov["G_T"]] == pytest.approx([2.77989945, 0.09814738], rel=1e-6)
    assert bgk["couette_ratio"] == pytest.approx(0.60072919, rel=1e-7)
    assert shakhov["fourier_ratio"] == pytest.approx(0.23899634, rel=1e-6)


def test_channel_of_hard_spheres():
    made = answer("channel", "--delta", 3)
    expected = {"G_P": 1.676896, "G_T": 0.222813, "couette_ratio": 0.356615, "fourier_ratio": 0.496602}
    for name, value in expected.items():
        assert made[name] == pytest.approx(value, abs=4 * 6.7e-5)


@pytest.mark.parametrize("gases, x1, sign", [(("Ne", "Ar"), 0.5, 1), (("Ar", "Ne"), 0.5, -1)])
def test_binary_channel_belongs_to_the_first_named(gases, x1, sign):
    made = answer("channel", *gases, "--x1", x1, "--delta", 1)
    assert made["Lambda_PP"] == pytest.approx(1.59940152, rel=1e-7)
    assert made["Lambda_PT"] == pytest.approx(-0.38099813, rel=1e-7)
    assert made["Lambda_PC"] == pytest.approx(sign * 0.13505185, rel=1e-6)
    assert made["Lambda_CC"] == pytest.approx(0.74554784, rel=1e-7)


def test_slip():
    bgk, hard = answer("slip", "--model", "bgk"), answer("slip", "--accommodation", 0.5)
    assert [bgk["sigma_P"], bgk["sigma_T"]] == pytest.approx([1.016191, 0.76632], abs=1e-5)
    assert bgk["zeta_T"] == pytest.approx(1.30272, abs=2e-5)
    assert hard["sigma_P"] == pytest.approx(2.81750, abs=2e-4)
    assert hard["zeta_T"] == pytest.approx(5.37022, rel=3e-4)


def test_slip_of_two_gases():
    made = answer("slip", "He", "Xe", "--x1", 0.5)
    assert made["sigma_P"] == pytest.approx(1.250768, abs=1e-6)
    assert made["sigma_C_molar"] == pytest.approx(-3.428417, abs=1e-6)


def test_stress():
    made = answer("stress", "--mass-ratio", 4, "--x1", 0.5, "--alpha", 1)
    assert made["driven_anisotropy_A"] == pytest.approx(0.17073171, abs=1e-8)
    assert made["counterdiffusion_anisotropy_mixture"] == pytest.approx(-0.10975610, abs=1e-8)


# --- people's output --------------------------------------------------------------------------------


def test_table_for_people():
    lines = call("binary", "He", "Ar").stdout.splitlines()
    assert lines[0].split() == ["quantity", "value", "unit", "change", "from", "order", "11"]
    assert any(line.startswith("alpha_T ") for line in lines)


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_figure(tmp_path, form):
    path = tmp_path / f"slip.{form}"
    assert call("slip", "--model", "bgk", "--plot", path).exit_code == 0
    assert path.stat().st_size > 5000


@pytest.mark.parametrize("axis", ["x1", "temperature"])
def test_figure_of_a_binary_along_either_axis(tmp_path, axis):
    path = tmp_path / "binary.svg"
    done = call("binary", "He", "Ar", "--order", 2, "--plot", path, "--against", axis)
    assert done.exit_code == 0
    assert path.exists()


# --- bad input --------------------------------------------------------------------------------------


def test_every_fault_is_named_at_once_under_its_option():
    told = faults("binary", "He", "Argon", "--x1", 1.4, "--temperature", "-3", "--model", "vsss")
    for part in (
        "4 faults",
        "gases[1]: unknown gas 'Argon'",
        "--x1:",
        "--temperature:",
        "did you mean 'vss'?",
    ):
        assert part in told


@pytest.mark.parametrize(
    "words, told",
    [
        (("binary", "He", "Ar", "--order", 1), "order 2 or more"),
        (("pure", "Ar", "--order", 1), "order 2 or more"),
        (("binary", "He", "Ar", "--order", 500), "order"),
        (("mixture", "He", "Ar", "--x", "0.5, 0.6"), "--x: mole fractions must sum to one"),
        (("mixture", "He", "Ar", "--x", "0.5, 0.2, 0.3"), "--x: mole fractions have shape"),
        (("mixture", "He"), "`theory pure` takes one"),
        (("binary", "He"), "name two"),
        (("binary", "He", "Ar", "--model", "lj", "--temperature", 1), "0.1 to 1000"),
        (("omega", "--tstar", 1e6), "0.1 to 1000"),
        (("omega", "--potential", "mie"), "--exponents: mie needs two"),
        (("omega", "--l", 0), "--l:"),
        (("channel", "--delta", 1e-3), "[0.05, 30]"),
        (("channel", "--x1", 0.3), "gases:"),
        (("channel", "He", "Ar", "--model", "bgk"), "mccormack"),
        (("slip", "--accommodation", 0.05), "[0.2, 1]"),
        (("slip", "--accommodation", 0), "--accommodation:"),
        (("stress", "--mass-ratio", -1), "--mass-ratio:"),
        (("slip", "--plot", "figure.doc"), "end the name in"),
        (("slip", "--plot", "no/such/folder/figure.png"), "make it first"),
        (("slip", "--plot", "figure.png", "--against", "delta"), "--against:"),
    ],
)
def test_bad_input_names_the_limit(words, told):
    assert told in faults(*words)
