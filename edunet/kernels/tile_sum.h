/* What the register tile is asked for; the tile itself is in tile.h. */
#ifndef EDUNET_TILE_SUM_H
#define EDUNET_TILE_SUM_H

#include <stddef.h>

#define TILE_ROWS 6
#define TILE_PAD 16

enum { TILE_STORE = 0, TILE_ADD = 1, TILE_RELU = 2 }; /* c = sum; c += sum; c = max(0, sum) */

typedef struct { /* the three sums, the innermost last: how many terms, and the steps of a and b from one to the next */
    ptrdiff_t n[3], a[3], b[3];
} tile_sum;

/* Before a loop of Cython that the compiler vectorises: one version for each generation of processors, chosen by the
   loader. setup.py defines it where it has seen that work; elsewhere there is one version. */
#ifndef EDUNET_CLONES
#define EDUNET_CLONES
#endif

#endif
