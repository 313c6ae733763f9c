/* Where one thread works: one network, its data and all that a step needs, laid out for vectors.
 *
 * Parameters are packed with neurons contiguous: a panel of neurons holds d rows of w1, the row b1, the row w2. Neurons
 * are padded by zeros, which stay zero: their preactivation is never positive.
 */
#ifndef REFUTABLE_DESK_H
#define REFUTABLE_DESK_H

#include <stdlib.h>

#include "batches.h"
#include "lanes.h"

#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

typedef struct {
    int64_t neurons, inputs, samples; /* of the problem */
    int64_t size;                     /* data of a step */
    int64_t width;                    /* neurons with padding */
    int64_t panel;                    /* neurons of a panel; the last one may be narrower */
    int64_t stride;                   /* numbers of one datum in x */
    int64_t count;                    /* numbers of one packed network */
    double *now, *velocity, *history; /* packed; the last two may be NULL */
    double now_b2, velocity_b2, *history_b2;
    double *x;                        /* [samples][stride]: inputs, then 1, then zeros; d = 1: inputs alone */
    const double *y;                  /* [samples] */
    const double **rows;              /* inputs of each datum of the step, and the last one again as padding */
    double *batch_x;                  /* of the step, and the last one again as padding: at any other input the values
                                         may overflow, and share times that is NaN; for d = 1 only */
    double *batch_y;                  /* of the step, padded by zeros */
    double *share;                    /* 1/size, then zeros as padding */
    double *values, *residuals;       /* of the step's data, residuals divided by `size` */
    double *weighted;                 /* [size][stride]: residual times (x, 1); unused for d = 1 */
    kept *masks;
    draws draws;
    int64_t *chosen;
    uint8_t *taken;
    void *memory;
} desk;

/* How parameters move: the gradient is taken at `at`, which is `now` without delay and else the oldest of the history,
 * where the present ones go in exchange. */
typedef struct {
    double *at, *now, *velocity;
    vec minus_eta, momentum;
} rule;

INLINE void move(const rule *r, int64_t i, vec at, vec slope) {
    vec old = at;
    if (r->at != r->now) {
        old = load(r->now + i);
        store(r->at + i, old);
    }
    if (r->velocity) {
        vec v = fma_(r->minus_eta, slope, mul(r->momentum, load(r->velocity + i)));
        store(r->velocity + i, v);
        store(r->now + i, add(old, v));
    } else {
        store(r->now + i, fma_(r->minus_eta, slope, old));
    }
}

/* Turns `values` less b2 into residuals over `size`, whose sum goes to `sum`; returns twice the loss. */
INLINE double residuals(const desk *s, const double *values, double b2, double *sum) {
    vec squares = all(0), sums = all(0);
    for (int64_t i = 0; i < s->size; i += LANES) {
        vec off = sub(add(load(values + i), all(b2)), load(s->batch_y + i)), r = mul(off, load(s->share + i));
        squares = fma_(off, r, squares);
        sums = add(sums, r);
        store(s->residuals + i, r);
    }
    *sum = total(sums);
    return total(squares);
}

static int64_t up(int64_t a, int64_t unit) { return (a + unit - 1) / unit * unit; }

/* Cut one piece of `bytes` from the memory that begins at `base`, or only measure it where that is NULL. */
static void *piece(char *base, int64_t *used, int64_t bytes) {
    char *p = base ? base + *used : NULL;
    *used += up(bytes, 64) + 64;
    return p;
}

/* Returns the bytes needed. */
static int64_t lay_out(desk *s, char *base, int64_t delay, int momentum) {
    int64_t number = (int64_t)sizeof(double), padded = up(s->samples + 8, 8), used = 0;
    s->now = piece(base, &used, s->count * number);
    s->velocity = momentum ? piece(base, &used, s->count * number) : NULL;
    s->history = delay ? piece(base, &used, delay * s->count * number) : NULL;
    s->history_b2 = delay ? piece(base, &used, delay * number) : NULL;
    s->x = piece(base, &used, padded * s->stride * number);
    s->rows = piece(base, &used, padded * (int64_t)sizeof(double *));
    s->batch_x = piece(base, &used, padded * number);
    s->batch_y = piece(base, &used, padded * number);
    s->share = piece(base, &used, padded * number);
    s->values = piece(base, &used, padded * LANES * number);
    s->residuals = piece(base, &used, padded * number);
    s->weighted = piece(base, &used, padded * s->stride * number);
    s->masks = piece(base, &used, padded * (s->width / LANES) * (int64_t)sizeof(kept));
    s->chosen = piece(base, &used, padded * (int64_t)sizeof(int64_t));
    s->taken = piece(base, &used, padded);
    return used;
}

/* Fill the sizes in first; 0 where there is not enough memory. */
static int desk_open(desk *s, int64_t delay, int momentum) {
    int line = s->inputs == 1;
    s->width = up(s->neurons, line && LANES < 8 ? 8 : LANES);
    s->panel = line ? s->width : WIDE * LANES;
    s->stride = line ? 1 : up(s->inputs + 1, LANES);
    s->count = (s->inputs + 2) * s->width;
    s->memory = calloc(1, (size_t)lay_out(s, NULL, delay, momentum) + 64);
    if (!s->memory) return 0;
    lay_out(s, (char *)up((int64_t)(intptr_t)s->memory, 64), delay, momentum);
    return 1;
}

/* Neurons of the panel that begins at neuron `first`. */
INLINE int64_t panel_width(const desk *s, int64_t first) {
    return s->width - first < s->panel ? s->width - first : s->panel;
}

/* One array of a network, w1[i][c] for all neurons i, to or from its packed row c. */
static void exchange(const desk *s, double *packed, double *plain, int64_t step, int64_t row, int inwards) {
    for (int64_t first = 0; first < s->neurons; first += s->panel) {
        int64_t wide = panel_width(s, first), here = s->neurons - first < wide ? s->neurons - first : wide;
        double *p = packed + first * (s->inputs + 2) + row * wide, *q = plain + first * step;
        for (int64_t i = 0; i < here; i++) {
            if (inwards) p[i] = q[i * step];
            else q[i * step] = p[i];
        }
    }
}

/* A network [k][d], [k], [k] to its packed form, or back. */
static void pack(const desk *s, double *packed, double *w1, double *b1, double *w2, int inwards) {
    int64_t d = s->inputs;
    for (int64_t c = 0; c < d; c++) exchange(s, packed, w1 + c, d, c, inwards);
    exchange(s, packed, b1, 1, d, inwards);
    exchange(s, packed, w2, 1, d + 1, inwards);
}

static int all_finite(const desk *s) {
    double zero = s->now_b2 * 0;
    for (int64_t i = 0; i < s->count; i++) zero += s->now[i] * 0;
    return zero == 0;
}

#endif
