/* Included by tile.h for each width of vector; includes itself for float and for double. */
#ifndef REAL

#define REAL float
#include "tile_real.h"
#undef REAL
#define REAL double
#include "tile_real.h"
#undef REAL
#undef TILE_WIDTH
#undef TILE_TARGET
#undef TILE_BYTES
#undef TILE_VECTORS

#else

#define NAME(stem) TILE_JOIN(TILE_JOIN(stem, REAL), TILE_WIDTH) /* tile_float_64 */
#define VEC NAME(vec_)
#if TILE_BYTES
#define LANES (TILE_BYTES / (int)sizeof(REAL))
#define UNROLL _Pragma("GCC unroll 8")
#define INLINE inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))
#define POSITIVE(x) ((VEC)(~(x < 0) & (__typeof__(x < 0))x)) /* 0 where x < 0; NaN stays */
#define ONE_INDEX(at) __asm__("" : "+r"(at)) /* the compiler cannot know that it only grows */
typedef REAL VEC __attribute__((vector_size(TILE_BYTES), aligned(sizeof(REAL)), may_alias));
#define ZERO (VEC){0}
#else
#define LANES 1
#define UNROLL
#define INLINE inline
#define NOINLINE
#define POSITIVE(x) (x < 0 ? 0 : x)
#define ONE_INDEX(at)
typedef REAL VEC;
#define ZERO 0
#endif

/* Write the first numbers of a vector, where c ends within it. */
TILE_TARGET static NOINLINE void NAME(rest_)(VEC total, ptrdiff_t left, REAL *to, int mode) {
    for (ptrdiff_t i = 0; i < left; i++) {
        REAL one = ((const REAL *)&total)[i];
        if (mode & TILE_ADD) one += to[i];
        to[i] = (mode & TILE_RELU) && one < 0 ? 0 : one;
    }
}

/* R rows, V vectors from column j on: R x V accumulators. R and V are constants at every place of use. */
TILE_TARGET static INLINE void NAME(block_)(const int R, const int V, ptrdiff_t j, ptrdiff_t cols, const tile_sum *over,
                                            const REAL **a, const REAL *b, const REAL *start, REAL **c, int mode) {
    const ptrdiff_t S = over->n[1], K = over->n[2], a_step = over->a[2], b_step = over->b[2];
    const REAL *from[TILE_ROWS];
    VEC sum[TILE_ROWS][TILE_VECTORS];
    UNROLL for (int r = 0; r < R; r++) {
        from[r] = a[r];
        UNROLL for (int v = 0; v < V; v++) sum[r][v] = start ? *(const VEC *)(start + j + v * LANES) : ZERO;
    }
    for (ptrdiff_t l = 0; l < over->n[0]; l++)
        for (ptrdiff_t s = 0; s < S; s++) {
            const REAL *row = b + l * over->b[0] + s * over->b[1] + j;
            ptrdiff_t at = l * over->a[0] + s * over->a[1];
            for (ptrdiff_t k = 0; k < K; k++, at += a_step, row += b_step) {
                ONE_INDEX(at); /* or each row steps a pointer of its own: 30 instructions for 24 with 6 x 2 vectors */
                VEC w[TILE_VECTORS];
                UNROLL for (int v = 0; v < V; v++) w[v] = *(const VEC *)(row + v * LANES);
                UNROLL for (int r = 0; r < R; r++) {
                    const REAL x = from[r][at];
                    UNROLL for (int v = 0; v < V; v++) sum[r][v] += x * w[v];
                }
            }
        }
    UNROLL for (int r = 0; r < R; r++) {
        UNROLL for (int v = 0; v < V; v++) {
            REAL *to = c[r] + j + v * LANES;
            VEC total = sum[r][v];
            if (cols - j - v * LANES < LANES) {
                NAME(rest_)(total, cols - j - v * LANES, to, mode);
                continue;
            }
            if (mode & TILE_ADD) total += *(const VEC *)to;
            if (mode & TILE_RELU) total = POSITIVE(total);
            *(VEC *)to = total;
        }
    }
}

#define BLOCK(R, V) NAME(block_)(R, V, j, cols, over, a + r, b, start, c + r, mode)
#define BLOCKS(R)                                  \
    if (V == TILE_VECTORS) BLOCK(R, TILE_VECTORS); \
    else if (V == 2) BLOCK(R, 2);                  \
    else BLOCK(R, 1)
TILE_TARGET static void NAME(tile_)(int rows, ptrdiff_t cols, const tile_sum *over, const REAL **a, const REAL *b,
                                    const REAL *start, REAL **c, int mode) {
    for (ptrdiff_t j = 0; j < cols;) {
        const ptrdiff_t left = cols - j;
        const int V = left > 3 * LANES ? TILE_VECTORS : left > LANES ? 2 : 1; /* never beyond TILE_PAD */
        for (int r = 0; r < rows;) {
            const int R = rows - r >= 6 ? 6 : rows - r >= 4 ? 4 : rows - r >= 2 ? 2 : 1;
            if (R == 6) { BLOCKS(6); }
            else if (R == 4) { BLOCKS(4); }
            else if (R == 2) { BLOCKS(2); }
            else { BLOCKS(1); }
            r += R;
        }
        j += V * LANES;
    }
}

#undef BLOCK
#undef BLOCKS
#undef NAME
#undef VEC
#undef LANES
#undef UNROLL
#undef INLINE
#undef NOINLINE
#undef POSITIVE
#undef ONE_INDEX
#undef ZERO

#endif
