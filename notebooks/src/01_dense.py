# %% [markdown]
# # Lesson 01 · One neuron, one layer, one network
#
# **The question.** It is Monday, eight in the morning. Forty blood results lie on the desk of a ward. Most of these
# patients will be fine; a few will come to harm before the week is over. Which of them do you go and see first?
#
# **What you will do** (about 75 minutes; the computer needs less than one of them)
#
# 1. meet the patients, and one blood value that is dangerous at *both* ends;
# 2. read the oldest formula of neural networks, letter by letter;
# 3. compute it by hand, for one patient;
# 4. find out which way is downhill, with a pencil;
# 5. open the library and find the same lines in it;
# 6. train one neuron and see it fail, train a network and see it come close to the best that anybody could do;
# 7. practise.
#
# **You need** a little Python (a loop, a function, an array), the derivatives of $e^x$ and $\log x$, the chain rule,
# and lesson 00 if you like to see the whole before its parts. Nothing is downloaded.
#
# > **SYNTHETIC.** All patients here were drawn by a program whose rule is known. Nobody was estimated from real people,
# > and nothing here may be used to judge a real blood test.

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
from edunet.datasets import blood_risk
from edunet.metrics import roc_auc

edunet.set_random_seed(0)  # a network starts from random numbers; the same seed gives the same ones every time

# %% [markdown]
# ## 1. The patients
#
# Six numbers are known of each patient. And because a program has drawn them, a seventh is known that no hospital
# knows: the *true risk* of harm. We put it aside; the network will never see it. It will tell us at the end how far we
# are from the best possible.

# %%
train = blood_risk.load(learn.size(8000, alone=8000, quick=1000), seed=0)  # patients to learn from
test = blood_risk.load(learn.size(20000, alone=20000, quick=2000), seed=1)  # other patients, for the test

print("column      unit      patient 0   patient 1   patient 2")
for d, name in enumerate(train.columns):
    values = "   ".join(f"{train.x[n, d]:9.1f}" for n in range(3))
    print(f"{name:11s} {train.units[name]:9s} {values}")
print(f"came to harm          {train.y[0]:9d}   {train.y[1]:9d}   {train.y[2]:9d}")
print(f"\n{len(train)} patients to learn from; {train.y.mean():.1%} of them came to harm")

# %% [markdown]
# Take one value, potassium. Sort the patients into groups by it, and ask for the share of harm in each group.

# %%
potassium = test.x[:, 2]
edges = np.array([2.0, 3.0, 3.4, 3.8, 4.2, 4.6, 5.0, 5.4, 6.4])  # mmol/l
middles = (edges[:-1] + edges[1:]) / 2


def by_potassium(values):
    """Return the mean of some values in each group of potassium."""
    group = np.digitize(potassium, edges[1:-1])
    return np.array([values[group == g].mean() if np.any(group == g) else np.nan for g in range(len(middles))])


figure, axes = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
axes.axvspan(3.5, 5.0, color="0.9", label="usual range")
axes.plot(middles, by_potassium(test.y), "o-", color="#0072B2", label="share that came to harm")
axes.set_xlabel("potassium (mmol/l)")
axes.set_ylabel("share of the patients")
axes.set_ylim(0, None)
axes.set_title("Potassium harms at both ends (SYNTHETIC patients)")
axes.legend()
print("lowest in the middle:", f"{np.nanmin(by_potassium(test.y)):.0%}", "of the patients")

# %% [markdown]
# A **U**. Too little potassium and the heart loses its rhythm; too much, and it stops. Keep this curve in mind: it is
# the trap of this lesson.

