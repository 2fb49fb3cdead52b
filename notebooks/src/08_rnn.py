# %% [markdown]
# # Lesson 08 · Recurrence: a network with a memory
#
# **Two questions.** A patient's record holds sixty visits. Somewhere in it stands "allergy confirmed", and later
# perhaps "allergy ruled out". *May this patient have the drug?* And in the next bed somebody has been given a drug into
# the vein for three days, at odd hours, some doses forgotten. *How much of it is in the blood now?*
#
# For both, the order of things is everything. A network that reads a table of columns does not know any order. Here you
# build one that reads a story from its beginning, and carries something along.
#
# **What you will do** (about 90 minutes; the computer needs less than one of them)
#
# 1. meet the records, and see why counting is not enough;
# 2. run the article's formula exactly as it is printed, see what is missing, and repair it;
# 3. follow a drug through the blood with a pencil;
# 4. send a gradient back through time, and watch it vanish or explode;
# 5. open the library, and meet the gates that keep a gradient alive;
# 6. train a network on the records and look into its memory; read a half-life off a single weight;
# 7. practise.
#
# **You need** lesson 01 (a layer, the sigmoid, the chain rule, AUC). Nothing is downloaded.
#
# > **SYNTHETIC.** All patients, and the drug, were invented by a program whose rule is known. Nothing here may be used
# > to prescribe anything.

# %% [markdown] tags=["ask"]
# **This is the practice notebook.** It has the same seven stops. Read the lesson first, or go back to it whenever a
# word is new: here the story is short, and the cells that say `# your code here` are yours.
#
# After each comes a check that tells you, in one sentence, *what* is wrong; it never shows the answer. Stuck?
# `learn.hint("name")` gives three hints, one at a time. You can go on with anything left unsolved: the notebook runs to
# its end.

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

import edunet
from edunet import layers, learn, models, ops, show
from edunet.datasets import allergy_record, doses
from edunet.metrics import roc_auc

edunet.set_random_seed(0)

# %% [markdown]
# ## 1. Two kinds of record
#
# **The allergy.** Each visit is one of 40 codes. Code 1 means "allergy confirmed", code 0 "allergy ruled out", code 2
# is the drug order that ends every record; the other 37 have nothing to do with it. The rule is what any nurse would
# say: *the latest word counts.* (In one record of twenty the outcome is the opposite. No rule of real life is perfect,
# and so no model here can be right more than 95 times in a hundred.)

# %%
train = allergy_record.load(learn.size(8000, alone=4000, quick=800), seed=0)
test = allergy_record.load(learn.size(20000, alone=20000, quick=1000), seed=1)

print(allergy_record.describe(test.x[4]))
print("outcome:", test.class_names[test.y[4]])

# %%
figure, axes = plt.subplots(figsize=(8, 3.4), layout="constrained")
axes.axvline(59, color="0.6", linewidth=1)
shown = (1, 2, 4, 5, 8, 10, 11)
for row, n in enumerate(shown):
    axes.plot(range(60), np.full(60, row), ",", color="0.5")
    for code, mark, colour in ((1, "^", "#D55E00"), (0, "o", "#0072B2")):
        visits = np.flatnonzero(test.x[n] == code)
        label = allergy_record.CODE_NAMES[code] if row == 0 else None
        axes.plot(visits, np.full(len(visits), row), mark, color=colour, markersize=8, label=label)
    axes.text(60.5, row, test.class_names[test.y[n]], va="center", fontsize=9)
axes.set_yticks(range(7), [f"patient {n}" for n in shown])
axes.set_xlabel("visit (the drug is ordered at visit 59)")
axes.set_xlim(-1, 71)
axes.set_xticks(range(0, 60, 10))
axes.set_ylim(-0.6, 8.2)
axes.legend(loc="upper left", ncols=2, fontsize=9)
axes.set_title("Seven records: only the last mark counts (SYNTHETIC)")
print("visits between the last word and the order:", test.truth["delay"].min(), "to", test.truth["delay"].max())

# %% [markdown]
# **The drug.** For each of 72 hours we know the dose in milligrams, nearly always 0. It is given into the vein, all at
# once (a *bolus*), and so it is in the blood at once; a tablet would take its time. After the last hour we know
# whether the patient came to harm. We also know, because a program drew these patients, how much drug was in the blood
# in every hour. No network will see that.

# %%
drug = doses.load(learn.size(8000, alone=6000, quick=800), seed=0)
drug_test = doses.load(learn.size(20000, alone=20000, quick=1000), seed=1)

figure, (above, below) = plt.subplots(2, 1, figsize=(7.5, 4), sharex=True, layout="constrained")
above.bar(range(72), drug_test.x[0, :, 0], color="#0072B2")
above.set_ylabel("dose (mg)")
below.plot(range(72), drug_test.truth["concentration"][0], color="#D55E00")
below.axhline(12, color="0.5", linestyle=":")
below.text(0, 12.4, "half of the patients are harmed", fontsize=9, color="0.3")
below.set_ylabel("in the blood (mg/l)")
below.set_xlabel("hour")
above.set_title("One patient: what was given, and what is left of it (SYNTHETIC)")
print("doses known of each patient:", drug.x.shape[1], "hours;", f"{drug.y.mean():.0%} came to harm")

# %% [markdown]
# ## 2. The formula
#
# The article prints the recurrent network as
#
# $$h_t = f\Bigl(\sum_{i=1}^{n} w_i * h_{t-1} + b\Bigr)$$
#
# | letter | what it is | shape |
# |---|---|---|
# | $t$ | the step: a visit, an hour | $1 \dots T$ |
# | $h_t$ | hidden state: what the network carries along after step $t$; $h_0 = 0$, nothing is known yet | $(N, U)$ |
# | $w_i$ | weights, from every unit of the state to every unit of the next one | $(U, U)$ |
# | $b$ | bias | $(U)$ |
# | $f$ | activation; here tanh, which keeps the state between −1 and 1 | |
#
# $N$ patients, $U$ units of memory. Read it once more, slowly. *Where is the patient?*

# %% [markdown] tags=["story-only"]
# **An experiment.** Let us do what is printed, for two patients with very different doses. Any weights will do.

# %% tags=["story-only"]
w, b = np.array([[1.1, 0.6], [-0.6, 1.1]]), np.array([0.3, 0.0])

h = np.zeros((2, 2))  # two patients, two units
states = []
for _ in range(40):
    h = np.tanh(h @ w + b)
    states.append(h)
states = np.array(states)  # (40, 2, 2)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
hours = np.arange(40)
for n, (colour, line, mark) in enumerate((("#0072B2", "-", "o"), ("#D55E00", "--", "s"))):
    left.bar(hours + 0.5 * n, drug_test.x[n, :40, 0], width=0.9, color=colour, label=f"patient {n}")
    right.plot(
        hours, states[:, n, 0], line, marker=mark, color=colour, fillstyle="none", markersize=4 + 4 * n, markevery=2
    )
