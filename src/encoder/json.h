/*
 * json.h: the parameters of an encoder, taken apart.
 *
 * The owner of an encoder may have written any JSON into it.  Each function checks the
 * kind of a value, and the range of a number, and reports anything else as damage
 * (55000).  So results need no further check.
 */
#ifndef GE_ENCODER_JSON_H
#define GE_ENCODER_JSON_H

#include "postgres.h"
#include "utils/jsonb.h"

/* An object or a list in the parameters of an encoder. */
typedef struct GeJson
{
	const char *encoder; /* its name, for messages */
	JsonbContainer *container;
} GeJson;

/* The whole: an object. */
extern GeJson ge_json_root(const Jsonb *jsonb, const char *encoder);

/* Fields of an object that must be there; strings are palloc'd. */
extern bool ge_json_bool(GeJson object, const char *field);
extern int64 ge_json_int(GeJson object, const char *field, int64 low, int64 high);
extern double ge_json_number(GeJson object, const char *field); /* finite */
extern char *ge_json_string(GeJson object, const char *field);
/* A word of a list (base/words.h): its place. */
extern int ge_json_word(GeJson object, const char *field, const char *const *words);
extern GeJson ge_json_list(GeJson object, const char *field, int *n);
/* Whether there is such a field, and it is not null. */
extern bool ge_json_has(GeJson object, const char *field);
extern bool ge_json_is_string(GeJson object, const char *field);
/* A field that may be null or absent: NULL. */
extern char *ge_json_string_or_null(GeJson object, const char *field);

/* The i-th of a list's n elements. */
extern GeJson ge_json_object_at(GeJson list, int i);
extern char *ge_json_string_at(GeJson list, int i);

#endif /* GE_ENCODER_JSON_H */
