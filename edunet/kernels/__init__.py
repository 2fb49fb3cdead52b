"""The ground floor: plain functions that fill arrays. This text is the contract; there is no code here.

1. Arrays are C-contiguous, aligned, of one dtype (float32; float64 for gradient checks); masks are bool, labels and
   winners are integers. Never a Tensor, never None: an absent bias or state is zeros, an absent mask has size zero.
2. The caller brings the arrays to be filled, as in llm.c, so that a kernel allocates no result and a thread can fill
   its share of the batch. Every output is filled completely, whatever stood in it; inputs are never written to; nothing
   is returned. No checks, no defaults, no randomness, no globals: ops check, kernels compute.
3. `<op>_forward(inputs, saved and y)` and `<op>_backward(dy, inputs, saved and y, gradients)`, all in the order of the
   forward pass, scalars at their place among the inputs. What is saved is an explicit array, never a hidden cache.
4. Any batch may be empty. A dx of size zero is not wanted and not computed (conv, rnn, gru, lstm); nor is a dw of size
   zero (conv), for which x is asked for its shape alone.
5. Names decide how threads share the work. Weights, w b wx wh gamma beta, belong to all, and their gradients are sums
   over the batch; every other array has the batch first and is cut there. batch_norm needs the whole batch and is not
   cut. update takes flat arrays and changes them in place.
6. `<topic>_numpy.py`, `<topic>_numba.py` and `<topic>_cython.pyx` define the same functions with the same
   parameter names. A family is complete in a backend, forward and backward, or absent from it.
7. NumPy is the definition: the shortest correct text, vectorised like the formula. Numba spells the loops
   out. Cython is the fast one. Where blocks hide the formula, the plain loops stand
   at the end of the file as `..._naive`.
8. Knows nothing of edunet: NumPy, Numba and the C library only.

The Cython kernels share a few rooms: tile (one matrix product in registers, which carries convolution, recurrence and
attention), curves (exp, tanh), lanes (sums and maxima of a row), sequence (what the recurrences have in common).

Names: N batch, T time, H W height and width, C channels, F filters, D features, U units; U V are also the
height and width of a filter. A gradient of the loss is written d + name: dy, dx, dw.
"""
