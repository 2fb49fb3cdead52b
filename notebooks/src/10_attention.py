# %% [markdown]
# # Lesson 10 · Self-attention: who looks at whom?
#
# **The question.** A patient was given drug A on some day, and drug B on another. If A came *before* B, the two may
# harm; the other way round nothing happens. Between them lie weeks of visits, tests and other drugs. Can a network find
# such a pair in a record, anywhere, at any distance, and notice its order, if nobody tells it which drugs to look for?
#
# **What you will do** (about 90 minutes; the computer needs about one of them)
#
# 1. read records, and see why counting does not help, nor looking at neighbours;
# 2. read the formula of self-attention, letter by letter, and what the article leaves out;
# 3. compute it by hand, and find out what the $\sqrt{d_k}$ is for;
# 4. walk back through it with a pencil;
# 5. open the library and find the same lines in it;
# 6. train a network, three times, and look at what it has discovered;
# 7. practise.
#
# **You need** lesson 01 (a layer, its gradient, cross-entropy) and the product of two matrices.
#
# > **SYNTHETIC.** Records and drugs are invented. No real interaction is meant, and nothing here may be used to judge
# > a real prescription.

# %% [markdown] tags=["ask"]
# **This is the practice notebook.** It has the same seven stops. Read the lesson first, or go back to it whenever a
# word is new: here the story is short, and the cells that say `# your code here` are yours.
#
# After each comes a check. It tries your function on several inputs and tells you, in one sentence, *what* is wrong;
# it never shows the answer. Stuck? `learn.hint("name")` gives three hints, one at a time. You can go on with anything
# left unsolved: the notebook runs to its end.

# %%
import matplotlib.pyplot as plt
import numpy as np

import edunet
from edunet import layers, learn, models, ops, show
from edunet.datasets import drug_order
from edunet.initializers import RandomNormal
from edunet.metrics import roc_auc
from edunet.tensor import exp, log, mean

# %% [markdown]
# ## 1. The records
#
# A record is a row of 64 *codes*, in the order of time. The codes 0 to 7 are eight drugs A0 ... A7, 8 to 15 are eight
# drugs B0 ... B7, and 16 to 99 stand for visits of no account. `describe` says it in words.

# %%
train = drug_order.load(learn.size(8000, alone=8000, quick=600), seed=0)  # records to learn from
test = drug_order.load(learn.size(20000, alone=20000, quick=2000), seed=1)  # other patients, for the test

print("the codes:", *train.x[0][:12], "...\n")
print(drug_order.describe(train.x[0]))
print("\nwhat happened:", train.class_names[train.y[0]])
print(f"\n{len(train)} records to learn from; in {train.y.mean():.0%} of them the patient was harmed")

# %% [markdown]
# Every record holds four A's and four B's, and **exactly one number that both share**: A3 and B3, say. That is the
# pair. If its A stands before its B, the patient is harmed. (In 5 of 100 records the outcome is turned round by chance,
# as in life: so nobody can be right in more than 95 of 100.)
#
# The network is told nothing of this. It sees codes and outcomes.

# %% [markdown]
# **Why counting cannot know.** Throw the codes of a record into a *bag*, so that you know what was there, but not when.
# Is any code seen more often in those who were harmed?


# %%
def bag_of_codes(x):
    """Return how often each of the 100 codes stands in each record, (N, 100)."""
    bag = np.zeros((len(x), 100), np.float32)
    np.add.at(bag, (np.arange(len(x))[:, None], x), 1)
    return bag


bags = bag_of_codes(test.x)
harmed, fine = bags[test.y == 1].mean(axis=0), bags[test.y == 0].mean(axis=0)

figure, axes = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
axes.plot(range(16), harmed[:16], "o", color="#D55E00", label="harmed")
axes.plot(range(16), fine[:16], "x", color="#0072B2", markersize=9, label="not harmed")
axes.set_xticks(range(16), [*(f"A{i}" for i in range(8)), *(f"B{i}" for i in range(8))])
axes.set_ylim(0, 1)
axes.set_xlabel("drug")
axes.set_ylabel("share of the records that hold it")
axes.set_title("The bags of both groups are alike (SYNTHETIC)")
axes.legend()
print(f"largest difference of any drug: {np.abs(harmed - fine)[:16].max():.3f}")

# %% [markdown]
# Every drug stands in half of the records of either group. That holds for pairs of drugs too, because the pair is there
# *in both*: only its order differs. A bag has no order.
#
# **Why a window cannot know.** Lesson 05 slides a small window over its input, and a window sees neighbours. How far
# apart are A and B?

# %%
distance = np.abs(test.truth["pairs"][:, 0] - test.truth["pairs"][:, 1])
width = np.arange(2, 65)

figure, axes = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
axes.plot(width, [np.mean(distance < w) for w in width], "-", color="#0072B2")
axes.plot([5], [np.mean(distance < 5)], "o", color="#D55E00")
axes.annotate("a window of 5 places", (5, np.mean(distance < 5)), (12, 0.06))
axes.set_xlabel("width of the window (places)")
axes.set_ylabel("share of the pairs that fit in")
axes.set_ylim(0, 1.02)
axes.set_title("The two drugs may stand anywhere (SYNTHETIC)")
print(f"a window of 5 places holds {np.mean(distance < 5):.0%} of the pairs, one of 32 {np.mean(distance < 32):.0%}")