# %% [markdown]
# ## 2. The formula
#
# The article prints the feed-forward network as
#
# $$y = f\Bigl(\sum_{i=1}^{n} w_i * x_i + b\Bigr)$$
#
# | letter | what it is | here |
# |---|---|---|
# | $x_i$ | input: the $i$-th measurement of the patient | potassium, age, ... ($n = 6$ numbers) |
# | $w_i$ | weight: how much that measurement counts, and in which direction | learned |
# | $b$ | bias: where the neuron starts before it has seen the patient | learned |
# | $f$ | activation: what is done to the sum at the end | here the sigmoid, which makes a probability |
# | $y$ | output | the risk, between 0 and 1 |
#
# The star is ordinary multiplication. (In the article's third formula the same star means something else; lesson 05
# is about that.)

# %% [markdown] tags=["story-only"]
# That is **one** neuron and **one** patient. Nobody computes like this. With $N$ patients in the rows of a table $x$
# and $U$ neurons in the columns of a table $w$, all sums are made at once:
#
# $$y = f(x\,w + b) \qquad x: (N, D) \quad w: (D, U) \quad b: (U) \quad y: (N, U)$$
#
# Read the shapes like a domino: $(N, D)$ meets $(D, U)$, the two $D$ touch and disappear, and $(N, U)$ is left.
#
# In the library this formula is one function, and its description is the page of a textbook:

# %% tags=["story-only"]
show.formula(ops.dense)

# %% [markdown]
# ## 3. By hand
#
# One patient, three measurements, given as *how many standard deviations above the average*: potassium 1.2, age −0.5,
# CRP 0.3. And a neuron with the weights 0.8, 0.4 and −1.0 and the bias −0.5. (Somebody made them up. Learning comes
# later.)

# %% [markdown] tags=["story-only"]
# | measurement | $x_i$ | $w_i$ | $w_i x_i$ |
# |---|---|---|---|
# | potassium | 1.2 | 0.8 | 0.96 |
# | age | −0.5 | 0.4 | −0.20 |
# | CRP | 0.3 | −1.0 | −0.30 |
# | sum | | | 0.46 |
# | + bias | | | 0.46 − 0.50 = **−0.04** |
#
# This number is called $z$. It can be anything from $-\infty$ to $\infty$, but a risk lies between 0 and 1. The
# **sigmoid** bends the one into the other:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# With $e^{0.04} \approx 1.041$ the answer is $1/(1 + 1.041) = 0.49$. The neuron says: 49 % risk. Now the same in
# Python, one line for each line of the table:

# %% tags=["story-only"]
x = [1.2, -0.5, 0.3]
w = [0.8, 0.4, -1.0]
b = -0.5

total = 0.0
for measurement, weight in zip(x, w, strict=True):
    product = weight * measurement
    total += product
    print(f"{measurement:5.1f} times {weight:5.1f} makes {product:6.2f}, together {total:6.2f}")

z = total + b
risk = 1 / (1 + np.exp(-z))
print(f"with the bias z = {z:.2f}; the risk is {risk:.2f}")

# %% [markdown] tags=["story-only"]
# What do weight and bias *do*? Let a neuron look at potassium alone, and turn one screw at a time.

# %% tags=["story-only"]
grid = np.linspace(2.5, 6.0, 200)  # mmol/l
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True, layout="constrained")
for bias, style in zip((-3, 0, 3), (":", "-", "--"), strict=True):
    left.plot(grid, 1 / (1 + np.exp(-(3 * (grid - 4.2) + bias))), style, color="#0072B2", label=f"bias {bias}")
for weight, style in zip((-3, 1, 6), (":", "-", "--"), strict=True):
    right.plot(grid, 1 / (1 + np.exp(-weight * (grid - 4.2))), style, color="#D55E00", label=f"weight {weight}")
left.set_title("the bias shifts the curve")
right.set_title("the weight makes it steep, or turns it round")
left.set_ylabel("risk that the neuron says")
for axes in (left, right):
    axes.set_xlabel("potassium (mmol/l)")
    axes.legend()
print("Always rising, or always falling: a single neuron cannot draw a U.")

