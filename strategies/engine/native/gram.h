/* The gradient kernel (S' S) o (X X' + 1) + A' A + 1 over n, with A = relu(z) and S = w2 where z > 0: a vector holds
 * data, and one network's arrays stay in the cache. */
#ifndef REFUTABLE_GRAM_H
#define REFUTABLE_GRAM_H

#include <stdlib.h>
#include <string.h>

#include "desk.h"

enum { TILE_ROWS = 4, TILE_VECTORS = WIDE / 2 };

typedef struct {
    int64_t neurons, inputs, samples, padded;
    double *x;                     /* [inputs][padded], and zeros as padding */
    double *activations, *slopes;  /* [neurons][padded] */
    double *kernel;                /* [padded][padded], what is right of the diagonal */
} gram;

/* Activations and slopes of TILE_ROWS neurons from `j` on, at the data from `i` on. */
static void gram_forward(const gram *g, const double *w1, const double *b1, const double *w2, int64_t j, int64_t i) {
    vec z[TILE_ROWS][TILE_VECTORS];
    int64_t neuron[TILE_ROWS];
    UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        neuron[r] = j + r < g->neurons ? j + r : g->neurons - 1; /* the last one again, in place of none */
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) z[r][v] = all(b1[neuron[r]]);
    }
    for (int64_t c = 0; c < g->inputs; c++) {
        const double *x = g->x + c * g->padded + i;
        UNROLL for (int r = 0; r < TILE_ROWS; r++) {
            vec w = all(w1[neuron[r] * g->inputs + c]);
            UNROLL for (int v = 0; v < TILE_VECTORS; v++) z[r][v] = fma_(w, load(x + v * LANES), z[r][v]);
        }
    }
    UNROLL for (int r = 0; r < TILE_ROWS; r++) UNROLL for (int v = 0; v < TILE_VECTORS; v++) {
        int64_t at = neuron[r] * g->padded + i + v * LANES;
        store(g->activations + at, relu(z[r][v]));
        store(g->slopes + at, add_where(all(0), positive(z[r][v]), all(w2[neuron[r]])));
    }
}

/* Adds the inner products of some data with others, `count` terms each. */
INLINE void gram_products(vec sums[TILE_ROWS][TILE_VECTORS], const double *a, int64_t count, int64_t padded, int64_t i,
                          int64_t j) {
    for (int64_t c = 0; c < count; c++, a += padded) {
        vec other[TILE_VECTORS];
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) {
            other[v] = load(a + j + v * LANES);
            HOLD(other[v]);
        }
        UNROLL for (int r = 0; r < TILE_ROWS; r++) {
            vec own = all(a[i + r]);
            UNROLL for (int v = 0; v < TILE_VECTORS; v++) sums[r][v] = fma_(own, other[v], sums[r][v]);
        }
    }
}

static void gram_tile(const gram *g, int64_t i, int64_t j) {
    vec inputs[TILE_ROWS][TILE_VECTORS], slopes[TILE_ROWS][TILE_VECTORS], sums[TILE_ROWS][TILE_VECTORS];
    const vec share = all(1.0 / (double)g->samples);
    UNROLL for (int r = 0; r < TILE_ROWS; r++) UNROLL for (int v = 0; v < TILE_VECTORS; v++) {
        inputs[r][v] = sums[r][v] = all(1);
        slopes[r][v] = all(0);
    }
    gram_products(inputs, g->x, g->inputs, g->padded, i, j);
    gram_products(slopes, g->slopes, g->neurons, g->padded, i, j);
    gram_products(sums, g->activations, g->neurons, g->padded, i, j);
    UNROLL for (int r = 0; r < TILE_ROWS; r++) UNROLL for (int v = 0; v < TILE_VECTORS; v++)
        store(g->kernel + (i + r) * g->padded + j + v * LANES,
              mul(share, fma_(slopes[r][v], inputs[r][v], sums[r][v])));
}

static void gram_kernel(const gram *g, double *out) {
    const int64_t n = g->samples, wide = TILE_VECTORS * LANES;
    for (int64_t i = 0; i < n; i += TILE_ROWS)
        for (int64_t j = i / wide * wide; j < n; j += wide) gram_tile(g, i, j);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = i; j < n; j++) out[i * n + j] = out[j * n + i] = g->kernel[i * g->padded + j];
    }
}

/* Kernels of `networks` networks into out [networks][n][n]; 0 where there is not enough memory. */
int32_t refutable_gradient_kernels(int64_t networks, int64_t k, int64_t d, int64_t n, const double *w1,
                                   const double *b1, const double *w2, const double *x, int64_t x_stride,
                                   double *out) {
    gram g = {.neurons = k, .inputs = d, .samples = n, .padded = up(n, 16)};
    double *memory = calloc((size_t)((d + 2 * k + g.padded) * g.padded + 8), sizeof(double));
    if (!memory) return 0;
    g.x = (double *)up((int64_t)(intptr_t)memory, 64);
    g.activations = g.x + d * g.padded;
    g.slopes = g.activations + k * g.padded;
    g.kernel = g.slopes + k * g.padded;
    for (int64_t b = 0; b < networks; b++) {
        if (b == 0 || x_stride)
            for (int64_t i = 0; i < n; i++)
                for (int64_t c = 0; c < d; c++) g.x[c * g.padded + i] = x[b * x_stride + i * d + c];
        for (int64_t j = 0; j < k; j += TILE_ROWS)
            for (int64_t i = 0; i < n; i += TILE_VECTORS * LANES)
                gram_forward(&g, w1 + b * k * d, b1 + b * k, w2 + b * k, j, i);
        gram_kernel(&g, out + b * n * n);
    }
    free(memory);
    return 1;
}

#endif
