"""The ground floor: plain functions on arrays. This text is the contract; there is no code here.

1. Arrays in, arrays out: C-contiguous, aligned, one dtype (float32; float64 for gradient checks). Never a
   Tensor, never None: an absent bias is zeros, an absent mask or state is an array of size zero.
2. No checks, no defaults, no randomness, no globals: ops check, kernels compute.
3. `<op>_forward(...) -> y` or `(y, saved...)`; `<op>_backward(dy, ..., saved...)` returns one gradient per
   input, in input order. What is saved is an explicit array, never a hidden cache.
4. `<topic>_numpy.py`, `<topic>_numba.py` and `<topic>_cython.pyx` define the same functions with the same
   parameter names.
5. NumPy is the definition: the shortest correct text, vectorised like the formula. Numba spells the loops
   out. Cython is the fast one.
6. A family is complete in a backend, forward and backward, or absent from it.
7. Knows nothing of edunet: NumPy, Numba and the C library only.

Names: N batch, T time, H W height and width, C channels, F filters, D features, U units; U V are also the
height and width of a filter. A gradient of the loss is written d + name: dy, dx, dw.
"""