# %% [markdown] tags=["ask:weighted_sum"]
# **With a pencil first:** what is the weighted sum of this patient, what is it with the bias, and which risk does the
# sigmoid make of it? Then let your functions do it.
#
# **Exercise 1: `weighted_sum`.** Compute $z = \sum_i w_i x_i + b$ for one patient. `x` and `w` are arrays of the same
# length, `b` is a number; give back one number. A loop is fine.


# %% tags=["exercise:weighted_sum"]
def weighted_sum(x, w, b):
    """Return the sum of all products w[i] · x[i], plus b."""
    ### BEGIN SOLUTION
    total = b
    for i in range(len(x)):
        total = total + w[i] * x[i]
    return total
    ### END SOLUTION


# %% tags=["check:weighted_sum"]
learn.check("weighted_sum", weighted_sum)

# %% [markdown] tags=["ask:sigmoid"]
# **Exercise 2: `sigmoid`.** Turn sums into risks: $\sigma(z) = 1 / (1 + e^{-z})$. It should work for a whole array at
# once; `np.exp` does.


# %% tags=["exercise:sigmoid"]
def sigmoid(z):
    """Return σ(z), element by element."""
    ### BEGIN SOLUTION
    return 1 / (1 + np.exp(-z))
    ### END SOLUTION


# %% tags=["check:sigmoid"]
learn.check("sigmoid", sigmoid)

# %% [markdown] tags=["ask:dense"]
# **Exercise 3: `dense`.** Now all patients and all neurons of a layer at once: `x` is (N, D), `w` is (D, U), `b` is
# (U,). Give back the sums $z$, of shape (N, U), still without $f$.


# %% tags=["exercise:dense"]
def dense(x, w, b):
    """Return the sums of every neuron for every patient, (N, U)."""
    ### BEGIN SOLUTION
    return x @ w + b
    ### END SOLUTION


# %% tags=["check:dense"]
learn.check("dense", dense)

# %% [markdown]
# ## 4. The gradient
#
# To learn is to turn the screws $w$ and $b$ so that the answers become less wrong. So first: how wrong is an answer?
#
# A patient comes to harm ($y = 1$) and the neuron had said $p$. We are surprised by $-\log p$: not at all if $p$ was 1,
# without limit if it was 0. If the patient stayed well ($y = 0$), it is $-\log(1 - p)$. The mean over $N$ patients is
# the **loss**, called *cross-entropy*:
#
# $$L = -\frac1N \sum_n \bigl[\,y_n \log p_n + (1 - y_n)\log(1 - p_n)\,\bigr]$$

# %% tags=["story-only"]
p = np.linspace(0.001, 0.999, 400)
figure, axes = plt.subplots(figsize=(6, 3.4), layout="constrained")
axes.plot(p, -np.log(p), "-", color="#0072B2", label="harm came: $-\\log p$")
axes.plot(p, -np.log(1 - p), "--", color="#D55E00", label="all went well: $-\\log(1-p)$")
axes.set_xlabel("risk p that the neuron had said")
axes.set_ylabel("surprise")
axes.set_ylim(0, 5)
axes.set_title("Being sure and wrong costs most")
axes.legend()
print("said 1 %, and harm came:", f"{-np.log(0.01):.1f}", "  said 50 %:", f"{-np.log(0.5):.1f}")

# %% [markdown] tags=["story-only"]
# **Which way is downhill?** The loss depends on $p$, $p$ on $z$, and $z$ on $w$. The chain rule walks back along that
# road. For one patient:
#
# 1. From the loss to $p$: $\quad \dfrac{\partial L}{\partial p} = -\dfrac{y}{p} + \dfrac{1-y}{1-p} =
#    \dfrac{p - y}{p\,(1-p)}$
# 2. From $p$ to $z$: write $p = 1/u$ with $u = 1 + e^{-z}$. Then
#    $\quad \dfrac{\partial p}{\partial z} = \dfrac{e^{-z}}{u^2} = \dfrac1u \cdot \dfrac{u - 1}{u} = p\,(1-p)$
# 3. Multiply, and the ugly part cancels: $\quad \dfrac{\partial L}{\partial z} = p - y$
#
# Stop for a moment at line 3. *The error signal of a neuron is what it said minus what was true.* Nothing simpler could
# stand there, and that is why sigmoid and cross-entropy are always seen together.
#
# 4. From $z$ to the weight: $z = \dots + w_d x_d + \dots$, so $\quad \dfrac{\partial L}{\partial w_d} = (p - y)\,x_d$,
#    and for the bias, which is multiplied by 1, $\quad \dfrac{\partial L}{\partial b} = p - y$
#
# For many patients take the mean. In the notation of the library, where $d$ in front of a name means "the gradient of
# the loss for it":
#
# $$dz = \frac{p - y}{N} \qquad dw = x^\top dz \qquad db = \sum_n dz_n$$

