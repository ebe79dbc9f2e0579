/* Dependency trees by spaCy's arc-eager transitions, the best valid action at each step, and its pseudo-projective decoding. */

#include "kernels.h"

#include <stdlib.h>
#include <string.h>

enum { SHIFT, REDUCE, LEFT, RIGHT, BREAK, MOVES };

#define FEATURES 8
#define NOTHING -1

/* The state of one document. A word is on the stack, in the buffer, or done; the buffer is `returned` from its end on, then the words
 * from `next` on. `last_left` and `last_right` are the dependents of a word that were attached last, `older` and `newer` their neighbours. */
typedef struct {
    int32_t length, depth, returned_count, next;
    int32_t *stack, *returned, *heads, *labels, *last_left, *last_right, *older, *newer;
    uint8_t *is_returned, *is_start;
} State;

static int32_t stack_at(const State *s, int32_t i) { return i < s->depth ? s->stack[s->depth - 1 - i] : NOTHING; }

static int32_t buffer_at(const State *s, int32_t i) {
    if (i < s->returned_count) return s->returned[s->returned_count - 1 - i];
    const int32_t word = s->next + i - s->returned_count;
    return word < s->length ? word : NOTHING;
}

static int32_t buffer_length(const State *s) { return s->length - s->next + s->returned_count; }

static int32_t *last_dependent(State *s, int32_t head, int32_t child) { return head > child ? &s->last_left[head] : &s->last_right[head]; }

static void attach(State *s, int32_t head, int32_t child, int32_t label) {
    const int32_t former = s->heads[child];
    if (former != NOTHING) {
        const int32_t older = s->older[child], newer = s->newer[child];
        if (newer == NOTHING)
            *last_dependent(s, former, child) = older;
        else
            s->older[newer] = older;
        if (older != NOTHING) s->newer[older] = newer;
    }
    int32_t *last = last_dependent(s, head, child);
    s->older[child] = *last;
    s->newer[child] = NOTHING;
    if (*last != NOTHING) s->newer[*last] = child;
    *last = child;
    s->heads[child] = head;
    s->labels[child] = label;
}

static void push(State *s) {
    s->stack[s->depth++] = s->returned_count ? s->returned[--s->returned_count] : s->next++;
}

static void apply(State *s, int move, int32_t label) {
    const int32_t top = stack_at(s, 0), front = buffer_at(s, 0);
    switch (move) {
    case SHIFT: push(s); break;
    case REDUCE:
        s->depth--;
        // A word without a head returns to the buffer; it cannot be shifted a second time.
        if (s->heads[top] == NOTHING && s->depth > 0) {
            s->is_returned[top] = 1;
            s->returned[s->returned_count++] = top;
        }
        break;
    case LEFT:
        attach(s, front, top, label);
        s->is_returned[front] = 0;
        s->depth--;
        break;
    case RIGHT:
        attach(s, top, front, label);
        push(s);
        break;
    case BREAK: s->is_start[buffer_at(s, 1)] = 1; break;
    }
}

/* The kind of a state: a bit for each move that is valid. */
static ptrdiff_t kind_of(const State *s) {
    const int32_t front = buffer_at(s, 0), second = buffer_at(s, 1), rest = buffer_length(s);
    const int can_attach = s->depth > 0 && rest > 0 && !s->is_start[front];
    const int can_shift = s->depth == 0 || (rest >= 2 && !s->is_start[front] && !s->is_returned[front]);
    const int can_break = rest >= 2 && second == front + 1 && !s->is_start[second];
    return can_shift << SHIFT | (s->depth > 0) << REDUCE | can_attach << LEFT | can_attach << RIGHT | can_break << BREAK;
}

static int is_valid(ptrdiff_t kind, int32_t move, int32_t label) {
    (void)label;
    return kind >> move & 1;
}

static void parse(const Variant *variant, const TransitionModel *model, const float *features, ptrdiff_t stride, const Kind *kinds, State *s) {
    const ptrdiff_t each = model->scorer.hidden * model->scorer.pieces;
    while (s->depth > 0 || buffer_length(s) > 0) {
        const Kind *kind = &kinds[kind_of(s)];
        if (!kind->valid) break;
        ptrdiff_t best = kind->first;
        if (kind->valid > 1) {
            const int32_t top = stack_at(s, 0), front = buffer_at(s, 0);
            const int32_t words[FEATURES] = {
                front,
                buffer_at(s, 1),
                top,
                stack_at(s, 1),
                stack_at(s, 2),
                front == NOTHING ? NOTHING : s->last_left[front],
                top == NOTHING ? NOTHING : s->last_left[top],
                top == NOTHING ? NOTHING : s->last_right[top],
            };
            const float *parts[FEATURES];
            for (int f = 0; f < FEATURES; f++)
                parts[f] = (words[f] == NOTHING ? model->padding : features + words[f] * stride) + f * each;
            best = variant->choose(&model->scorer, parts, FEATURES, kind->mask);
        }
        apply(s, model->moves[best], model->labels[best]);
    }
}

