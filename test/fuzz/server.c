/*
 * server.c: memory and errors as code of the server knows them, without a server.
 *
 * The rest (StringInfo, encodings, JSON) comes from libpgcommon.a and libpgport.a, whose
 * objects call the same functions.
 */
#include "postgres.h"
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"

#include <setjmp.h>
#include <stdlib.h>

#include "server.h"

typedef struct Chunk
{
	struct Chunk *next;
	struct Chunk *previous;
} Chunk;

static Chunk chunks = {&chunks, &chunks};
static sigjmp_buf error_jump;

static void *
add_chunk(Chunk *chunk)
{
	if (chunk == NULL)
		abort();
	chunk->next = chunks.next;
	chunk->previous = &chunks;
	chunk->next->previous = chunk;
	chunks.next = chunk;
	return chunk + 1;
}

static Chunk *
take_chunk(void *pointer)
{
	Chunk *chunk = (Chunk *) pointer - 1;

	chunk->next->previous = chunk->previous;
	chunk->previous->next = chunk->next;
	return chunk;
}

void *
palloc(Size size)
{
	return add_chunk(malloc(sizeof(Chunk) + size));
}

void *
palloc0(Size size)
{
	return add_chunk(calloc(1, sizeof(Chunk) + size));
}

void *
palloc_extended(Size size, int flags)
{
	return (flags & MCXT_ALLOC_ZERO) != 0 ? palloc0(size) : palloc(size);
}

void *
repalloc(void *pointer, Size size)
{
	return add_chunk(realloc(take_chunk(pointer), sizeof(Chunk) + size));
}

void
pfree(void *pointer)
{
	free(take_chunk(pointer));
}

char *
pnstrdup(const char *string, Size size)
{
	size_t length = strnlen(string, size);
	char *copy = palloc(length + 1);

	memcpy(copy, string, length);
	copy[length] = '\0';
	return copy;
}

char *
pstrdup(const char *string)
{
	return pnstrdup(string, strlen(string));
}

/* the names by which programs without a server, for which libpgcommon.a was compiled, know them */
extern void *pg_malloc(size_t size);
extern void *pg_malloc0(size_t size);
extern void *pg_malloc_extended(size_t size, int flags);
extern void *pg_realloc(void *pointer, size_t size);
extern char *pg_strdup(const char *string);
extern void pg_free(void *pointer);

void *
pg_malloc(size_t size)
{
	return palloc(size);
}

void *
pg_malloc0(size_t size)
{
	return palloc0(size);
}

void *
pg_malloc_extended(size_t size, int flags)
{
	return palloc_extended(size, flags);
}

void *
pg_realloc(void *pointer, size_t size)
{
	return pointer != NULL ? repalloc(pointer, size) : palloc(size);
}

char *
pg_strdup(const char *string)
{
	return pstrdup(string);
}

void
pg_free(void *pointer)
{
	if (pointer != NULL)
		pfree(pointer);
}

/* compiled here, so that AddressSanitizer sees how far it reads */
size_t
strlcpy(char *target, const char *source, size_t size)
{
	size_t length = strlen(source);

	if (size > 0)
	{
		memcpy(target, source, Min(length, size - 1));
		target[Min(length, size - 1)] = '\0';
	}
	return length;
}

bool
errstart(int elevel, const char *domain)
{
	return elevel >= ERROR;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return elevel >= ERROR;
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
	siglongjmp(error_jump, 1);
}

int
errcode(int sqlerrcode)
{
	return 0;
}

/* formats its arguments, so that the sanitizers see them */
#define FORMAT_AND_FORGET(name)                                                          \
	int name(const char *format, ...)                                                    \
	{                                                                                    \
		va_list arguments;                                                               \
                                                                                         \
		va_start(arguments, format);                                                     \
		vsnprintf(NULL, 0, format, arguments);                                           \
		va_end(arguments);                                                               \
		return 0;                                                                        \
	}

FORMAT_AND_FORGET(errmsg)
FORMAT_AND_FORGET(errmsg_internal)
FORMAT_AND_FORGET(errdetail)
FORMAT_AND_FORGET(errdetail_internal)
FORMAT_AND_FORGET(errhint)

/* the database is in UTF-8, so that nothing is converted */
int
GetDatabaseEncoding(void)
{
	return PG_UTF8;
}

Oid
FindDefaultConversionProc(int32 for_encoding, int32 to_encoding)
{
	return InvalidOid;
}

int
pg_do_encoding_conversion_buf(Oid proc, int src_encoding, int dest_encoding,
							  unsigned char *src, int srclen, unsigned char *dest,
							  int destlen, bool noError)
{
	abort();
}

bool
fuzz_statement(void (*body)(const uint8_t *data, size_t size), const uint8_t *data,
			   size_t size)
{
	volatile bool done = false;

	if (sigsetjmp(error_jump, 0) == 0)
	{
		body(data, size);
		done = true;
	}
	while (chunks.next != &chunks)
		pfree(chunks.next + 1);
	return done;
}

void
fuzz_expect(bool holds)
{
	if (!holds)
		abort();
}

char *
fuzz_bytes(const uint8_t *data, size_t size)
{
	char *copy = palloc(size);

	memcpy(copy, data, size);
	return copy;
}

char *
fuzz_string(const uint8_t *data, size_t size)
{
	return pnstrdup((const char *) data, size);
}

/* Of texts in UTF-8, which is what the programs take the database's encoding for. */
int
pg_mbcharcliplen(const char *string, int length, int limit)
{
	int clipped = 0;

	for (int n = 0; clipped < length && n < limit; n++)
	{
		int bytes = pg_encoding_mblen(PG_UTF8, string + clipped);

		if (clipped + bytes > length)
			break;
		clipped += bytes;
	}
	return clipped;
}

int
pg_mbstrlen_with_len(const char *string, int length)
{
	int n = 0;

	for (int at = 0; at < length && string[at] != '\0'; n++)
		at += pg_encoding_mblen(PG_UTF8, string + at);
	return n;
}