# %% [markdown] tags=["story-only"]
# **Never believe a gradient that you have not checked.** Turn one screw a tiny bit up, then a tiny bit down, and see
# how much the loss moves. That takes no mathematics at all, and so it can judge ours.

# %% tags=["story-only"]
patients = np.array([[1.2, -0.5, 0.3], [0.1, 0.9, -1.0], [-0.7, 0.4, 2.0]])  # three patients, three measurements
truth = np.array([1.0, 0.0, 0.0])
weights = np.array([0.8, 0.4, -1.0])


def loss_of(weights, bias):
    risks = 1 / (1 + np.exp(-(patients @ weights + bias)))
    return np.mean(np.where(truth == 1, -np.log(risks), -np.log(1 - risks)))


errors = 1 / (1 + np.exp(-(patients @ weights - 0.5))) - truth  # p - y
by_formula = patients.T @ errors / 3

print("weight   by the formula   by turning the screw")
for d in range(3):
    up, down = weights.copy(), weights.copy()
    up[d] += 1e-5
    down[d] -= 1e-5
    print(f"{d:6d}   {by_formula[d]:14.6f}   {(loss_of(up, -0.5) - loss_of(down, -0.5)) / 2e-5:20.6f}")

# %% [markdown] tags=["story-only"]
# And a **layer** inside a network? It does not see the loss; it receives $dy$, how much the loss would change with each
# of its outputs, from the layer behind it. Every input reached every neuron through a weight, so on the way back every
# gradient walks through the same weight the other way:
#
# $$dx = dy\,w^\top \qquad dw = x^\top dy \qquad db = \sum_n dy_n$$
#
# The shapes leave no other choice. Try it: $dx$ must be $(N, D)$, and there are only $dy\,(N, U)$ and $w\,(D, U)$.

# %% [markdown] tags=["ask:cross_entropy"]
# **Exercise 4: `cross_entropy`.** The mean surprise over all patients. `y` holds 0 and 1, `p` the risks that were said.


# %% tags=["exercise:cross_entropy"]
def cross_entropy(y, p):
    """Return the loss L, one number."""
    ### BEGIN SOLUTION
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    ### END SOLUTION


# %% tags=["check:cross_entropy"]
learn.check("cross_entropy", cross_entropy)

# %% [markdown] tags=["ask:neuron_gradient"]
# **Exercise 5: `neuron_gradient`.** Derive it with a pencil first (lesson, stop 4). `x` is (N, D), `y` and `p` are
# (N,). Give back two things: the gradient for the weights, `dw` (D,), and for the bias, `db`, a number.


# %% tags=["exercise:neuron_gradient"]
def neuron_gradient(x, y, p):
    """Return dw and db of the cross-entropy, for a sigmoid neuron that said p."""
    ### BEGIN SOLUTION
    dz = (p - y) / len(y)
    return x.T @ dz, dz.sum()
    ### END SOLUTION


# %% tags=["check:neuron_gradient"]
learn.check("neuron_gradient", neuron_gradient)

# %% [markdown] tags=["ask:dense_backward"]
# **Exercise 6: `dense_backward`.** The way back through a whole layer. You receive `dy` (N, U), and you have `x` (N, D)
# and `w` (D, U). Give back `dx`, `dw` and `db`, in this order.


