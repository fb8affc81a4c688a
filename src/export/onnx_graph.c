/*
 * onnx_graph.c: values, constants and nodes of a graph of ONNX.
 *
 * The field numbers are those of onnx.proto.  Operators are of versions that old runtimes
 * have: ai.onnx 9 and ai.onnx.ml 2.
 */
#include "postgres.h"

#include "base/shown.h"
#include "export/onnx_graph.h"

/* Fields of GraphProto. */
enum
{
	GRAPH_NODE = 1,
	GRAPH_NAME = 2,
	GRAPH_INITIALIZER = 5,
	GRAPH_INPUT = 11,
	GRAPH_OUTPUT = 12
};
/* Fields of NodeProto. */
enum
{
	NODE_INPUT = 1,
	NODE_OUTPUT = 2,
	NODE_OPERATOR = 4,
	NODE_ATTRIBUTE = 5,
	NODE_DOMAIN = 7
};
/* Fields of AttributeProto, and its types. */
enum
{
	ATTRIBUTE_NAME = 1,
	ATTRIBUTE_INT = 3,
	ATTRIBUTE_INTS = 8,
	ATTRIBUTE_STRINGS = 9,
	ATTRIBUTE_TYPE = 20,
	TYPE_INT = 2,
	TYPE_INTS = 7,
	TYPE_STRINGS = 8
};
/* Fields of TensorProto. */
enum
{
	TENSOR_DIMENSION = 1,
	TENSOR_TYPE = 2,
	TENSOR_NAME = 8,
	TENSOR_RAW_DATA = 9
};

void
ge_onnx_graph_init(GeOnnxGraph *graph, const char *encoder)
{
	*graph = (GeOnnxGraph){.encoder = encoder};
	ge_export_buffer_init(&graph->proto, encoder);
	ge_proto_string(&graph->proto, GRAPH_NAME, "encoder");
}

static const char *
add_name(GeOnnxGraph *graph, const char *name)
{
	graph->names = lappend(graph->names, unconstify(char *, name));
	return name;
}

static const char *
add_hidden_name(GeOnnxGraph *graph)
{
	return add_name(graph, psprintf("gpu_encode/%d", ++graph->n_hidden));
}

static int
compare_names(const ListCell *a, const ListCell *b)
{
	return strcmp(lfirst(a), lfirst(b));
}

void
ge_onnx_check_names(const GeOnnxGraph *graph)
{
	List *sorted = list_copy(graph->names);

	list_sort(sorted, compare_names);
	for (int i = 1; i < list_length(sorted); i++)
	{
		const char *name = list_nth(sorted, i);

		if (strcmp(name, list_nth(sorted, i - 1)) == 0)
			ereport(
				ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("two values of an ONNX model would have the name \"%s\"",
						ge_shown(name)),
				 errdetail("Inputs are named after columns, with \" IS NULL\" if they "
						   "say which rows are NULL. Label codes end in \"_code\"."),
				 errhint("Fit the encoder with another \"name\" in column_options, or "
						 "export it as 'json'.")));
	}
}

/* TypeProto: a tensor of one dimension, the rows. */
static void
put_type(GeExportBuffer *value, const char *encoder, GeOnnxType type)
{
	GeExportBuffer dimension, shape, tensor, whole;

	ge_export_buffer_init(&dimension, encoder);
	ge_proto_string(&dimension, 2, "rows"); /* dim_param */
	ge_export_buffer_init(&shape, encoder);
	ge_proto_message(&shape, 1, &dimension);
	ge_export_buffer_init(&tensor, encoder);
	ge_proto_int(&tensor, 1, type);
	ge_proto_message(&tensor, 2, &shape);
	ge_export_buffer_init(&whole, encoder);
	ge_proto_message(&whole, 1, &tensor);
	ge_proto_message(value, 2, &whole);
}

/* ValueInfoProto */
static void
put_value_info(GeOnnxGraph *graph, int field, const char *name, GeOnnxType type)
{
	GeExportBuffer value;

	ge_export_buffer_init(&value, graph->encoder);
	ge_proto_string(&value, 1, name);
	put_type(&value, graph->encoder, type);
	ge_proto_message(&graph->proto, field, &value);
}

void
ge_onnx_input(GeOnnxGraph *graph, const char *name, GeOnnxType type)
{
	put_value_info(graph, GRAPH_INPUT, add_name(graph, name), type);
}

void
ge_onnx_output(GeOnnxGraph *graph, const char *name, GeOnnxType type)
{
	put_value_info(graph, GRAPH_OUTPUT, name, type);
}

