/* The encoder: residual layers over windows of three tokens. Documents are separated by rows of zeros before the first layer, as thinc
 * pads them; what a layer makes of these rows reaches as many tokens of the document as there are layers above it. */

#include "kernels.h"

#include <stdlib.h>
#include <string.h>

/* Rows that go through a layer together: they and its weights fit in the second-level cache. */
#define GROUP_ROWS 384

/* Tokens `start` to `end` of a document of `length` tokens, whose first has the number `first` in the batch. Its rows in the buffers begin
 * with that of token `start - depth`, at `position`. */
typedef struct {
    ptrdiff_t first, length, start, end, position;
} Segment;

typedef struct {
    const Variant *variant;
    const Layer *layers;
    int depth;
    ptrdiff_t width;
    const float *table;
    const int32_t *rows;
    float *buffers[2], *constants, *out;
    Row *wanted;
    Segment *segments;
} Encoder;

/* What each layer makes of a document without end that has no tokens: the row `layer` of `constants`; that of the input is zeros. */
static void fill_constants(Encoder *e) {
    const Row middle = {e->buffers[0], e->buffers[0] + e->width, e->buffers[1] + e->width};
    const size_t size = e->width * sizeof(float);
    memset(e->constants, 0, size);
    for (int layer = 1; layer < e->depth; layer++) {
        for (int row = 0; row < 3; row++) memcpy(e->buffers[0] + row * e->width, e->constants + (layer - 1) * e->width, size);
        e->variant->apply_layer(&e->layers[layer - 1], &middle, 1);
        memcpy(e->constants + layer * e->width, middle.out, size);
    }
}

static void encode_group(Encoder *e, ptrdiff_t count) {
    const size_t size = e->width * sizeof(float);
    for (const Segment *s = e->segments; s < e->segments + count; s++) {
        float *row = e->buffers[0] + s->position * e->width;
        for (ptrdiff_t token = s->start - e->depth; token < s->end + e->depth; token++, row += e->width)
            if (token < 0 || token >= s->length)
                memset(row, 0, size);
            else
                memcpy(row, e->table + e->rows[s->first + token] * e->width, size);
    }
    for (int layer = 1; layer <= e->depth; layer++) {
        const float *in = e->buffers[(layer - 1) & 1];
        float *out = e->buffers[layer & 1];
        const ptrdiff_t reach = e->depth - layer;
        ptrdiff_t wanted = 0;
        for (const Segment *s = e->segments; s < e->segments + count; s++)
            for (ptrdiff_t token = s->start - reach; token < s->end + reach; token++) {
                const ptrdiff_t position = s->position + token - (s->start - e->depth);
                // So far from the document, no token has reached the row.
                if (token < -layer || token >= s->length + layer)
                    memcpy(out + position * e->width, e->constants + layer * e->width, size);
                else
                    // A window of three rows is one range of numbers.
                    e->wanted[wanted++] = (Row){in + (position - 1) * e->width, in + position * e->width, out + position * e->width};
            }
        e->variant->apply_layer(&e->layers[layer - 1], e->wanted, wanted);
    }
    for (const Segment *s = e->segments; s < e->segments + count; s++)
        memcpy(e->out + (s->first + s->start) * e->width, e->buffers[e->depth & 1] + (s->position + e->depth) * e->width,
               (s->end - s->start) * size);
}

int encode(const Variant *variant, const Layer *layers, int depth, const float *table, const int32_t *rows,
           const int32_t *lengths, ptrdiff_t documents, float *out) {
    const ptrdiff_t longest = GROUP_ROWS - 2 * depth;
    Encoder e = {variant, layers, depth, layers->width, table, rows, .out = out};
    e.buffers[0] = malloc(GROUP_ROWS * e.width * sizeof(float));
    e.buffers[1] = malloc(GROUP_ROWS * e.width * sizeof(float));
    e.constants = malloc(depth * e.width * sizeof(float));
    e.wanted = malloc(GROUP_ROWS * sizeof(Row));
    e.segments = malloc(GROUP_ROWS * sizeof(Segment));
    const int failed = !e.buffers[0] || !e.buffers[1] || !e.constants || !e.wanted || !e.segments;
    if (!failed) {
        fill_constants(&e);
        ptrdiff_t first = 0, count = 0, used = 0;
        for (ptrdiff_t d = 0; d < documents; first += lengths[d++])
            for (ptrdiff_t start = 0; start < lengths[d]; start += longest) {
                const ptrdiff_t end = lengths[d] - start > longest ? start + longest : lengths[d];
                const ptrdiff_t size = end - start + 2 * depth;
                if (used + size > GROUP_ROWS) {
                    encode_group(&e, count);
                    count = used = 0;
                }
                e.segments[count++] = (Segment){first, lengths[d], start, end, used};
                used += size;
            }
        encode_group(&e, count);
    }
    free(e.buffers[0]);
    free(e.buffers[1]);
    free(e.constants);
    free(e.wanted);
    free(e.segments);
    return failed ? -1 : 0;
}