# %% [markdown]
# And a recurrent network (lesson 08) would have to carry eight drugs in its memory through the whole record, not
# knowing which of them will matter. We want something else: at B3, be able to *ask* all places at once, "is there an
# A3 among you?"

# %% [markdown]
# ## 2. The formula
#
# The article prints self-attention in two lines:
#
# $$A = \mathrm{softmax}\Bigl(\frac{Q K^T}{\sqrt{d_k}}\Bigr) \qquad\qquad Z = A * V$$
#
# | letter | what it is | shape for one record |
# |---|---|---|
# | $Q$ | queries: for every place a row, what it is looking for | $(T, d_k)$, here $T = 64$ places |
# | $K$ | keys: for every place a row, what it can be found by | $(T, d_k)$ |
# | $V$ | values: for every place a row, what it tells to those who look at it | $(T, d_v)$ |
# | $d_k$ | how many numbers a key has | a number, here 32 |
# | $Q K^T$ | scores: each query times each key, a large number where they fit | $(T, T)$ |
# | softmax | turns every *row* of scores into shares that sum to 1 | |
# | $A$ | attention: $A_{ij}$ is the share of its attention that place $i$ gives to place $j$ | $(T, T)$ |
# | $Z$ | what every place brings back: the mean of the values, weighed by its shares | $(T, d_v)$ |
#
# Think of a library. You come with a question (query). Every book has a title on its back (key). You compare your
# question with all titles, and read most in the books that fit. What you take home is what stands in them (values).

# %% [markdown] tags=["story-only"]
# **What the article leaves out.** Four things, without which you could not build it:
#
# 1. *Where do $Q$, $K$ and $V$ come from?* All three from the same record; hence *self*-attention. Every code is first
#    turned into a row of learned numbers $x$ (an *embedding*), and three layers of lesson 01 look at it:
#    $$Q = x\,W_q \qquad K = x\,W_k \qquad V = x\,W_v$$
#    What a drug looks for, and what it is found by, need not be the same. $W_q, W_k, W_v$ are what is learned.
# 2. *The star* in $A * V$ is the matrix product, row times column. It is the third meaning of the star in that article.
# 3. *Softmax of what?* Of each row by itself. It is $\mathrm{softmax}(s)_j = e^{s_j} / \sum_m e^{s_m}$.
# 4. *Where is the order?* Nowhere! Watch:

# %% tags=["story-only"]
rng = np.random.default_rng(0)
x = rng.normal(size=(5, 4))  # five places
w_q, w_k, w_v = rng.normal(size=(3, 4, 4))
shuffled = rng.permutation(5)

z = ops.attention(x @ w_q, x @ w_k, x @ w_v)
z_shuffled = ops.attention(x[shuffled] @ w_q, x[shuffled] @ w_k, x[shuffled] @ w_v)
print("new order of the places:", shuffled)
print("the answers only move along:", np.allclose(z[shuffled], z_shuffled))

# %% [markdown] tags=["story-only"]
# Shuffle the record, and every place brings back exactly what it did before. The formula as printed is a bag again, a
# clever one. It cannot answer our question.
#
# Two repairs are in use. One adds to every $x$ a signal that says where it stands (*positions*, lesson 11). The other
# suits records, which are written in the order of time: **nobody can look into the future.** Place $i$ may look at
# places $j \le i$ only. This is the *causal mask*, and it is all we need here: B3 looks back. If A3 came before, it is
# found; if A3 comes later, it cannot be seen.

# %% [markdown]
# ## 3. By hand
#
# A record of three places: drug A3, a visit, drug B3. Queries and keys of two numbers each ($d_k = 2$), made up so that
# B3 looks for what A3 is found by. The values tell "I am an A" and "I am a B".

