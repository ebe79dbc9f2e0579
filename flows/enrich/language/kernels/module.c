/* The Python module: checks the sizes of the arrays that it is given, releases the lock, and computes.
 *
 * Arrays come through the buffer protocol: contiguous, of float32, int32 or uint8. The caller sees to their types; a wrong size raises
 * ValueError. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "kernels.h"

#include <limits.h>

#define MAX_ARRAYS 24

typedef struct {
    Py_buffer views[MAX_ARRAYS];
    int count;
} Arrays;

static void release(Arrays *arrays) {
    while (arrays->count) PyBuffer_Release(&arrays->views[--arrays->count]);
}

enum Use { READ, WRITE, WEIGHTS };

/* Returns the memory of an array, which must hold `wanted` items of `size` bytes (any number of them if -1); NULL with an exception. That of
 * weights must be aligned for any vector. */
static void *array(Arrays *arrays, PyObject *object, Py_ssize_t wanted, size_t size, enum Use use) {
    Py_buffer *view = &arrays->views[arrays->count];
    if (PyObject_GetBuffer(object, view, use == WRITE ? PyBUF_WRITABLE : PyBUF_SIMPLE) < 0) return NULL;
    arrays->count++;
    if (view->len % (Py_ssize_t)size || (wanted >= 0 && view->len != wanted * (Py_ssize_t)size)) {
        PyErr_Format(PyExc_ValueError, "an array has %zd bytes, wanted %zd items of %zu", view->len, wanted, size);
        return NULL;
    }
    if (use == WEIGHTS && (uintptr_t)view->buf % ALIGNMENT) {
        PyErr_Format(PyExc_ValueError, "weights are not aligned to %d bytes", ALIGNMENT);
        return NULL;
    }
    return view->buf ? view->buf : (void *)arrays;
}

static Py_ssize_t items(const Arrays *arrays, size_t size) { return arrays->views[arrays->count - 1].len / (Py_ssize_t)size; }

/* The lengths of documents, none negative, whose sum is `tokens`; NULL with an exception. */
static const int32_t *document_lengths(Arrays *arrays, PyObject *object, Py_ssize_t tokens, Py_ssize_t *documents) {
    const int32_t *lengths = array(arrays, object, -1, sizeof *lengths, READ);
    if (!lengths) return NULL;
    *documents = items(arrays, sizeof *lengths);
    Py_ssize_t total = 0;
    for (Py_ssize_t d = 0; d < *documents; d++) {
        if (lengths[d] < 0) total = PY_SSIZE_T_MAX / 2;
        total += lengths[d] < 0 ? 0 : lengths[d];
    }
    if (total == tokens && tokens < INT_MAX) return lengths;
    PyErr_Format(PyExc_ValueError, "documents of %zd tokens, but %zd tokens", total, tokens);
    return NULL;
}

static const Variant *variant_of(const char *name) {
    for (int i = 0; i < VARIANT_COUNT; i++)
        if (!strcmp(VARIANTS[i].name, name) && VARIANTS[i].is_supported()) return &VARIANTS[i];
    PyErr_Format(PyExc_ValueError, "no such instruction set: %s", name);
    return NULL;
}

static int is_width(Py_ssize_t width) { return width > 0 && width <= MAX_WIDTH && width % 16 == 0; }

static PyObject *module_variants(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none)) {
    PyObject *found = PyList_New(0);
    for (int i = 0; found && i < VARIANT_COUNT; i++) {
        if (!VARIANTS[i].is_supported()) continue;
        PyObject *each = Py_BuildValue("si", VARIANTS[i].name, VARIANTS[i].lanes);
        if (!each || PyList_Append(found, each) < 0) Py_CLEAR(found);
        Py_XDECREF(each);
    }
    return found;
}

static PyObject *finish(Arrays *arrays, int status, PyObject *result) {
    release(arrays);
    if (PyErr_Occurred()) return NULL;
    if (status < 0) return PyErr_NoMemory();
    return Py_NewRef(result);
}