/* Returns the first word below `head` in breadth-first order that has the label `target`, without passing `word`; `head` if there is none.
 * The dependents of a word are looked for between its outermost descendants, `left` and `right`. */
static int32_t new_head(int32_t word, int32_t head, int32_t target, const State *s, const int32_t *left, const int32_t *right,
                        int32_t *queue) {
    int32_t taken = 0, waiting = 0;
    queue[waiting++] = head;
    while (taken < waiting) {
        const int32_t parent = queue[taken++];
        for (int32_t child = left[parent]; child <= right[parent]; child++) {
            if (child == parent || s->heads[child] != parent || child == word) continue;
            if (s->labels[child] == target) return child;
            if (waiting < s->length) queue[waiting++] = child;
        }
    }
    return head;
}

/* Moves the words with a decorated label `label||target` to the word that the label means. */
static void deprojectivize(State *s, const Labels *labels) {
    int32_t *left = s->stack, *right = s->returned, *queue = s->older;
    for (int32_t i = 0; i < s->length; i++) left[i] = right[i] = i;
    for (int32_t i = 0; i < s->length; i++)
        if (left[i] < left[s->heads[i]]) left[s->heads[i]] = left[i];
    for (int32_t i = s->length - 1; i >= 0; i--)
        if (right[i] > right[s->heads[i]]) right[s->heads[i]] = right[i];
    for (int32_t i = 0; i < s->length; i++) {
        const int32_t label = s->labels[i];
        if (labels->target[label] == NOTHING) continue;
        s->heads[i] = new_head(i, s->heads[i], labels->target[label], s, left, right, queue);
        s->labels[i] = labels->base[label];
    }
}

int build_trees(const Variant *variant, const TransitionModel *model, const Labels *labels, const float *vectors,
                const int32_t *lengths, ptrdiff_t documents, int32_t *heads, int32_t *deps) {
    const ptrdiff_t stride = feature_stride(variant, model);
    ptrdiff_t longest = 1;
    for (ptrdiff_t d = 0; d < documents; d++)
        if (lengths[d] > longest) longest = lengths[d];
    Kind *kinds = kinds_of(variant, model, 1 << MOVES, is_valid);
    int32_t *words = malloc(8 * longest * sizeof(int32_t));
    uint8_t *flags = malloc(2 * longest);
    Buffer buffer = {NULL, 0};
    ptrdiff_t first = 0;
    int failed = !kinds || !words || !flags;
    while (documents > 0 && !failed) {
        ptrdiff_t tokens;
        const ptrdiff_t batch = batch_of(lengths, documents, &tokens);
        const float *features = features_of(variant, model, vectors + first * model->linear.inputs, tokens, &buffer);
        failed = !features;
        for (ptrdiff_t d = 0, start = 0; d < batch && !failed; start += lengths[d++]) {
            const int32_t length = lengths[d];
            State s = {.length = length, .stack = words, .returned = words + longest, .heads = words + 2 * longest,
                       .labels = words + 3 * longest, .last_left = words + 4 * longest, .last_right = words + 5 * longest,
                       .older = words + 6 * longest, .newer = words + 7 * longest, .is_returned = flags, .is_start = flags + longest};
            for (int32_t i = 0; i < length; i++) s.heads[i] = s.last_left[i] = s.last_right[i] = NOTHING;
            memset(flags, 0, 2 * longest);
            s.is_start[0] = 1;
            parse(variant, model, features + start * stride, stride, kinds, &s);
            int is_decorated = 0;
            for (int32_t i = 0; i < length; i++) {
                if (s.heads[i] == NOTHING) {
                    s.heads[i] = i;
                    s.labels[i] = labels->root;
                }
                is_decorated |= labels->target[s.labels[i]] != NOTHING;
            }
            if (is_decorated) deprojectivize(&s, labels);
            for (int32_t i = 0; i < length; i++) {
                heads[first + start + i] = (int32_t)(first + start) + s.heads[i];
                deps[first + start + i] = s.labels[i];
            }
        }
        first += tokens;
        lengths += batch;
        documents -= batch;
    }
    free(kinds);
    free(words);
    free(flags);
    free(buffer.numbers);
    return failed ? -1 : 0;
}
