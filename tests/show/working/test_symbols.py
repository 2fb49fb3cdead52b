"""Formulas as the docstrings write them become HTML and LaTeX."""

import pytest

from edunet.show.working.symbols import bracket, number, to_html, to_latex


@pytest.mark.parametrize(
    ("math", "latex"),
    [
        ("x[0,d] · w[d,2]", r"x_{0,d} \cdot w_{d,2}"),
        ("W_z[d,1]", "W^{z}_{d,1}"),
        ("dW_x", r"\mathrm{d}W_{x}"),
        ("dc̃[0,1]", r"\mathrm{d}\tilde{c}_{0,1}"),
        ("ĥ[0,j]", r"\hat{h}_{0,j}"),
        ("Σ_uvc x[0, -1+2·u, c]", r"\sum_{u,v,c} x_{0, -1+2\cdot u, c}"),
        ("√(4)", r"\sqrt{4}"),
        ("e^(z[0] − (-1.5))", r"e^{z_{0} - (-1.5)}"),
        ("1 / (1 + e^(−√(v)))", r"1 / (1 + e^{-\sqrt{v}})"),
        ("relu(z) = 1.221e-05", r"\operatorname{relu}(z) = 1.221 \times 10^{-5}"),
        ("β₁ᵗ", r"\beta _{1}^{t}"),
        ("written out here", r"\text{written out here}"),
        ("dx under the window", r"\mathrm{d}x\text{ under the window}"),
        ("a      b", r"a \qquad b"),
        ("100 % & {x}", r"100 \% \& \{x\}"),
    ],
)
def test_latex(math, latex):
    assert to_latex(math) == latex


@pytest.mark.parametrize(
    ("math", "written"),
    [
        ("x[0,d]", "<i>x</i><sub>0,d</sub>"),
        ("W_z[d,1]", "<i>W</i><sup>z</sup><sub>d,1</sub>"),
        ("-1.5", "−1.5"),
        ("1.221e-05", "1.221·10<sup>−5</sup>"),
        ("1.000e+10", "1.000·10<sup>10</sup>"),
        ("e^(z[0])", "<i>e</i><sup><i>z</i><sub>0</sub></sup>"),
        ("relu(x) < y & z", "relu(<i>x</i>) &lt; <i>y</i> &amp; <i>z</i>"),
    ],
)
def test_html(math, written):
    assert to_html(math) == written


def test_numbers_have_four_digits_that_count_and_can_be_read_back():
    for value in (0.5, -12.34567, 0, 1 / 81920, 123456.0, 1234.0, 1e300, 99999):
        assert float(number(value)) == pytest.approx(value, rel=5e-4)


def test_negative_numbers_stand_in_brackets_behind_a_sign():
    assert [bracket("-1.0"), bracket("1.0")] == ["(-1.0)", "1.0"]


def test_an_open_bracket_is_a_mistake_of_the_page():
    with pytest.raises(ValueError, match="a bracket is not closed"):
        to_latex("√(2")
