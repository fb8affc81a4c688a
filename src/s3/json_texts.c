/*
 * json_texts.c: texts of a JSON object.
 */
#include "postgres.h"
#include "mb/pg_wchar.h"

#include "base/compat.h"
#include "s3/json_texts.h"

typedef struct ReadState
{
	GeJsonText *texts;
	int n;
	int depth;			 /* 1: within the object itself */
	bool is_object;		 /* the outermost value is one */
	GeJsonText *current; /* whose value comes next; NULL: nobody's */
} ReadState;

static GE_JSON_ACTION
start_object(void *argument)
{
	ReadState *state = argument;

	if (state->depth++ == 0)
		state->is_object = true;
	state->current = NULL;
	GE_JSON_GO_ON;
}

static GE_JSON_ACTION
start_array(void *argument)
{
	ReadState *state = argument;

	state->depth++;
	state->current = NULL;
	GE_JSON_GO_ON;
}

static GE_JSON_ACTION
end_value(void *argument)
{
	ReadState *state = argument;

	state->depth--;
	GE_JSON_GO_ON;
}

static GE_JSON_ACTION
start_field(void *argument, char *name, bool is_null)
{
	ReadState *state = argument;

	state->current = NULL;
	for (int i = 0; state->depth == 1 && i < state->n; i++)
		if (strcmp(state->texts[i].name, name) == 0)
			state->current = &state->texts[i];
	GE_JSON_GO_ON;
}

static GE_JSON_ACTION
take_scalar(void *argument, char *token, JsonTokenType type)
{
	ReadState *state = argument;

	if (state->current != NULL && type == JSON_TOKEN_STRING)
		state->current->value = token;
	state->current = NULL;
	GE_JSON_GO_ON;
}

bool
ge_json_read_texts(const char *json, GeJsonText *texts, int n)
{
	ReadState state = {.texts = texts, .n = n};
	JsonSemAction actions = {.semstate = &state,
							 .object_start = start_object,
							 .object_end = end_value,
							 .array_start = start_array,
							 .array_end = end_value,
							 .object_field_start = start_field,
							 .scalar = take_scalar};

	return ge_json_parse(json, PG_UTF8, &actions) && state.is_object;
}