# %% tags=["exercise:dense_backward"]
def dense_backward(dy, x, w):
    """Return dx (N, D), dw (D, U) and db (U,)."""
    ### BEGIN SOLUTION
    dx = dy @ w.T
    dw = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dw, db
    ### END SOLUTION


# %% tags=["check:dense_backward"]
learn.check("dense_backward", dense_backward)

# %% [markdown]
# ## 5. Open the library
#
# A layer of the library is made in one line. Here are two neurons that look at three measurements of one patient, with
# the weights of stop 3 in the first. Let the library itself write down what it computes, number by number: forward,
# and then back.

# %%
layer = layers.Dense(2, activation="sigmoid")
patient = np.array([[1.2, -0.5, 0.3]])
layer(patient)  # the first call tells the layer how many inputs there are
layer.set_weights([np.array([[0.8, -0.2], [0.4, 0.5], [-1.0, 0.1]]), np.array([-0.5, 0.0])])

show.working(layer, patient, at=(0, 0))

# %% [markdown] tags=["story-only"]
# The same 0.49 as with our own hands. Every number in this table was computed by the layer, not by the text.
#
# And this is all the code there is. `@differentiable` puts the function on a *tape*, so that the library can walk back
# through a whole network; the formula and its gradient stand together on one screen.

# %% tags=["story-only"]
import inspect

print(inspect.getsource(ops.dense))

# %% [markdown] tags=["story-only"]
# You may check the library as you checked yourself. `check_gradients` turns the screws for you:

# %% tags=["story-only"]
rng = np.random.default_rng(0)
edunet.check_gradients(ops.dense, rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=2))
print("dx, dw and db of ops.dense agree with finite differences")

# %% [markdown] tags=["ask:dense"]
# **Compare.** Your `dense` (or ours, if yours is not ready yet) against the library, on the first five patients:

# %% tags=["uses:dense"]
my_dense = learn.use("dense", dense)
six = layers.Dense(2)
library = np.asarray(six(train.x[:5]))
mine = my_dense(train.x[:5], *six.get_weights())
print("largest difference:", f"{np.abs(mine - library).max():.1e}", " on numbers up to", f"{np.abs(library).max():.0f}")

# %% [markdown]
# ## 6. Train it, and look into it
#
# Age is about 62, creatinine about 1: a network learns best when all inputs are of the same size. So we subtract the
# mean and divide by the standard deviation, **of the training patients only**; the test patients must not have a say in
# anything. Creatinine and CRP are read on a logarithmic scale, as a doctor reads them: from 5 to 10 is as far as from
# 10 to 20.


# %%
def on_readable_scales(x):
    x = x.copy()
    x[:, 3:5] = np.log(x[:, 3:5])  # creatinine, CRP
    return x


mean, spread = on_readable_scales(train.x).mean(axis=0), on_readable_scales(train.x).std(axis=0)
x_train = (on_readable_scales(train.x) - mean) / spread
x_test = (on_readable_scales(test.x) - mean) / spread

# %% [markdown] tags=["ask:sgd_step"]
# **Exercise 7: `sgd_step`.** One step downhill: new weights from the old ones, their gradient `dw`, and the learning
# rate `lr`, a small number that says how long the step is. Do not change `w` itself.


# %% tags=["exercise:sgd_step"]
def sgd_step(w, dw, lr):
    """Return the new weights."""
    ### BEGIN SOLUTION
    return w - lr * dw
    ### END SOLUTION


# %% tags=["check:sgd_step"]
learn.check("sgd_step", sgd_step)

# %% [markdown] tags=["ask:sgd_step"]
# **Your own neuron learns.** All it takes are your functions: answer, gradient, step, two hundred times over.

# %% tags=["uses:sgd_step"]
my_step = learn.use("sgd_step", sgd_step)

# %% tags=["uses:sigmoid"]
my_sigmoid = learn.use("sigmoid", sigmoid)

