/* The arithmetic of the network for one instruction set. `variants.c` includes this file once for each, with LANES, ROWS, NAMED,
 * BROADCAST, MULTIPLY_ADD, LARGER, HIGHEST (the highest lane) and EQUAL_LANES (a bit for each lane that holds a number) defined.
 *
 * Each sum is taken over the inputs in order, as OpenBLAS takes it, so that the results are the same to the last bit. No multiplication
 * is fused with an addition unless MULTIPLY_ADD says so. */

typedef float NAMED(Vector) __attribute__((vector_size(LANES * 4), aligned(LANES * 4), may_alias));
typedef float NAMED(Loose) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
#define Vector NAMED(Vector)
#define Loose NAMED(Loose)

static inline __attribute__((always_inline)) void NAMED(multiply_tile)(const float *const *rows, const float *weights, ptrdiff_t inputs,
                                                                       Vector sums[ROWS][TILE]) {
    const float *row[ROWS];
    Vector total[ROWS][TILE];
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; r++) {
        row[r] = rows[r];
#pragma GCC unroll 3
        for (int t = 0; t < TILE; t++) total[r][t] = (Vector){0};
    }
    for (ptrdiff_t i = 0; i < inputs; i++, weights += TILE * LANES) {
        Vector weight[TILE];
#pragma GCC unroll 3
        for (int t = 0; t < TILE; t++) weight[t] = *(const Vector *)(weights + t * LANES);
#pragma GCC unroll 8
        for (int r = 0; r < ROWS; r++) {
            const Vector number = BROADCAST(row[r][i]);
#pragma GCC unroll 3
            for (int t = 0; t < TILE; t++) total[r][t] = MULTIPLY_ADD(number, weight[t], total[r][t]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 3
        for (int t = 0; t < TILE; t++) sums[r][t] = total[r][t];
}

static void NAMED(apply_layer)(const Layer *layer, const Row *rows, ptrdiff_t count) {
    float best[ROWS][MAX_WIDTH] __attribute__((aligned(64)));
    for (ptrdiff_t done = 0; done < count; done += ROWS, rows += ROWS) {
        const ptrdiff_t rest = count - done < ROWS ? count - done : ROWS;
        const float *in[ROWS];
        for (ptrdiff_t r = 0; r < ROWS; r++) in[r] = rows[r < rest ? r : rest - 1].in;
        const float *weights = layer->weights, *bias = layer->bias;
        for (ptrdiff_t column = 0; column < layer->width; column += LANES) {
            Vector sums[ROWS][TILE];
            NAMED(multiply_tile)(in, weights, layer->inputs, sums);
            for (int r = 0; r < ROWS; r++) {
                Vector most = sums[r][0] + *(const Vector *)bias;
                for (int t = 1; t < TILE; t++) most = LARGER(most, sums[r][t] + *(const Vector *)(bias + t * LANES));
                *(Vector *)(best[r] + column) = most;
            }
            weights += layer->inputs * TILE * LANES;
            bias += TILE * LANES;
        }
        for (ptrdiff_t r = 0; r < rest; r++) normalize(best[r], layer, rows[r].residual, rows[r].out);
    }
}

static void NAMED(multiply)(const Matrix *matrix, const float *in, ptrdiff_t stride, ptrdiff_t count, float *out) {
    const ptrdiff_t columns = matrix->tiles * TILE * LANES;
    for (ptrdiff_t done = 0; done < count; done += ROWS) {
        const ptrdiff_t rest = count - done < ROWS ? count - done : ROWS;
        const float *rows[ROWS];
        for (ptrdiff_t r = 0; r < ROWS; r++) rows[r] = in + (done + (r < rest ? r : rest - 1)) * stride;
        const float *weights = matrix->weights;
        for (ptrdiff_t column = 0; column < columns; column += TILE * LANES) {
            Vector sums[ROWS][TILE];
            NAMED(multiply_tile)(rows, weights, matrix->inputs, sums);
            weights += matrix->inputs * TILE * LANES;
            for (ptrdiff_t r = 0; r < rest; r++)
                for (int t = 0; t < TILE; t++) {
                    const ptrdiff_t at = column + t * LANES;
                    Vector sum = sums[r][t];
                    if (matrix->bias) sum += *(const Loose *)(matrix->bias + at);
                    *(Loose *)(out + (done + r) * columns + at) = sum;
                }
        }
    }
}

static ptrdiff_t NAMED(choose)(const Scorer *scorer, const float *const *features, ptrdiff_t count, const float *mask) {
    const ptrdiff_t hidden = scorer->hidden;
    float best[MAX_WIDTH] __attribute__((aligned(64)));
    for (ptrdiff_t at = 0; at < hidden; at += LANES)
        for (ptrdiff_t piece = 0; piece < scorer->pieces; piece++) {
            const ptrdiff_t column = piece * hidden + at;
            Vector sum = {0};
            for (ptrdiff_t f = 0; f < count; f++) sum += *(const Loose *)(features[f] + column);
            sum += *(const Loose *)(scorer->bias + column);
            Vector *most = (Vector *)(best + at);
            if (piece) sum = LARGER(*most, sum);
            *most = sum;
        }
    const float *weights = scorer->weights;
    ptrdiff_t chosen = -1;
    float highest = 0;
    for (ptrdiff_t first = 0; first < scorer->blocks * BLOCK * LANES; first += BLOCK * LANES) {
        Vector sums[BLOCK];
#pragma GCC unroll 8
        for (int v = 0; v < BLOCK; v++) sums[v] = (Vector){0};
        for (ptrdiff_t i = 0; i < hidden; i++, weights += BLOCK * LANES) {
            const Vector number = BROADCAST(best[i]);
#pragma GCC unroll 8
            for (int v = 0; v < BLOCK; v++) sums[v] = MULTIPLY_ADD(number, *(const Vector *)(weights + v * LANES), sums[v]);
        }
#pragma GCC unroll 8
        for (int v = 0; v < BLOCK; v++) {
            const ptrdiff_t at = first + v * LANES;
            sums[v] = sums[v] + *(const Loose *)(scorer->class_bias + at) + *(const Vector *)(mask + at);
        }
        Vector most = sums[0];
#pragma GCC unroll 7
        for (int v = 1; v < BLOCK; v++) most = LARGER(sums[v], most);
        const float top = HIGHEST(most);
        if (chosen >= 0 && !(top > highest)) continue;
        for (int v = 0; v < BLOCK; v++) {
            const unsigned lanes = EQUAL_LANES(sums[v], top);
            if (!lanes) continue;
            highest = top;
            chosen = first + v * LANES + __builtin_ctz(lanes);
            break;
        }
    }
    // No score is a number.
    if (chosen < 0 || mask[chosen] != 0)
        for (chosen = 0; mask[chosen] != 0;) chosen++;
    return chosen;
}

#undef Vector
#undef Loose
#undef LANES
#undef ROWS
#undef NAMED
#undef BROADCAST
#undef MULTIPLY_ADD
#undef LARGER
#undef HIGHEST
#undef EQUAL_LANES
