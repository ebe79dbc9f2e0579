/* The embedding of word types: the vectors of their hashed features, side by side, through one layer. */

#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_TYPES 64
#define HASHES 4

/* The four hashes of a value: MurmurHash3 (x64, 128 bits) as thinc computes it. */
static void hash(uint64_t value, uint32_t seed, uint32_t hashes[HASHES]) {
    uint64_t h[2] = {value * 0x87c37b91114253d5u, seed ^ 8u};
    h[0] = (h[0] << 31 | h[0] >> 33) * 0x4cf5ad432745937fu ^ seed ^ 8u;
    h[0] += h[1];
    h[1] += h[0];
    for (int i = 0; i < 2; i++) {
        h[i] = (h[i] ^ h[i] >> 33) * 0xff51afd7ed558ccdu;
        h[i] = (h[i] ^ h[i] >> 33) * 0xc4ceb9fe1a85ec53u;
        h[i] ^= h[i] >> 33;
    }
    h[0] += h[1];
    h[1] += h[0];
    for (int i = 0; i < HASHES; i++) hashes[i] = (uint32_t)(h[i / 2] >> (i % 2 * 32));
}

int embed(const Variant *variant, const HashTable *tables, const Layer *layer, const uint64_t *features, ptrdiff_t types, float *out) {
    const ptrdiff_t columns = layer->inputs / layer->width;
    float *mixed = malloc(BATCH_TYPES * layer->inputs * sizeof(float));
    if (!mixed) return -1;
    for (ptrdiff_t first = 0; first < types; first += BATCH_TYPES) {
        const ptrdiff_t count = types - first < BATCH_TYPES ? types - first : BATCH_TYPES;
        Row rows[BATCH_TYPES];
        memset(mixed, 0, count * layer->inputs * sizeof(float));
        for (ptrdiff_t type = 0; type < count; type++) {
            rows[type] = (Row){mixed + type * layer->inputs, NULL, out + (first + type) * layer->width};
            for (ptrdiff_t column = 0; column < columns; column++) {
                uint32_t hashes[HASHES];
                hash(features[(first + type) * columns + column], tables[column].seed, hashes);
                float *sum = mixed + type * layer->inputs + column * layer->width;
                for (int h = 0; h < HASHES; h++) {
                    const float *vector = tables[column].vectors + hashes[h] % (uint32_t)tables[column].size * layer->width;
                    for (ptrdiff_t i = 0; i < layer->width; i++) sum[i] += vector[i];
                }
            }
        }
        variant->apply_layer(layer, rows, count);
    }
    free(mixed);
    return 0;
}
