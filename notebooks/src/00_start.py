# %% [markdown]
# # Lesson 00 · Start: a whole neural network in one cell
#
# **The question.** A drop of blood, spread thinly on a glass slide and stained, is one of the oldest tests in
# medicine. Somebody looks through the microscope and names the cells one by one: this is a lymphocyte, this is a
# platelet, and this red cell has a malaria parasite in it. It takes training, patience and good light. Can a computer
# learn to name the cells from examples?
#
# **What you will do** (about 20 minutes; the computer needs a few of them)
#
# 1. look at ten kinds of blood cell;
# 2. run a complete neural network, a program that learns from examples, in one cell of code;
# 3. follow one picture through it, and count by hand what it has to learn;
# 4. ask how good it is, and above all *where it fails*, because that is what matters to a patient.
#
# You need no compiler, no graphics card and no internet. You need to have seen a little Python; everything else is
# explained when it comes. It is fine not to understand every line today: this lesson is the view from the top of the
# hill, and the later ones walk every path.
#
# > **SYNTHETIC.** Every picture in this lesson was drawn by a program. There is no patient and no slide behind any of
# > them, and nothing here may be used to judge real blood.

# %% [markdown]
# ## 1. Ten kinds of cell
#
# | label | kind | what a doctor may think of |
# |---|---|---|
# | 0 | neutrophil | the commonest white cell; many of them: often an infection with bacteria |
# | 1 | eosinophil | many: allergy, worms, or a reaction to a drug |
# | 2 | basophil | the rarest white cell; many: one of the signs of some blood cancers |
# | 3 | lymphocyte | many: often an infection with a virus |
# | 4 | monocyte | many: for example an infection that lasts, such as tuberculosis |
# | 5 | platelets | small discs that stop bleeding; too few: danger of bleeding |
# | 6 | red cell | carries the oxygen; the everyday cell of healthy blood |
# | 7 | sickle cell | a red cell bent to a crescent: sickle cell disease, it can block small vessels |
# | 8 | target cell | a red cell with a dark middle: liver disease, or an inherited fault of the red blood pigment |
# | 9 | malaria ring | a red cell with a young malaria parasite in it: to be treated today, not tomorrow |
#
# The set is called `cells10`. It holds 7,000 pictures, as many of each kind: 6,000 to learn from and 1,000 that we
# lock away for the test. Each picture is a square of 28 × 28 points (*pixels*), about 17 µm wide (1 µm is a
# thousandth of a millimetre). Real smears are purple and pink; ours are grey, so that a picture is one simple table
# of numbers.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

import edunet
from edunet.datasets import cells10

# The automatic tests of this library set EDUNET_LESSON_QUICK=1, to run the lesson in seconds with few pictures.
# You can ignore it: without it you get all 7,000.
n_pictures = 140 if os.environ.get("EDUNET_LESSON_QUICK") == "1" else 7000

edunet.set_random_seed(0)  # a network starts from random numbers; the same seed gives the same ones every time
names = cells10.CLASS_NAMES
(train_pixels, train_labels), (test_pixels, test_labels) = cells10.load_data(n=n_pictures, seed=0)

print("to learn from:", train_pixels.shape, "  for the test:", test_pixels.shape)

# %% [markdown]
# Read the first shape like this: so many pictures, each 28 rows high, 28 columns wide, 1 number per pixel (a colour
# picture would have 3).
#
# Here is one picture of each kind.

# %%
figure, axes = plt.subplots(2, 5, figsize=(9, 4.4), layout="constrained")
for label, place in enumerate(axes.flat):
    example = train_pixels[train_labels == label][0]
    place.imshow(example[:, :, 0], cmap="gray", vmin=0, vmax=255, extent=(0, 16.8, 16.8, 0))  # 28 pixels of 0.6 µm
    place.set_title(f"{label}  {names[label]}", fontsize=11)
    place.set_xticks([0, 5, 10, 15])
    place.set_yticks([0, 5, 10, 15])
    place.tick_params(labelsize=8)
