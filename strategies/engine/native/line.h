/* A step for d = 1. Forwards a vector holds data, backwards it holds neurons: nothing is ever summed across lanes. */
#ifndef REFUTABLE_LINE_H
#define REFUTABLE_LINE_H

#include "desk.h"

/* Values at V vectors of data beginning at `i`. */
INLINE void line_values(const desk *s, const double *at, int64_t i, const int V) {
    enum { MOST = 8 };
    const int U = CHAINS / V; /* neurons side by side */
    const double *w = at, *b = at + s->width, *top = at + 2 * s->width;
    vec x[4], f[MOST][4];
    UNROLL for (int v = 0; v < V; v++) x[v] = load(s->batch_x + i + v * LANES);
    UNROLL for (int u = 0; u < U; u++) UNROLL for (int v = 0; v < V; v++) f[u][v] = all(0);
    for (int64_t j = 0; j < s->neurons; j += U) {
        UNROLL for (int u = 0; u < U; u++) {
            vec slope = all(w[j + u]), offset = all(b[j + u]), out = all(top[j + u]);
            HOLD(slope);
            HOLD(offset);
            HOLD(out);
            UNROLL for (int v = 0; v < V; v++) {
                f[u][v] = fma_(relu(fma_(slope, x[v], offset)), out, f[u][v]);
            }
        }
    }
    UNROLL for (int u = 1; u < U; u++) UNROLL for (int v = 0; v < V; v++) f[0][v] = add(f[0][v], f[u][v]);
    UNROLL for (int v = 0; v < V; v++) store(s->values + i + v * LANES, f[0][v]);
}

/* Gradient of V vectors of neurons beginning at `j`, and their move. */
INLINE void line_move(const desk *s, const rule *r, int64_t padded, int64_t j, const int V) {
    enum { MOST = 4 };
    const int E = V >= 4 ? 1 : 4 / V; /* data side by side */
    vec w[4], b[4], along[MOST][4], at[MOST][4];
    UNROLL for (int v = 0; v < V; v++) {
        w[v] = load(r->at + j + v * LANES), b[v] = load(r->at + s->width + j + v * LANES);
        UNROLL for (int e = 0; e < E; e++) along[e][v] = at[e][v] = all(0);
    }
    for (int64_t i = 0; i < padded; i += E) {
        UNROLL for (int e = 0; e < E; e++) {
            vec x = all(s->batch_x[i + e]), res = all(s->residuals[i + e]);
            HOLD(x);
            HOLD(res);
            UNROLL for (int v = 0; v < V; v++) {
                mask m = positive(fma_(w[v], x, b[v]));
                at[e][v] = add_where(at[e][v], m, res);
                along[e][v] = fma_where(along[e][v], m, x, res);
            }
        }
    }
    UNROLL for (int v = 0; v < V; v++) {
        UNROLL for (int e = 1; e < E; e++) {
            at[0][v] = add(at[0][v], at[e][v]);
            along[0][v] = add(along[0][v], along[e][v]);
        }
        int64_t i = j + v * LANES;
        vec top = load(r->at + 2 * s->width + i);
        move(r, i, w[v], mul(top, along[0][v]));
        move(r, i + s->width, b[v], mul(top, at[0][v]));
        move(r, i + 2 * s->width, top, fma_(w[v], along[0][v], mul(b[v], at[0][v])));
    }
}

static double line_step(const desk *s, const rule *r, double b2, double *sum) {
    int64_t padded = up(s->size, LANES), i = 0, j = 0;
    for (; i + 4 * LANES <= padded; i += 4 * LANES) line_values(s, r->at, i, 4);
    for (; i + 2 * LANES <= padded; i += 2 * LANES) line_values(s, r->at, i, 2);
    for (; i < padded; i += LANES) line_values(s, r->at, i, 1);
    double twice = residuals(s, s->values, b2, sum);
    padded = up(s->size, 4);
    for (; j + WIDE * LANES <= s->width; j += WIDE * LANES) line_move(s, r, padded, j, WIDE);
    if (WIDE > 2) for (; j + 2 * LANES <= s->width; j += 2 * LANES) line_move(s, r, padded, j, 2);
    for (; j < s->width; j += LANES) line_move(s, r, padded, j, 1);
    return twice;
}

#endif
