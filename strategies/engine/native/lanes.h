/* One vector of float64 lanes, and one bit of truth per lane, on each kind of processor.
 *
 * `add_where_by` is `add_where` (a times one is exactly a) on the units that multiply, where those that add are busy.
 * A `mask` says which lanes count; a `kept` mask is its form in memory. All loads and stores are aligned.
 */
#ifndef REFUTABLE_LANES_H
#define REFUTABLE_LANES_H

#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

/* Load once and hold: left alone, compilers load a vector again for each use. */
#if defined(__x86_64__) || defined(__i386__)
#define HOLD(a) __asm__("" : "+v"(a))
#elif defined(__aarch64__)
#define HOLD(a) __asm__("" : "+w"(a))
#else
#define HOLD(a) ((void)0)
#endif

#if defined(REFUTABLE_AVX512)

#include <immintrin.h>
#define LANES 8
#define WIDE 4 /* vectors of neurons side by side in registers */
#define TALL 6 /* rows of weights side by side in registers */
#define CHAINS 8 /* independent sums that keep the arithmetic busy */
typedef __m512d vec;
typedef __mmask8 mask;
typedef uint8_t kept;

INLINE vec load(const double *p) { return _mm512_load_pd(p); }
INLINE void store(double *p, vec a) { _mm512_store_pd(p, a); }
INLINE vec all(double a) { return _mm512_set1_pd(a); }
INLINE vec add(vec a, vec b) { return _mm512_add_pd(a, b); }
INLINE vec sub(vec a, vec b) { return _mm512_sub_pd(a, b); }
INLINE vec mul(vec a, vec b) { return _mm512_mul_pd(a, b); }
INLINE vec fma_(vec a, vec b, vec c) { return _mm512_fmadd_pd(a, b, c); }
INLINE vec relu(vec a) { return _mm512_max_pd(_mm512_setzero_pd(), a); }
INLINE mask positive(vec a) { return _mm512_cmp_pd_mask(a, _mm512_setzero_pd(), _CMP_GT_OQ); }
INLINE vec add_where(vec sum, mask m, vec a) { return _mm512_mask_add_pd(sum, m, sum, a); }
INLINE vec fma_where(vec sum, mask m, vec a, vec b) { return _mm512_mask3_fmadd_pd(a, b, sum, m); }
INLINE vec add_where_by(vec sum, mask m, vec a, vec one) { return fma_where(sum, m, a, one); }
/* GCC would take masks through integer registers, and spill them there. */
INLINE void keep(kept *p, mask m) { __asm__("kmovb %1, %0" : "=m"(*p) : "k"(m)); }
INLINE mask recall(const kept *p) {
    mask m;
    __asm__("kmovb %1, %0" : "=Yk"(m) : "m"(*p));
    return m;
}
INLINE double total(vec a) { return _mm512_reduce_add_pd(a); }