figure.supxlabel("width (µm)", fontsize=10)
figure.supylabel("height (µm)", fontsize=10)
figure.suptitle("Ten kinds of blood cell, SYNTHETIC pictures", fontsize=12)
print("One picture of each kind; the numbers in front of the names are their labels.")

# %% [markdown]
# To the computer a picture is nothing but such a table. This is a piece of 8 × 8 pixels from the middle of the first
# one; 0 is black and 255 is white.

# %%
print(train_pixels[0, 10:18, 10:18, 0])

# %% [markdown]
# Networks learn most easily from small numbers, so we divide by 255: black becomes 0 and white becomes 1.

# %%
train_images = train_pixels / 255
test_images = test_pixels / 255

# %% [markdown]
# ## 2. The network, in one cell
#
# This is the example of a published article on neural networks in medicine, line by line. Only the import is changed:
# there it says `from tensorflow.keras import layers, models`.
#
# Read it from top to bottom, as the picture travels:
#
# - `Conv2D(32, (3, 3))`, a **convolution**: 32 small windows (*filters*) of 3 × 3 pixels slide over the picture, and
#   each looks for a pattern of its own, perhaps an edge or a dark dot. (`relu` means: what comes out negative becomes
#   0.)
# - `MaxPooling2D((2, 2))`, **pooling**: of every 2 × 2 numbers keep only the largest. The picture shrinks to half.
# - `Flatten`: lay all numbers side by side in one long row.
# - `Dense(64)`, a **full connection**: 64 units, each of which looks at every number of that row.
# - `Dense(10, activation="softmax")`: ten numbers between 0 and 1 that add up to 1, one for each kind of cell: the
#   network's answer, to be read as probabilities.
#
# `compile` says how to learn: `adam` is the rule that improves the network step by step, and the *loss* measures how
# wrong it still is. `fit` does the learning: five *epochs*, which means that it sees every picture five times.
#
# Run it. It takes a few minutes on an ordinary laptop, and the line below the cell tells you how long it still has.

# %%
from edunet import layers, models

# define the convolutional neural network
model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))

# compile the model
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

# train the model
model.fit(train_images, train_labels, epochs=5)

print("done: the network has seen", len(train_images), "pictures five times")

# %% [markdown]
# That was all. You have trained a neural network on (drawn) blood cells. Now let us see what happened.

# %% [markdown]
# ## 3. Follow one picture
#
# We send a single picture through the layers, one after the other, and write down the size of what comes out: rows ×
# columns × *channels* (a channel is what one filter has made of the picture). The first step can be predicted: a
# window 3 wide fits into a row of 28 at 26 places, because 28 − 3 + 1 = 26. Then pooling halves it to 13.

# %%
picture = train_images[:1]  # the first picture, still as a list of one
print("the picture".ljust(14), " × ".join(str(size) for size in picture.shape[1:]))
for layer in model.layers:
    picture = layer(picture)
    print(type(layer).__name__.ljust(14), " × ".join(str(size) for size in picture.shape[1:]))

# %% [markdown]
# Two things to notice. The picture gets smaller and smaller, while the number of channels grows: less *where*, more
# *what*. And 11 is an odd number: half of it is 5, and the last row and column are dropped.
#
# **Question 1.** What size would the first layer give if its window were 5 × 5 instead of 3 × 3? Think first; the
# next cell has the answer.

# %%
wider = layers.Conv2D(32, (5, 5))
print("28 − 5 + 1 =", 28 - 5 + 1, "  and the library says:", wider(train_images[:1]).shape[1:])

# %% [markdown]
# ## 4. Count what it has to learn
#
# A network learns by turning many small screws: its **parameters**. There are two sorts: *weights* (what to multiply
# with) and *biases* (what to add afterwards, one for each filter or unit). Take the first layer. Its window has 3 × 3
# places and looks at 1 channel, which makes 9 weights; with the bias, 10. And there are 32 filters:
#
# $$(3 \cdot 3 \cdot 1 + 1) \cdot 32 = 320$$
#
# **Question 2.** The second convolution has windows of 3 × 3 as well, but now there are 32 channels to look at, and
# 64 filters. How many parameters has it? And the first `Dense` layer, with 64 units that each look at 576 numbers?
# Take a pencil; the next cell has the answers.