static PyObject *module_encode(PyObject *Py_UNUSED(module), PyObject *arguments) {
    const char *name;
    int depth;
    Py_ssize_t width;
    PyObject *given[8];
    if (!PyArg_ParseTuple(arguments, "s(inOOOO)OOOO", &name, &depth, &width, &given[0], &given[1], &given[2], &given[3], &given[4],
                          &given[5], &given[6], &given[7]))
        return NULL;
    const Variant *variant = variant_of(name);
    if (!variant) return NULL;
    if (!is_width(width) || depth < 1 || depth > 16) return PyErr_Format(PyExc_ValueError, "%d layers of %zd", depth, width);
    Arrays arrays = {.count = 0};
    const Py_ssize_t outputs = TILE * width, inputs = 3 * width;
    const float *weights, *bias, *scale, *shift, *table;
    const int32_t *rows, *lengths;
    float *out;
    Py_ssize_t types, tokens, documents;
    int status = 0;
    if (!(weights = array(&arrays, given[0], depth * outputs * inputs, 4, WEIGHTS)) ||
        !(bias = array(&arrays, given[1], depth * outputs, 4, WEIGHTS)) ||
        !(scale = array(&arrays, given[2], depth * width, 4, READ)) || !(shift = array(&arrays, given[3], depth * width, 4, READ)) ||
        !(table = array(&arrays, given[4], -1, 4, READ)))
        return finish(&arrays, 0, NULL);
    types = items(&arrays, 4) / width;
    if (!(rows = array(&arrays, given[5], -1, 4, READ))) return finish(&arrays, 0, NULL);
    tokens = items(&arrays, 4);
    if (!(lengths = document_lengths(&arrays, given[6], tokens, &documents)) || !(out = array(&arrays, given[7], tokens * width, 4, WRITE)))
        return finish(&arrays, 0, NULL);
    for (Py_ssize_t i = 0; i < tokens; i++)
        if (rows[i] < 0 || rows[i] >= types) {
            PyErr_Format(PyExc_ValueError, "row %d of a table of %zd", rows[i], types);
            return finish(&arrays, 0, NULL);
        }
    Layer layers[16];
    for (int i = 0; i < depth; i++)
        layers[i] = (Layer){weights + i * outputs * inputs, bias + i * outputs, scale + i * width, shift + i * width, inputs, width};
    Py_BEGIN_ALLOW_THREADS
    status = encode(variant, layers, depth, table, rows, lengths, documents, out);
    Py_END_ALLOW_THREADS
    return finish(&arrays, status, Py_None);
}

#define MAX_COLUMNS 8

static PyObject *module_embed(PyObject *Py_UNUSED(module), PyObject *arguments) {
    const char *name;
    Py_ssize_t width;
    PyObject *given[6], *vectors, *seeds;
    if (!PyArg_ParseTuple(arguments, "s(nO!O!OOOO)OO", &name, &width, &PyTuple_Type, &vectors, &PyTuple_Type, &seeds, &given[0], &given[1],
                          &given[2], &given[3], &given[4], &given[5]))
        return NULL;
    const Variant *variant = variant_of(name);
    if (!variant) return NULL;
    const Py_ssize_t columns = PyTuple_GET_SIZE(vectors);
    if (!is_width(width) || columns < 1 || columns > MAX_COLUMNS || PyTuple_GET_SIZE(seeds) != columns)
        return PyErr_Format(PyExc_ValueError, "%zd features of %zd", columns, width);
    Arrays arrays = {.count = 0};
    HashTable tables[MAX_COLUMNS];
    for (Py_ssize_t i = 0; i < columns; i++) {
        if (!(tables[i].vectors = array(&arrays, PyTuple_GET_ITEM(vectors, i), -1, 4, READ))) return finish(&arrays, 0, NULL);
        tables[i].size = items(&arrays, 4) / width;
        tables[i].seed = (uint32_t)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(seeds, i));
        if (!PyErr_Occurred() && (tables[i].size < 1 || tables[i].size > INT_MAX)) PyErr_SetString(PyExc_ValueError, "an empty table");
        if (PyErr_Occurred()) return finish(&arrays, 0, NULL);
    }
    Layer layer = {.inputs = columns * width, .width = width};
    const uint64_t *features;
    float *out;
    if (!(layer.weights = array(&arrays, given[0], TILE * width * layer.inputs, 4, WEIGHTS)) ||
        !(layer.bias = array(&arrays, given[1], TILE * width, 4, WEIGHTS)) || !(layer.scale = array(&arrays, given[2], width, 4, READ)) ||
        !(layer.shift = array(&arrays, given[3], width, 4, READ)) || !(features = array(&arrays, given[4], -1, 8, READ)))
        return finish(&arrays, 0, NULL);
    const Py_ssize_t types = items(&arrays, 8) / columns;
    if (!(out = array(&arrays, given[5], types * width, 4, WRITE))) return finish(&arrays, 0, NULL);
    int status;
    Py_BEGIN_ALLOW_THREADS
    status = embed(variant, tables, &layer, features, types, out);
    Py_END_ALLOW_THREADS
    return finish(&arrays, status, Py_None);
}

