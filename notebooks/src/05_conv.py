# %% [markdown]
# # Lesson 05 · Convolution: a filter that slides over a picture
#
# **The question.** A picture from a scanner, grey and full of noise. Somewhere in it there may be a small, faint,
# round light spot, a *lesion*: a place where the tissue has changed. Or there may be none. Is there one?
#
# **What you will do** (about 90 minutes; the computer needs one of them)
#
# 1. look for a lesion yourself, and see why it matters that nobody knows *where* it is;
# 2. read the article's third formula, with its star;
# 3. slide a filter over a picture by hand, and find out that the star is not what it says;
# 4. walk back through it with a pencil, and meet the true convolution where nobody expects it;
# 5. open the library and find the same numbers in it;
# 6. see a network that looks at pixels fail, and one that slides filters come close to the best possible;
# 7. put your own loops into the library, and race them against NumPy, Numba and Cython.
#
# **You need** lesson 01 (weights, bias, gradient, AUC), two loops inside each other, and slices such as `x[2:5, 0:3]`.
#
# > **SYNTHETIC.** All pictures here were drawn by a program whose rule is known: a round blur in pure noise. No patient
# > and no scanner is behind them, and nothing here may be used to judge a real picture.

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
from edunet.datasets import lesions
from edunet.metrics import roc_auc

edunet.set_random_seed(0)  # a network starts from random numbers; the same seed gives the same ones every time

# %% [markdown]
# ## 1. Is there a lesion in this picture?
#
# Each picture has 24 × 24 points (*pixels*). Half of them hold one lesion, about six pixels wide, and its middle can
# lie on any of the 16 × 16 pixels in the centre. Over everything lies noise nearly as strong as the lesion itself.
#
# Because a program drew them we know what no hospital knows: where the lesion lies, and how probable a lesion is given
# the noise, the *true risk*. The network will not see either.

# %%
train = lesions.load(learn.size(8000, alone=3000, quick=300), seed=0)  # pictures to learn from
test = lesions.load(learn.size(20000, alone=6000, quick=600), seed=1)  # other pictures, for the test

print("pictures to learn from:", train.x.shape, " with a lesion:", f"{train.y.mean():.0%}")
print("pictures for the test: ", test.x.shape)

# %%
ill, healthy = np.flatnonzero(test.y == 1)[:4], np.flatnonzero(test.y == 0)[:4]
figure, axes = plt.subplots(2, 4, figsize=(8.5, 4.8), layout="constrained")
for place, n in zip(axes.flat, [*healthy, *ill], strict=True):
    place.imshow(test.x[n, :, :, 0], cmap="gray", vmin=-3, vmax=3)
    place.set_title("a lesion, in the circle" if test.y[n] else "no lesion", fontsize=10)
    place.set_xticks([0, 12, 23])
    place.set_yticks([0, 12, 23])
    if test.y[n]:
        place.add_patch(
            plt.Circle((test.truth["col"][n], test.truth["row"][n]), 4, fill=False, color="#F0E442", lw=2.5)
        )
figure.supxlabel("column (pixels)", fontsize=10)
figure.supylabel("row (pixels)", fontsize=10)
figure.suptitle("Would you have seen it without the circle? (SYNTHETIC pictures)", fontsize=12)
print("the lesion's middle adds", test.truth["amplitude"].max(), "to a noise of standard deviation 1")

# %% [markdown]
# What do the ill have in common? Take the mean of all pictures with a lesion, pixel by pixel. Then do it again, but
# first cut each picture so that its lesion lies in the middle.

# %%
found = np.flatnonzero(train.y == 1)
corners = zip(found, train.truth["row"][found] - 4, train.truth["col"][found] - 4, strict=True)
centred = np.mean([train.x[n, row : row + 9, col : col + 9, 0] for n, row, col in corners], axis=0)

figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
for place, mean, title in (
    (axes[0], train.x[found, :, :, 0].mean(axis=0), "mean of all with a lesion"),
    (axes[1], centred, "the same, lesion in the middle"),
):
    drawn = place.imshow(mean, cmap="gray", vmin=0)
    figure.colorbar(drawn, ax=place, label="mean grey (noise = 1)")
    place.set_title(title, fontsize=11)
    place.set_xlabel("column (pixels)")
    place.set_ylabel("row (pixels)")
figure.suptitle("One shape, smeared over the whole picture; mind the two scales (SYNTHETIC)", fontsize=12)
print("brightest mean pixel:", f"{train.x[found].mean(axis=0).max():.2f}", "  when centred:", f"{centred.max():.2f}")

# %% [markdown]
# On the right the shape is plain; on the left it is smeared away. A single pixel knows almost nothing: it is part of a
# lesion once in forty pictures. What counts is a *pattern of neighbours*, and the pattern is the same wherever it
# lies.
#
# So: learn the pattern once, and look for it everywhere. That sentence is this lesson.

# %% [markdown]
# ## 2. The formula
#
# The article prints the convolutional neural network as
#
# $$y = f(W * x + b)$$
#
# > "where $x$ is the input image, $W$ is the convolution kernel, $*$ denotes convolution, $b$ is the bias and $f$ is
# > the activation function."
#
# | letter | what it is | shape here |
# |---|---|---|
# | $x$ | pictures: $N$ of them, $H$ rows, $W$ columns, $C$ channels (grey: 1, colour: 3) | $(N, H, W, C)$ |
# | $W$ | the filters: $F$ windows of $U \times V$ weights for each channel; `w` in code | $(U, V, C, F)$ |
# | $b$ | one bias for each filter | $(F)$ |
# | $f$ | activation; in most networks `relu`, which turns what is negative into 0 | |
# | $y$ | for each filter a *map*: how well it fits, at each of $I \times J$ places | $(N, I, J, F)$ |
#
# (The article calls $W$ the *kernel*. We say *filter*, because in this library a kernel is the code that computes; you
# will write one at stop 7. And unhappily $W$ is also the usual letter for the width; the shapes tell which is meant.)

# %% [markdown] tags=["story-only"]
# Written out, every number of the output is one weighted sum, as in lesson 01. Only that its inputs are the pixels
# under a window, which moves with $i$ and $j$:
#
# $$y_{n,i,j,f} = f\Bigl(b_f + \sum_{u,v,c} x_{n,\,i+u,\,j+v,\,c}\; W_{u,v,c,f}\Bigr)$$
#
# Two ideas are in it. **Locality**: a number of the output looks at $U \times V$ neighbours only. **Sharing**: $W$ has
# no index $i$ or $j$; the same weights serve at every place. See what that saves:

# %% tags=["story-only"]
pixels, places = 24 * 24, 20 * 20
print(f"a Dense layer from {pixels} pixels to 16 maps of 20 × 20: {(pixels + 1) * places * 16:11,d} parameters")
print(f"a convolution with 16 filters of 5 × 5:                {(25 + 1) * 16:11,d}")

# %% [markdown] tags=["story-only"]
# **How large is the output?** A filter of $u$ pixels fits into a row of $n$ at $n - u + 1$ places. That is called
# *valid*: it never leaves the picture. Two screws change it.
#
# - **Stride** $s$: the filter moves $s$ pixels at a time.
# - **Padding** $p$: $p$ zeros are put before the first and after the last pixel. With $s = 1$ and $p = (u-1)/2$ the
#   output is as large as the picture; that is called *same*.
#
# $$I = \Bigl\lfloor \frac{n + 2p - u}{s} \Bigr\rfloor + 1$$
#
# The brackets $\lfloor\,\rfloor$ mean: round down. A step that does not fit any more is not made.

# %% tags=["story-only"]
figure, axes = plt.subplots(1, 3, figsize=(10, 3.7), layout="constrained")
for place, (title, stride, padding) in zip(
    axes, (("valid, stride 1", 1, 0), ("valid, stride 2", 2, 0), ("same, stride 1", 1, 1)), strict=True
):
    place.add_patch(plt.Rectangle((-1, -1), 9, 9, fill=False, hatch="//", edgecolor="0.75", lw=0, visible=padding > 0))
    place.add_patch(plt.Rectangle((0, 0), 7, 7, facecolor="white", edgecolor="black", lw=1.5))
    for line in range(1, 7):
        place.plot([line, line], [0, 7], color="0.8", lw=0.8)
        place.plot([0, 7], [line, line], color="0.8", lw=0.8)
    place.add_patch(plt.Rectangle((-padding, -padding), 3, 3, fill=False, edgecolor="#D55E00", lw=3))
    middles = np.arange((7 + 2 * padding - 3) // stride + 1) * stride - padding + 1.5
    place.plot(*(grid.ravel() for grid in np.meshgrid(middles, middles)), "o", color="#0072B2", markersize=6)
    place.set(xlim=(-1.3, 8.3), ylim=(8.3, -1.3), aspect="equal", xticks=[], yticks=[])
    place.set_title(f"{title}: {len(middles)} × {len(middles)} places", fontsize=11)
figure.suptitle(
    "A filter of 3 × 3 (its first place in orange) on 7 × 7 pixels; dots: its middle; hatched: zeros", fontsize=11
)
print("each dot becomes one number of the output")

# %% tags=["story-only"]
show.formula(ops.conv2d)

# %% [markdown] tags=["ask:output_size"]
# **Exercise 1: `output_size`.** A row of `n` pixels, a filter of `u`, a `stride`, and `padding` zeros at *each* end:
# at how many places does the filter stop? Give back a whole number.


# %% tags=["exercise:output_size"]
def output_size(n, u, stride, padding):
    """Return the number of places."""
    ### BEGIN SOLUTION
    last = n + 2 * padding - u
    return last // stride + 1
    ### END SOLUTION


# %% tags=["check:output_size"]
learn.check("output_size", output_size)

# %% [markdown]
# ## 3. By hand
#
# A picture of 5 × 5 whole numbers with something bright in the middle, a filter of 3 × 3 that is itself a small blob,
# and a bias of −8: below that sum it shall say nothing.

# %%
picture = np.array([[0, 1, 0, 0, 1], [1, 0, 2, 1, 0], [0, 2, 4, 2, 1], [1, 1, 2, 0, 0], [0, 0, 1, 0, 1]], dtype=float)
blob = np.array([[0, 1, 0], [1, 2, 1], [0, 1, 0]], dtype=float)
threshold = -8.0

# %% [markdown] tags=["story-only"]
# Lay the filter on the picture, its upper left corner on row 1, column 1. Multiply each weight by the pixel under it:
#
# | under the window | the filter | products |
# |---|---|---|
# | 0 2 1 | 0 1 0 | 0 2 0 |
# | 2 4 2 | 1 2 1 | 2 8 2 |
# | 1 2 0 | 0 1 0 | 0 2 0 |
#
# The products add up to 16; with the bias $16 - 8 = 8$; and relu lets 8 through. In the upper left corner the sum is
# only 6: $6 - 8 = -2$, and relu makes it 0. There is no blob there.
#
# Nine places, nine sums. Follow four of them:

# %% tags=["story-only"]
answers = np.array([[np.sum(picture[i : i + 3, j : j + 3] * blob) for j in range(3)] for i in range(3)]) + threshold
figure, axes = plt.subplots(2, 4, figsize=(10, 5.4), height_ratios=(5, 3), layout="constrained")
for column, stop in enumerate((0, 1, 4, 8)):
    i, j = divmod(stop, 3)
    above, below = axes[:, column]
    above.imshow(picture, cmap="gray", vmin=-4, vmax=5)
    above.add_patch(plt.Rectangle((j - 0.5, i - 0.5), 3, 3, fill=False, edgecolor="#D55E00", lw=4, clip_on=False))
    for (row, place), value in np.ndenumerate(picture):
        above.text(place, row, f"{value:.0f}", ha="center", va="center", fontsize=11)
    above.set_title(f"stop {stop + 1} of 9: row {i}, column {j}", fontsize=11)
    below.imshow(np.ones((3, 3)), cmap="gray", vmin=0, vmax=1)
    for earlier in range(stop + 1):
        row, place = divmod(earlier, 3)
        now = {"color": "#D55E00", "weight": "bold"} if earlier == stop else {"color": "black"}
        below.text(place, row, f"{answers[row, place]:.0f}", ha="center", va="center", fontsize=12, **now)
    for axis in (above, below):
        axis.set_xticks(np.arange(6 if axis is above else 4) - 0.5, [])
        axis.set_yticks(np.arange(6 if axis is above else 4) - 0.5, [])
        axis.grid(color="0.6", lw=0.6)
        axis.tick_params(length=0)
axes[0, 0].set_ylabel("picture and window")
axes[1, 0].set_ylabel("output, before relu")
figure.suptitle("The window slides, the output fills", fontsize=12)
print(answers.astype(int))

# %% [markdown] tags=["ask:conv_pixel"]
# **With a pencil first:** lay the blob on the picture, its upper left corner on row 1, column 1. What is the sum of
# the products, what is it with the bias, and what does relu make of it? And in the upper left corner of the picture?
# Then let your function do it.
#
# **Exercise 2: `conv_pixel`.** One number of the output. `x` is a picture (H, W), `w` a filter (U, V), `b` a number;
# the window's upper left corner lies on row `i`, column `j`. Give back $b + \sum_{u,v} x_{i+u,\,j+v}\,w_{u,v}$.


# %% tags=["exercise:conv_pixel"]
def conv_pixel(x, w, b, i, j):
    """Return what the filter says at the place (i, j), one number."""
    ### BEGIN SOLUTION
    U, V = w.shape
    window = x[i : i + U, j : j + V]
    return np.sum(window * w) + b
    ### END SOLUTION


# %% tags=["check:conv_pixel"]
learn.check("conv_pixel", conv_pixel)

# %% [markdown] tags=["ask:conv2d"]
# **Exercise 3: `conv2d`.** The whole map: the same at every place where the filter fits (*valid*, stride 1). Loops are
# fine. It may call your `conv_pixel`, but only once that passes its check; without it, write the sum out here.


# %% tags=["exercise:conv2d"]
def conv2d(x, w, b):
    """Return the map, (H - U + 1, W - V + 1)."""
    ### BEGIN SOLUTION
    (H, W), (U, V) = x.shape, w.shape
    y = np.zeros((H - U + 1, W - V + 1))
    for i in range(H - U + 1):
        for j in range(W - V + 1):
            y[i, j] = np.sum(x[i : i + U, j : j + V] * w) + b
    return y
    ### END SOLUTION


# %% tags=["check:conv2d"]
learn.check("conv2d", conv2d)

# %% [markdown]
# **The star is not what it says.** Ask a mathematician what $W * x$ is, and the answer has a minus where ours has a
# plus:
#
# $$\text{convolution:}\quad \sum_{u,v} x_{i-u,\,j-v}\,W_{u,v} \qquad\qquad
# \text{cross-correlation:}\quad \sum_{u,v} x_{i+u,\,j+v}\,W_{u,v}$$
#
# With the minus, the filter is laid on *turned by half a turn*: upside down and left to right. Every common library of
# neural networks computes the second and calls it by the name of the first. NumPy has both, for signals:

# %%
signal, step = np.array([0.0, 0.0, 1.0, 1.0]), np.array([-1.0, 1.0])  # a step up, and a filter that answers to it
print("np.correlate:", np.correlate(signal, step, "valid"))
print("np.convolve: ", np.convolve(signal, step, "valid"))
print("ops.conv1d:  ", ops.conv1d(signal.reshape(1, 4, 1), step.reshape(2, 1, 1)).ravel())

# %% [markdown] tags=["story-only"]
# Our round blob looks the same after half a turn, so nobody could have noticed. Take a filter that has a direction:
# dark at its left, light at its right. It looks for the left border of something bright.

# %% tags=["story-only"]
bright = np.zeros((9, 9))
bright[2:7, 2:7] = 1.0  # something bright in the dark
border = np.array([[-1.0, 0.0, 1.0]] * 3)


def slide(x, w):
    """Return the cross-correlation of a picture and a filter, computed by the library."""
    return ops.conv2d(x[None, :, :, None], w[:, :, None, None])[0, :, :, 0]


as_it_is, turned = slide(bright, border), slide(bright, border[::-1, ::-1])
figure, axes = plt.subplots(1, 4, figsize=(11, 3.3), layout="constrained")
for place, (title, values, scale) in zip(
    axes,
    (
        ("the picture", bright, {"cmap": "gray"}),
        ("the filter", border, {"cmap": "cividis", "vmin": -3, "vmax": 3}),
        ("laid on as it is", as_it_is, {"cmap": "cividis", "vmin": -3, "vmax": 3}),
        ("turned: a true convolution", turned, {"cmap": "cividis", "vmin": -3, "vmax": 3}),
    ),
    strict=True,
):
    drawn = place.imshow(values, **scale)
    place.set_title(title, fontsize=11)
    place.set(xticks=[], yticks=[])
    if values is not bright:
        for (row, column), value in np.ndenumerate(values):
            dark = value < 0.5
            place.text(column, row, f"{value:.0f}", ha="center", va="center", color="white" if dark else "black")
print("at the left border, row 3:", f"{as_it_is[3, 1]:.0f}", "as it is,", f"{turned[3, 1]:.0f}", "turned")

# %% [markdown] tags=["story-only"]
# The opposite sign at every border; and after relu one of the two sees the left borders only, the other the right
# ones.
#
# So we repair the article's sentence: **in this field "$*$ denotes convolution" means cross-correlation.** Does it
# matter? Stop 4 shows that to *learning* it does not. But it does as soon as filters change hands: weights that were
# made for the one are wrong for the other until you turn them, `w[::-1, ::-1]`.

# %% [markdown]
# **Pooling and full connection.** The article names two more kinds of layer. *Pooling* makes a map smaller: cut it
# into windows, and keep of each only the largest number (max pooling). Where exactly the pattern was is forgotten;
# that it was there is kept. *Full connection* is the Dense layer of lesson 01, at the end: it weighs what all maps
# have said.

# %% tags=["story-only"]
small = np.array([[1.0, 3.0, 0.0, 2.0], [2.0, 0.0, 1.0, 1.0], [0.0, 1.0, 5.0, 4.0], [1.0, 0.0, 2.0, 6.0]])
print("a map of 4 × 4:", small, "", "after max pooling with windows of 2 × 2:", sep="\n")
print(ops.max_pool2d(small[None, :, :, None], window=2)[0, :, :, 0])

# %% [markdown] tags=["ask:max_pool2d"]
# **Exercise 4: `max_pool2d`.** `x` is one map (H, W). Windows of `size` × `size` stand side by side; of each keep the
# largest number. Rows and columns that do not fill a window are dropped. Some numbers may be negative.


# %% tags=["exercise:max_pool2d"]
def max_pool2d(x, size):
    """Return the smaller map, (H // size, W // size)."""
    ### BEGIN SOLUTION
    y = np.zeros((x.shape[0] // size, x.shape[1] // size))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max()
    return y
    ### END SOLUTION


# %% tags=["check:max_pool2d"]
learn.check("max_pool2d", max_pool2d)

# %% [markdown]
# ## 4. The gradient
#
# As in lesson 01 a layer inside a network receives $dy$: how much the loss would change with each of its outputs. It
# must say how much the loss changes with each weight, $dw$, and hand on to the layer before how much it changes with
# each pixel, $dx$. One rule finds both: **follow one number, and add up over all the places where it was used.**

# %% [markdown] tags=["story-only"]
# **One weight**, $w_{u,v}$. At the place $(i,j)$ it was multiplied by the pixel $x_{i+u,\,j+v}$. It was used at every
# place, so
#
# $$y_{i,j} = \dots + x_{i+u,\,j+v}\,w_{u,v} + \dots \qquad\Longrightarrow\qquad
# dw_{u,v} = \sum_{i,j} x_{i+u,\,j+v}\;dy_{i,j}$$
#
# Look at it once more: it is the same sliding sum. $dy$ plays the filter, and slides over the picture.
#
# **The bias** was added at every place: $db = \sum_{i,j} dy_{i,j}$.
#
# **One pixel**, $x_{h,k}$. Which places have seen it? Those $(i, j)$ with $i + u = h$ and $j + v = k$: it lay under
# the weight $w_{h-i,\,k-j}$. So
#
# $$dx_{h,k} = \sum_{i,j} dy_{i,j}\;w_{h-i,\,k-j}$$
#
# where weights outside the filter count as 0. There it is, the **minus**: the way *back* is the true convolution, the
# filter turned by half a turn. If somebody had taken the true convolution forward, the way back would have been the
# correlation. The two are a pair; the name only fell on the wrong one.
#
# With many pictures, channels and filters the sums run over those as well; `show.formula` has printed them above.

# %% [markdown] tags=["story-only"]
# With numbers. The filter has stopped at two neighbouring places, and $dy$ is 10 for the first and 1 for the second.
# Each gives its $dy$ times the filter back to the pixels that it saw. Where the windows overlap, the gifts add up:

# %% tags=["story-only"]
tiny = np.array([[1.0, 2.0], [3.0, 4.0]])
back = np.zeros((2, 3))
back[:, 0:2] += 10 * tiny
print("from the first place: ", *back, sep="   ")
back[:, 1:3] += 1 * tiny
print("and from the second:  ", *back, sep="   ")

# %% [markdown] tags=["story-only"]
# **Never believe a gradient that you have not checked.** The loss is, for once, something simple: a fixed weighted sum
# of the outputs, so that $dy$ is those fixed numbers. Turn each screw a little up, then a little down.

# %% tags=["story-only"]
rng = np.random.default_rng(5)
x5, w2, dy4 = rng.normal(size=(5, 5)), rng.normal(size=(2, 2)), rng.normal(size=(4, 4))

dw_formula = slide(x5, dy4)
dx_formula = slide(np.pad(dy4, 1), w2[::-1, ::-1])  # zeros around dy, and the filter turned


def by_turning(screws, loss):
    """Return how much the loss moves with each number of an array, by turning it."""
    slopes = np.zeros_like(screws)
    for place in np.ndindex(screws.shape):
        kept = screws[place]
        screws[place] = kept + 1e-5
        up = loss()
        screws[place] = kept - 1e-5
        slopes[place] = (up - loss()) / 2e-5
        screws[place] = kept
    return slopes


def simple_loss():
    return np.sum(slide(x5, w2) * dy4)


print("dw, largest difference:", f"{np.abs(dw_formula - by_turning(w2, simple_loss)).max():.0e}")
print("dx, largest difference:", f"{np.abs(dx_formula - by_turning(x5, simple_loss)).max():.0e}")
print("dx if the filter is not turned:", f"{np.abs(slide(np.pad(dy4, 1), w2) - by_turning(x5, simple_loss)).max():.1f}")

# %% [markdown] tags=["story-only"]
# **Learning does not care.** Somebody has a filter and shows us pictures together with what it said. Two learners try
# to find the filter by going downhill: one slides its weights as they are, the other, a mathematician, turns them
# first.

# %% tags=["story-only"]
hidden = np.array([[0.0, 1.0, 2.0], [-1.0, 0.0, 1.0], [-2.0, -1.0, 0.0]])
shown = rng.normal(size=(20, 8, 8, 1))
said = ops.conv2d(shown, hidden[:, :, None, None])


def learn_filter(turn):
    """Find the filter by 100 steps downhill from zero; the tape of the library walks back through both."""
    w = edunet.Tensor(np.zeros((3, 3, 1, 1)))
    for _ in range(100):
        laid_on = w[::-1, ::-1] if turn else w
        errors = ops.conv2d(shown, laid_on) - said
        (dw,) = edunet.gradients((errors * errors).mean(), [w])
        w.data -= 0.3 * dw
    return w.numpy()[:, :, 0, 0], float((errors * errors).mean().numpy())


for name, turn in (("as it is", False), ("turned", True)):
    learned, loss = learn_filter(turn)
    print(f"{name}: loss {loss:.0e}, and the filter found is", (learned.round(2) + 0.0).tolist())

# %% [markdown] tags=["story-only"]
# Both are perfect, and each has the other's filter, turned. That is why nobody ever repaired the name.

# %% [markdown] tags=["ask:conv2d_dw"]
# **Exercise 5: `conv2d_dw`.** The gradient for the filter, for one picture `x` (H, W) and one filter, *valid*, stride
# 1. You receive `dy` (I, J); the filter had H − I + 1 rows and W − J + 1 columns. Derive it with a pencil first.


# %% tags=["exercise:conv2d_dw"]
def conv2d_dw(dy, x):
    """Return dw, in the shape of the filter."""
    ### BEGIN SOLUTION
    dw = np.zeros((x.shape[0] - dy.shape[0] + 1, x.shape[1] - dy.shape[1] + 1))
    for u in range(dw.shape[0]):
        for v in range(dw.shape[1]):
            dw[u, v] = np.sum(dy * x[u : u + dy.shape[0], v : v + dy.shape[1]])
    return dw
    ### END SOLUTION


# %% tags=["check:conv2d_dw"]
learn.check("conv2d_dw", conv2d_dw)

# %% [markdown] tags=["ask:conv2d_dx"]
# **Exercise 6: `conv2d_dx`.** The gradient for the picture. You receive `dy` (I, J) and the filter `w` (U, V); the
# picture had I + U − 1 rows and J + V − 1 columns. Two ways lead there: every place gives back to its window, or every
# pixel asks who has seen it. Choose.


# %% tags=["exercise:conv2d_dx"]
def conv2d_dx(dy, w):
    """Return dx, in the shape of the picture."""
    ### BEGIN SOLUTION
    (I, J), (U, V) = dy.shape, w.shape
    dx = np.zeros((I + U - 1, J + V - 1))
    for i in range(I):
        for j in range(J):
            dx[i : i + U, j : j + V] += dy[i, j] * w
    return dx
    ### END SOLUTION


# %% tags=["check:conv2d_dx"]
learn.check("conv2d_dx", conv2d_dx)

# %% [markdown]
# ## 5. Open the library
#
# A layer with one filter, with the weights of stop 3. Let the library write down what it computes at row 1, column 1:
# forward, and then back.

# %%
layer = layers.Conv2D(1, 3, activation="relu")
one_picture = picture[None, :, :, None]  # (N,H,W,C): one picture, one channel
layer(one_picture)  # the first call tells the layer how many channels there are
layer.set_weights([blob[:, :, None, None], np.array([threshold])])

show.working(layer, one_picture, at=(0, 1, 1, 0))

# %% [markdown]
# The same number as with a pencil. And a pooling layer: only the winner of a window gets a gradient, since a little
# more of any other number would have changed nothing.

# %%
show.working(layers.MaxPooling2D(2), one_picture, at=(0, 1, 0, 0))

# %% [markdown] tags=["story-only"]
# This is the kernel, the code that does the work, in its NumPy form. It goes through the taps $(u, v)$ of the filter,
# and for each makes one product of matrices over all pixels that this tap meets:

# %% tags=["story-only"]
import inspect

with edunet.use_backend("numpy"):
    kernel = edunet.backend.kernels("conv").conv2d_forward
print(inspect.getsource(inspect.unwrap(kernel)))

# %% [markdown] tags=["story-only"]
# You may check the library as you checked yourself:

# %% tags=["story-only"]
edunet.check_gradients(ops.conv2d, rng.normal(size=(2, 6, 6, 2)), rng.normal(size=(3, 3, 2, 2)), rng.normal(size=2))
print("dx, dw and db of ops.conv2d agree with finite differences")

# %% [markdown] tags=["ask"]
# **Compare.** Your `conv2d` (or ours, if yours is not ready yet) against the library, on a picture of the test:

# %% tags=["uses:conv2d"]
my_conv2d = learn.use("conv2d", conv2d)
w5 = np.random.default_rng(0).normal(size=(5, 5))
library = ops.conv2d(test.x[:1].astype(float), w5[:, :, None, None])[0, :, :, 0]
print("largest difference:", f"{np.abs(my_conv2d(test.x[0, :, :, 0], w5, 0.0) - library).max():.0e}")

# %% [markdown] tags=["ask"]
# Your gradients against the library's tape, which walks back through `ops.conv2d`:

# %% tags=["uses:conv2d_dw"]
my_dw = learn.use("conv2d_dw", conv2d_dw)

# %% tags=["uses:conv2d_dx"]
my_dx = learn.use("conv2d_dx", conv2d_dx)

draw = np.random.default_rng(1)
x9, w3, dy7 = draw.normal(size=(9, 9)), draw.normal(size=(3, 3)), draw.normal(size=(7, 7))
x_taped, w_taped = edunet.Tensor(x9[None, :, :, None]), edunet.Tensor(w3[:, :, None, None])
dx, dw = edunet.gradients(ops.conv2d(x_taped, w_taped), [x_taped, w_taped], dy7[None, :, :, None])
print("dw, largest difference:", f"{np.abs(my_dw(dy7, x9) - dw[:, :, 0, 0]).max():.0e}")
print("dx, largest difference:", f"{np.abs(my_dx(dy7, w3) - dx[0, :, :, 0]).max():.0e}")

# %% [markdown]
# ## 6. Train it, and look into it
#
# **First the wrong model: pixels.** `Flatten` lays the 576 pixels in a row, and Dense looks at them as lesson 01
# looked at blood values: each pixel has a weight of its own, and nobody knows who its neighbours are. Once as a single
# neuron, once with 64 in between.


# %%
def trained(parts, rate, epochs):
    """Train a network of these layers, with one sigmoid neuron at the end."""
    network = models.Sequential([*parts, layers.Dense(1, activation="sigmoid")])
    network.compile(optimizer=edunet.optimizers.Adam(rate), loss="binary_crossentropy")
    network.fit(train.x, train.y, epochs=epochs, batch_size=64, verbose=0)
    return network


def says(network, pictures):
    """Return the risk that the network says, one number for each picture."""
    return network.predict(pictures, batch_size=256, verbose=0)[:, 0]


best = roc_auc(test.y, test.truth["risk"])
epochs = learn.size(6, alone=6, quick=1)
one_neuron = trained([layers.Flatten()], 0.001, epochs)
on_pixels = trained([layers.Flatten(), layers.Dense(64, activation="relu")], 0.001, epochs)

print(f"best possible            AUC {best:.3f}")
for name, network in (("one neuron on pixels", one_neuron), ("64 + 1 on pixels", on_pixels)):
    auc, known = roc_auc(test.y, says(network, test.x)), roc_auc(train.y, says(network, train.x))
    print(f"{name:24s} AUC {auc:.3f}   gap {best - auc:.3f}   on the pictures it learned from {known:.3f}")

# %% [markdown] tags=["story-only"]
# Far from the best. Look at the last column: with 64 neurons it knows its own pictures by heart, and little that helps
# with others. What it saw of a lesion in the upper left is of no use to it in the lower right: those are other
# weights. It would need examples of every place.
#
# These are the 576 weights of the single neuron. It could only find out that lesions lie in the middle part, and
# weighs how bright that is all in all.

# %% tags=["story-only"]
figure, axes = plt.subplots(figsize=(4.6, 3.6), layout="constrained")
weights = one_neuron.get_weights()[0].reshape(24, 24)
drawn = axes.imshow(weights, cmap="cividis", vmin=-np.abs(weights).max(), vmax=np.abs(weights).max())
figure.colorbar(drawn, label="weight")
axes.set_xlabel("column (pixels)")
axes.set_ylabel("row (pixels)")
axes.set_title("One neuron on pixels: one weight each (SYNTHETIC)")
print("mean weight in the middle", f"{weights[4:20, 4:20].mean():+.3f},", "at the border", f"{weights[:2].mean():+.3f}")

# %% [markdown]
# **Then the article's formula.** Two layers of filters, 16 of 5 × 5 each, `relu` as $f$; then the strongest answer of
# each map, wherever it was (`GlobalMaxPooling2D`, a pooling window as large as the map); then a full connection.

# %%
edunet.set_random_seed(0)
network = trained(
    [
        layers.Conv2D(16, 5, activation="relu", name="first"),
        layers.Conv2D(16, 5, activation="relu", name="second"),
        layers.GlobalMaxPooling2D(),
    ],
    0.005,
    learn.size(2, alone=2, quick=1),
)
risk = says(network, test.x)
print(f"{network.count_params():,d} parameters; one neuron on pixels had {one_neuron.count_params():,d}")
print(f"two convolutions   AUC {roc_auc(test.y, risk):.3f}   gap {best - roc_auc(test.y, risk):.3f}")

# %%
show.roc(
    test.y,
    {
        "one neuron on pixels": says(one_neuron, test.x),
        "two convolutions": risk,
        "best possible": test.truth["risk"],
    },
    synthetic=True,
)

# %% [markdown] tags=["story-only"]
# **Look into it.** Sixteen filters that nobody designed. Look for those that are light nearly all over, or light on
# one side: they answer to something bright that is wider than the noise, pieces from which the second layer puts a
# lesion together. The speckled ones look much like the random numbers with which they began.

# %% tags=["story-only"]
show.filters(network.layers[0], synthetic=True)

# %% [markdown]
# What do the filters of the first layer make of a picture? Take one whose lesion the network was sure of.

# %%
sure = int(np.argmax(np.where(test.y == 1, risk, 0)))
print("the lesion lies at row", test.truth["row"][sure], "column", test.truth["col"][sure])
show.feature_maps(network, test.x[sure], synthetic=True)

# %% [markdown]
# **What can one unit see?** A unit of the first layer sees 5 × 5 pixels. A unit of the second sees 5 × 5 units of the
# first, and through them more. That is its *receptive field*.

# %%
show.receptive_field(network, (8, 8), image=test.x[sure], layer="second", synthetic=True)

# %% [markdown] tags=["story-only"]
# Nine by nine pixels: just enough for a lesion, which the program drew about six wide. In general, through layers with
# windows $u_1, u_2, \dots$ and strides $s_1, s_2, \dots$, a unit sees along a row
#
# $$r = 1 + (u_1 - 1) + (u_2 - 1)\,s_1 + (u_3 - 1)\,s_1 s_2 + \dots$$
#
# since behind a stride of $s_1$ two neighbours stand $s_1$ pixels apart. A network whose field is much smaller than
# what it looks for never sees it whole.

# %% [markdown] tags=["ask:receptive_field"]
# **Exercise 7: `receptive_field`.** `windows` and `strides` are arrays, one number for each layer, the first layer
# first (pooling counts as a layer). How many pixels of a row does one unit behind the last layer see?


# %% tags=["exercise:receptive_field"]
def receptive_field(windows, strides):
    """Return the number of pixels along a row."""
    ### BEGIN SOLUTION
    seen, distance = 1, 1  # a unit sees its own pixel; neighbours are one pixel apart
    for window, stride in zip(windows, strides, strict=True):
        seen = seen + (window - 1) * distance
        distance = distance * stride
    return seen
    ### END SOLUTION


# %% tags=["check:receptive_field"]
learn.check("receptive_field", receptive_field)

# %% tags=["uses:receptive_field"]
my_field = learn.use("receptive_field", receptive_field)
print("this network:  ", my_field(np.array([5, 5]), np.array([1, 1])), "pixels")
print("the article's: ", my_field(np.array([3, 2, 3, 2, 3]), np.array([1, 2, 1, 2, 1])), "pixels")

# %% [markdown]
# **Does it look at the lesion?** We never told it where one lies. The last layer weighs the 16 maps and adds them up;
# do that at every place before the maximum is taken, and you see where the evidence comes from. As the maps of the
# second layer have 16 × 16 places, and place $(i, j)$ sees the pixels around $(i + 4, j + 4)$, we can ask how far its
# strongest place lies from the truth.

# %%
up_to_maps = models.Sequential(network.layers[:2])  # the same layers, with the same weights
weigh = network.layers[-1].get_weights()[0][:, 0]  # of each map, in the last neuron


def evidence(pictures):
    """Return maps (N,16,16): the 16 maps of the second layer, weighed as the last neuron weighs them."""
    return up_to_maps.predict(pictures, batch_size=256, verbose=0) @ weigh


ill = np.flatnonzero(test.y == 1)[:2000]
heat = evidence(test.x[ill])
row, col = np.divmod(heat.reshape(len(ill), -1).argmax(axis=1), 16)
apart = np.hypot(row + 4 - test.truth["row"][ill], col + 4 - test.truth["col"][ill])
print(f"strongest place on the lesion (within 3 pixels): {np.mean(apart <= 3):.0%} of the pictures with one")
print(f"by chance it would be {29 / 256:.0%} or less; when the network says more than 90 %: ", end="")
print(f"{np.mean(apart[risk[ill] > 0.9] <= 3):.0%}" if np.any(risk[ill] > 0.9) else "it never does")

# %%
chosen = ill[np.argsort(-risk[ill])][[0, len(ill) // 2, 9 * len(ill) // 10]]
figure, axes = plt.subplots(2, 3, figsize=(8.5, 5.6), layout="constrained")
for (above, below), n in zip(axes.T, chosen, strict=True):
    above.imshow(test.x[n, :, :, 0], cmap="gray", vmin=-3, vmax=3)
    below.imshow(evidence(test.x[n : n + 1])[0], cmap="cividis", extent=(3.5, 19.5, 19.5, 3.5))
    above.set_title(f"network {risk[n]:.0%}, best possible {test.truth['risk'][n]:.0%}", fontsize=10)
    for place in (above, below):
        place.add_patch(plt.Circle((test.truth["col"][n], test.truth["row"][n]), 3, fill=False, color="#F0E442", lw=5))
        place.add_patch(plt.Circle((test.truth["col"][n], test.truth["row"][n]), 3, fill=False, color="#D55E00", lw=2))
        place.set(xlim=(-0.5, 23.5), ylim=(23.5, -0.5), xticks=[0, 12, 23], yticks=[0, 12, 23])
axes[0, 0].set_ylabel("picture: row (pixels)")
axes[1, 0].set_ylabel("evidence: row (pixels)")
figure.supxlabel("column (pixels)", fontsize=10)
figure.suptitle("Light: evidence for a lesion. Circle: where it truly is (SYNTHETIC)", fontsize=12)
print("from left to right: the surest, the one in the middle of the list, one of the last tenth")

# %% [markdown] tags=["story-only"]
# **The best possible is itself a convolution.** Who knows the shape of the lesion would lay that shape on every place,
# multiply and add up: a filter of 9 × 9. And instead of trusting the single strongest place, would add the evidence of
# all places, $\log \operatorname{mean} \exp$, a *soft* maximum. Give the network that form and let it find the rest.
# The layer is our own; three lines of `call` are enough, the gradient comes from the tape.

# %% tags=["story-only"]
from edunet import tensor


class SoftMaximum(layers.Layer):
    """Take log mean exp of each map: (N,I,J,F) -> (N,F)."""

    def call(self, maps):
        top = ops.global_max_pool2d(maps)  # taken out and put back, so that exp stays small
        below = maps - tensor.reshape(top, shape=(top.shape[0], 1, 1, top.shape[1]))
        return top + tensor.log(ops.global_avg_pool2d(tensor.exp(below)))


edunet.set_random_seed(0)
observer = trained([layers.Conv2D(4, 9, name="template"), SoftMaximum()], 0.02, learn.size(3, alone=3, quick=1))
print(f"{observer.count_params()} parameters")
print(f"one convolution, soft maximum   gap {best - roc_auc(test.y, says(observer, test.x)):.3f}")

# %% tags=["story-only"]
show.filters(observer.layers[0], synthetic=True)

# %% [markdown] tags=["story-only"]
# Compare them with the centred mean of stop 1. Those that have become a light blob (or its dark negative, which the
# last neuron turns round) *are* the lesion, found by going downhill. Those that are still speckled were not needed:
# one good filter is enough, but with only one to start from, luck decides whether it gets there.

# %% tags=["story-only"]
squares = np.arange(-4, 5) ** 2
shape = np.exp(-(squares[:, None] + squares) / (2 * 1.5**2))  # as the program draws it
for f in range(4):
    likeness = np.corrcoef(shape.ravel(), observer.layers[0].get_weights()[0][:, :, 0, f].ravel())[0, 1]
    print(f"filter {f}: correlation with the true shape {likeness:+.2f}")

# %% [markdown]
# **Where does it fail?** Suppose one healthy person in five may be alarmed for nothing. Whom does the network miss
# then? Compare with the best possible, which knows all there is to know, at the same share of false alarms.

# %%
missed_by = {}
for name, said in (("network", risk), ("best possible", test.truth["risk"])):
    limit = np.quantile(said[test.y == 0], 0.8)  # one in five of the healthy lies above it
    missed_by[name] = (test.y == 1) & (said < limit)
    print(f"{name:14s} misses {missed_by[name].sum() / np.sum(test.y == 1):.0%} of the lesions")
both = missed_by["network"] & missed_by["best possible"]
print(f"of those that the network misses, the best possible misses {both.sum() / missed_by['network'].sum():.0%} too")

# %% tags=["story-only"]
figure, axes = plt.subplots(figsize=(5.2, 4.6), layout="constrained")
some = slice(0, 1500)
for label, look in ((0, {"marker": "o", "color": "#0072B2"}), (1, {"marker": "^", "color": "#D55E00"})):
    mine = test.y[some] == label
    axes.scatter(
        test.truth["risk"][some][mine], risk[some][mine], s=12, alpha=0.5, label=test.class_names[label], **look
    )
axes.plot([0, 1], [0, 1], color="black", lw=1)
axes.set_xlabel("risk, best possible")
axes.set_ylabel("risk, network")
axes.set_title("Mostly of one mind (SYNTHETIC)")
axes.legend()
print("triangles at the lower left: lesions that the noise has hidden from everybody")

# %% [markdown] tags=["story-only"]
# Most of what it misses is not its fault: the noise has covered the lesion. No network and no doctor could do better
# on these pictures; only a better scanner could.
#
# Where the points lie off the black line, the network ranks the pictures well, but its risks are too high or too low.
# The AUC does not see that. A patient who is told a number would; a later lesson is about it.
#
# **And the flipped filters?** Turn all filters of the trained network by half a turn, as if its weights had been
# carried into a program with true convolutions.

# %% tags=["story-only"]
kept, some = network.get_weights(), slice(0, 2000)
network.set_weights([w[::-1, ::-1] if w.ndim == 4 else w for w in kept])
filters_turned = says(network, test.x[some])
network.set_weights(kept)
pictures_turned = says(network, test.x[some, ::-1, ::-1])
print(f"largest change of a risk:                    {np.abs(filters_turned - risk[some]).max():.2f}")
print(f"largest difference to turning the pictures:  {np.abs(filters_turned - pictures_turned).max():.0e}")
print(f"AUC {roc_auc(test.y[some], risk[some]):.3f} before, {roc_auc(test.y[some], filters_turned):.3f} after")

# %% [markdown] tags=["story-only"]
# Single answers change. But turning all filters is the same as turning the picture, and a round lesion that is turned
# is still a round lesion: *here* the AUC survives. In a chest, with its heart on the left, it would not.

# %% [markdown]
# ## 7. Race it, practise, and go on
#
# **One formula, many kernels.** The formula does not say in which order to compute, nor in which language. Written out
# plainly it is seven loops: four say which number is made, three what is added up.


# %% tags=["story-only"]
def plain_loops(x, w, b, stride):
    """Return y (N,I,J,F) of pictures x (N,H,W,C) and filters w (U,V,C,F), b (F,)."""
    N, H, W, C = x.shape
    U, V, C, F = w.shape
    rows, columns = (H - U) // stride + 1, (W - V) // stride + 1
    y = np.zeros((N, rows, columns, F))
    for n in range(N):
        for i in range(rows):
            for j in range(columns):
                for f in range(F):
                    total = b[f]
                    for u in range(U):
                        for v in range(V):
                            for c in range(C):
                                total += x[n, i * stride + u, j * stride + v, c] * w[u, v, c, f]
                    y[n, i, j, f] = total
    return y


my_loops = plain_loops

# %% [markdown] tags=["ask:conv2d_loops"]
# **Exercise 8: `conv2d_loops`.** The whole formula without $f$: `x` (N, H, W, C), `w` (U, V, C, F), `b` (F,), *valid*,
# with a `stride` for rows and columns alike. Give back y (N, I, J, F). Write it with loops and single numbers only,
# seven loops in all: a compiler likes it plain. Hand over the plain function, without `@njit`: it is compiled further
# below, so that you can race both.


# %% tags=["exercise:conv2d_loops"]
def conv2d_loops(x, w, b, stride):
    """Return the maps y, (N, I, J, F)."""
    N, H, W, C = x.shape
    U, V, C, F = w.shape
    ### BEGIN SOLUTION
    I, J = (H - U) // stride + 1, (W - V) // stride + 1
    y = np.zeros((N, I, J, F))
    for n in range(N):
        for i in range(I):
            for j in range(J):
                for f in range(F):
                    total = b[f]
                    for u in range(U):
                        for v in range(V):
                            for c in range(C):
                                total += x[n, i * stride + u, j * stride + v, c] * w[u, v, c, f]
                    y[n, i, j, f] = total
    return y
    ### END SOLUTION


# %% tags=["check:conv2d_loops"]
learn.check("conv2d_loops", conv2d_loops)

# %% tags=["uses:conv2d_loops"]
my_loops = learn.use("conv2d_loops", conv2d_loops)

# %% [markdown]
# **Into the library.** The library has three sets of kernels for each formula, and takes a fourth from you. NumPy
# works on whole arrays at once. Numba translates loops of Python while the program runs. Cython is Python with types,
# translated to C before you installed it. A kernel is a function that fills `y`; the kernel of `conv2d` also gets the
# dilation, the padding and whether to apply relu.
#
# Ours takes over one thing: `conv2d` on its way forward, in the plain case, *valid*, with one stride and without
# dilation. Any other `conv2d` it must refuse, or it would be wrong without a word. The way back and all other formulas
# are still computed by NumPy's kernels.


# %%
def as_kernel(loops):
    """Make a kernel of the library from a function like ours."""

    def conv2d_forward(x, w, b, stride, dilation, pad, relu, y):
        plain = stride[0] == stride[1] and tuple(dilation) == (1, 1) and tuple(pad) == (0, 0)
        maps = loops(x, w, b, stride[0]) if plain else None
        if maps is None or maps.shape != y.shape:  # zeros after the last pixel alone show in the shape only
            raise ValueError(
                'these loops know padding="valid", dilation 1 and one stride for rows and columns; asked for were '
                f"stride {stride}, dilation {dilation} and maps of {y.shape[1]} × {y.shape[2]}. "
                'Type edunet.use_backend("numpy") for those.'
            )
        y[:] = maps
        if relu:
            np.maximum(y, 0, out=y)

    return conv2d_forward


edunet.register_kernels("loops", conv2d_forward=as_kernel(my_loops))
with edunet.use_backend("loops"):
    by_my_loops = network.predict(test.x[:1], verbose=0)[0, 0]
print(f"the trained network, computed by these loops: {by_my_loops:.4f}; before: {risk[0]:.4f}")

# %% [markdown]
# Python reads such loops slowly, line by line, each time anew. **Numba** translates the same function into machine
# code, unchanged; it needs a few seconds for that, once.

# %%
try:
    from numba import njit
except ImportError:
    print('Numba is not installed here, so the race goes on without it (to get it: pip install "edunet-med[numba]").')
else:
    try:
        compiled = njit(my_loops)
        compiled(test.x[:1], np.zeros((5, 5, 1, 4), np.float32), np.zeros(4, np.float32), 1)  # now it is translated
        edunet.register_kernels("mine", conv2d_forward=as_kernel(compiled))
        print('translated, and registered as "mine"')
    except Exception as fault:  # not every function that is right can be translated
        print(f"Numba cannot translate it ({type(fault).__name__}): plain loops and single numbers it can.")

# %% [markdown]
# **The race.** Everybody computes the same: one picture, four filters of 5 × 5, forty thousand products. They take
# turns, round after round, so that a disturbance hits all alike.

# %%
draw = np.random.default_rng(0)
one, four = test.x[:1], draw.normal(size=(5, 5, 1, 4)).astype(np.float32)
edunet.compare_backends("conv2d", one, four, np.zeros(4, np.float32))

# %% [markdown]
# The answers agree to the last digits of 32-bit numbers; the times do not. But one picture is little work, and the
# fast ones hardly get going. Now a hundred million products, the second layer of our network for 64 pictures, without
# Python's loops: they would need minutes.

# %%
many = draw.normal(size=(learn.size(64, alone=64, quick=2), 20, 20, 16)).astype(np.float32)
sixteen = draw.normal(size=(5, 5, 16, 16)).astype(np.float32)
fast = [name for name, state in edunet.available_backends().items() if state == "ready" and name != "loops"]
edunet.compare_backends("conv2d", many, sixteen, np.zeros(16, np.float32), backends=fast)

# %% [markdown] tags=["story-only"]
# Nobody computes another formula: the same products are added up, in another order. The fast ones keep numbers close
# to the processor and use each several times before they let it go. They may also share the pictures among several
# cores, which yours does not.
#
# The **practice notebook** `practice/05_conv.ipynb` has the same seven stops and eight functions for you to write:
#
# | | you write | | you write |
# |---|---|---|---|
# | 1 | `output_size`: how many places? | 5 | `conv2d_dw`: the gradient for the filter |
# | 2 | `conv_pixel`: one number | 6 | `conv2d_dx`: the gradient for the picture |
# | 3 | `conv2d`: a whole map | 7 | `receptive_field`: what one unit sees |
# | 4 | `max_pool2d`: keep the strongest | 8 | `conv2d_loops`: your own kernel, in the race |
#
# When a function is wrong, the check says what is wrong with it:


# %% tags=["story-only"]
def as_the_formula_says(x, w, b):
    """Return the map, with the star taken at its word."""
    y = np.zeros((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + len(w), j : j + w.shape[1]] * w[::-1, ::-1]) + b
    return y


learn.check("conv2d", as_the_formula_says)

# %% [markdown] tags=["ask"]
# **Make it faster.** Change the order of your seven loops (the sums of all filters of a place can be kept in a small
# array), translate and register it again under the same name, and race once more. How close to Cython do you come?

# %% tags=["ask"]
learn.progress()

# %% [markdown]
# **Play.** Give the two layers filters of 3 × 3: what is the receptive field then, and what becomes of the gap? Put
# `MaxPooling2D(2)` between them. Draw fainter lesions, `lesions.load(amplitude=0.8)`, or stronger ones.
#
# **Doubt.** Our lesions all have one size, one shape and one strength, in pure noise, and half of the pictures hold
# one. Real tissue has vessels, ribs and edges, real lesions come in all sizes, and in screening perhaps one picture in
# two hundred holds one. And that the strongest place lies on the lesion does not prove that the network uses nothing
# else.
#
# **Go on.** Lesson 08 takes the formula that looks back in time: recurrence. Lesson 10 lets every place look at every
# other, however far away: attention.