left.set_xlabel("hour")
left.set_ylabel("dose (mg)")
left.set_title("what happened to them (SYNTHETIC)")
left.set_ylim(0, 310)
left.legend(loc="upper center", ncols=2)
right.set_xlabel("hour")
right.set_ylabel("state of unit 0")
right.set_title("what the printed formula makes of it")
print("largest difference between the two patients:", np.abs(states[:, 0] - states[:, 1]).max())

# %% [markdown] tags=["story-only"]
# Not small: **zero**. There is no $x_t$ in the formula, so every patient gets the same states, whatever happened to
# them. No training can help, since no weight touches the patient.
#
# It is a slip of the pen, and a frequent one. What is meant is

# %% [markdown] tags=["ask:printed_states"]
# **Exercise 1: `printed_states`.** Run the formula exactly as it is printed, with $f = \tanh$ and zeros before the
# first step. `x` (N, T, D) holds the records, `w` is (U, U), `b` is (U,). Give back the states after each of the T
# steps, (N, T, U). A state is a row, so the product is `h @ w`.


# %% tags=["exercise:printed_states"]
def printed_states(x, w, b):
    """Return the states of N patients at T steps, (N, T, U)."""
    ### BEGIN SOLUTION
    h = np.zeros((x.shape[0], len(b)))
    states = []
    for _ in range(x.shape[1]):
        h = np.tanh(h @ w + b)
        states.append(h)
    return np.stack(states, axis=1)
    ### END SOLUTION


# %% tags=["check:printed_states"]
learn.check("printed_states", printed_states)

# %% tags=["uses:printed_states"]
my_printed = learn.use("printed_states", printed_states)
same = my_printed(drug_test.x[:100], np.array([[1.5]]), np.array([0.3]))
print("100 patients; largest difference between any two:", np.ptp(same, axis=0).max())

# %% [markdown] tags=["ask"]
# Zero: no patient has any influence. There is no $x_t$ in the formula. What is meant is

# %% [markdown]
# $$h_t = f(x_t\,W_x + h_{t-1}\,W_h + b)$$
#
# | letter | what it is | shape |
# |---|---|---|
# | $x_t$ | what happens in step $t$ | $(N, D)$ |
# | $W_x$ | how the input changes the memory | $(D, U)$ |
# | $W_h$ | how the old memory changes the new one | $(U, U)$ |
#
# Two layers like that of lesson 01, added up: one looks at the present, one at the past. And the **same** $W_x$, $W_h$
# and $b$ in every step. A rule of reading does not depend on the page.

# %%
figure, axes = plt.subplots(figsize=(8.5, 2.9), layout="constrained")
arrow = {"arrowstyle": "-|>", "linewidth": 1.6, "shrinkA": 17, "shrinkB": 17}
for t in range(5):
    axes.text(2 * t, 1, f"$h_{t}$", ha="center", va="center", fontsize=13, bbox={"boxstyle": "circle", "fc": "#FFF2CC"})
    if t == 0:
        axes.text(0, 0.66, "zeros", ha="center", va="center", fontsize=10)
        continue
    axes.annotate("", (2 * t, 1), (2 * t - 2, 1), arrowprops=arrow | {"color": "#0072B2"})
    axes.text(2 * t - 1, 1.12, "$W_h$", ha="center", fontsize=12, color="#0072B2")
    axes.text(2 * t, 0, f"$x_{t}$", ha="center", va="center", fontsize=13)
    axes.annotate("", (2 * t, 1), (2 * t, 0), arrowprops=arrow | {"color": "#D55E00", "shrinkA": 10})
    axes.text(2 * t + 0.12, 0.42, "$W_x$", fontsize=12, color="#D55E00")
axes.annotate("", (9.6, 1), (8, 1), arrowprops=arrow | {"color": "black", "shrinkB": 2})
axes.text(9.7, 1, "answer", va="center", fontsize=12)
axes.set_xlim(-0.6, 11)
axes.set_ylim(-0.3, 1.4)
axes.set_axis_off()
axes.set_title("The formula unrolled: one layer, used once in every step")
print("weights for 4 steps and for 4,000 steps: the same three arrays")

# %% [markdown] tags=["ask:rnn_step"]
# **Exercise 2: `rnn_step`.** One step of the repaired formula, with $f = \tanh$. `x_t` is (N, D), the old state `h` is
# (N, U), `wx` is (D, U), `wh` is (U, U), `b` is (U,). Give back the new state, (N, U).


# %% tags=["exercise:rnn_step"]
def rnn_step(x_t, h, wx, wh, b):
    """Return the state after this step, (N, U)."""
    ### BEGIN SOLUTION
    return np.tanh(x_t @ wx + h @ wh + b)
    ### END SOLUTION


# %% tags=["check:rnn_step"]
learn.check("rnn_step", rnn_step)

# %% [markdown] tags=["ask:rnn_states"]
# **Exercise 3: `rnn_states`.** Now whole records: `x` is (N, T, D). All patients take each step together. Give back the
# states after every step, (N, T, U); before the first step the state is zero.


# %% tags=["exercise:rnn_states"]
def rnn_states(x, wx, wh, b):
    """Return the states of N patients at T steps, (N, T, U)."""
    ### BEGIN SOLUTION
    h = np.zeros((x.shape[0], wh.shape[0]))
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ wx + h @ wh + b)
        states.append(h)
    return np.stack(states, axis=1)
    ### END SOLUTION


# %% tags=["check:rnn_states"]
learn.check("rnn_states", rnn_states)

# %% tags=["uses:rnn_states"]
my_states = learn.use("rnn_states", rnn_states)
differ = my_states(drug_test.x[:100] / 500, np.array([[1.0]]), np.array([[0.9]]), np.array([0.0]))
print("100 patients; largest difference between any two:", f"{np.ptp(differ, axis=0).max():.2f}")

# %% [markdown]
# ## 3. By hand
#
# A drug leaves the body by halves. Ours has a **half-life** of 8 hours: after 8 hours half of it is left, after 16 a
# quarter. In one hour the share that stays is the eighth root of one half,
#
# $$2^{-1/8} = 0.917$$
#
# and a dose $D_t$ in milligrams, given into the vein and dissolved in 35 litres, adds $D_t/35$ milligrams per litre. So
#
# $$c_t = 0.917\; c_{t-1} + \frac{D_t}{35}$$
#
# Look at it next to the formula of stop 2. It *is* that formula: one unit, $W_h = 0.917$, $W_x = 1/35$, $b = 0$, and
# no bending, $f(a) = a$. Pharmacologists computed with one linear recurrent unit before there were
# computers.

