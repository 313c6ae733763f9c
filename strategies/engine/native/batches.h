/* The data of a step of SGD: Philox 4x32-10 and Floyd's subsets, word for word as in engine/batches.py. */
#ifndef REFUTABLE_BATCHES_H
#define REFUTABLE_BATCHES_H

#include <stdint.h>

enum { AHEAD = 8 }; /* counters run side by side, so that the compiler can put them into one vector */

typedef struct {
    uint64_t seed;
    uint32_t stream;
    int64_t samples, size; /* size of samples data are drawn in each step */
    int64_t quads;         /* counters of a step that are run side by side; the rest are other steps */
    uint64_t begin, end;   /* steps whose words are ready */
    uint32_t words[AHEAD][4];
} draws;

static draws draws_of(uint64_t seed, int64_t stream, int64_t samples, int64_t size) {
    int64_t quads = (size + 3) / 4;
    draws d = {.seed = seed, .stream = (uint32_t)stream, .samples = samples, .size = size};
    d.quads = quads < AHEAD ? quads : AHEAD;
    return d;
}

/* Words of the step from 4 `quad` on, and of as many later steps as there is room for. */
static void philox(draws *d, uint64_t step, uint32_t quad) {
    uint32_t c0[AHEAD], c1[AHEAD], c2[AHEAD], c3[AHEAD];
    uint32_t k0 = (uint32_t)d->seed, k1 = (uint32_t)(d->seed >> 32);
    uint64_t later = step;
    uint32_t along = 0;
    for (int i = 0; i < AHEAD; i++) {
        c0[i] = quad + along, c1[i] = d->stream, c2[i] = (uint32_t)later, c3[i] = (uint32_t)(later >> 32);
        if (++along == d->quads) along = 0, later++;
    }
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        for (int i = 0; i < AHEAD; i++) {
            uint64_t first = (uint64_t)c0[i] * 0xD2511F53u, second = (uint64_t)c2[i] * 0xCD9E8D57u;
            c0[i] = (uint32_t)(second >> 32) ^ c1[i] ^ k0, c1[i] = (uint32_t)second;
            c2[i] = (uint32_t)(first >> 32) ^ c3[i] ^ k1, c3[i] = (uint32_t)first;
        }
    }
    for (int i = 0; i < AHEAD; i++) {
        d->words[i][0] = c0[i], d->words[i][1] = c1[i], d->words[i][2] = c2[i], d->words[i][3] = c3[i];
    }
    d->begin = step, d->end = later;
}

/* A uniform subset of the data; `taken` is `samples` zeros, and is so again at the end. */
static void draw(draws *d, int64_t *chosen, uint8_t *taken, uint64_t step) {
    const int long_step = d->size > 4 * AHEAD;
    if (!long_step && (step < d->begin || step >= d->end)) philox(d, step, 0);
    const uint32_t(*words)[4] = d->words + (long_step ? 0 : (int64_t)(step - d->begin) * d->quads);
    for (int64_t j = 0; j < d->size; j++) {
        if (long_step && j % (4 * AHEAD) == 0) philox(d, step, (uint32_t)(j / 4));
        uint64_t last = (uint64_t)(d->samples - d->size + j);
        uint64_t candidate = ((uint64_t)words[j / 4 % AHEAD][j % 4] * (last + 1)) >> 32;
        if (taken[candidate]) candidate = last;
        taken[candidate] = 1;
        chosen[j] = (int64_t)candidate;
    }
    for (int64_t j = 0; j < d->size; j++) taken[chosen[j]] = 0;
}

#endif
