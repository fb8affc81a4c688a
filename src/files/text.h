/*
 * text.h: the text of one file in the encoding of the database.
 *
 * A byte order mark at the beginning is left out.  The text can be kept in a temporary
 * file and read once more.  So a file is fetched once, although its types must be known
 * before its rows are stored.
 */
#ifndef GE_FILES_TEXT_H
#define GE_FILES_TEXT_H

#include "postgres.h"

#include "s3/byte_source.h"

typedef struct GeCsvText GeCsvText;

/*
 * The text of an object or file, as for ge_byte_source_open().  Its connections and
 * memory are freed as soon as it was read completely. keep: from the beginning.  In
 * CurrentMemoryContext.
 */
extern GeCsvText *ge_csv_text_open(const char *uri, const GeS3Choice *choice,
								   GeCompression compression, int encoding, bool keep);
/*
 * GeCsvRead: up to size bytes, each of a whole or cut character; 0 at the end.  An error
 * (22021) if bytes are no text of the encoding.
 */
extern size_t ge_csv_text_read(void *self, char *buffer, size_t size);
/* Read what was kept again, then go on without keeping. */
extern void ge_csv_text_rewind(GeCsvText *self);
/* Returns how many bytes were read, as they are stored. */
extern uint64 ge_csv_text_close(GeCsvText *self);

#endif /* GE_FILES_TEXT_H */
