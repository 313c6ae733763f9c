/* Training of small two-layer ReLU networks: each network stays in the cache over all its steps.
 *
 * The rule is that of engine/problem.py, the layout of `job` that of binding.py.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "gram.h"
#include "line.h"
#include "plane.h"

typedef struct {
    double *w1, *b1, *w2, *b2;
} arrays;

typedef struct {
    int64_t networks, neurons, inputs, samples;
    int64_t batch; /* data per step, 0 for all */
    int64_t delay, until;
    int64_t x_stride, y_stride; /* numbers from one network's data to the next one's, 0 where shared */
    uint64_t seed;
    double momentum;
    const double *x, *y, *step_size;
    const int64_t *streams;
    int64_t *steps;
    double *largest_loss;
    arrays now, velocity, history; /* the last two NULL where unused */
    int64_t next;                  /* network that nobody has begun */
    int64_t taken;                 /* network-steps done */
    volatile int32_t stop, failed;
} job;

enum { LOOK = 64 }; /* steps between two looks at whether all is finite */

static void copy_inputs(desk *s, const double *x) {
    for (int64_t i = 0; i < s->samples; i++) {
        double *row = s->x + i * s->stride;
        memcpy(row, x + i * s->inputs, (size_t)s->inputs * sizeof(double));
        if (s->inputs > 1) row[s->inputs] = 1;
    }
}

/* The data of a step: those `chosen`, or the first ones in order. */
static void put_data(desk *s, const int64_t *chosen) {
    int64_t size = s->size;
    for (int64_t i = 0; i < size; i++) {
        int64_t j = chosen ? chosen[i] : i;
        s->batch_y[i] = s->y[j];
        if (s->inputs == 1) s->batch_x[i] = s->x[j];
        else s->rows[i] = s->x + j * s->stride;
    }
    if (s->inputs > 1) for (int64_t i = size; i < up(size, 4); i++) s->rows[i] = s->rows[size - 1];
    else for (int64_t i = size; i < up(size, LANES); i++) s->batch_x[i] = s->batch_x[size - 1];
}

static void pack_all(desk *s, const job *p, int64_t b, int inwards) {
    const int64_t k = s->neurons, w = k * s->inputs, delay = p->delay;
    pack(s, s->now, p->now.w1 + b * w, p->now.b1 + b * k, p->now.w2 + b * k, inwards);
    double *pairs[2][2] = {{&s->now_b2, p->now.b2 + b}, {&s->velocity_b2, s->velocity ? p->velocity.b2 + b : NULL}};
    for (int i = 0; i < (s->velocity ? 2 : 1); i++) *pairs[i][!inwards] = *pairs[i][inwards];
    if (s->velocity)
        pack(s, s->velocity, p->velocity.w1 + b * w, p->velocity.b1 + b * k, p->velocity.w2 + b * k, inwards);
    for (int64_t h = 0; h < delay; h++) {
        const int64_t at = b * delay + h;
        pack(s, s->history + h * s->count, p->history.w1 + at * w, p->history.b1 + at * k, p->history.w2 + at * k,
             inwards);
        if (inwards) s->history_b2[h] = p->history.b2[at];
        else p->history.b2[at] = s->history_b2[h];
    }
}

/* Step `step` of the network on the desk; returns the loss of its data where the gradient was taken. */
static double one_step(desk *s, const job *p, int64_t step, double eta) {
    double sum, twice, at_b2 = s->now_b2, change;
    rule r = {s->now, s->now, s->velocity, all(-eta), all(p->momentum)};
    if (p->batch) {
        draw(&s->draws, s->chosen, s->taken, (uint64_t)step);
        put_data(s, s->chosen);
    }
    if (p->delay) {
        int64_t slot = step % p->delay;
        r.at = s->history + slot * s->count;
        at_b2 = s->history_b2[slot];
        s->history_b2[slot] = s->now_b2;
    }
    twice = s->inputs == 1 ? line_step(s, &r, at_b2, &sum) : plane_step(s, &r, at_b2, &sum);
    change = -eta * sum;
    if (s->velocity) change = s->velocity_b2 = p->momentum * s->velocity_b2 + change;
    s->now_b2 += change;
    return twice / 2;
}

static void train(desk *s, job *p, int64_t b) {
    int64_t step = p->steps[b], counted = step;
    double largest = p->largest_loss[b];
    const double eta = p->step_size[b];
    if (step >= p->until) return;
    if (p->x_stride) copy_inputs(s, p->x + b * p->x_stride);
    s->y = p->y + b * p->y_stride;
    if (p->batch) s->draws = draws_of(p->seed, p->streams[b], s->samples, s->size);
    else put_data(s, NULL);
    pack_all(s, p, b, 1);
    for (; step < p->until && !p->stop; step++) {
        if (step % LOOK == 0 || step == counted) {
            if (!all_finite(s)) break;
            __atomic_fetch_add(&p->taken, step - counted, __ATOMIC_RELAXED);
            counted = step;
        }
        double loss = one_step(s, p, step, eta);
        if (!isfinite(loss)) largest = NAN;
        else if (loss > largest) largest = loss;
    }
    __atomic_fetch_add(&p->taken, step - counted, __ATOMIC_RELAXED);
    pack_all(s, p, b, 0);
    p->largest_loss[b] = all_finite(s) ? largest : NAN;
    p->steps[b] = step;
}

/* Train networks until nobody is left or `stop` is set. Several threads may work on the same job. */
void refutable_advance(job *p) {
    desk s = {.neurons = p->neurons, .inputs = p->inputs, .samples = p->samples};
    s.size = p->batch ? p->batch : p->samples;
    if (!desk_open(&s, p->delay, p->velocity.w1 != NULL)) {
        p->failed = 1;
        return;
    }
    for (int64_t i = 0; i < s.size; i++) s.share[i] = 1.0 / (double)s.size;
    if (!p->x_stride) copy_inputs(&s, p->x);
    while (!p->stop) {
        int64_t b = __atomic_fetch_add(&p->next, 1, __ATOMIC_RELAXED);
        if (b >= p->networks) break;
        train(&s, p, b);
    }
    free(s.memory);
}

/* Floating-point operations of `rounds` rounds of independent multiply-adds; time it for the processor's peak. */
double refutable_fma_work(int64_t rounds, double *sink) {
    enum { SUMS = 12 };
    vec sums[SUMS], factor = all(1 - 1e-9), term = all(1e-9);
    for (int i = 0; i < SUMS; i++) sums[i] = all(i);
    for (int64_t round = 0; round < rounds; round++)
        UNROLL for (int i = 0; i < SUMS; i++) sums[i] = fma_(sums[i], factor, term);
    for (int i = 1; i < SUMS; i++) sums[0] = add(sums[0], sums[i]);
    *sink = total(sums[0]);
    return 2.0 * SUMS * LANES * (double)rounds;
}

int64_t refutable_job_bytes(void) { return (int64_t)sizeof(job); }
