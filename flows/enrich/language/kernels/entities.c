/* Entities by spaCy's BILUO transitions: each action reads one token, and the best valid action is taken. */

#include "kernels.h"

#include <stdlib.h>

enum { MISSING, BEGIN, IN, LAST, UNIT, OUT };

#define FEATURES 3
#define NOTHING -1

/* The kind of a state outside of entities, and of one inside an entity with a label. */
static ptrdiff_t kind_outside(int is_last, int is_blank) { return 2 * is_blank + is_last; }
static ptrdiff_t kind_inside(int is_last, int32_t label) { return 4 + 2 * label + is_last; }

static int is_valid(ptrdiff_t kind, int32_t move, int32_t label) {
    const int is_outside = kind < 4, is_last = kind & 1, is_blank = kind >= 2;
    switch (move) {
    case BEGIN: return is_outside && label != NOTHING && !is_last && !is_blank;
    case IN: return !is_outside && label == (kind - 4) / 2 && !is_last;
    case LAST: return !is_outside && label == (kind - 4) / 2;
    case UNIT: return is_outside && label != NOTHING && !is_blank;
    case OUT: return is_outside;
    default: return 0;
    }
}

int find_entities(const Variant *variant, const TransitionModel *model, const float *vectors, const uint8_t *blanks,
                  const int32_t *lengths, ptrdiff_t documents, Entity *found, ptrdiff_t *found_count) {
    const ptrdiff_t stride = feature_stride(variant, model), each = model->scorer.hidden * model->scorer.pieces;
    int32_t last_label = 0;
    for (ptrdiff_t i = 0; i < model->classes; i++)
        if (model->labels[i] > last_label) last_label = model->labels[i];
    Kind *kinds = kinds_of(variant, model, kind_inside(1, last_label) + 1, is_valid);
    Buffer buffer = {NULL, 0};
    ptrdiff_t first = 0, count = 0;
    int failed = !kinds;
    while (documents > 0 && !failed) {
        ptrdiff_t tokens;
        const ptrdiff_t batch = batch_of(lengths, documents, &tokens);
        const float *features = features_of(variant, model, vectors + first * model->linear.inputs, tokens, &buffer);
        failed = !features;
        for (ptrdiff_t d = 0, start = 0; d < batch && !failed; start += lengths[d++]) {
            int32_t label = NOTHING;
            ptrdiff_t opened = 0;
            for (ptrdiff_t i = start, end = start + lengths[d]; i < end; i++) {
                const int is_last = i == end - 1;
                const Kind *kind = &kinds[label == NOTHING ? kind_outside(is_last, blanks[first + i] != 0) : kind_inside(is_last, label)];
                if (!kind->valid) break;
                ptrdiff_t best = kind->first;
                if (kind->valid > 1) {
                    // The token, the first one of the open entity, and the one before the token if it is in that entity.
                    const ptrdiff_t words[FEATURES] = {i, label == NOTHING ? NOTHING : opened, label == NOTHING ? NOTHING : i - 1};
                    const float *parts[FEATURES];
                    for (int f = 0; f < FEATURES; f++)
                        parts[f] = (words[f] == NOTHING ? model->padding : features + words[f] * stride) + f * each;
                    best = variant->choose(&model->scorer, parts, FEATURES, kind->mask);
                }
                const int move = model->moves[best];
                if (move == BEGIN || move == UNIT) {
                    label = model->labels[best];
                    opened = i;
                }
                if (move == LAST || move == UNIT) {
                    found[count++] = (Entity){(int32_t)(first + opened), (int32_t)(first + i + 1), label};
                    label = NOTHING;
                }
            }
        }
        first += tokens;
        lengths += batch;
        documents -= batch;
    }
    free(kinds);
    free(buffer.numbers);
    *found_count = count;
    return failed ? -1 : 0;
}
