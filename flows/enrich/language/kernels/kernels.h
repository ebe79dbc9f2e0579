/* Shared declarations of the compiled network. Matrices are row-major float32; sizes are counted in elements. */

#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Weights are packed for the microkernel: a tile of TILE vectors holds TILE * lanes output columns, and for each input
 * number the weights of all columns of the tile lie side by side. */
#define TILE 3
/* A scorer's last layer is packed in the same way, in blocks of BLOCK vectors. */
#define BLOCK 8
/* The bytes to which weights are aligned: those of the longest vector. */
#define ALIGNMENT 64
/* The most numbers in a row of a vector table, and the most hidden numbers of a state. */
#define MAX_WIDTH 128

/* A maxout layer with normalisation. A tile holds the TILE pieces of the same outputs. */
typedef struct {
    const float *weights, *bias, *scale, *shift;
    ptrdiff_t inputs, width;
} Layer;

/* One row that goes through a layer. `residual` is added to the output, unless it is NULL. */
typedef struct {
    const float *in, *residual;
    float *out;
} Row;

/* A table of hashed features: a value is the sum of the rows that its four hashes name. */
typedef struct {
    const float *vectors;
    ptrdiff_t size;
    uint32_t seed;
} HashTable;

/* A matrix with as many columns as fill its tiles; without a bias, `bias` is NULL. */
typedef struct {
    const float *weights, *bias;
    ptrdiff_t inputs, tiles;
} Matrix;

/* Scores the actions of a state, from the sum of the precomputed features of some of its tokens. */
typedef struct {
    const float *bias, *weights, *class_bias;
    ptrdiff_t hidden, pieces, blocks;
} Scorer;

/* The arithmetic, compiled for one instruction set; `lanes` numbers fit in one of its vectors. */
typedef struct {
    const char *name;
    int lanes;
    int (*is_supported)(void);
    void (*apply_layer)(const Layer *layer, const Row *rows, ptrdiff_t count);
    /* out[row] = in[row] * matrix + bias, for `count` rows. A row of `out` has tiles * TILE * lanes columns. */
    void (*multiply)(const Matrix *matrix, const float *in, ptrdiff_t stride, ptrdiff_t count, float *out);
    /* Returns the class with the highest score, the first of equals, from `count` features of hidden * pieces numbers. Only classes with
     * a 0 in `mask` are returned; the others have minus infinity there. */
    ptrdiff_t (*choose)(const Scorer *scorer, const float *const *features, ptrdiff_t count, const float *mask);
} Variant;

extern const Variant VARIANTS[];
extern const int VARIANT_COUNT;

/* The layers that turn token vectors into the features of states, and the actions that are scored. */
typedef struct {
    Matrix linear, lower;
    Scorer scorer;
    const float *padding;
    ptrdiff_t features, classes;
    const int32_t *moves, *labels;
} TransitionModel;

/* The labels of arcs: `base` and `target` are the parts of a decorated label; `target` is -1 for a plain one. */
typedef struct {
    ptrdiff_t count;
    const int32_t *base, *target;
    int32_t root;
} Labels;

typedef struct {
    int32_t first, end, label;
} Entity;

/* A kind of state: a number for each class, 0 if its action is valid and minus infinity if not; how many are valid, and the first of them. */
typedef struct {
    const float *mask;
    ptrdiff_t valid, first;
} Kind;

/* These return 0, or -1 if memory is exhausted. `lengths` are the lengths of the documents, which lie one after the other. */
int find_tags(const Variant *variant, const Matrix *matrix, ptrdiff_t classes, const float *vectors, ptrdiff_t tokens, int32_t *tags);
int embed(const Variant *variant, const HashTable *tables, const Layer *layer, const uint64_t *features, ptrdiff_t types, float *out);
int encode(const Variant *variant, const Layer *layers, int depth, const float *table, const int32_t *rows,
           const int32_t *lengths, ptrdiff_t documents, float *out);
int find_entities(const Variant *variant, const TransitionModel *model, const float *vectors, const uint8_t *blanks,
                  const int32_t *lengths, ptrdiff_t documents, Entity *found, ptrdiff_t *found_count);
int build_trees(const Variant *variant, const TransitionModel *model, const Labels *labels, const float *vectors,
                const int32_t *lengths, ptrdiff_t documents, int32_t *heads, int32_t *deps);

/* Returns how many documents from the first on are computed together: about BATCH_TOKENS tokens, at least one document. */
ptrdiff_t batch_of(const int32_t *lengths, ptrdiff_t documents, ptrdiff_t *tokens);

/* The features of the tokens of a batch, in `buffer`, which grows as needed; NULL if memory is exhausted. */
typedef struct {
    float *numbers;
    size_t size;
} Buffer;

float *features_of(const Variant *variant, const TransitionModel *model, const float *vectors, ptrdiff_t tokens, Buffer *buffer);
ptrdiff_t feature_stride(const Variant *variant, const TransitionModel *model);

/* Returns `count` kinds of states in one piece of memory, to be freed; NULL if memory is exhausted. */
Kind *kinds_of(const Variant *variant, const TransitionModel *model, ptrdiff_t count,
               int (*is_valid)(ptrdiff_t kind, int32_t move, int32_t label));

#endif