static PyObject *module_tags(PyObject *Py_UNUSED(module), PyObject *arguments) {
    const char *name;
    Py_ssize_t inputs, classes;
    PyObject *given[4];
    if (!PyArg_ParseTuple(arguments, "s(nnOO)OO", &name, &inputs, &classes, &given[0], &given[1], &given[2], &given[3])) return NULL;
    const Variant *variant = variant_of(name);
    if (!variant) return NULL;
    if (!is_width(inputs) || classes < 1 || classes > 65536) return PyErr_Format(PyExc_ValueError, "a matrix of %zd", inputs);
    Arrays arrays = {.count = 0};
    const Py_ssize_t tile = TILE * variant->lanes;
    Matrix matrix = {.inputs = inputs, .tiles = (classes + tile - 1) / tile};
    const Py_ssize_t columns = matrix.tiles * tile;
    const float *vectors;
    int32_t *tags;
    if (!(matrix.weights = array(&arrays, given[0], inputs * columns, 4, WEIGHTS)) || !(matrix.bias = array(&arrays, given[1], columns, 4, READ)) ||
        !(vectors = array(&arrays, given[2], -1, 4, READ)))
        return finish(&arrays, 0, NULL);
    const Py_ssize_t tokens = items(&arrays, 4) / inputs;
    if (!(tags = array(&arrays, given[3], tokens, 4, WRITE))) return finish(&arrays, 0, NULL);
    int status;
    Py_BEGIN_ALLOW_THREADS
    status = find_tags(variant, &matrix, classes, vectors, tokens, tags);
    Py_END_ALLOW_THREADS
    return finish(&arrays, status, Py_None);
}

/* Reads the tuple (width, inner, features, hidden, pieces, classes, linear weights and bias, lower weights, padding, state bias, upper
 * weights and bias, moves, labels) into `model`. Returns -1 with an exception. */
static int read_model(TransitionModel *model, Arrays *arrays, const Variant *variant, PyObject *tuple, int feature_count, int move_count) {
    Py_ssize_t width, inner, hidden, pieces;
    PyObject *given[9];
    if (!PyArg_ParseTuple(tuple, "nnnnnnOOOOOOOOO", &width, &inner, &model->features, &hidden, &pieces, &model->classes, &given[0],
                          &given[1], &given[2], &given[3], &given[4], &given[5], &given[6], &given[7], &given[8]))
        return -1;
    if (!is_width(width) || !is_width(inner) || !is_width(hidden) || pieces < 1 || pieces > 8 || model->features != feature_count ||
        model->classes < 1 || model->classes > 65536) {
        PyErr_Format(PyExc_ValueError, "%zd features of %zd pieces of %zd", model->features, pieces, hidden);
        return -1;
    }
    const Py_ssize_t lanes = variant->lanes, tile = TILE * lanes, block = BLOCK * lanes, each = hidden * pieces;
    model->linear = (Matrix){.inputs = width, .tiles = (inner + tile - 1) / tile};
    model->lower = (Matrix){.inputs = inner, .tiles = (model->features * each + tile - 1) / tile};
    model->scorer = (Scorer){.hidden = hidden, .pieces = pieces, .blocks = (model->classes + block - 1) / block};
    const Py_ssize_t scores = model->scorer.blocks * block;
    if (!(model->linear.weights = array(arrays, given[0], width * model->linear.tiles * tile, 4, WEIGHTS)) ||
        !(model->linear.bias = array(arrays, given[1], model->linear.tiles * tile, 4, READ)) ||
        !(model->lower.weights = array(arrays, given[2], inner * model->lower.tiles * tile, 4, WEIGHTS)) ||
        !(model->padding = array(arrays, given[3], model->features * each, 4, READ)) ||
        !(model->scorer.bias = array(arrays, given[4], each, 4, READ)) ||
        !(model->scorer.weights = array(arrays, given[5], hidden * scores, 4, WEIGHTS)) ||
        !(model->scorer.class_bias = array(arrays, given[6], scores, 4, READ)) ||
        !(model->moves = array(arrays, given[7], model->classes, 4, READ)) ||
        !(model->labels = array(arrays, given[8], model->classes, 4, READ)))
        return -1;
    for (Py_ssize_t i = 0; i < model->classes; i++)
        if (model->moves[i] < 0 || model->moves[i] >= move_count) {
            PyErr_Format(PyExc_ValueError, "a move %d", model->moves[i]);
            return -1;
        }
    return 0;
}