# %%
first = (3 * 3 * 1 + 1) * 32
second = (3 * 3 * 32 + 1) * 64
third = (3 * 3 * 64 + 1) * 64
dense = (576 + 1) * 64
output = (64 + 1) * 10

print(f"convolutions        {first:,} + {second:,} + {third:,}")
print(f"full connections    {dense:,} + {output:,}")
print(f"by hand, in all     {first + second + third + dense + output:,}")
print(f"the library says    {model.count_params():,}")

# %% [markdown]
# Pooling and flattening have nothing to learn, so they count 0. The library prints the same figures in a table, with
# `None` where the number of pictures will stand ("Param #" is the number of parameters).

# %%
model.summary()

# %% [markdown]
# ## 5. How it learned
#
# The loss should fall, and the *accuracy* (the share of pictures named correctly) should rise, quickly at first and
# then more slowly. This is the view from inside the classroom: it is measured on the pictures that the network
# learned from.

# %%
from edunet import show

show.curves(model.history, synthetic=True)

# %% [markdown]
# ## 6. The test
#
# Now we unlock the pictures that the network has never seen. Only they tell whether it has understood something or
# has merely learned by heart. For each picture `predict` gives ten probabilities; the answer is the kind with the
# highest.

# %%
probabilities = model.predict(test_images)
answers = probabilities.argmax(axis=1)  # the place of the highest of the ten numbers
right = (answers == test_labels).sum()

print(f"test accuracy: {right} of {len(test_labels)} pictures named correctly, {right / len(test_labels):.1%}")

# %% [markdown]
# A fine figure, and it hides the question that matters. A laboratory does not ask "how often are you right?" but
# "which of my patients do you miss?". So we ask for each kind of cell: **of all that were there, how many were
# found?** This share is called *recall* (doctors say *sensitivity*). Always read the worst line first.

# %%
from edunet.metrics import confusion_matrix

counts = confusion_matrix(test_labels, answers, len(names))
there = counts.sum(axis=1)  # how many of each kind there were
found = counts.diagonal()  # how many of them were named correctly

print("kind           found   share  (the worst first)")
for label in np.argsort(found / there, kind="stable"):
    print(f"{names[label]:12s} {found[label]:4d} of {there[label]:3d}  {found[label] / there[label]:4.0%}")

# %% [markdown]
# And if a cell was missed, what was it taken for? That is what the **confusion matrix** shows, the one table worth
# asking for in every article about diagnosis by computer. Each row is the truth, each column is what the network
# said, and in the field stands the number of pictures. Right answers lie on the diagonal from top left to bottom
# right. Everything else is a mistake, and its place tells you which.

# %%
show.confusion(test_labels, answers, names, synthetic=True)

# %% [markdown]
# **Question 3.** Which two kinds are confused most often? Find the largest number outside the diagonal, read its row
# (the truth) and its column (the answer). Then look up both in the table of section 1: what might happen to the
# patient?

# %%
mistakes = counts.copy()
np.fill_diagonal(mistakes, 0)  # leave only the wrong answers
truth, answer = np.unravel_index(mistakes.argmax(), mistakes.shape)

print(f"most often: {mistakes[truth, answer]} of {there[truth]} pictures of kind '{names[truth]}'")
print(f"            were called '{names[answer]}'")

