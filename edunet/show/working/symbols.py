"""Mathematics as the docstrings write it, turned into HTML and LaTeX: `y[0,2] = Σ_d x[0,d] · w[d,2]`.

x[0,d]      a quantity with its index          W_z[d,2]    the weights W of gate z
Σ_d         a sum                              √(…), e^(…) with what they reach over in brackets
dy, dW_z    a gradient                         relu, max   words of two letters and more are functions
"""

import html
import re

__all__ = ["bracket", "index", "number", "to_html", "to_latex"]

TOKEN = re.compile(
    r"(?P<gap> {3,})"
    r"|(?P<words> ?[A-Za-z][A-Za-z0-9]{2,}(?: [A-Za-z0-9]+(?![\[(_]))+)"
    r"|(?P<number>-?\d+(?:\.\d*)?(?:e[+-]\d+)?)"
    r"|Σ_(?P<over>[a-z]+)"
    r"|(?P<name>[A-Za-zα-ωΦĥ][\u0302\u0303]?[A-Za-zα-ωĥ]*\u0303?)(?:_(?P<gate>\w+))?(?:\[(?P<index>[^\]]*)\])?"
    r"|(?P<reach>√|\^)\("
    r"|(?P<sign>.)",
    re.DOTALL,
)
GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "η": "eta", "λ": "lambda"}
GREEK |= {"μ": "mu", "ρ": "rho", "σ": "sigma", "φ": "varphi", "Φ": "Phi"}
SIGNS = {"Σ": r"\sum ", "·": r"\cdot ", "⊙": r"\odot ", "×": r"\times ", "−": "-", "→": r"\to ", "←": r"\leftarrow "}
SIGNS |= {"≥": r"\ge ", "≤": r"\le ", "∂": r"\partial ", "…": r"\dots ", "≈": r"\approx ", "⌊": r"\lfloor "}
SIGNS |= {"²": "^{2}", "ᵗ": "^{t}", "ᵀ": r"^{\top}", "₁": "_{1}", "₂": "_{2}", "′": "'", " ": r"\ "}
SIGNS |= {sign: "\\" + sign for sign in "{}%#&$_"}


def number(value) -> str:
    """Write a number with four digits that count, as float() reads it.

    >>> [number(v) for v in (0.5, -12.34567, 0, 1 / 81920)]
    ['0.5000', '-12.35', '0', '1.221e-05']
    """
    return "0" if value == 0 else f"{float(value):#.4g}".rstrip(".").replace(".e", "e")


def bracket(text: str) -> str:
    """Put a negative number in brackets, so that it can stand behind a sign."""
    return f"({text})" if text.startswith("-") else text


def index(*place) -> str:
    """Write the index of a quantity.

    >>> index(0, 2, "k")
    '[0,2,k]'
    """
    return f"[{','.join(map(str, place))}]" if place else ""


def to_latex(math: str) -> str:
    r"""Write a formula for MathJax, KaTeX or LaTeX.

    >>> to_latex("y[0,2] = Σ_d x[0,d] · w[d,2]")
    'y_{0,2} = \\sum_{d} x_{0,d} \\cdot w_{d,2}'
    """
    return _write(math, _latex_token, r"\sqrt{", "^{", "}", "}").replace("  ", " ").replace(" }", "}").strip()


def to_html(math: str) -> str:
    """Write a formula with <i>, <sub> and <sup>, escaped.

    >>> to_html("h[t] < 2")
    '<i>h</i><sub>t</sub> &lt; 2'
    """
    return _write(math, _html_token, "√(", "<sup>", ")", "</sup>")


def _write(math, token, root, power, close_root, close_power):
    """Translate token by token; what stands in the brackets of a root or a power is translated by itself."""
    written, end = "", 0
    for found in TOKEN.finditer(math):
        if found.start() < end:
            continue  # it stood in brackets
        if not found["reach"]:
            written += token(found)
            continue
        end = _closing(math, found.end())
        inner = _write(math[found.end() : end], token, root, power, close_root, close_power)
        written += f"{root}{inner}{close_root}" if found["reach"] == "√" else f"{power}{inner}{close_power}"
        end += 1
    return written


def _closing(math, place):
    """Return where the bracket that was opened just before `place` is closed."""
    depth = 1
    for i in range(place, len(math)):
        depth += {"(": 1, ")": -1}.get(math[i], 0)
        if depth == 0:
            return i
    raise ValueError(f"a bracket is not closed: {math}")


def _latex_token(found):
    if found["gap"]:
        return r" \qquad "
    if found["words"]:
        return rf"\text{{{found['words']}}}"
    if found["number"]:
        mantissa, _, exponent = found["number"].partition("e")
        return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa
    if found["over"]:
        return rf"\sum_{{{','.join(found['over'])}}}"
    if not found["name"]:
        return found["sign"] if found["sign"] == " " else SIGNS.get(found["sign"], found["sign"])
    written = _latex_name(found["name"])
    index = None if found["index"] is None else re.sub(r"([A-Za-z]{2,})", r"\\mathrm{\1}", found["index"])
    index = index and index.replace("−", "-").replace("·", r"\cdot ")
    if found["gate"]:
        written += f"{'^' if index else '_'}{{{_latex_name(found['gate'])}}}"
    return written + (f"_{{{index}}}" if index else "")


def _latex_name(name):
    letters = re.findall(r"[^\u0302\u0303][\u0302\u0303]?", name)
    if len(letters) == 2 and letters[0] == "d":
        return rf"\mathrm{{d}}{_latex_letter(letters[1])}"
    return _latex_letter(letters[0]) if len(letters) == 1 else rf"\operatorname{{{name}}}"


def _latex_letter(letter):
    if letter[-1] == "\u0303":
        return rf"\tilde{{{letter[0]}}}"
    if letter == "ĥ" or letter[-1] == "\u0302":
        return rf"\hat{{{'h' if letter == 'ĥ' else letter[0]}}}"
    return rf"\{GREEK[letter]} " if letter in GREEK else letter


def _html_token(found):
    if found["gap"]:
        return " &emsp; "
    if found["words"]:
        return found["words"]
    if found["number"]:
        mantissa, _, exponent = found["number"].replace("-", "−").partition("e")
        power = exponent.replace("+", "").lstrip("0")
        return f"{mantissa}·10<sup>{power.replace('−0', '−')}</sup>" if exponent else mantissa
    if found["over"]:
        return f"Σ<sub>{found['over']}</sub>"
    if not found["name"]:
        return html.escape(found["sign"])
    name, gate, index = found["name"], found["gate"], found["index"]
    letters = len(re.sub("[\u0302\u0303]", "", name.removeprefix("d") or "d"))
    written = f"<i>{name}</i>" if letters == 1 else name
    index = index and html.escape(index.replace("-", "−"))
    if gate:
        written += f"<sup>{gate}</sup>" if index else f"<sub>{gate}</sub>"
    return written + (f"<sub>{index}</sub>" if index else "")