# %% [markdown] tags=["story-only"]
# 500 mg at hour 0, nothing at hours 1 and 2, 250 mg at hour 3. With a pencil:
#
# | hour | left of before | new | together |
# |---|---|---|---|
# | 0 | 0 | 500/35 = 14.29 | **14.29** mg/l |
# | 1 | 0.917 · 14.29 = 13.10 | 0 | **13.10** |
# | 2 | 0.917 · 13.10 = 12.01 | 0 | **12.01** |
# | 3 | 0.917 · 12.01 = 11.02 | 250/35 = 7.14 | **18.16** |
#
# And in Python:

# %% tags=["story-only"]
kept = 2 ** (-1 / 8)
c = 0.0
for hour, dose in enumerate([500, 0, 0, 250]):
    left, new = kept * c, dose / 35
    c = left + new
    print(f"hour {hour}: {left:5.2f} left, {new:5.2f} new, {c:5.2f} mg/l together")

# %% [markdown] tags=["story-only"]
# (The last figure in a pencil's table may be off by one: we had rounded 0.917.)
#
# **With tanh.** The same unit for a record of events: 1 where something happens, 0 elsewhere, $W_x = 1$, $W_h = 2$,
# $b = 0$. Something happens at step 1, then nothing.
#
# - $h_1 = \tanh(1 \cdot 1 + 2 \cdot 0) = \tanh(1) = 0.762$
# - $h_2 = \tanh(1 \cdot 0 + 2 \cdot 0.762) = \tanh(1.523) = 0.909$
# - $h_3 = \tanh(2 \cdot 0.909) = \tanh(1.819) = 0.949$
#
# The memory does not fade. It grows to 0.957, and there it stays. One bit is remembered, for as long as you like. That
# is what bending is good for: a linear unit can only fade, stay or explode; with tanh and a weight above 1 it can
# *latch*.

# %% tags=["story-only"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4), layout="constrained")
steps = np.arange(40)
looks = ((1.03, "-.", "#CC79A7"), (1, "-", "black"), (0.917, "--", "#0072B2"), (0.5, ":", "#D55E00"))
for weight, line, colour in looks:
    left.plot(steps, weight**steps, line, color=colour, label=f"weight {weight}")
left.axhline(0.5, color="0.7", linewidth=0.8)
left.set_title("a linear unit: fade, stay, explode")
left.set_ylabel("what is left of one event")
for weight, line, colour in ((2, "-.", "#CC79A7"), (1, "-", "black"), (0.917, "--", "#0072B2"), (0.5, ":", "#D55E00")):
    h, path = np.tanh(1.0), []
    for _ in steps:
        path.append(h)
        h = np.tanh(weight * h)
    right.plot(steps, path, line, color=colour, label=f"weight {weight}")
right.set_title("a tanh unit: above 1 it latches")
for axes in (left, right):
    axes.set_xlabel("steps since the event")
    axes.legend(fontsize=9)
print(f"with 0.917 one half is left after {np.log(0.5) / np.log(kept):.1f} steps")

# %% [markdown] tags=["ask:concentration"]
# **Exercise 4: `concentration`.** From doses (N, T) in mg to what is in the blood in each hour, (N, T) in mg/l. `kept`
# is the share that stays from one hour to the next, `volume` the litres. The dose of an hour counts in the same hour,
# in full.


# %% tags=["exercise:concentration"]
def concentration(dose, kept, volume):
    """Return the concentration of every patient in every hour, (N, T)."""
    ### BEGIN SOLUTION
    c = np.zeros(len(dose))
    levels = []
    for t in range(dose.shape[1]):
        c = kept * c + dose[:, t] / volume
        levels.append(c)
    return np.stack(levels, axis=1)
    ### END SOLUTION


# %% tags=["check:concentration"]
learn.check("concentration", concentration)

# %% [markdown] tags=["ask:half_life"]
# **Exercise 5: `half_life`.** Backwards: a linear unit has the weight `w`, between 0 and 1. After how many steps is
# half of its memory gone? ($w^t = \frac12$; solve for $t$.)


# %% tags=["exercise:half_life"]
def half_life(w):
    """Return the number of steps, which need not be whole."""
    ### BEGIN SOLUTION
    return -np.log(2) / np.log(w)
    ### END SOLUTION


# %% tags=["check:half_life"]
learn.check("half_life", half_life)

# %% [markdown]
# ## 4. The gradient
#
# Take the linear unit, $h_t = u\,x_t + w\,h_{t-1}$, and a loss $L$ that looks at the last state $h_T$ only. Which way
# is downhill for $w$? The difficulty: $w$ was used $T$ times.

# %% [markdown] tags=["story-only"]
# Write $dh_t$ for $\partial L/\partial h_t$: how much the loss would change with the state of step $t$.
#
# 1. The loss gives us $dh_T$.
# 2. $h_{t-1}$ acts on everything later through one door, $h_t = \dots + w\,h_{t-1}$. So
#    $\quad dh_{t-1} = w\; dh_t$.
# 3. Pretend for a moment that each step had a weight of its own. In step $t$ it multiplies $h_{t-1}$, so its gradient
#    is $\quad dh_t\; h_{t-1}$.
# 4. But there is only one $w$. Its gradients add up:
#
# $$dw = \sum_{t=1}^{T} dh_t\, h_{t-1} \qquad\qquad du = \sum_{t=1}^{T} dh_t\, x_t$$
#
# That is **backpropagation through time**: walk from the last step to the first, take $dh$ along, collect. With many
# units and an activation the same walk reads
#
# $$da_t = dh_t \odot f'(a_t) \qquad dh_{t-1} = da_t\,W_h^\top \qquad dW_h = \sum_t h_{t-1}^\top\, da_t \qquad
#   dW_x = \sum_t x_t^\top\, da_t$$
#
# where $a_t$ is the sum before $f$, and $\odot$ multiplies place by place. $f'$ is the slope of $f$. A linear unit has
# $f' = 1$. For tanh it is
#
# $$\tanh'(a) = 1 - \tanh^2(a), \qquad \text{so that} \qquad f'(a_t) = 1 - h_t^2:$$
#
# 1 where the state is 0, nearly 0 where the state is near 1 or −1. (Write $\tanh a = (e^a - e^{-a})/(e^a + e^{-a})$ and
# take the quotient rule: the numerator becomes $(e^a + e^{-a})^2 - (e^a - e^{-a})^2$.) The sigmoid, which the gates of
# stop 5 use, has $\sigma' = \sigma\,(1 - \sigma)$: the $p\,(1 - p)$ of lesson 01.

# %% [markdown] tags=["story-only"]
# **Never believe a gradient that you have not checked.** Three steps, the loss $\frac12(h_3 - 20)^2$, and then the
# screws turned by hand:

# %% tags=["story-only"]
inputs = [14.0, 0.0, 7.0]


def states_of(u, w):
    h = [0.0]  # h[0] is before the first step
    for x in inputs:
        h.append(u * x + w * h[-1])
    return h


def loss_of(u, w):
    return (states_of(u, w)[-1] - 20) ** 2 / 2