# %% tags=["story-only"]
places = ["A3", "visit", "B3"]
q = np.array([[0.0, 1.0], [0.0, 0.0], [2.0, 0.0]])
k = np.array([[2.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
v = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])

scores = np.zeros((3, 3))
for i in range(3):
    for j in range(3):
        scores[i, j] = (q[i, 0] * k[j, 0] + q[i, 1] * k[j, 1]) / 2**0.5
print("scores: rows look, columns are looked at")
print(scores.round(2))

e = np.exp(scores[2])
print("\nB3: e^score       ", e.round(2), "  together", e.sum().round(2))
print("    shares          ", (e / e.sum()).round(3))

# %% [markdown] tags=["story-only"]
# B3 gives nine tenths of its attention to A3. The visit has the query $(0, 0)$: it looks for nothing, all its scores
# are equal, and so are its shares. Someone who does not ask gets the mean of everybody.

# %%
q = np.array([[0.0, 1.0], [0.0, 0.0], [2.0, 0.0]])
k = np.array([[2.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
v = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])

print("what each place brings back, Z:")
print(ops.attention(q, k, v).round(3))
show.attention(ops.attention_weights(q, k), queries=["A3", "visit", "B3"])

# %% [markdown] tags=["story-only"]
# The last row of $Z$ belongs to B3: 0.894 of "I am an A". That place now *knows* something it did not contain. A layer
# behind it has only to notice.
#
# With the causal mask the places right of the diagonal are out of the running, *before* the shares are made:

# %% tags=["story-only"]
show.attention(ops.attention_weights(q, k, causal=True), queries=["A3", "visit", "B3"])

# %% [markdown] tags=["story-only"]
# Each row still sums to 1. (Had we made the shares first and crossed out the future afterwards, the first row would sum
# to less than a half. In the program the future gets the score $-\infty$, because $e^{-\infty} = 0$.)

# %% [markdown] tags=["ask:softmax_rows"]
# **Exercise 1: `softmax_rows`.** Turn scores `s` (T, S) into shares: in every row $e^{s_j} / \sum_m e^{s_m}$. The check
# also tries scores of 1000, and of −1000 in the row below. $e^{1000}$ is too large for the computer and $e^{-1000}$ too
# small, yet the answer is an ordinary number: a softmax does not change if the same amount is taken from all scores of
# a row.


# %% tags=["exercise:softmax_rows"]
def softmax_rows(s):
    """Return the shares, (T, S); each row sums to 1."""
    ### BEGIN SOLUTION
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% tags=["check:softmax_rows"]
learn.check("softmax_rows", softmax_rows)

# %% [markdown] tags=["ask:attention_scores"]
# **Exercise 2: `attention_scores`.** The inside of the bracket, $Q K^T / \sqrt{d_k}$: `q` and `k` are (T, d), the
# result is (T, T), a row for each query.


# %% tags=["exercise:attention_scores"]
def attention_scores(q, k):
    """Return the score of every query with every key, (T, T)."""
    ### BEGIN SOLUTION
    return q @ k.T / np.sqrt(q.shape[-1])
    ### END SOLUTION


# %% tags=["check:attention_scores"]
learn.check("attention_scores", attention_scores)

# %% [markdown] tags=["ask:attention"]
# **Exercise 3: `attention`.** Now both lines of the article: `q`, `k` and `v` are (T, d) each; give back $Z$ (T, d).
# You may call your first two functions.


# %% tags=["exercise:attention"]
def attention(q, k, v):
    """Return what every query brings back, Z (T, d)."""
    ### BEGIN SOLUTION
    scores = q @ k.T / np.sqrt(q.shape[-1])
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True) @ v
    ### END SOLUTION


# %% tags=["check:attention"]
learn.check("attention", attention)

# %% [markdown] tags=["ask:looking_back"]
# **Exercise 4: `looking_back`.** The shares under the causal mask: from scores `s` (T, T) make $A$ (T, T), where query
# $i$ looks at keys $j \le i$ only, and each row sums to 1. `np.tri(T)` is a table with ones on and below the diagonal.
# Do not change `s` itself.


# %% tags=["exercise:looking_back"]
def looking_back(s):
    """Return the shares (T, T) of queries that see no later key."""
    ### BEGIN SOLUTION
    hidden = np.where(np.tri(len(s)) == 1, s, -np.inf)
    e = np.exp(hidden - hidden.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% tags=["check:looking_back"]
learn.check("looking_back", looking_back)

# %% [markdown]
# ### What is $\sqrt{d_k}$ for?
#
# A score is a sum of $d_k$ products. If the numbers in queries and keys are of size 1, with random signs, then such a
# sum is of size $\sqrt{d_k}$: twice as large with four times as many. Softmax takes these scores into the *exponent*,
# and there a difference of 10 is a factor of 22,000.
#
# To see it, we measure how widely a query spreads its attention, by its **entropy** $-\sum_j A_{ij} \log A_{ij}$: it is
# 0 if one key gets everything, and $\log T$ if all $T$ keys get the same.

# %% tags=["story-only"]
rng = np.random.default_rng(0)
sizes = [1, 4, 16, 64, 256, 1024]
measured = {"with": [], "without": []}
for d in sizes:
    queries, keys = rng.normal(size=(200, d)), rng.normal(size=(64, d))  # 200 queries, 64 keys, nothing learned yet
    for how, scale in (("with", d**-0.5), ("without", 1.0)):
        shares = ops.softmax(queries @ keys.T * scale)
        spread = -np.sum(shares * np.log(shares + 1e-300), axis=-1)
        measured[how].append((spread.mean(), shares.max(axis=-1).mean()))

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
for (how, values), style, color in zip(measured.items(), ("o-", "s--"), ("#0072B2", "#D55E00"), strict=True):
    left.plot(sizes, [value[0] for value in values], style, color=color, label=f"{how} $1/\\sqrt{{d_k}}$")
    right.plot(sizes, [value[1] for value in values], style, color=color, label=f"{how} $1/\\sqrt{{d_k}}$")
left.axhline(np.log(64), color="0.5", linewidth=1)
left.annotate("all 64 keys alike: log 64", (1, np.log(64)), (1, np.log(64) + 0.12), color="0.3")
left.set_ylim(0, 4.8)
left.set_ylabel("entropy of a query")
right.set_ylim(0, 1)
right.set_ylabel("its largest share")
for axes in (left, right):
    axes.set_xscale("log")
    axes.set_xticks(sizes, map(str, sizes))
    axes.minorticks_off()
    axes.set_xlabel("numbers in a key, $d_k$")
right.legend()
figure.suptitle("Random queries and keys: without the root, one key takes all")
print(f"d_k = 1024, without the root: the largest of 64 shares is {measured['without'][-1][1]:.0%} on average")

# %% [markdown] tags=["story-only"]
# With the root it makes no difference how long the keys are: attention starts wide and can learn what to narrow down
# to. Without it a network with long keys decides *before it has learned anything*, for one key at random. In stop 4 we
# shall see that it can then hardly change its mind.

# %% [markdown] tags=["ask:row_entropy"]
# **Exercise 5: `row_entropy`.** For each row of `A` (T, S) the entropy $-\sum_j A_{ij} \log A_{ij}$; give back (T,).
# Behind a mask some shares are 0. Let them count as 0, as is usual ($a \log a$ goes to 0 with $a$), though `np.log(0)`
# is $-\infty$.


# %% tags=["exercise:row_entropy"]
def row_entropy(A):
    """Return how widely each query spreads its attention, (T,)."""
    ### BEGIN SOLUTION
    safe = np.where(A > 0, A, 1)
    return -np.sum(A * np.log(safe), axis=-1)
    ### END SOLUTION


# %% tags=["check:row_entropy"]
learn.check("row_entropy", row_entropy)

# %% [markdown]
# ## 4. The gradient
#
# There is nothing to learn in $A$ and $Z$ themselves; the weights are in $Q$, $K$ and $V$. So the layer receives $dZ$,
# how much the loss would change with each number of $Z$, and must hand back $dQ$, $dK$ and $dV$. Write $s$ for the
# scores in the bracket. We walk back through three doors.

# %% [markdown] tags=["story-only"]
# **First door: $z_i = \sum_j A_{ij} v_j$.** It is a layer of lesson 01, with $A$ in the place of the input and $V$ in
# the place of the weights. Value $j$ was used by every query $i$, with the share $A_{ij}$; so it collects from all of
# them:
#
# $$dv_j = \sum_i A_{ij}\, dz_i \qquad dA_{ij} = dz_i \cdot v_j \qquad\text{or}\qquad dV = A^\top dZ \qquad
# dA = dZ\, V^\top$$
#
# **Second door: softmax.** One row, $A_j = e^{s_j}/\sum_m e^{s_m}$. If score $m$ rises, its own share grows, and all
# others shrink, because the whole stays 1. By the rule for a quotient:
#
# $$\frac{\partial A_j}{\partial s_m} = A_j\,\bigl([j = m] - A_m\bigr)$$
#
# ($[j = m]$ is 1 if they are equal, else 0.) Add up over all $j$ what reaches score $m$:
#
# $$ds_m = \sum_j dA_j\, A_j\,\bigl([j = m] - A_m\bigr) = A_m\Bigl(dA_m - \sum_j A_j\, dA_j\Bigr)$$
#
# Read it: *a key is asked for more if it is better than what the query gets on average.* The sum is that average. And
# the factor $A_m$ says: whom nobody looks at, nobody learns about.
#
# **Third door: $s_{ij} = q_i \cdot k_j / \sqrt{d_k}$.** In a product each feels the other:
#
# $$dQ = \frac{ds\, K}{\sqrt{d_k}} \qquad dK = \frac{ds^\top Q}{\sqrt{d_k}}$$
#
# Behind the three doors lie three layers of lesson 01, $dW_q = x^\top dQ$ and so on. $x$ has been used three times, so
# it collects three times: $dx = dQ\,W_q^\top + dK\,W_k^\top + dV\,W_v^\top$.

# %% [markdown] tags=["story-only"]
# **Never believe a gradient that you have not checked.** Turn one number of $Q$ a tiny bit up, then down:

# %% tags=["story-only"]
rng = np.random.default_rng(1)
dz = rng.normal(size=(3, 2))  # as if it came from the layer behind


def loss_of(q, k, v):
    return np.sum(ops.attention(q, k, v) * dz)


A = ops.attention_weights(q, k)
dA = dz @ v.T
ds = A * (dA - np.sum(A * dA, axis=-1, keepdims=True))
dq = ds @ k / np.sqrt(2)

print("place      by the formula   by turning the screw")
for i in range(3):
    for c in range(2):
        up, down = q.copy(), q.copy()
        up[i, c] += 1e-5
        down[i, c] -= 1e-5
        print(f"dq[{i},{c}] {dq[i, c]:16.6f} {(loss_of(up, k, v) - loss_of(down, k, v)) / 2e-5:22.6f}")
print("each row of ds sums to 0:", np.allclose(ds.sum(axis=-1), 0))

# %% [markdown] tags=["story-only"]
# The last line is no accident. Add 1 to all scores of a row: nothing changes. So the gradient has no business there.
#
# **And now the root again.** In $ds_m = A_m(\dots)$ the bracket is 0 for a key that gets everything (it *is* the
# average), and $A_m$ is nearly 0 for all others. A query that has decided learns nothing more. Here is the size of $ds$
# for the random queries and keys of stop 3:

# %% tags=["story-only"]
size_of_ds = {"with": [], "without": []}
for d in sizes:
    queries, keys, arrived = rng.normal(size=(200, d)), rng.normal(size=(64, d)), rng.normal(size=(200, 64))
    for how, scale in (("with", d**-0.5), ("without", 1.0)):
        shares = ops.softmax(queries @ keys.T * scale)
        back = shares * (arrived - np.sum(shares * arrived, axis=-1, keepdims=True))
        size_of_ds[how].append(np.median(np.sqrt(np.sum(back**2, axis=-1))))

figure, axes = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
for (how, values), style, color in zip(size_of_ds.items(), ("o-", "s--"), ("#0072B2", "#D55E00"), strict=True):
    axes.plot(sizes, values, style, color=color, label=f"{how} $1/\\sqrt{{d_k}}$")
axes.set_xscale("log")
axes.set_yscale("log")
axes.set_xticks(sizes, map(str, sizes))
axes.minorticks_off()
axes.set_xlabel("numbers in a key, $d_k$")
axes.set_ylabel("size of $ds$ (median query)")
axes.set_title("Without the root, long keys can hardly learn")
axes.legend()
print(f"d_k = 1024: with the root {size_of_ds['with'][-1]:.2f}, without {size_of_ds['without'][-1]:.1e}")

# %% [markdown] tags=["ask:softmax_backward"]
# **Exercise 6: `softmax_backward`.** The second door, for all rows at once. Derive it with a pencil first (lesson, stop
# 4). You receive `dA` (T, S) and have the shares `A` (T, S); give back `ds` (T, S).


# %% tags=["exercise:softmax_backward"]
def softmax_backward(dA, A):
    """Return the gradient for the scores, (T, S)."""
    ### BEGIN SOLUTION
    average = (A * dA).sum(axis=-1, keepdims=True)
    return A * (dA - average)
    ### END SOLUTION


# %% tags=["check:softmax_backward"]
learn.check("softmax_backward", softmax_backward)

# %% [markdown] tags=["ask:attention_backward"]
# **Exercise 7: `attention_backward`.** All three doors: from $Z$ to $A$ and $V$, through the softmax, and from the
# scores to $Q$ and $K$. You receive `dz` (T, d) and have `q`, `k`, `v`, each (T, d).
# Give back `dq`, `dk`, `dv`, in this order. No mask here.


# %% tags=["exercise:attention_backward"]
def attention_backward(dz, q, k, v):
    """Return dq, dk and dv, each (T, d)."""
    ### BEGIN SOLUTION
    root = np.sqrt(q.shape[-1])
    e = np.exp(q @ k.T / root)
    A = e / e.sum(axis=-1, keepdims=True)
    dA = dz @ v.T
    ds = A * (dA - (A * dA).sum(axis=-1, keepdims=True))
    return ds @ k / root, ds.T @ q / root, A.T @ dz
    ### END SOLUTION


# %% tags=["check:attention_backward"]
learn.check("attention_backward", attention_backward)

# %% [markdown]
# ## 5. Open the library
#
# The page of the textbook, as it stands in the code:

# %%
show.formula(ops.attention)

# %% [markdown]
# And the numbers. Let the library write down, for B3 of stop 3 (row 2), what it brings back and how the gradient
# returns:

# %%
show.working(ops.attention, q, k, v, at=(2,))

# %% [markdown] tags=["story-only"]
# This is the code of `attention_weights`, which makes the table $A$; forward and back stand on one screen.
# (`ops.attention` computes the same, together with $Z$, without ever storing the whole table.)

# %% tags=["story-only"]
import inspect

print(inspect.getsource(ops.attention_weights))

# %% tags=["story-only"]
rng = np.random.default_rng(0)
edunet.check_gradients(ops.attention, *rng.normal(size=(3, 5, 4)), causal=True)
print("dq, dk and dv of ops.attention agree with finite differences, also behind the mask")

# %% [markdown] tags=["ask:attention"]
# **Compare.** Your `attention` (or ours, if yours is not ready yet) against the library, on a record of 64 places:

# %% tags=["uses:attention"]
my_attention = learn.use("attention", attention)
q64, k64, v64 = np.random.default_rng(0).normal(size=(3, 64, 32))
difference = np.abs(my_attention(q64, k64, v64) - ops.attention(q64, k64, v64)).max()
print(f"largest difference: {difference:.1e}")

# %% [markdown]
# ## 6. Train it, and look into it
#
# **First the wrong model.** A network that sees the bag of codes:

# %%
best = roc_auc(test.y, test.truth["risk"])

edunet.set_random_seed(0)
bag_network = models.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")])
bag_network.compile(optimizer="adam", loss="binary_crossentropy")
bag_network.fit(bag_of_codes(train.x), train.y, epochs=learn.size(5, alone=5, quick=1), batch_size=64, verbose=0)
said_by_bag = bag_network.predict(bags, verbose=0)[:, 0]

print(f"best possible  AUC {best:.3f}")
print(f"bag of codes   AUC {roc_auc(test.y, said_by_bag):.3f}   gap {best - roc_auc(test.y, said_by_bag):.3f}")

# %% [markdown]
# A coin. (AUC: take a patient who was harmed and one who was not; how often is the first given the higher risk? 0.5 is
# guessing. The *gap* is what is missing to the best possible.)
#
# **Then attention.** The network reads a record like this:
#
# 1. `Embedding`: every code becomes a row $x$ of 32 numbers, which are learned, as weights are;
# 2. three `Dense` layers make $Q$, $K$ and $V$ of them;
# 3. `Attention`: every place looks back and brings home $Z$ (the list is in Keras's order: query, value, key);
# 4. `add`: $x + Z$, so that a place still knows its own code;
# 5. `Dense(1)`: one number for each place, its **alarm**;
# 6. the loudest alarm of the record makes its risk.
#
# Step 6 could take the plain maximum; but that teaches only the one place which is loudest by chance. A softer maximum
# is $\log \frac1T \sum_t e^{a_t}$: a loud alarm still drowns all others, and every place gets its part of the gradient,
# namely the softmax of the alarms. (Derive it: you have met every piece.)


# %%
class LoudestAlarm(layers.Layer):
    """Return log of the mean of e^alarm over the places: (N, T, 1) -> (N, 1)."""

    def call(self, alarms):
        return log(mean(exp(alarms), axis=1))


def attention_network(causal=True):
    """Return the network, and two that show its inside: queries and keys, and the alarms."""
    codes = layers.Input((64,))
    x = layers.Embedding(100, 32, embeddings_initializer=RandomNormal(stddev=0.3))(codes)
    q, k, v = layers.Dense(32)(x), layers.Dense(32)(x), layers.Dense(32)(x)
    z = layers.Attention()([q, v, k], use_causal_mask=causal)
    alarms = layers.Dense(1)(layers.add([x, z]))
    risk = layers.Activation("sigmoid")(LoudestAlarm()(alarms))
    return models.Model(codes, risk), models.Model(codes, [q, k]), models.Model(codes, alarms)


# %% [markdown]
# A network starts from random numbers, and one lucky start proves nothing. So we train **three**, from three seeds, and
# report the one in the middle (the *median*). This is the long cell of the lesson; give it half a minute.

# %%
trained, said, gaps = [], [], []
for seed in range(3):
    edunet.set_random_seed(seed)
    network, finder, alarm = attention_network()
    network.compile(optimizer=edunet.optimizers.Adam(0.005), loss="binary_crossentropy")
    history = network.fit(
        train.x, train.y, epochs=learn.size(5, alone=5, quick=1), batch_size=64, validation_split=0.05, verbose=0
    )
    trained.append((network, finder, alarm, history))
    said.append(network.predict(test.x, verbose=0)[:, 0])
    gaps.append(best - roc_auc(test.y, said[-1]))
    print(f"seed {seed}   AUC {best - gaps[-1]:.3f}   gap {gaps[-1]:.3f}")

middle = int(np.argsort(gaps)[1])
network, finder, alarm, history = trained[middle]
print(f"\nmedian gap {gaps[middle]:.3f} (seed {middle}), {network.count_params()} parameters")

# %% [markdown] tags=["story-only"]
# A gap of a few thousandths, or even a little *below* zero, is the luck of these test patients: nobody can be better
# than the best possible in the long run.

# %%
show.curves(history, synthetic=True)

# %% [markdown] tags=["story-only"]
# For a while nothing seems to happen, then the loss drops like a stone. That is typical of attention: as long as B3
# looks everywhere, A3 is one voice of many; once it gets a little more than the others, it pays to give it still more.

# %%
show.roc(test.y, {"bag of codes": said_by_bag, "attention": said[middle], "best possible": test.truth["risk"]},
         synthetic=True)  # fmt: skip

# %% [markdown]
# ### Who looks at whom?
#
# Queries and keys of the trained network give the table $A$ of every record: 64 rows, 64 columns. Here is one patient
# who was harmed. The frame marks the true pair: the row of its B, the column of its A.

# %%
looked_into = slice(0, learn.size(2000, alone=2000, quick=300))
queries, keys = finder.predict(test.x[looked_into], verbose=0)
maps = ops.attention_weights(queries, keys, causal=True)  # (N, 64, 64)

place_a, place_b = test.truth["pairs"][looked_into].T
came_first = place_a < place_b  # A before B
usual = ~test.truth["flipped"][looked_into]
with_harm = int(np.flatnonzero(came_first & usual)[0])
without_harm = int(np.flatnonzero(~came_first & usual)[0])

show.attention(maps[with_harm], pairs=[(place_b[with_harm], place_a[with_harm])], synthetic=True)

# %% [markdown]
# Most places have little to ask and look round more or less evenly: the pale triangle. (A dark spot without a frame?
# Keep it in mind, we come back to it.) To see the drugs, we pick out their rows and columns and put all other places
# together.


# %%
def drugs_only(n):
    """Draw the rows and columns of the eight drugs of record n; the last column is all the rest."""
    spots = np.flatnonzero(test.x[n] < 16)
    names = [f"{drug_order.CODE_NAMES[test.x[n, s]].removeprefix('drug ')} at {s}" for s in spots]
    table = maps[n][np.ix_(spots, spots)]
    rest = np.clip(1 - table.sum(axis=1, keepdims=True), 0, 1)
    later, earlier = sorted((place_a[n], place_b[n]), reverse=True)
    pair = (list(spots).index(later), list(spots).index(earlier))
    return show.attention(
        np.hstack([table, rest]), queries=names, keys=[*names, "all others"], pairs=[pair], synthetic=True
    )


drugs_only(with_harm)

# %% [markdown]
# And a patient of whom the same drugs are no danger, because the B came first. Here the frame marks where the later
# drug *could* look back. It need not: nothing follows from it.

# %%
drugs_only(without_harm)

# %% [markdown]
# Two patients are an anecdote. In how many records where A came first is A the place that B looks at most?

# %% tags=["story-only"]
records = np.flatnonzero(came_first)
top = maps[records, place_b[records]].argmax(axis=-1)
print(f"B looks at its A most in {np.mean(top == place_a[records]):.0%} of {len(records)} records")
print(f"mean share that it gives to it: {maps[records, place_b[records], place_a[records]].mean():.0%}")

# %% [markdown] tags=["ask:found"]
# **Exercise 8: `found`.** `A` (N, T, T) holds a map for each record; `looks` (N,) the place that should look, `wanted`
# (N,) the place that it should look at. Give back the share of the records in which the largest number of row
# `looks[n]` stands at `wanted[n]`.


# %% tags=["exercise:found"]
def found(A, looks, wanted):
    """Return the share of the records, from 0 to 1."""
    ### BEGIN SOLUTION
    hits = 0
    for n in range(len(A)):
        hits += A[n, looks[n]].argmax() == wanted[n]
    return hits / len(A)
    ### END SOLUTION


# %% tags=["check:found"]
learn.check("found", found)

# %% tags=["uses:found"]
my_found = learn.use("found", found)
share = my_found(maps[came_first], place_b[came_first], place_a[came_first])
print(f"B looks at its A most in {share:.0%} of {came_first.sum()} records")

# %% tags=["uses:row_entropy"]
my_entropy = learn.use("row_entropy", row_entropy)
spread = my_entropy(maps[with_harm])
print(f"entropy of the row of B {spread[place_b[with_harm]]:.2f}, mean of all rows {spread.mean():.2f}")

# %% [markdown]
# ### What has it discovered?
#
# In this network a query depends on nothing but the code of its place. So we can ask the network about all B's and all
# A's at once, without any patient: how high is the score of each B with each A?


# %%
def draw_scores(scores):
    figure, axes = plt.subplots(figsize=(5.4, 4.4), layout="constrained")
    drawn = axes.imshow(scores, cmap="PuOr_r", vmin=-np.abs(scores).max(), vmax=np.abs(scores).max())
    axes.set_xticks(range(8), [f"A{i}" for i in range(8)])
    axes.set_yticks(range(8), [f"B{i}" for i in range(8)])
    axes.set_xlabel("key: who is looked at")
    axes.set_ylabel("query: who looks")
    axes.set_title("Which drug looks for which? (SYNTHETIC)")
    for (b, a), score in np.ndenumerate(scores):
        axes.text(
            a,
            b,
            f"{round(float(score))}",
            ha="center",
            va="center",
            color="white" if score > 8 else "black",
            fontsize=9,
        )
    figure.colorbar(drawn, label="score")
    print("for each B the A with the highest score:", *(f"A{i}" for i in scores.argmax(axis=1)))


sixteen = np.full((1, 64), 50)
sixteen[0, :16] = np.arange(16)  # A0 ... A7, B0 ... B7, and visits
q_codes, k_codes = (a[0] for a in finder.predict(sixteen, verbose=0))

# %% tags=["story-only"]
draw_scores(q_codes[8:16] @ k_codes[:8].T / np.sqrt(32))

# %% tags=["uses:attention_scores"]
my_scores = learn.use("attention_scores", attention_scores)
draw_scores(my_scores(q_codes[8:16], k_codes[:8]))

# %% [markdown] tags=["story-only"]
# The diagonal: eight interactions out of 64 possible ones, found from outcomes alone. Nobody had told the network that
# there are drugs, or pairs.

# %% [markdown]
# ### When does the alarm go off?
#
# Every place has an alarm of its own, and it depends on the past only. So we can read a record as it was written, day
# by day, and see where the network takes fright.

# %%
alarms = alarm.predict(test.x[[with_harm, without_harm]], verbose=0)[:, :, 0]

figure, rows = plt.subplots(2, 1, figsize=(8, 4.6), sharex=True, sharey=True, layout="constrained")
for axes, n, heights, title in zip(rows, (with_harm, without_harm), alarms, ("A first", "B first"), strict=True):
    axes.vlines(range(64), np.minimum(heights.min(), 0), heights, color="0.7")
    axes.plot(range(64), heights, ".", color="0.5", label="any place")
    for spot, letter, look in ((place_a[n], "A", ("o", "#0072B2")), (place_b[n], "B", ("s", "#D55E00"))):
        axes.plot([spot], [heights[spot]], look[0], color=look[1], label=f"the {letter} of the pair")
    axes.set_title(f"{title}: the network says {network.predict(test.x[[n]], verbose=0)[0, 0]:.0%} risk", fontsize=10)
    axes.set_ylabel("alarm")
rows[0].legend(loc="upper left", bbox_to_anchor=(1, 1))
rows[1].set_xlabel("place in the record")
figure.suptitle("One alarm for each place (SYNTHETIC)", fontsize=11)
print("loudest place of the first:", alarms[0].argmax(), "; its B stands at", place_b[with_harm])

# %% [markdown]
# ### Attention is not an explanation
#
# A map is tempting: *the network said harm because B3 looked at A3*. But a map only says where numbers were fetched,
# not what was made of them. If you want to know what the answer depends on, **change it and ask again**.

# %%
records = np.flatnonzero(came_first & usual)
a, b = place_a[records], place_b[records]
n = np.arange(len(records))
other = np.array([next(s for s in np.flatnonzero(test.x[r] < 16) if s not in test.truth["pairs"][r]) for r in records])

swapped, without_a, without_other = (test.x[records].copy() for _ in range(3))
swapped[n, a], swapped[n, b] = test.x[records][n, b], test.x[records][n, a]
without_a[n, a] = 50
without_other[n, other] = 50
for name, x in (
    ("as it was", test.x[records]),
    ("A and B change places", swapped),
    ("A becomes a visit", without_a),
    ("another drug becomes a visit", without_other),
):
    print(f"{name:30s} mean risk {network.predict(x, verbose=0).mean():.2f}")

# %% [markdown]
# That is evidence. Now see how the map alone would mislead. In the records where B came first, B finds no partner; but
# its shares must sum to 1 all the same. It *has* to look somewhere:

# %%
records = np.flatnonzero(~came_first)
largest = maps[records, place_b[records]].max(axis=-1)
print(f"B without its A: the largest share in its row is {largest.mean():.0%} on average")
print(f"mean risk of these records: {said[middle][looked_into][records].mean():.2f}")

# %% [markdown]
# A dark spot on such a map means nothing at all. And the reverse: with several heads and layers (lesson 11) very
# different maps can lead to the same answer. (Jain and Wallace, *Attention is not explanation*, 2019.) Use maps to get
# ideas, and changes to test them.
#
# **And without the mask?** The formula exactly as the article prints it sees no order:

# %%
edunet.set_random_seed(0)
without_order = attention_network(causal=False)[0]
without_order.compile(optimizer=edunet.optimizers.Adam(0.005), loss="binary_crossentropy")
without_order.fit(train.x, train.y, epochs=learn.size(2, alone=2, quick=1), batch_size=64, verbose=0)
auc = roc_auc(test.y, without_order.predict(test.x, verbose=0)[:, 0])
print(f"attention without mask or positions   AUC {auc:.3f}   gap {best - auc:.3f}")

# %% [markdown]
# A coin again, as stop 2 had predicted; more patients or more epochs would not help.

# %% [markdown]
# ## 7. Practise, and go on

# %% [markdown] tags=["story-only"]
# The **practice notebook** `practice/10_attention.ipynb` has the same seven stops and eight functions for you to write:
#
# | | you write | | you write |
# |---|---|---|---|
# | 1 | `softmax_rows`: shares that sum to 1 | 5 | `row_entropy`: how widely does a query look? |
# | 2 | `attention_scores`: every query meets every key | 6 | `softmax_backward`: the second door |
# | 3 | `attention`: both lines of the article | 7 | `attention_backward`: all three doors |
# | 4 | `looking_back`: no look into the future | 8 | `found`: does the map join the pair? |
#
# When a function is wrong, the check says what is wrong with it:


# %% tags=["story-only"]
def softmax_of_columns(s):
    e = np.exp(s - s.max(axis=0))
    return e / e.sum(axis=0)


learn.check("softmax_rows", softmax_of_columns)

# %% tags=["ask"]
learn.progress()

# %% [markdown]
# **Play.** Replace `LoudestAlarm` by `layers.GlobalMaxPooling1D()`: how long does it take to learn now? Leave out the
# `add`. Make the keys shorter, `Dense(4)` for q and k: are four numbers enough to tell eight drugs apart? Train on
# 1,000 records.
#
# **Doubt.** Every record here holds exactly one pair, half of the patients are harmed, and the drugs have no doses. In
# a real ward such a pair is rare, and most orders of two drugs have been seen too seldom to learn from. And that harm
# *follows* a pair does not prove that the pair is its cause: perhaps those patients were sicker.
#
# **Go on.** Lesson 11 looks with several heads at once, tells each place where it stands, and stacks what you have
# built here into a Transformer.