static void
put_initializer(GeOnnxGraph *graph, const char *name, GeOnnxType type, uint64 n,
				GeExportBuffer *data)
{
	GeExportBuffer tensor;

	ge_export_buffer_init(&tensor, graph->encoder);
	ge_proto_int(&tensor, TENSOR_DIMENSION, n);
	ge_proto_int(&tensor, TENSOR_TYPE, type);
	ge_proto_string(&tensor, TENSOR_NAME, name);
	ge_proto_message(&tensor, TENSOR_RAW_DATA, data);
	ge_proto_message(&graph->proto, GRAPH_INITIALIZER, &tensor);
}

void
ge_onnx_optional_flag(GeOnnxGraph *graph, const char *name)
{
	GeExportBuffer data;

	ge_onnx_input(graph, name, GE_ONNX_BOOL);
	ge_export_buffer_init(&data, graph->encoder);
	ge_export_put_char(&data, '\0');
	put_initializer(graph, name, GE_ONNX_BOOL, 1, &data);
}

const char *
ge_onnx_constant(GeOnnxGraph *graph, GeOnnxType type, uint64 n, GeExportBuffer *data)
{
	const char *name = add_hidden_name(graph);

	put_initializer(graph, name, type, n, data);
	return name;
}

const char *
ge_onnx_constant_int(GeOnnxGraph *graph, int64 number)
{
	GeExportBuffer data;

	ge_export_buffer_init(&data, graph->encoder);
	ge_proto_put_fixed64(&data, (uint64) number);
	return ge_onnx_constant(graph, GE_ONNX_INT64, 1, &data);
}

static void
begin_node(GeOnnxGraph *graph, GeExportBuffer *node, const char *operator, int n,
		   const char *const *inputs, const char *result)
{
	ge_export_buffer_init(node, graph->encoder);
	for (int i = 0; i < n; i++)
		ge_proto_string(node, NODE_INPUT, inputs[i]);
	ge_proto_string(node, NODE_OUTPUT, result);
	ge_proto_string(node, NODE_OPERATOR, operator);
}

const char *
ge_onnx_node(GeOnnxGraph *graph, const char *operator, int n, const char *const *inputs,
			 const char *result)
{
	GeExportBuffer node;

	result = result == NULL ? add_hidden_name(graph) : add_name(graph, result);
	begin_node(graph, &node, operator, n, inputs, result);
	ge_proto_message(&graph->proto, GRAPH_NODE, &node);
	return result;
}

static void
begin_attribute(GeExportBuffer *attribute, const char *encoder, const char *name,
				int type)
{
	ge_export_buffer_init(attribute, encoder);
	ge_proto_string(attribute, ATTRIBUTE_NAME, name);
	ge_proto_int(attribute, ATTRIBUTE_TYPE, type);
}

void
ge_onnx_keys_init(GeOnnxKeys *keys, const char *encoder, GeOnnxType type)
{
	*keys = (GeOnnxKeys){.type = type};
	if (type == GE_ONNX_STRING)
		begin_attribute(&keys->attribute, encoder, "keys_strings", TYPE_STRINGS);
	else
		begin_attribute(&keys->attribute, encoder, "keys_int64s", TYPE_INTS);
}

void
ge_onnx_keys_add_string(GeOnnxKeys *keys, const char *key)
{
	ge_proto_string(&keys->attribute, ATTRIBUTE_STRINGS, key);
	keys->n++;
}

void
ge_onnx_keys_add_int(GeOnnxKeys *keys, int64 key)
{
	ge_proto_int(&keys->attribute, ATTRIBUTE_INTS, (uint64) key);
	keys->n++;
}

/* A LabelEncoder must have a key: one that becomes what all else becomes. */
static bool
add_key_if_none(GeOnnxKeys *keys)
{
	if (keys->n > 0)
		return false;
	if (keys->type == GE_ONNX_STRING)
		ge_onnx_keys_add_string(keys, "");
	else
		ge_onnx_keys_add_int(keys, 0);
	return true;
}

const char *
ge_onnx_places(GeOnnxGraph *graph, const char *input, GeOnnxKeys *keys)
{
	const char *result = add_hidden_name(graph);
	uint64 first = add_key_if_none(keys) ? 0 : 1;
	GeExportBuffer node, attribute;

	begin_node(graph, &node, "LabelEncoder", 1, &input, result);
	ge_proto_string(&node, NODE_DOMAIN, "ai.onnx.ml");
	ge_proto_message(&node, NODE_ATTRIBUTE, &keys->attribute);
	begin_attribute(&attribute, graph->encoder, "values_int64s", TYPE_INTS);
	for (uint64 i = 0; i < keys->n; i++)
		ge_proto_int(&attribute, ATTRIBUTE_INTS, first + i);
	ge_proto_message(&node, NODE_ATTRIBUTE, &attribute);
	begin_attribute(&attribute, graph->encoder, "default_int64", TYPE_INT);
	ge_proto_int(&attribute, ATTRIBUTE_INT, 0);
	ge_proto_message(&node, NODE_ATTRIBUTE, &attribute);
	ge_proto_message(&graph->proto, GRAPH_NODE, &node);
	return result;
}
