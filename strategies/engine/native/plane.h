/* A step for any d. A vector holds neurons; each datum is broadcast. Between forwards and backwards only the signs of
 * the preactivations are kept: by homogeneity the gradient in w2_i is <(w1_i, b1_i), S_i>, with S_i the sum of
 * residual (x, 1) over the data where neuron i is active, and w2_i S_i is the gradient in (w1_i, b1_i). */
#ifndef REFUTABLE_PLANE_H
#define REFUTABLE_PLANE_H

#include "desk.h"

/* Adds the V vectors of neurons of `panel` to the values at T data beginning at `i`, lane by lane. */
INLINE void plane_values(const desk *s, const double *panel, kept *masks, int64_t i, int first, const int T,
                         const int V) {
    const int64_t d = s->inputs;
    const double *x[8];
    vec z[8][4], top[4];
    UNROLL for (int t = 0; t < T; t++) {
        x[t] = s->rows[i + t];
        UNROLL for (int v = 0; v < V; v++) z[t][v] = load(panel + (d * V + v) * LANES);
    }
    for (int64_t c = 0; c < d; c++) {
        vec w[4];
        UNROLL for (int v = 0; v < V; v++) {
            w[v] = load(panel + (c * V + v) * LANES);
            HOLD(w[v]);
        }
        UNROLL for (int t = 0; t < T; t++) {
            vec input = all(x[t][c]);
            UNROLL for (int v = 0; v < V; v++) z[t][v] = fma_(w[v], input, z[t][v]);
        }
    }
    UNROLL for (int v = 0; v < V; v++) top[v] = load(panel + ((d + 1) * V + v) * LANES);
    UNROLL for (int t = 0; t < T; t++) {
        vec f = first ? all(0) : load(s->values + (i + t) * LANES);
        UNROLL for (int v = 0; v < V; v++) {
            mask m = positive(z[t][v]);
            keep(masks + (i + t) * V + v, m);
            f = fma_where(f, m, z[t][v], top[v]);
        }
        store(s->values + (i + t) * LANES, f);
    }
}

/* Moves R rows of a panel, beginning at row `c`; returns in `slope` what they add to the gradient in w2. */
INLINE void plane_rows(const desk *s, const rule *r, int64_t offset, const kept *masks, int64_t c, vec *slope,
                       const int R, const int V) {
    vec sum[8][4];
    UNROLL for (int a = 0; a < R; a++) UNROLL for (int v = 0; v < V; v++) sum[a][v] = all(0);
    const double *x = s->weighted + c;
    vec one = all(1);
    HOLD(one);
    for (int64_t i = 0; i < s->size; i++, x += s->stride, masks += V) {
        mask m[4];
        UNROLL for (int v = 0; v < V; v++) m[v] = recall(masks + v);
        UNROLL for (int a = 0; a < R; a++) {
            vec input = all(x[a]);
            UNROLL for (int v = 0; v < V; v++)
                sum[a][v] = v % 2 ? add_where_by(sum[a][v], m[v], input, one) : add_where(sum[a][v], m[v], input);
        }
    }
    UNROLL for (int v = 0; v < V; v++) {
        vec top = load(r->at + offset + ((s->inputs + 1) * V + v) * LANES);
        UNROLL for (int a = 0; a < R; a++) {
            int64_t i = offset + ((c + a) * V + v) * LANES;
            vec at = load(r->at + i);
            slope[v] = fma_(at, sum[a][v], slope[v]);
            move(r, i, at, mul(top, sum[a][v]));
        }
    }
}

INLINE void plane_move(const desk *s, const rule *r, int64_t offset, const kept *masks, const int V) {
    vec slope[4];
    int64_t c = 0, rows = s->inputs + 1;
    UNROLL for (int v = 0; v < V; v++) slope[v] = all(0);
    for (; c + TALL <= rows; c += TALL) plane_rows(s, r, offset, masks, c, slope, TALL, V);
    switch (rows - c) {
        case 5: plane_rows(s, r, offset, masks, c, slope, TALL > 5 ? 5 : 1, V); break;
        case 4: plane_rows(s, r, offset, masks, c, slope, TALL > 4 ? 4 : 1, V); break;
        case 3: plane_rows(s, r, offset, masks, c, slope, 3, V); break;
        case 2: plane_rows(s, r, offset, masks, c, slope, 2, V); break;
        case 1: plane_rows(s, r, offset, masks, c, slope, 1, V); break;
        default: break;
    }
    UNROLL for (int v = 0; v < V; v++) {
        int64_t i = offset + (rows * V + v) * LANES;
        move(r, i, load(r->at + i), slope[v]);
    }
}

/* Sums the values across lanes, and writes the residuals times (x, 1); twice the loss is returned. */
static double plane_residuals(const desk *s, double b2, double *sum) {
    for (int64_t i = 0; i < up(s->size, LANES); i += 4) { /* the padding too: it may hold another network's NaN */
        const double *f = s->values + i * LANES;
        totals(s->residuals + i, load(f), load(f + LANES), load(f + 2 * LANES), load(f + 3 * LANES));
    }
    double twice = residuals(s, s->residuals, b2, sum);
    for (int64_t i = 0; i < s->size; i++) {
        const vec r = all(s->residuals[i]);
        for (int64_t c = 0; c < s->stride; c += LANES)
            store(s->weighted + i * s->stride + c, mul(r, load(s->rows[i] + c)));
    }
    return twice;
}

/* `call` with V vectors in a panel and T data side by side, both known to the compiler. */
#define EACH_WIDTH(wide, call) \
    switch ((wide) / LANES) {                    \
        case 4: { enum { V = WIDE > 3 ? 4 : 1, T = 4 }; call; break; } \
        case 3: { enum { V = WIDE > 3 ? 3 : 1, T = 4 }; call; break; } \
        case 2: { enum { V = 2, T = 4 }; call; break; } \
        default: { enum { V = 1, T = 4 }; call; break; } \
    }

static double plane_step(const desk *s, const rule *r, double b2, double *sum) {
    const int64_t height = s->inputs + 2, padded = up(s->size, 4);
    for (int64_t j = 0; j < s->width; j += s->panel) {
        const double *panel = r->at + j * height;
        kept *masks = s->masks + j / LANES * padded;
        EACH_WIDTH(panel_width(s, j),
                   for (int64_t i = 0; i < s->size; i += T) plane_values(s, panel, masks, i, j == 0, T, V))
    }
    double twice = plane_residuals(s, b2, sum);
    for (int64_t j = 0; j < s->width; j += s->panel) {
        const kept *masks = s->masks + j / LANES * padded;
        EACH_WIDTH(panel_width(s, j), plane_move(s, r, j * height, masks, V))
    }
    return twice;
}

#endif