u, w = 1.0, 0.9
h = states_of(u, w)
dh, du, dw = h[-1] - 20, 0.0, 0.0
for t in (3, 2, 1):
    print(f"step {t}: dh = {dh:7.3f}; to du comes {dh * inputs[t - 1]:8.3f}, to dw comes {dh * h[t - 1]:8.3f}")
    du += dh * inputs[t - 1]
    dw += dh * h[t - 1]
    dh *= w

print(f"\nby the walk            du = {du:.4f}   dw = {dw:.4f}")
turned_u = (loss_of(u + 1e-5, w) - loss_of(u - 1e-5, w)) / 2e-5
turned_w = (loss_of(u, w + 1e-5) - loss_of(u, w - 1e-5)) / 2e-5
print(f"by turning the screw   du = {turned_u:.4f}   dw = {turned_w:.4f}")

# %% [markdown] tags=["ask:linear_backward"]
# **Exercise 6: `linear_backward`.** Derive it with a pencil first (lesson, stop 4). The walk back for N patients and a
# linear unit $h_t = u\,x_t + w\,h_{t-1}$. You receive `dlast` (N,), the gradient for the last state; `x` (N, T); the
# states `h` (N, T), where `h[:, 0]` comes *after* the first input; and the number `w`. Give back `du` and `dw`, two
# numbers. The state before the first step is 0.


# %% tags=["exercise:linear_backward"]
def linear_backward(dlast, x, h, w):
    """Return du and dw, summed over steps and patients."""
    ### BEGIN SOLUTION
    dh, du, dw = dlast, 0.0, 0.0
    for t in range(x.shape[1] - 1, -1, -1):
        du += np.sum(dh * x[:, t])
        if t > 0:
            dw += np.sum(dh * h[:, t - 1])
        dh = dh * w
    return du, dw
    ### END SOLUTION


# %% tags=["check:linear_backward"]
learn.check("linear_backward", linear_backward)

# %% [markdown]
# **Vanishing and exploding.** With every step into the past the gradient $dh$ is multiplied by $w$. After $k$ steps it
# carries the factor $w^k$. The event that matters may be fifty visits ago. For units in a layer the factor is a matrix,
# $W_h$, and what counts is how much it stretches; tanh takes a little more away.

# %%
records = test.x[:200]


def gradient_by_visit(layer):
    """Return how large the gradient of the last state is for the input of each visit, a mean over patients."""
    inputs = edunet.Tensor(np.asarray(layers.Embedding(40, 8)(records)))  # a vector of 8 numbers for each code
    layer(inputs).sum().backward()
    return np.linalg.norm(inputs.grad, axis=-1).mean(axis=0)


stretching = edunet.initializers.Orthogonal(gain=1.5)
starts = {
    "W_h stretches by 1.5": (layers.SimpleRNN(16, recurrent_initializer=stretching), "-.", "#CC79A7"),
    "W_h turns only (orthogonal)": (layers.SimpleRNN(16), "-", "#0072B2"),
    "W_h of small numbers": (layers.SimpleRNN(16, recurrent_initializer="random_normal"), ":", "#D55E00"),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
back = np.arange(60)
for weight, line, colour in (
    (1.1, "-.", "#CC79A7"),
    (1, "-", "#0072B2"),
    (0.917, "--", "black"),
    (0.7, ":", "#D55E00"),
):
    left.semilogy(back, float(weight) ** back, line, color=colour, label=f"w = {weight}")
left.set_xlabel("steps back in time")
left.set_ylabel("what is left of the gradient, $w^k$")
left.set_title("one linear unit")
for label, (layer, line, colour) in starts.items():
    sizes = gradient_by_visit(layer)
    right.semilogy(np.arange(60), np.where(sizes > 1e-12, sizes, np.nan), line, color=colour, label=label)
right.set_xlabel("visit (the answer is given at 59)")
right.set_ylabel("size of the gradient")
right.set_ylim(1e-9, 1e5)
right.set_title("SimpleRNN(16), before any training")
for axes in (left, right):
    axes.legend(fontsize=9)
print(
    "10 visits before the end, with small numbers:", f"{gradient_by_visit(starts['W_h of small numbers'][0])[49]:.0e}"
)

# %% [markdown]
# The scale is logarithmic. The dotted line falls so fast that the network cannot know, ten visits later, that an event
# has had any influence: the gradient has **vanished**. The dash-dotted one **explodes**. Only a matrix that turns and
# does not stretch (mathematicians say *orthogonal*) keeps it level, and this is why the library starts every recurrent
# layer with one.

# %% [markdown] tags=["story-only"]
# **What an explosion does.** Suppose that a laboratory had measured the drug at hour 71. Here is the squared error of a
# linear unit for every weight, and below it the gradient.

# %% tags=["story-only"]
some = drug.x[:500, :, 0].astype(float) / 35  # mg/l that come in
measured = drug.truth["concentration"][:500, -1] + np.random.default_rng(0).normal(0, 1, 500)  # a laboratory errs
weights = np.linspace(0.6, 1.05, 91)


def last_state(w):
    h = 0.0
    for t in range(72):
        h = w * h + some[:, t]
    return h


errors = np.array([np.mean((last_state(w) - measured) ** 2) for w in weights])
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4), layout="constrained")
left.plot(weights, errors, color="#0072B2")
left.set_ylim(0, 3000)
left.set_ylabel("mean squared error ((mg/l)²)")
left.set_title("a flat valley and a cliff")
right.semilogy(weights, np.abs(np.gradient(errors, weights)), color="#D55E00")
right.set_ylabel("size of the gradient")
right.set_title("its slope")
for axes in (left, right):
    axes.axvline(kept, color="0.5", linestyle=":")
    axes.set_xlabel("weight w (dotted: the true one)")
slope_at = dict(zip(weights.round(3), np.abs(np.gradient(errors, weights)), strict=True))
print(f"slope at w = 0.8: {slope_at[0.8]:.0f}, at w = 1: {slope_at[1.0]:.0f}")

# %% [markdown] tags=["story-only"]
# A step of one length cannot fit both sides. If it is good for the valley, then on the cliff it throws the weight out
# of the picture. The remedy is blunt and works: **clipping**. If the gradient $g$ is longer than a limit, shorten it to
# the limit, and keep its direction:
#
# $$g \leftarrow g \cdot \min\Bigl(1, \frac{\text{limit}}{\lVert g \rVert}\Bigr)$$

# %% tags=["story-only"]
for limit in (np.inf, 500.0):
    w, path = 1.0, [1.0]  # "remember everything"
    for _ in range(30):
        slope = (
            np.mean((last_state(w + 1e-6) - measured) ** 2) - np.mean((last_state(w - 1e-6) - measured) ** 2)
        ) / 2e-6
        w = w - 2e-5 * slope * min(1, limit / abs(slope))
        path.append(w)
        if abs(w) > 2:
            break
    print(f"limit {limit:5.0f}:", " ".join(f"{w:.3f}" for w in path[:6]), "...", f"at the end {path[-1]:.3f}")