# %% [markdown]
# In our own runs it was the malaria ring that was called a healthy red cell: the parasite is a thread of a few pixels
# in a cell that is otherwise like any other. (In your run it may be another pair; the same questions apply.) Would it
# matter? It is the worst mistake in the table: a patient is sent home with malaria. The other way round, a healthy red
# cell called a malaria ring, sounds harmless, but blood holds so many healthy cells that even one false alarm in a
# hundred would bury the true ones.
#
# Other mistakes are milder, and not alike either. Eosinophils and basophils are both white cells full of granules
# (grains). Many eosinophils point to an allergy, to worms or to a drug that is not tolerated; many basophils make a
# doctor think of blood cancer. One way round the mistake frightens a patient for nothing, the other way round it hides
# a disease. Accuracy counts all mistakes alike. Patients do not.
#
# Here are the ten pictures that the network found hardest. Above each stands its answer; a ✗ marks the wrong ones,
# with the truth in the second line. Would you have known?

# %%
sure_of_truth = probabilities[np.arange(len(test_labels)), test_labels]  # how much it believed in the right answer
hardest = sure_of_truth.argsort()[:10]

show.predictions(test_images[hardest], test_labels[hardest], probabilities[hardest], names, synthetic=True)

# %% [markdown]
# The percentage is the network's own belief in its answer. Notice that it can be very sure *and* wrong. Whether such
# a percentage can be trusted is a question of its own, and a later lesson is about nothing else.

# %% [markdown]
# ## 7. One formula
#
# All the convolutions above are one line of mathematics:
#
# $$y = f(W \ast x + b)$$
#
# - $x$ is the picture, $W$ the weights of a filter, and $b$ its bias;
# - $\ast$ means: lay the window on the picture, multiply number by number, add up; then slide on by one pixel;
# - $f$ is what is done at the end: here `relu`, which leaves positive numbers alone and turns negative ones into 0.
#
# Let us do it with our own hands, once, for one filter in one place: nine products, their sum, the bias, and $f$. The
# place is in the piece of the first picture that you saw as a table of numbers, now divided by 255.

# %%
W, b = model.layers[0].get_weights()  # W: 3 × 3 places, 1 channel, 32 filters;  b: 32 biases
channels = np.asarray(model.layers[0](train_images[:1]))  # what the first layer makes of the first picture
row, column = 10, 11
k = channels[0, row, column].argmax()  # of the 32 filters, the one that answers most strongly here

window = train_images[0, row : row + 3, column : column + 3, 0]
by_hand = max(0.0, (window * W[:, :, 0, k]).sum() + b[k])

print("the window of the picture:", window.round(2), sep="\n")
print(f"the weights of filter {k}:", W[:, :, 0, k].round(2), sep="\n")
print(f"its bias     {b[k]:.4f}")
print(f"by hand      {by_hand:.4f}")
print(f"the network  {channels[0, row, column, k]:.4f}")

# %% [markdown]
# The same number. The network did this at every place of every picture, with every filter, and nothing else.
#
# In this library every formula has one page that holds the mathematics, the way back (how a mistake at the end
# becomes a correction of the weights) and the program, together. For convolution this is the file
# `edunet/ops/conv.py`, and the next cell prints it. You need not understand it today; look at how short it is. The
# letters: n is the picture, i and j are the place in the result, u and v the place in the window, c the channel, f
# the filter.

# %%
import inspect

print(inspect.getsource(edunet.ops.conv2d))

# %% [markdown]
# ## What next?
#
# **Play.** Change something, run everything again (in the menu: *Run*, *Run All Cells*), and look at the worst line
# of section 6, not only at the accuracy:
#
# - `epochs=1` instead of 5: is it still learning?
# - leave out the last `Conv2D`: is it worse? How many parameters are there now, and why *more*?
# - `edunet.set_random_seed(1)`: does it make the same mistakes when it starts from other random numbers? (If not, be
#   careful with any story about a single run, ours included.)
#
# **Doubt.** Our cells were drawn by a program: all kinds equally frequent, one cell per picture, no dirt, no torn
# cells, no second laboratory with another stain. In real blood only about one cell in a thousand is white, and hardly
# one white cell in a hundred is a basophil. An excellent score here says nothing about real slides. Later lessons
# take these doubts one by one, with the tools to check them.
#
# **Go on.** You have seen the whole; the next lessons build it from its smallest part, a single neuron that weighs a
# few blood values and says how much it worries.
