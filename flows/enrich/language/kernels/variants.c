/* Compiles the arithmetic for each instruction set, and tells which of them this processor has. */

#include "kernels.h"

#include <math.h>
#include <string.h>

#define EPSILON 1e-8f /* thinc adds it to a variance */

typedef float Eight __attribute__((vector_size(32), aligned(4), may_alias));
typedef float Four __attribute__((vector_size(16), aligned(4), may_alias));

/* Writes the normalised row plus `residual`, unless that is NULL, to `out`. Sums are taken in the order in which numpy takes them: those of the mean in
 * eight lanes, those of the variance in four, from the last of four vectors to the first. */
static inline void normalize(float *row, const Layer *layer, const float *residual, float *out) {
    const ptrdiff_t width = layer->width;
    Eight sum = *(const Eight *)row;
    for (ptrdiff_t i = 8; i < width; i += 8) sum += *(const Eight *)(row + i);
    const float total = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
    const float mean = total / (float)width;
    for (ptrdiff_t i = 0; i < width; i++) row[i] -= mean;
    Four squares = {0};
    for (ptrdiff_t i = 0; i < width; i += 16)
        for (ptrdiff_t part = 12; part >= 0; part -= 4) {
            const Four numbers = *(const Four *)(row + i + part);
            squares = numbers * numbers + squares;
        }
    const float variance = ((squares[0] + squares[1]) + (squares[2] + squares[3])) / (float)width;
    const float inverse = 1.0f / sqrtf(variance + EPSILON);
    for (ptrdiff_t i = 0; i < width; i++) row[i] = row[i] * inverse * layer->scale[i] + layer->shift[i];
    for (ptrdiff_t i = 0; i < width; i++) out[i] = residual ? row[i] + residual[i] : row[i];
}

static int always(void) { return 1; }

typedef float Plain __attribute__((vector_size(16)));

static inline Plain plain_larger(Plain a, Plain b) {
    for (int lane = 0; lane < 4; lane++) a[lane] = a[lane] > b[lane] ? a[lane] : b[lane];
    return a;
}

static inline float plain_highest(Plain numbers) {
    const float first = numbers[0] > numbers[1] ? numbers[0] : numbers[1], last = numbers[2] > numbers[3] ? numbers[2] : numbers[3];
    return first > last ? first : last;
}

static inline unsigned plain_equal_lanes(Plain numbers, float number) {
    unsigned lanes = 0;
    for (int lane = 0; lane < 4; lane++) lanes |= (unsigned)(numbers[lane] == number) << lane;
    return lanes;
}

#define LANES 4
#define ROWS 4
#define NAMED(name) name##_baseline
#define BROADCAST(x) ((Vector){x, x, x, x})
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#define LARGER(a, b) plain_larger(a, b)
#define HIGHEST(a) plain_highest(a)
#define EQUAL_LANES(a, x) plain_equal_lanes(a, x)
#include "arithmetic.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define HAS_X86_VARIANTS
#include <immintrin.h>

static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
static int has_avx512(void) { return has_avx2() && __builtin_cpu_supports("avx512f"); }

#pragma GCC push_options
#pragma GCC target("avx2,fma")
#define LANES 8
#define ROWS 4
#define NAMED(name) name##_avx2
#define BROADCAST(x) _mm256_set1_ps(x)
#define MULTIPLY_ADD(a, b, c) _mm256_fmadd_ps(a, b, c)
#define LARGER(a, b) _mm256_max_ps(a, b)
#define HIGHEST(a) plain_highest(_mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1)))
#define EQUAL_LANES(a, x) (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a, _mm256_set1_ps(x), _CMP_EQ_OQ))
#include "arithmetic.h"
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f")
#define LANES 16
#define ROWS 8
#define NAMED(name) name##_avx512
#define BROADCAST(x) _mm512_set1_ps(x)
#define MULTIPLY_ADD(a, b, c) _mm512_fmadd_ps(a, b, c)
#define LARGER(a, b) _mm512_max_ps(a, b)
#define HIGHEST(a) _mm512_reduce_max_ps(a)
#define EQUAL_LANES(a, x) (unsigned)_mm512_cmpeq_ps_mask(a, _mm512_set1_ps(x))
#include "arithmetic.h"
#pragma GCC pop_options
#endif

const Variant VARIANTS[] = {
#ifdef HAS_X86_VARIANTS
    {"avx512", 16, has_avx512, apply_layer_avx512, multiply_avx512, choose_avx512},
    {"avx2", 8, has_avx2, apply_layer_avx2, multiply_avx2, choose_avx2},
#endif
    {"baseline", 4, always, apply_layer_baseline, multiply_baseline, choose_baseline},
};
const int VARIANT_COUNT = sizeof VARIANTS / sizeof *VARIANTS;