# %% [markdown] tags=["ask:clip_by_norm"]
# **Exercise 7: `clip_by_norm`.** If the length of `g` is more than `limit`, give back `g` shortened to that length, in
# the same direction; otherwise `g` as it is. `g` may be a vector or a table, as $W_h$ is one. (Length: the square root
# of the sum of all squares; a table is one arrow too.)


# %% tags=["exercise:clip_by_norm"]
def clip_by_norm(g, limit):
    """Return g, not longer than limit."""
    ### BEGIN SOLUTION
    norm = np.sqrt(np.sum(g**2))
    if norm > limit:
        return g * (limit / norm)
    return g
    ### END SOLUTION


# %% tags=["check:clip_by_norm"]
learn.check("clip_by_norm", clip_by_norm)

# %% [markdown] tags=["ask"]
# **Your own unit learns a half-life.** A laboratory has measured the drug at hour 71, in 500 patients, with an error of
# about 1 mg/l. The volume is known (35 l), the share that stays is not. Start at $w = 1$, "nothing ever leaves the
# body", and walk downhill with your own functions.

# %% tags=["uses:concentration"]
my_concentration = learn.use("concentration", concentration)

# %% tags=["uses:linear_backward"]
my_backward = learn.use("linear_backward", linear_backward)

# %% tags=["uses:half_life"]
my_half_life = learn.use("half_life", half_life)

# %% tags=["uses:clip_by_norm"]
my_clip = learn.use("clip_by_norm", clip_by_norm)

given = drug.x[:500, :, 0].astype(float)  # mg
in_lab = drug.truth["concentration"][:500, -1] + np.random.default_rng(0).normal(0, 1, 500)  # mg/l, with an error
guess = 1.0
for turn in range(30):
    in_blood = my_concentration(given, guess, 35)
    off = in_blood[:, -1] - in_lab
    slope = my_backward(2 * off / len(off), given / 35, in_blood, guess)[1]
    if turn % 5 == 0:
        print(f"step {turn:2d}: w = {guess:.4f}, mean squared error {np.mean(off**2):8.2f}, gradient {slope:9.0f}")
    guess = guess - 2e-5 * float(my_clip(np.array([slope]), 500.0)[0])
print(f"w = {guess:.4f}: a half-life of {my_half_life(guess):.2f} hours (true: 8)")

# %% [markdown]
# ## 5. Open the library

# %% tags=["story-only"]
show.formula(ops.simple_rnn)

# %% [markdown]
# Here is the linear unit of stop 3 as a layer, with the four hours that you computed. Let the library write down its
# last state, and how the gradient walks back from it:

# %%
blood = layers.SimpleRNN(1, activation="linear", use_bias=False, return_sequences=True)
four_hours = np.array([[[500.0], [0.0], [0.0], [250.0]]])  # one patient, four steps, one measurement
blood(four_hours)  # the first call tells the layer how many measurements there are
blood.set_weights([np.array([[1 / 35]]), np.array([[2 ** (-1 / 8)]])])

show.working(blood, four_hours, at=(0, 3, 0))

# %% [markdown] tags=["story-only"]
# The 18.16 of the pencil; the gradient shrinks by 0.917 with every step into the past. And this is all the code:

# %% tags=["story-only"]
import inspect

print(inspect.getsource(ops.simple_rnn))

# %% tags=["story-only"]
rng = np.random.default_rng(0)
few = (rng.normal(size=(4, 5, 3)), rng.normal(size=(3, 2)), rng.normal(size=(2, 2)), rng.normal(size=2))
edunet.check_gradients(ops.simple_rnn, *few)
print("dx, dW_x, dW_h and db of ops.simple_rnn agree with finite differences")

# %% [markdown] tags=["ask"]
# **Compare.** Your `rnn_states` (or ours, if yours is not ready yet) against the layer, on five patients:

# %% tags=["ask"]
three = layers.SimpleRNN(3, return_sequences=True)
of_layer = np.asarray(three(drug_test.x[:5] / 500))
of_mine = my_states(drug_test.x[:5] / 500, *three.get_weights())
print("largest difference:", f"{np.abs(of_mine - of_layer).max():.1e}")

# %% [markdown]
# **Gates.** A simple unit must send its memory through $W_h$ and tanh in every step, sixty times, and nothing may get
# lost. The idea of the *gated* unit (GRU): let the network decide, at every step and for every unit, whether to keep.
#
# $$z_t = \sigma(x_t W_z + h_{t-1} R_z + b_z) \qquad\qquad \text{keep? 1 yes, 0 no}$$
# $$r_t = \sigma(x_t W_r + h_{t-1} R_r + b_r) \qquad\qquad \text{may the new state know the old one?}$$
# $$\hat h_t = \tanh(x_t W_h + (r_t \odot h_{t-1}) R_h + b_h) \qquad \text{a candidate: what the state could become}$$
# $$h_t = z_t \odot h_{t-1} + (1 - z_t) \odot \hat h_t$$
#
# ($\odot$ multiplies place by place, $\sigma$ is the sigmoid.) Look at the last line. Where $z_t = 1$ the new state
# *is* the old one, and the gradient walks back through it times 1: no matrix, no tanh. Nothing vanishes while the gate
# says "keep". And what $z$ says is learned, event by event.

# %% [markdown] tags=["story-only"]
# In Python it is the four lines of the formula. The parts $W_z, W_r, W_h$ lie side by side in one array:


# %% tags=["story-only"]
def one_gru_step(x_t, h, wx, wh, b):
    (Wz, Wr, Wh), (Rz, Rr, Rh), (bz, br, bh) = (np.split(a, 3, axis=-1) for a in (wx, wh, b))
    z = ops.sigmoid(x_t @ Wz + h @ Rz + bz)
    r = ops.sigmoid(x_t @ Wr + h @ Rr + br)
    candidate = np.tanh(x_t @ Wh + (r * h) @ Rh + bh)
    return z * h + (1 - z) * candidate


x_t, h = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
wx, wh, b = rng.normal(size=(3, 6)), rng.normal(size=(2, 6)), rng.normal(size=6)
from_library = ops.gru(x_t[:, None], wx, wh, b, h, reset_after=False)[:, 0]
print("largest difference:", f"{np.abs(one_gru_step(x_t, h, wx, wh, b) - from_library).max():.1e}")

# %% [markdown] tags=["story-only"]
# `reset_after=False` is the form in which the GRU was first published. The usual one today, also in Keras, multiplies
# with $r$ after the matrix product, not before it; that is faster and learns as well. `show.formula(ops.gru)` has both.
#
# The older **LSTM** has the same idea with three gates and a second state, the cell: one gate writes, one keeps, one
# shows. `show.formula(ops.lstm)` is its page.
#
# Here one number of a GRU, fully written out:

