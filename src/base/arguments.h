/*
 * arguments.h: the arguments of SQL functions, opened by name, checked and converted.
 *
 * Every error names the SQL parameter, says what is wrong and what is allowed.  Functions
 * are never STRICT: a NULL that means nothing is an error here.
 */
#ifndef GE_BASE_ARGUMENTS_H
#define GE_BASE_ARGUMENTS_H

#include "postgres.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/jsonb.h"

#include "base/names.h"
#include "base/relation.h"

/*
 * The arguments of one call, by the names that the SQL function declares.  Between open and
 * done each declared parameter is read once, and with the type that it is declared with.
 */
typedef struct GeArguments GeArguments;

extern GeArguments *ge_arguments_open(FunctionCallInfo fcinfo);
/* All arguments are read; an error if the function declares more. */
extern void ge_arguments_done(const GeArguments *args);
/* The function's memory of its call site (fn_extra); NULL at first. */
extern void **ge_arguments_state(FunctionCallInfo fcinfo);

/*
 * The position of a function's parameter, for code that inspects a call before it runs;
 * -1: none.
 */
extern int ge_argument_position(Oid function, const char *name);
/* For arguments of several functions, some of which lack the parameter. */
extern bool ge_arg_is_declared(const GeArguments *args, const char *name);

/* NULL means nothing: an error. */
extern bool ge_arg_bool(GeArguments *args, const char *name);
extern int32 ge_arg_int32(GeArguments *args, const char *name);
extern int64 ge_arg_int64(GeArguments *args, const char *name);
extern Oid ge_arg_regclass(GeArguments *args, const char *name);
/* With its name, for a call that will lock it: to be read before any lock is taken. */
extern GeRelationRef ge_arg_relation(GeArguments *args, const char *name);
extern char *ge_arg_text(GeArguments *args, const char *name);
/* With whatever elements it has, NULLs too. */
extern ArrayType *ge_arg_text_array(GeArguments *args, const char *name);
/* A word out of a list (base/words.h): its position, or an error that says what is allowed. */
extern int ge_arg_choice(GeArguments *args, const char *name, const char *const *words);
/* The position in the list of a word that was read already. */
extern int ge_word_choice(const char *name, const char *given, const char *const *words);

/* NULL means something: false or NULL. */
extern bool ge_arg_given(GeArguments *args, const char *name, Oid type, Datum *value);
extern bool ge_arg_int32_given(GeArguments *args, const char *name, int32 *value);
extern bool ge_arg_int64_given(GeArguments *args, const char *name, int64 *value);
extern bool ge_arg_relation_given(GeArguments *args, const char *name,
								  GeRelationRef *relation);
extern char *ge_arg_text_or_null(GeArguments *args, const char *name);
extern Jsonb *ge_arg_jsonb_or_null(GeArguments *args, const char *name);
/* One declared anyelement, and the type that it has in this call. */
extern bool ge_arg_any(GeArguments *args, const char *name, Datum *value, Oid *type);

/* One dimension, no NULL, no duplicate. */
extern GeNames ge_arg_names(GeArguments *args, const char *name);
/* "a, b", names as SQL has them, no duplicate; a text that is no such list is one name. */
extern GeNames ge_arg_names_in_text(GeArguments *args, const char *name);
/* One dimension, no NULL: texts of any kind. */
extern GeNames ge_arg_texts(GeArguments *args, const char *name);
/* Relations without NULL and duplicates; n may be 0. */
extern GeRelationRef *ge_arg_relations(GeArguments *args, const char *name, int *n);

/* Raise: a NULL that means nothing. */
extern void ge_arg_refuse_null(const char *name);

#endif /* GE_BASE_ARGUMENTS_H */