# %% tags=["uses:cross_entropy"]
my_loss = learn.use("cross_entropy", cross_entropy)

# %% tags=["uses:neuron_gradient"]
my_gradient = learn.use("neuron_gradient", neuron_gradient)

my_w, my_b = np.zeros(6), 0.0
losses = []
for _ in range(200):
    answers = my_sigmoid(x_train @ my_w + my_b)
    losses.append(my_loss(train.y, answers))
    dw, db = my_gradient(x_train, train.y, answers)
    my_w, my_b = my_step(my_w, dw, 1.0), my_step(my_b, db, 1.0)

print(f"loss before the first step {losses[0]:.3f}, after 200 steps {losses[-1]:.3f}")
print("weights:", dict(zip(train.columns, my_w.round(2).tolist(), strict=True)))

# %% [markdown]
# **First one neuron.** In Keras's words: a model with a single `Dense(1)` layer. Doctors know it as *logistic
# regression*.

# %%
one_neuron = models.Sequential([layers.Dense(1, activation="sigmoid")])
one_neuron.compile(optimizer=edunet.optimizers.Adam(0.01), loss="binary_crossentropy")
one_neuron.fit(x_train, train.y, epochs=learn.size(10, alone=10, quick=2), batch_size=64, verbose=0)
said_by_one = one_neuron.predict(x_test, verbose=0)[:, 0]

# %% [markdown]
# How good is it? Take one patient who came to harm and one who did not. How often is the first given the higher risk?
# That is the **AUC**: 0.5 is guessing, 1 is perfect. And no model can beat the true risk, so *its* AUC is the best
# possible.

# %%
best = roc_auc(test.y, test.truth["risk"])
print(f"best possible  AUC {best:.3f}")
print(f"one neuron     AUC {roc_auc(test.y, said_by_one):.3f}   gap {best - roc_auc(test.y, said_by_one):.3f}")

# %% [markdown] tags=["story-only"]
# Poor: hardly better than a coin. The neuron has six weights and did what it could. You know why: it can only rise or
# only fall with potassium, and the truth is a U. (Nor can it know that creatinine counts for more in the old than
# in the young: that is a product of two measurements.) More data would not help. The *formula* is too small.
#
# The repair is to use the same formula several times: a layer of 32 neurons, each with a view of its own, then 16 that
# look at those 32, then one that decides. Two neurons are enough to draw a U: one that rises on the right, one on the
# left. Between the layers stands `relu`, which cuts off what is negative; without it, 32 straight lines would add up to
# another straight line.

# %% [markdown]
# **Then a network.** The same formula, used 32 + 16 + 1 times.