# %% tags=["story-only"]
small = layers.GRU(2, reset_after=False)
show.working(small, rng.normal(size=(1, 3, 2)), at=(0, 2, 0))

# %% [markdown] tags=["story-only"]
# **A fresh gate stands half open**: $\sigma(0) = \frac12$, and so, before training, half of the memory goes at every
# visit, and half of the gradient. The LSTM is therefore started with the bias 1 in its "keep" gate: $\sigma(1) = 0.73$.

# %% tags=["story-only"]
fresh = {
    "LSTM, keep gate starts with bias 1": (layers.LSTM(16), "-", "#0072B2"),
    "GRU": (layers.GRU(16), "-.", "#CC79A7"),
    "LSTM, keep gate starts with bias 0": (layers.LSTM(16, unit_forget_bias=False), "--", "black"),
    "SimpleRNN, small numbers": (layers.SimpleRNN(16, recurrent_initializer="random_normal"), ":", "#D55E00"),
}
figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
for label, (layer, line, colour) in fresh.items():
    sizes = gradient_by_visit(layer)
    axes.semilogy(np.arange(60), np.where(sizes > 1e-12, sizes, np.nan), line, color=colour, label=label)
axes.set_ylim(1e-12, 1e1)
axes.set_xlabel("visit (the answer is given at 59)")
axes.set_ylabel("size of the gradient")
axes.legend(fontsize=9)
axes.set_title("Gates before any training: a start, not yet a memory")
print("ten visits back, LSTM:", f"{gradient_by_visit(layers.LSTM(16))[49]:.0e}")

# %% [markdown] tags=["story-only"]
# Over ten visits enough is left to learn from, over sixty hardly anything. That is enough for a beginning: the network
# learns from the short delays how to hold a state, and what holds for ten visits can hold for fifty.

# %% [markdown] tags=["ask:gru_step"]
# **Exercise 8: `gru_step`.** One step of a GRU. `x_t` (N, D), `h` (N, U); in `wx` (D, 3U) stand $W_z, W_r, W_h$ side by
# side, in `wh` (U, 3U) and `b` (3U,) likewise: `np.split(wx, 3, axis=1)` takes them apart. Give back the new state.


# %% tags=["exercise:gru_step"]
def gru_step(x_t, h, wx, wh, b):
    """Return the state after this step, (N, U)."""
    ### BEGIN SOLUTION
    w_z, w_r, w_h = np.split(wx, 3, axis=1)
    r_z, r_r, r_h = np.split(wh, 3, axis=1)
    b_z, b_r, b_h = np.split(b, 3)
    z = 1 / (1 + np.exp(-(x_t @ w_z + h @ r_z + b_z)))
    r = 1 / (1 + np.exp(-(x_t @ w_r + h @ r_r + b_r)))
    candidate = np.tanh(x_t @ w_h + (r * h) @ r_h + b_h)
    return z * h + (1 - z) * candidate
    ### END SOLUTION


# %% tags=["check:gru_step"]
learn.check("gru_step", gru_step)

# %% tags=["uses:gru_step"]
my_gru = learn.use("gru_step", gru_step)
rng = np.random.default_rng(0)
numbers = [rng.normal(size=shape) for shape in ((4, 3), (4, 2), (3, 6), (2, 6), (6,))]
theirs = ops.gru(numbers[0][:, None], *numbers[2:], numbers[1], reset_after=False)[:, 0]
print("largest difference to the library:", f"{np.abs(my_gru(*numbers) - theirs).max():.1e}")

# %% [markdown]
# ## 6. Train it, and look into it
#
# **First two wrong models**: count how often each code occurs, and give the 40 counts to a network like that of lesson
# 01. It knows everything about the record except the order. Then the same with the last 20 visits only, because what is
# recent should count more.


# %%
def counts(records):
    return np.stack([np.bincount(record, minlength=40) for record in records]).astype(np.float32)


best = roc_auc(test.y, test.truth["risk"])
print(f"best possible           AUC {best:.3f}")
said_by = {}
for name, first in (("all visits counted", 0), ("last 20 visits counted", 40)):
    bag = models.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")])
    bag.compile(optimizer=edunet.optimizers.Adam(0.003), loss="binary_crossentropy")
    epochs = learn.size(5, alone=5, quick=1)
    bag.fit(counts(train.x[:, first:]), train.y, epochs=epochs, batch_size=64, verbose=0)
    said_by[name] = bag.predict(counts(test.x[:, first:]), verbose=0)[:, 0]
    auc = roc_auc(test.y, said_by[name])
    print(f"{name:23s} AUC {auc:.3f}   gap {best - auc:.3f}")

# %% [markdown]
# **Then a network that reads.** An `Embedding` learns eight numbers for each of the 40 codes, a `GRU` of four units
# reads them visit by visit, and one neuron looks at the last state.


