/* Entities by spaCy's BILUO transitions: each action reads one token, and the best valid action is taken. */

#include "kernels.h"

#include <stdlib.h>

enum { MISSING, BEGIN, IN, LAST, UNIT, OUT };

#define FEATURES 3
#define NOTHING -1

/* Returns the valid class with the highest score, the first of equals; NOTHING if none is valid. `label` is that of the open entity. */
static ptrdiff_t best_class(const Machine *machine, const float *scores, int32_t label, int is_last, int is_blank) {
    ptrdiff_t best = NOTHING;
    for (ptrdiff_t i = 0; i < machine->classes; i++) {
        int is_valid;
        switch (machine->moves[i]) {
        case BEGIN: is_valid = label == NOTHING && !is_last && !is_blank && machine->labels[i] != NOTHING; break;
        case IN: is_valid = label != NOTHING && !is_last && machine->labels[i] == label; break;
        case LAST: is_valid = label != NOTHING && machine->labels[i] == label; break;
        case UNIT: is_valid = label == NOTHING && !is_blank && machine->labels[i] != NOTHING; break;
        case OUT: is_valid = label == NOTHING; break;
        default: is_valid = 0;
        }
        if (is_valid && (best == NOTHING || scores[i] > scores[best])) best = i;
    }
    return best;
}

int find_entities(const Variant *variant, const Machine *machine, const float *vectors, const uint8_t *blanks,
                  const int32_t *lengths, ptrdiff_t documents, Entity *found, ptrdiff_t *found_count) {
    const ptrdiff_t stride = feature_stride(variant, machine), each = machine->scorer.hidden * machine->scorer.pieces;
    float *scores = malloc(machine->scorer.blocks * BLOCK * variant->lanes * sizeof(float));
    Buffer buffer = {NULL, 0};
    ptrdiff_t first = 0, count = 0;
    int failed = !scores;
    while (documents > 0 && !failed) {
        ptrdiff_t tokens;
        const ptrdiff_t batch = batch_of(lengths, documents, &tokens);
        const float *features = features_of(variant, machine, vectors + first * machine->linear.inputs, tokens, &buffer);
        failed = !features;
        for (ptrdiff_t d = 0, start = 0; d < batch && !failed; start += lengths[d++]) {
            int32_t label = NOTHING;
            ptrdiff_t opened = 0;
            for (ptrdiff_t i = start, end = start + lengths[d]; i < end; i++) {
                // The token, the first one of the open entity, and the one before the token if it is in that entity.
                const ptrdiff_t tokens_of[FEATURES] = {i, label == NOTHING ? NOTHING : opened, label == NOTHING ? NOTHING : i - 1};
                const float *parts[FEATURES];
                for (int f = 0; f < FEATURES; f++)
                    parts[f] = (tokens_of[f] == NOTHING ? machine->padding : features + tokens_of[f] * stride) + f * each;
                variant->score(&machine->scorer, parts, FEATURES, scores);
                const ptrdiff_t best = best_class(machine, scores, label, i == end - 1, blanks[first + i]);
                if (best == NOTHING) break;
                const int move = machine->moves[best];
                if (move == BEGIN || move == UNIT) {
                    label = machine->labels[best];
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
    free(scores);
    free(buffer.numbers);
    *found_count = count;
    return failed ? -1 : 0;
}