/* The totals of four vectors. */
INLINE void totals(double *out, vec a, vec b, vec c, vec d) {
    vec p = add(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
    vec q = add(_mm512_unpacklo_pd(c, d), _mm512_unpackhi_pd(c, d));
    vec r = add(_mm512_shuffle_f64x2(p, q, 0x88), _mm512_shuffle_f64x2(p, q, 0xdd));
    r = add(_mm512_shuffle_f64x2(r, r, 0x08), _mm512_shuffle_f64x2(r, r, 0x0d));
    _mm256_store_pd(out, _mm512_castpd512_pd256(r));
}

#elif defined(REFUTABLE_AVX2)

#include <immintrin.h>
#define LANES 4
#define WIDE 2
#define TALL 4
#define CHAINS 4
typedef __m256d vec;
typedef __m256d mask;
typedef uint8_t kept;

static const uint64_t spread[16][4] __attribute__((aligned(32))) = {
#define BIT(m, i) (((m) >> (i)) & 1 ? ~(uint64_t)0 : 0)
#define ROW(m) {BIT(m, 0), BIT(m, 1), BIT(m, 2), BIT(m, 3)}
    ROW(0), ROW(1), ROW(2),  ROW(3),  ROW(4),  ROW(5),  ROW(6),  ROW(7),
    ROW(8), ROW(9), ROW(10), ROW(11), ROW(12), ROW(13), ROW(14), ROW(15),
};

INLINE vec load(const double *p) { return _mm256_load_pd(p); }
INLINE void store(double *p, vec a) { _mm256_store_pd(p, a); }
INLINE vec all(double a) { return _mm256_set1_pd(a); }
INLINE vec add(vec a, vec b) { return _mm256_add_pd(a, b); }
INLINE vec sub(vec a, vec b) { return _mm256_sub_pd(a, b); }
INLINE vec mul(vec a, vec b) { return _mm256_mul_pd(a, b); }
INLINE vec fma_(vec a, vec b, vec c) { return _mm256_fmadd_pd(a, b, c); }
INLINE vec relu(vec a) { return _mm256_max_pd(_mm256_setzero_pd(), a); }
INLINE mask positive(vec a) { return _mm256_cmp_pd(a, _mm256_setzero_pd(), _CMP_GT_OQ); }
INLINE vec add_where(vec sum, mask m, vec a) { return _mm256_add_pd(sum, _mm256_and_pd(m, a)); }
INLINE vec fma_where(vec sum, mask m, vec a, vec b) { return _mm256_fmadd_pd(_mm256_and_pd(m, a), b, sum); }
INLINE vec add_where_by(vec sum, mask m, vec a, vec one) { return fma_where(sum, m, a, one); }
INLINE void keep(kept *p, mask m) { *p = (kept)_mm256_movemask_pd(m); }
INLINE mask recall(const kept *p) { return _mm256_load_pd((const double *)spread[*p]); }
INLINE double total(vec a) {
    __m128d b = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));
    return _mm_cvtsd_f64(_mm_add_sd(b, _mm_unpackhi_pd(b, b)));
}
INLINE void totals(double *out, vec a, vec b, vec c, vec d) {
    vec p = _mm256_hadd_pd(a, b), q = _mm256_hadd_pd(c, d);
    _mm256_store_pd(out, add(_mm256_permute2f128_pd(p, q, 0x20), _mm256_permute2f128_pd(p, q, 0x31)));
}

#else /* GCC's and Clang's vectors: SSE2, NEON, ... */

#include <string.h>
#define LANES 2
#define WIDE 2
#define TALL 4
#define CHAINS 4
typedef double vec __attribute__((vector_size(16)));
typedef int64_t mask __attribute__((vector_size(16)));
typedef mask kept;

INLINE vec load(const double *p) { return *(const vec *)p; }
INLINE void store(double *p, vec a) { *(vec *)p = a; }
INLINE vec all(double a) { return (vec){a, a}; }
INLINE vec add(vec a, vec b) { return a + b; }
INLINE vec sub(vec a, vec b) { return a - b; }
INLINE vec mul(vec a, vec b) { return a * b; }
INLINE vec fma_(vec a, vec b, vec c) { return a * b + c; }
INLINE mask positive(vec a) { return (mask)(a > all(0)); }
INLINE vec where(mask m, vec a) { return (vec)(m & (mask)a); }
INLINE vec relu(vec a) { return where(positive(a), a); }
INLINE vec add_where(vec sum, mask m, vec a) { return sum + where(m, a); }
INLINE vec fma_where(vec sum, mask m, vec a, vec b) { return where(m, a) * b + sum; }
INLINE vec add_where_by(vec sum, mask m, vec a, vec one) { return (void)one, add_where(sum, m, a); }
INLINE void keep(kept *p, mask m) { *p = m; }
INLINE mask recall(const kept *p) { return *p; }
INLINE double total(vec a) { return a[0] + a[1]; }
INLINE void totals(double *out, vec a, vec b, vec c, vec d) {
    out[0] = total(a), out[1] = total(b), out[2] = total(c), out[3] = total(d);
}

#endif
#endif
