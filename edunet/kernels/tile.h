/* The register tile: a few rows of a matrix product, kept in registers while everything is summed into them.

       c[r][j] = start[j] + Σ_l Σ_s Σ_k  a[r][l·A₀ + s·A₁ + k·A₂] · b[l·B₀ + s·B₁ + k·B₂ + j]       r < rows, j < cols

   Convolution, its two gradients, the recurrences and attention are this sum with other steps A and B. `a` holds one
   pointer for each row, so a row may be a pixel, a filter tap, a patient or a query; the three sums run, for example,
   over the images, their rows and their columns. One number of a, repeated, meets a whole vector of b: nothing has to be
   transposed or copied into another order first.

   b (and start) must be readable up to the next multiple of TILE_PAD columns; c is written for j < cols only. start may
   be NULL, for zeros. The order of the sum for one c[r][j] does not depend on its neighbours: however the rows are
   grouped, the result has the same bits.

   tile_real.h is the text of it, compiled once for every width of vector: 64, 32 or 16 bytes, or single numbers for a
   compiler without vectors. The widest that this processor has is chosen when a module is loaded. */

#ifndef EDUNET_TILE_H
#define EDUNET_TILE_H

#include "tile_sum.h"

#define TILE_JOIN_(a, b) a##b
#define TILE_JOIN(a, b) TILE_JOIN_(a, b)

#if defined(__GNUC__) && defined(__x86_64__)

#define TILE_WIDTH _64
#define TILE_TARGET __attribute__((target("avx512f")))
#define TILE_BYTES 64
#define TILE_VECTORS 4 /* 6 x 4 accumulators of 32 registers */
#include "tile_real.h"
#define TILE_WIDTH _32
#define TILE_TARGET __attribute__((target("avx2,fma")))
#define TILE_BYTES 32
#define TILE_VECTORS 2 /* 6 x 2 of 16 */
#include "tile_real.h"
#define TILE_WIDTH _16
#define TILE_TARGET
#define TILE_BYTES 16
#define TILE_VECTORS 2
#include "tile_real.h"
#define TILE_BASE "SSE2"
#else

#define TILE_WIDTH _16
#define TILE_TARGET
#if defined(__GNUC__)
#define TILE_BYTES 16
#define TILE_BASE "vectors of 16 bytes"
#else
#define TILE_BYTES 0
#define TILE_BASE "no vectors"
#endif
#define TILE_VECTORS 4
#include "tile_real.h"

#endif

static void (*tile_float)(int, ptrdiff_t, const tile_sum *, const float **, const float *, const float *, float **,
                          int) = tile_float_16;
static void (*tile_double)(int, ptrdiff_t, const tile_sum *, const double **, const double *, const double *, double **,
                           int) = tile_double_16;

/* Take the widest vectors that this processor has; return the name of its instructions. */
static const char *tile_choose(void) {
#if defined(__GNUC__) && defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) {
        tile_float = tile_float_64;
        tile_double = tile_double_64;
        return "AVX-512";
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        tile_float = tile_float_32;
        tile_double = tile_double_32;
        return "AVX2";
    }
#endif
    return TILE_BASE;
}

#endif
