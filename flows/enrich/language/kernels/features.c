/* What lies above the encoders: the tagger, and what entities and trees have in common, which are the features of tokens, computed for a
 * batch of documents at a time, and the kinds of states. */

#include "kernels.h"

#include <math.h>
#include <stdlib.h>

/* The features of so many tokens fit in the second-level cache. */
#define BATCH_TOKENS 128

ptrdiff_t batch_of(const int32_t *lengths, ptrdiff_t documents, ptrdiff_t *tokens) {
    ptrdiff_t count = 0;
    for (*tokens = 0; count < documents && (count == 0 || *tokens + lengths[count] <= BATCH_TOKENS); count++)
        *tokens += lengths[count];
    return count;
}

ptrdiff_t feature_stride(const Variant *variant, const TransitionModel *model) {
    return model->lower.tiles * TILE * variant->lanes;
}

float *features_of(const Variant *variant, const TransitionModel *model, const float *vectors, ptrdiff_t tokens, Buffer *buffer) {
    const size_t inner = model->linear.tiles * TILE * variant->lanes, columns = feature_stride(variant, model);
    const size_t wanted = (size_t)tokens * (inner + columns) + 1;
    if (wanted > buffer->size) {
        free(buffer->numbers);
        buffer->numbers = malloc(wanted * sizeof(float));
        buffer->size = buffer->numbers ? wanted : 0;
        if (!buffer->numbers) return NULL;
    }
    float *features = buffer->numbers, *projected = features + tokens * columns;
    variant->multiply(&model->linear, vectors, model->linear.inputs, tokens, projected);
    variant->multiply(&model->lower, projected, inner, tokens, features);
    return features;
}

Kind *kinds_of(const Variant *variant, const TransitionModel *model, ptrdiff_t count,
               int (*is_valid)(ptrdiff_t kind, int32_t move, int32_t label)) {
    const ptrdiff_t columns = model->scorer.blocks * BLOCK * variant->lanes;
    const size_t head = (count * sizeof(Kind) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Kind *kinds = aligned_alloc(ALIGNMENT, head + count * columns * sizeof(float));
    if (!kinds) return NULL;
    float *mask = (float *)((char *)kinds + head);
    for (ptrdiff_t k = 0; k < count; k++, mask += columns) {
        kinds[k] = (Kind){mask, 0, 0};
        for (ptrdiff_t i = columns - 1; i >= 0; i--) {
            const int is = i < model->classes && is_valid(k, model->moves[i], model->labels[i]);
            mask[i] = is ? 0 : -INFINITY;
            if (!is) continue;
            kinds[k].valid++;
            kinds[k].first = i;
        }
    }
    return kinds;
}

int find_tags(const Variant *variant, const Matrix *matrix, ptrdiff_t classes, const float *vectors, ptrdiff_t tokens, int32_t *tags) {
    const ptrdiff_t columns = matrix->tiles * TILE * variant->lanes;
    float *scores = malloc(BATCH_TOKENS * columns * sizeof(float));
    if (!scores) return -1;
    for (ptrdiff_t first = 0; first < tokens; first += BATCH_TOKENS) {
        const ptrdiff_t count = tokens - first < BATCH_TOKENS ? tokens - first : BATCH_TOKENS;
        variant->multiply(matrix, vectors + first * matrix->inputs, matrix->inputs, count, scores);
        for (ptrdiff_t token = 0; token < count; token++) {
            const float *row = scores + token * columns;
            int32_t best = 0;
            for (int32_t tag = 1; tag < classes; tag++)
                if (row[tag] > row[best]) best = tag;
            tags[first + token] = best;
        }
    }
    free(scores);
    return 0;
}
