/* What entities and trees have in common: the features of tokens, computed for a batch of documents at a time. */

#include "kernels.h"

#include <stdlib.h>

#define BATCH_TOKENS 512

ptrdiff_t batch_of(const int32_t *lengths, ptrdiff_t documents, ptrdiff_t *tokens) {
    ptrdiff_t count = 0;
    for (*tokens = 0; count < documents && (count == 0 || *tokens + lengths[count] <= BATCH_TOKENS); count++)
        *tokens += lengths[count];
    return count;
}

ptrdiff_t feature_stride(const Variant *variant, const Machine *machine) {
    return machine->lower.tiles * TILE * variant->lanes;
}

float *features_of(const Variant *variant, const Machine *machine, const float *vectors, ptrdiff_t tokens, Buffer *buffer) {
    const size_t inner = machine->linear.tiles * TILE * variant->lanes, columns = feature_stride(variant, machine);
    const size_t wanted = (size_t)tokens * (inner + columns) + 1;
    if (wanted > buffer->size) {
        free(buffer->numbers);
        buffer->numbers = malloc(wanted * sizeof(float));
        buffer->size = buffer->numbers ? wanted : 0;
        if (!buffer->numbers) return NULL;
    }
    float *features = buffer->numbers, *projected = features + tokens * columns;
    variant->multiply(&machine->linear, vectors, machine->linear.inputs, tokens, projected);
    variant->multiply(&machine->lower, projected, inner, tokens, features);
    return features;
}