# %%
network = models.Sequential(
    [
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
network.compile(optimizer=edunet.optimizers.Adam(0.003), loss="binary_crossentropy")
history = network.fit(
    x_train, train.y, epochs=learn.size(15, alone=15, quick=2), batch_size=64, validation_split=0.1, verbose=0
)
said_by_network = network.predict(x_test, verbose=0)[:, 0]

gap = best - roc_auc(test.y, said_by_network)
print(f"{network.count_params()} parameters")
print(f"network        AUC {roc_auc(test.y, said_by_network):.3f}   gap {gap:.3f}")

# %%
show.curves(history, synthetic=True)

# %%
show.roc(
    test.y,
    {"one neuron": said_by_one, "network": said_by_network, "best possible": test.truth["risk"]},
    synthetic=True,
)

# %% [markdown]
# Did it find the U? Ask each for the mean risk in every group of potassium:

# %%
figure, axes = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
axes.plot(middles, by_potassium(test.truth["risk"]), "-", color="black", label="true risk")
axes.plot(middles, by_potassium(said_by_network), "s--", color="#D55E00", label="network")
axes.plot(middles, by_potassium(said_by_one), "^:", color="#0072B2", label="one neuron")
axes.set_xlabel("potassium (mmol/l)")
axes.set_ylabel("mean risk")
axes.set_ylim(0, None)
axes.set_title("One neuron draws a line, a network bends it (SYNTHETIC)")
axes.legend()
print(
    "at 3.2 mmol/l: truth",
    f"{by_potassium(test.truth['risk'])[1]:.2f},",
    "one neuron",
    f"{by_potassium(said_by_one)[1]:.2f}",
)

# %% [markdown] tags=["story-only"]
# And two values at once: potassium across, age upwards, everything else as in the average patient. The lines are lines
# of equal risk. One neuron could only draw them straight and parallel.

# %% tags=["story-only"]
show.decision_boundary(
    network,
    x_test[:400],
    test.y[:400],
    columns=(2, 0),
    names=train.columns,
    units=("standard deviations from the mean", "standard deviations from the mean"),
    class_names=train.class_names,
    synthetic=True,
)

# %% [markdown]
# **From a risk to a decision.** A ward needs a yes or no. Above which risk do you go and look? A low threshold finds
# nearly everybody, and sends you to many who are fine.

# %% tags=["story-only"]
print("threshold   of those who come to harm   visits for each")
print("            are found                   one that is found")
for threshold in (0.05, 0.1, 0.2, 0.4):
    called = said_by_network >= threshold
    found = np.sum(called & (test.y == 1))
    print(f"{threshold:9.2f}   {found / test.y.sum():25.0%}   {called.sum() / max(found, 1):17.1f}")

# %% [markdown] tags=["ask:sensitivity"]
# **Exercise 8: `sensitivity`.** Of those who come to harm, what share is found? Called ill is everybody whose risk `p`
# is at least the `threshold`.


# %% tags=["exercise:sensitivity"]
def sensitivity(y, p, threshold):
    """Return the share of the patients with y = 1 that is found, from 0 to 1."""
    ### BEGIN SOLUTION
    found = np.sum((y == 1) & (p >= threshold))
    return found / np.sum(y == 1)
    ### END SOLUTION


# %% tags=["check:sensitivity"]
learn.check("sensitivity", sensitivity)

# %% tags=["uses:sensitivity"]
my_sensitivity = learn.use("sensitivity", sensitivity)
for threshold in (0.05, 0.1, 0.2, 0.4):
    print(f"threshold {threshold:.2f}: {my_sensitivity(test.y, said_by_network, threshold):.0%} are found")

# %% [markdown]
# ## 7. Practise, and go on

# %% [markdown] tags=["story-only"]
# The **practice notebook** `practice/01_dense.ipynb` has the same seven stops and eight functions for you to write:
#
# | | you write | | you write |
# |---|---|---|---|
# | 1 | `weighted_sum`: one patient | 5 | `neuron_gradient`: downhill for one neuron |
# | 2 | `sigmoid`: from sums to risks | 6 | `dense_backward`: the way back through a layer |
# | 3 | `dense`: many patients, many neurons | 7 | `sgd_step`: one step, and your own neuron learns |
# | 4 | `cross_entropy`: how wrong? | 8 | `sensitivity`: how many are found? |
#
# When a function is wrong, the check says what is wrong with it:


# %% tags=["story-only"]
def sigmoid_in_a_hurry(z):
    return 1 / 1 + np.exp(-z)


learn.check("sigmoid", sigmoid_in_a_hurry)

# %% tags=["ask"]
learn.progress()

# %% [markdown]
# **Play.** Leave out `relu` in both layers of the network: how much of the gap comes back? Give it 2 neurons instead of
# 32: is it enough for the U? Train it on 200 patients instead of 8,000: what happens to the test?
#
# **Doubt.** Our patients obey a rule that does not change, nothing is missing, no value is mistyped, and there is one
# hospital. A gap of one hundredth here promises nothing in a real ward. And a risk of 30 % means something only if of
# a hundred such patients thirty come to harm; whether that is so, a later lesson asks.
#
# **Go on.** Lesson 05 takes the same formula to images, where the inputs are neighbours and it matters who stands next
# to whom.