# %%
def train_reader(start):
    """Return a trained network, and its history; another start is another draw of the first weights."""
    edunet.set_random_seed(start)
    model = models.Sequential([layers.Embedding(40, 8), layers.GRU(4), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=edunet.optimizers.Adam(0.01), loss="binary_crossentropy")
    epochs = learn.size(6, alone=7, quick=1)
    return model, model.fit(train.x, train.y, epochs=epochs, batch_size=64, validation_split=0.1, verbose=0)


reader, history = train_reader(start=5)
said_by_reader = reader.predict(test.x, verbose=0)[:, 0]

print(f"{reader.count_params()} parameters")
auc = roc_auc(test.y, said_by_reader)
print(f"GRU, four units         AUC {auc:.3f}   gap {best - auc:.3f}")

# %%
show.curves(history, synthetic=True)

# %% [markdown]
# How long can it remember? Sort the test patients by the delay, the number of visits between the last word and the
# order:

# %%
delay = test.truth["delay"]
edges = np.array([10, 13, 16, 20, 25, 32, 58])
figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
for label, said, line, mark, colour in (
    ("best possible", test.truth["risk"], "-", "", "black"),
    ("GRU", said_by_reader, "--", "s", "#D55E00"),
    ("all visits counted", said_by["all visits counted"], ":", "^", "#0072B2"),
    ("last 20 visits counted", said_by["last 20 visits counted"], "-.", "D", "#009E73"),
):
    right_answers = (said >= 0.5) == test.y
    shares = [right_answers[(delay >= a) & (delay < b)].mean() for a, b in pairwise(edges)]
    middles = [delay[(delay >= a) & (delay < b)].mean() for a, b in pairwise(edges)]
    axes.plot(middles, shares, line, marker=mark, color=colour, label=label)
axes.set_xlabel("delay (visits since the last word)")
axes.set_ylabel("share of right answers")
axes.set_ylim(0.45, 1)
axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
axes.set_title("The memory of the GRU does not fade (SYNTHETIC)")
print(f"right answers of the GRU: {np.mean((said_by_reader >= 0.5) == test.y):.1%}")

# %% [markdown]
# **Look into the memory.** One patient, visit by visit: what do the four units hold, and what do the gates do? "yes"
# marks a visit where the allergy was confirmed, "no" one where it was ruled out.

# %%
who = 4
embedding, gru, last = reader.layers
vectors = np.asarray(embedding(test.x[who : who + 1]))[0]  # (60, 8)
words = {int(t): "yes" if test.x[who, t] == 1 else "no" for t in np.flatnonzero(test.x[who] < 2)} | {59: "order"}

show.hidden_states(gru, vectors, events=words, time="visit", synthetic=True)

# %%
show.gates(gru, vectors, events=words, time="visit", synthetic=True)

# %% [markdown]
# Look for units that are a **switch**: at a word they go to one end, and between the words they stay there. *How* do
# they stay? The last line of the GRU allows two ways. Either $z$ stands at 1, "keep". Or $z$ is lower, a part of the
# state is made anew at every visit, and the candidate $\hat h_t$ says what the state said before, again and again: that
# is how the tanh unit of stop 3 latched. Which way did our network find? Let us ask many records, unit by unit:

# %%
many = test.x[:1000]
wx, wh, (bias, inner_bias) = gru.get_weights()
vectors_of_many = np.asarray(embedding(many))
states = np.asarray(ops.gru(vectors_of_many, wx, wh, np.stack([bias, inner_bias])))
before = np.concatenate([np.zeros_like(states[:, :1]), states[:, :-1]], axis=1)
from_x, from_h = np.split(vectors_of_many @ wx + bias, 3, axis=-1), np.split(before @ wh + inner_bias, 3, axis=-1)
z, r = (ops.sigmoid(from_x[i] + from_h[i]) for i in (0, 1))  # the order is z, r, candidate
candidate = np.tanh(from_x[2] + r * from_h[2])  # the usual form, r after the product

quiet, word = many > 2, many < 2
since = np.arange(60) > test.truth["latest"][:1000, None]  # the visits after the last word
kept_by_z = np.median(np.where(since[..., None], z, 1).prod(axis=1), axis=0)


def agreement(where):
    """Return the correlation of the candidate with the state before, for each unit."""
    return [np.corrcoef(candidate[where][:, unit], before[where][:, unit])[0, 1] for unit in range(4)]


print("unit                                            " + "".join(f"{unit:7d}" for unit in range(4)))
for label, row in (
    ("z where nothing is said", z[quiet].mean(axis=0)),
    ("z at a word", z[word].mean(axis=0)),
    ("product of all z since the last word (median)", kept_by_z),
    ("change of the state where nothing is said", np.abs(states - before)[quiet].mean(axis=0)),
    ("change of the state at a word", np.abs(states - before)[word].mean(axis=0)),
    ("candidate ~ state before, where nothing is said", agreement(quiet)),
    ("candidate ~ state before, at a word", agreement(word)),
):
    print(f"{label:48s}" + "".join(f"{v:7.2f}" for v in row))

# %% [markdown]
# Line by line. Between the words $z$ is *not* at 1. A part of the state is replaced at every visit, and the **product**
# of all $z$ since the last word, which is what "keep" alone has saved of that word's state, is nearly nothing. And yet
# the state hardly changes while nothing is said (it runs from −1 to 1). The two lines with ~ say why. They are
# correlations: where nothing is said, the candidate goes with the state before; at a word it does so much less, because
# it says something new. So our network took the second way. **The memory is rewritten at every visit, with the same
# content**, and in most units the gate lets go of it when a word comes. A gate *can* hold; whether it does, only a look
# will tell.
#
# Nobody told the network that two of forty codes matter, nor that the latest counts. It has built a **flip-flop**, the
# circuit that stores one bit in every computer, and that too works by saying its own state to itself again and again.
# (From another start the units share the work in another way.)

# %% [markdown] tags=["story-only"]
# **Ask it "what if".** Take the same patient and write "allergy confirmed" into one visit: first into visit 0, then,
# instead, into visit 1, and so on. What would the network say? And two more networks, trained in the same way from
# other starts?

# %% tags=["story-only"]
others = [train_reader(start)[0] for start in (0, 4)]

# %% tags=["story-only"]
what_if = np.tile(test.x[who], (59, 1))
what_if[np.arange(59), np.arange(59)] = 1  # row t: confirmed at visit t
latest = int(test.truth["latest"][who])

figure, axes = plt.subplots(figsize=(8, 3.4), layout="constrained")
axes.axvspan(49.5, 58.5, color="0.9")
axes.text(54, 0.04, "never a word here\nin training", ha="center", fontsize=9)
looks = (("-", "#0072B2"), ("--", "#D55E00"), (":", "#009E73"))
for model, start, (line, colour) in zip((reader, *others), (5, 0, 4), looks, strict=True):
    said = model.predict(what_if, verbose=0)[:, 0]
    axes.step(range(59), said, line, where="mid", color=colour, label=f"start {start}")
    auc = roc_auc(test.y, model.predict(test.x, verbose=0)[:, 0])
    print(
        f"start {start}: AUC {auc:.3f}; confirmed before visit {latest}: {said[:latest].mean():.2f}, "
        f"from there to 49: {said[latest:50].mean():.2f}, at 58, just before the order: {said[58]:.2f}"
    )
axes.axvline(latest, color="0.4", linestyle=":")
axes.text(latest - 1, 0.5, "ruled out here\nfor the last time", ha="right", va="center", fontsize=9)
axes.set_xlabel('visit into which "allergy confirmed" is written')
axes.set_ylabel("risk that the network says")
axes.set_ylim(0, 1)
axes.legend(loc="center left")
axes.set_title("A word counts if it is the latest, but ... (SYNTHETIC)")

# %% [markdown] tags=["story-only"]
# Up to visit 49 all three obey the rule. Now look at the right end: **how sure are they of an allergy that was
# confirmed just before the order?** In our records the last ten visits never hold a word. The networks had time to make
# up their minds, and have never learned to be quick. The test, drawn by the same program, cannot notice: the AUC is as
# good as it can be. What a network does where it has seen no data, no score on such data will tell you. Here, in a
# ward, it would be less sure of the freshest news.

# %% [markdown]
# **The start decides.** Now the simple recurrence on the same records, sixteen units, from several random starts: once
# with an orthogonal $W_h$, as the library does by default, and once with small numbers. Remember the picture of stop 4.

# %%
figure, axes = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
n_starts, n_epochs = learn.size(3, alone=2, quick=1), learn.size(4, alone=5, quick=1)
for initializer, line, mark, colour in (("orthogonal", "-", "o", "#0072B2"), ("random_normal", ":", "^", "#D55E00")):
    for start in range(n_starts):
        edunet.set_random_seed(start)
        simple = models.Sequential(
            [
                layers.Embedding(40, 8),
                layers.SimpleRNN(16, recurrent_initializer=initializer),
                layers.Dense(1, activation="sigmoid"),
            ]
        )
        simple.compile(optimizer=edunet.optimizers.Adam(0.005), loss="binary_crossentropy")
        losses = simple.fit(train.x, train.y, epochs=n_epochs, batch_size=64, verbose=0).history["loss"]
        label = initializer if start == 0 else None
        axes.plot(range(1, n_epochs + 1), losses, line, marker=mark, color=colour, label=label)
        gap = best - roc_auc(test.y, simple.predict(test.x, verbose=0)[:, 0])
        print(f"{initializer:14s} start {start}: loss {losses[-1]:.3f}, gap {gap:.3f}")
axes.axhline(np.log(2), color="0.6", linewidth=0.8)
axes.text(1, np.log(2) + 0.012, "guessing", fontsize=9, color="0.3")
axes.set_ylim(0, 0.8)
axes.set_xticks(range(1, n_epochs + 1))
axes.set_xlabel("epoch")
axes.set_ylabel("loss on the training patients")
axes.legend(title="W_h starts as", loc="lower left")
axes.set_title("SimpleRNN(16): a vanished gradient teaches nothing (SYNTHETIC)")

# %% [markdown]
# Same formula, same data, same number of weights; the small numbers leave no gradient to learn from. (An orthogonal
# start is no guarantee: the simple recurrence sometimes jumps out again later, or needs longer. Gates are steadier.)

# %% [markdown]
# **The drug: one unit.** A `SimpleRNN` with a single *linear* unit reads the 72 doses; one neuron turns its last state
# into a risk. Five numbers are learned. The recurrent weight starts at 1, "remember everything": with a single unit an
# orthogonal matrix is the number +1 or −1, and −1 is a memory that changes its sign in every hour.
#
# At the end the learning rate is made smaller, so that the weight comes to rest.

# %%
edunet.set_random_seed(0)
unit = layers.SimpleRNN(1, activation="linear", kernel_initializer="ones", recurrent_initializer="ones")
pharmacist = models.Sequential([unit, layers.Dense(1, activation="sigmoid")])
optimizer = edunet.optimizers.Adam()
pharmacist.compile(optimizer=optimizer, loss="binary_crossentropy")
for rate in (0.02, 0.005, 0.001):
    optimizer.learning_rate = rate
    pharmacist.fit(drug.x / 500, drug.y, epochs=learn.size(6, alone=6, quick=2), batch_size=64, verbose=0)
said_by_unit = pharmacist.predict(drug_test.x / 500, verbose=0)[:, 0]

best_drug = roc_auc(drug_test.y, drug_test.truth["risk"])
print(f"best possible          AUC {best_drug:.3f}")
for name, score in (
    ("last 24 hours, added", drug_test.x[:, -24:, 0].sum(axis=1)),
    ("all doses, added", drug_test.x[:, :, 0].sum(axis=1)),
    ("one recurrent unit", said_by_unit),
):
    print(f"{name:22s} AUC {roc_auc(drug_test.y, score):.3f}   gap {best_drug - roc_auc(drug_test.y, score):.4f}")

# %% [markdown]
# Adding up the doses is a recurrence too, with the weight 1: it forgets nothing. And our unit? Read its weight.

# %%
u, w, b, w_out, b_out = (float(a.ravel()[0]) for a in pharmacist.get_weights())
print(f"recurrent weight {w:.4f}, in truth 2^(-1/8) = {2 ** (-1 / 8):.4f}")
print(f"half-life {-np.log(2) / np.log(w):.2f} hours, in truth 8")

piled_up = b * (1 - w**72) / (1 - w)  # what the bias adds to the state in 72 hours, the same for every patient
print(f"it says 50 % at {-(b_out / w_out + piled_up) / u * 500 / 35:.1f} mg/l, in truth at 12")

# %% [markdown]
# One weight, learned from "harm" and "no harm" alone. Let it run over the doses of one patient, in mg/l:

# %%
learned = np.asarray(ops.simple_rnn(drug_test.x[:1] / 35, np.ones((1, 1)), np.array([[w]]), activation="linear"))[
    0, :, 0
]
true = drug_test.truth["concentration"][0]
figure, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
axes.plot(true, "-", color="black", label="truth, never shown to the network")
axes.plot(learned, "--", color="#D55E00", label=f"with the learned weight {w:.3f}")
axes.set_xlabel("hour")
axes.set_ylabel("in the blood (mg/l)")
axes.set_ylim(0, None)
axes.legend(fontsize=9, loc="upper left")
axes.set_title("The weight is the pharmacology (SYNTHETIC)")
print("largest difference:", f"{np.abs(learned - true).max():.2f} mg/l")

# %% [markdown] tags=["story-only"]
# It was never told that drugs leave the body, or how fast. The half-life is in the recurrent weight because there is
# nowhere else to put it. (To a quarter of an hour or so; thousands of answers "yes" and "no" do not say more.) This is
# the best kind of model: so small that it can be read.

# %% [markdown]
# ## 7. Practise, and go on

# %% [markdown] tags=["story-only"]
# The **practice notebook** `practice/08_rnn.ipynb` has the same seven stops and eight functions for you to write:
#
# | | you write | | you write |
# |---|---|---|---|
# | 1 | `printed_states`: the formula as printed | 5 | `half_life`: read it off a weight |
# | 2 | `rnn_step`: one step, repaired | 6 | `linear_backward`: back through time |
# | 3 | `rnn_states`: whole records | 7 | `clip_by_norm`: tame an explosion |
# | 4 | `concentration`: a drug in the blood | 8 | `gru_step`: one step with gates |
#
# With 4 to 7 your own unit learns the half-life of the drug. When a function is wrong, the check says what is wrong
# with it:


# %% tags=["story-only"]
def rnn_states_in_a_hurry(x, wx, wh, b):
    h = np.zeros((x.shape[0], x.shape[1], len(b)))
    for t in range(x.shape[1]):
        h[:, t] = np.tanh(x[:, t] @ wx + h[:, t] @ wh + b)
    return h


learn.check("rnn_states", rnn_states_in_a_hurry)

# %% tags=["ask"]
learn.progress()

# %% [markdown]
# **Play.** Give the GRU two units, then one: how small can a switch be? Let the linear unit start at −1
# (`edunet.initializers.Constant(-1)`): does it find the way? Train the reader on 500 records: does it learn the rule,
# or the records?
#
# **Doubt.** Our records have 40 codes and even spacing; real ones have thousands, with gaps of a day or of ten years.
# And "the latest word counts" is our rule, not that of medicine: who wrote the word, and after which test, counts as
# well. In our drug study everybody has the same half-life; in real patients it differs by factors, with age, liver and
# kidneys.
#
# **Go on.** Lesson 10 reads records with attention: no memory is carried along, every visit looks at
# every other directly.
