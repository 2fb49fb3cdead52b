/* Sums and maxima of one row. A compiler may not change the order of a sum by itself; `omp simd` allows it, here and nowhere
   else, so that these loops can be done in vectors. */
#ifndef EDUNET_REDUCE_H
#define EDUNET_REDUCE_H

#include <math.h>
#include <stddef.h>

#if defined(__GNUC__)
#define REDUCE_SIMD(clause) _Pragma(clause)
#else
#define REDUCE_SIMD(clause)
#endif

#define REDUCE(real)                                                                        \
    static inline real sum_##real(ptrdiff_t n, const real *a) {                             \
        real s = 0;                                                                         \
        REDUCE_SIMD("omp simd reduction(+:s)") for (ptrdiff_t i = 0; i < n; i++) s += a[i]; \
        return s;                                                                           \
    }                                                                                       \
    static inline real dot_##real(ptrdiff_t n, const real *a, const real *b) {              \
        real s = 0;                                                                         \
        REDUCE_SIMD("omp simd reduction(+:s)") for (ptrdiff_t i = 0; i < n; i++) s += a[i] * b[i]; \
        return s;                                                                           \
    }                                                                                       \
    static inline real largest_##real(ptrdiff_t n, const real *a) {                         \
        real m = -(real)INFINITY;                                                           \
        REDUCE_SIMD("omp simd reduction(max:m)") for (ptrdiff_t i = 0; i < n; i++) m = a[i] > m ? a[i] : m; \
        return m;                                                                           \
    }

REDUCE(float)
REDUCE(double)

#endif
