"""Judges of a set: the area under the curve, and the linear model that is the one to beat."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def auc():
    """P(score of an ill one > score of a healthy one), ties half, by ranks."""

    def area(y, score):
        _, group, count = np.unique(score, return_inverse=True, return_counts=True)
        rank = (count.cumsum() - (count - 1) / 2)[group]
        ill = np.asarray(y) == 1
        m = ill.sum()
        return (rank[ill].sum() - m * (m + 1) / 2) / (m * (len(ill) - m))

    return area


@pytest.fixture(scope="session")
def logistic():
    """Logistic regression, fitted to the training part by five Newton steps with a little weight decay."""

    def scores(x, y, x_test, decay=1e-3):
        mean, sd = x.mean(0), x.std(0) + 1e-9
        a, b = ((np.column_stack([np.ones(len(part)), (part - mean) / sd])) for part in (x, x_test))
        w = np.zeros(a.shape[1])
        for _ in range(5):
            p = 1 / (1 + np.exp(-a @ w))
            curvature = (a.T * (p * (1 - p))) @ a + decay * len(a) * np.eye(len(w))
            w += np.linalg.solve(curvature, a.T @ (y - p) - decay * len(a) * w)
        return b @ w

    return scores


TOKENS = (b"\0", b'"', b"'", b",", b";", b"\t", b"\n", b"{", b":", b"?", b"1e999", b"\xff", b"@data", b"-", b"9" * 40)


@pytest.fixture(scope="session")
def mutations():
    """Damage the bytes of a file in n ways, always the same: flipped, cut, doubled, left out, strange text put in."""

    def damage(raw, n, seed=0):
        rng = np.random.Generator(np.random.PCG64(seed))
        for _ in range(n):
            out = bytearray(raw)
            for _ in range(rng.integers(1, 4)):
                i, j = sorted(rng.integers(0, len(out) + 1, 2).tolist())
                kind = rng.integers(5)
                if kind == 0 and out:
                    out[min(i, len(out) - 1)] = rng.integers(256)
                elif kind == 1:
                    out[i:i] = TOKENS[rng.integers(len(TOKENS))]
                elif kind == 2:
                    del out[i : min(j, i + 50)]
                elif kind == 3:
                    out[i:i] = out[i : min(j, i + 200)]
                else:
                    del out[max(i, len(out) // 2) :]
            yield bytes(out)

    return damage
