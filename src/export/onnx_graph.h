/*
 * onnx_graph.h: a graph of ONNX in the making: its values, constants and nodes.
 */
#ifndef GE_EXPORT_ONNX_GRAPH_H
#define GE_EXPORT_ONNX_GRAPH_H

#include "nodes/pg_list.h"

#include "export/protobuf.h"

/* TensorProto.DataType */
typedef enum GeOnnxType
{
	GE_ONNX_INT64 = 7,
	GE_ONNX_STRING = 8,
	GE_ONNX_BOOL = 9,
	GE_ONNX_DOUBLE = 11
} GeOnnxType;

typedef struct GeOnnxGraph
{
	const char *encoder;
	GeExportBuffer proto; /* a GraphProto */
	List *names;		  /* of all values */
	int n_hidden;		  /* values that have been named by number */
} GeOnnxGraph;

extern void ge_onnx_graph_init(GeOnnxGraph *graph, const char *encoder);
/* Refuse a graph with two values of one name. */
extern void ge_onnx_check_names(const GeOnnxGraph *graph);

/* Inputs and outputs, one element for each row. */
extern void ge_onnx_input(GeOnnxGraph *graph, const char *name, GeOnnxType type);
extern void ge_onnx_output(GeOnnxGraph *graph, const char *name, GeOnnxType type);
/* An input that callers may leave out: false for every row. */
extern void ge_onnx_optional_flag(GeOnnxGraph *graph, const char *name);

/* A constant of one dimension; data has its bytes and is freed.  Its name comes back. */
extern const char *ge_onnx_constant(GeOnnxGraph *graph, GeOnnxType type, uint64 n,
									GeExportBuffer *data);
extern const char *ge_onnx_constant_int(GeOnnxGraph *graph, int64 number);

/* A node; the name of its result comes back: a new one, or `result` if that is given. */
extern const char *ge_onnx_node(GeOnnxGraph *graph, const char *operator, int n,
								const char *const *inputs, const char *result);
/* The n keys, strings or integers, in a message as keys of a LabelEncoder. */
typedef struct GeOnnxKeys
{
	GeOnnxType type;
	GeExportBuffer attribute; /* an AttributeProto */
	uint64 n;
} GeOnnxKeys;

extern void ge_onnx_keys_init(GeOnnxKeys *keys, const char *encoder, GeOnnxType type);
extern void ge_onnx_keys_add_string(GeOnnxKeys *keys, const char *key);
extern void ge_onnx_keys_add_int(GeOnnxKeys *keys, int64 key);
/* A LabelEncoder: the i-th key becomes i, from 1 on; all else 0.  Frees the keys. */
extern const char *ge_onnx_places(GeOnnxGraph *graph, const char *input,
								  GeOnnxKeys *keys);

#endif /* GE_EXPORT_ONNX_GRAPH_H */