static PyObject *module_entities(PyObject *Py_UNUSED(module), PyObject *arguments) {
    const char *name;
    PyObject *model_tuple, *given[4];
    if (!PyArg_ParseTuple(arguments, "sOOOOO", &name, &model_tuple, &given[0], &given[1], &given[2], &given[3])) return NULL;
    const Variant *variant = variant_of(name);
    if (!variant) return NULL;
    Arrays arrays = {.count = 0};
    TransitionModel model;
    const float *vectors;
    const uint8_t *blanks;
    const int32_t *lengths;
    Entity *found;
    Py_ssize_t documents;
    ptrdiff_t count = 0;
    if (read_model(&model, &arrays, variant, model_tuple, 3, 6) < 0 || !(vectors = array(&arrays, given[0], -1, 4, READ)))
        return finish(&arrays, 0, NULL);
    const Py_ssize_t tokens = items(&arrays, 4) / model.linear.inputs;
    if (!(blanks = array(&arrays, given[1], tokens, 1, READ)) || !(lengths = document_lengths(&arrays, given[2], tokens, &documents)) ||
        !(found = array(&arrays, given[3], tokens, sizeof *found, WRITE)))
        return finish(&arrays, 0, NULL);
    int status;
    Py_BEGIN_ALLOW_THREADS
    status = find_entities(variant, &model, vectors, blanks, lengths, documents, found, &count);
    Py_END_ALLOW_THREADS
    PyObject *result = PyLong_FromSsize_t(count);
    PyObject *returned = finish(&arrays, status, result);
    Py_XDECREF(result);
    return returned;
}

static PyObject *module_trees(PyObject *Py_UNUSED(module), PyObject *arguments) {
    const char *name;
    PyObject *model_tuple, *given[6];
    int root;
    if (!PyArg_ParseTuple(arguments, "sO(iOO)OOOO", &name, &model_tuple, &root, &given[0], &given[1], &given[2], &given[3], &given[4],
                          &given[5]))
        return NULL;
    const Variant *variant = variant_of(name);
    if (!variant) return NULL;
    Arrays arrays = {.count = 0};
    TransitionModel model;
    Labels labels = {.root = root};
    const float *vectors;
    const int32_t *lengths;
    int32_t *heads, *deps;
    Py_ssize_t documents;
    if (read_model(&model, &arrays, variant, model_tuple, 8, 5) < 0 || !(labels.base = array(&arrays, given[0], -1, 4, READ)))
        return finish(&arrays, 0, NULL);
    labels.count = items(&arrays, 4);
    if (!(labels.target = array(&arrays, given[1], labels.count, 4, READ)) || !(vectors = array(&arrays, given[2], -1, 4, READ)))
        return finish(&arrays, 0, NULL);
    const Py_ssize_t tokens = items(&arrays, 4) / model.linear.inputs;
    if (!(lengths = document_lengths(&arrays, given[3], tokens, &documents)) || !(heads = array(&arrays, given[4], tokens, 4, WRITE)) ||
        !(deps = array(&arrays, given[5], tokens, 4, WRITE)))
        return finish(&arrays, 0, NULL);
    int is_label = root >= 0 && root < labels.count;
    for (Py_ssize_t i = 0; i < model.classes; i++) is_label &= model.labels[i] >= 0 && model.labels[i] < labels.count;
    for (Py_ssize_t i = 0; i < labels.count; i++) is_label &= labels.base[i] >= 0 && labels.base[i] < labels.count;
    if (!is_label) {
        PyErr_SetString(PyExc_ValueError, "a label that is not in the table of labels");
        return finish(&arrays, 0, NULL);
    }
    int status;
    Py_BEGIN_ALLOW_THREADS
    status = build_trees(variant, &model, &labels, vectors, lengths, documents, heads, deps);
    Py_END_ALLOW_THREADS
    return finish(&arrays, status, Py_None);
}

static PyMethodDef METHODS[] = {
    {"variants", module_variants, METH_NOARGS, "The (name, lanes) of the instruction sets that this processor has, the fastest first."},
    {"embed", module_embed, METH_VARARGS, "Fill the last array with the vectors of types."},
    {"encode", module_encode, METH_VARARGS, "Fill the last array with the vectors of tokens."},
    {"tags", module_tags, METH_VARARGS, "Fill the last array with the numbers of tags."},
    {"entities", module_entities, METH_VARARGS, "Fill the last array with the entities, three numbers each; return how many there are."},
    {"trees", module_trees, METH_VARARGS, "Fill the last two arrays with heads and labels."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, .m_name = "_compiled", .m_size = -1, .m_methods = METHODS};

PyMODINIT_FUNC PyInit__compiled(void) { return PyModule_Create(&MODULE); }
