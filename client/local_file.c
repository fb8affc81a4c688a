/*
 * local_file.c: CSV files of this machine: their columns, and COPY to and from them.
 *
 * Types are inferred by the code that s3_create_table uses (../src/csv). A result is
 * written beside its place and renamed once the transaction has committed, so that a
 * failed run leaves the file that was there.
 */
#include "client.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "csv/kind.h"
#include "csv/reader.h"
#include "fe_utils/cancel.h"
#include "fe_utils/string_utils.h"

#define PIECE (256 * 1024)

bool
is_uri(const char *name)
{
	return strstr(name, "://") != NULL;
}

static bool
ends_in(const char *name, const char *end)
{
	size_t length = strlen(name), n = strlen(end);

	return length > n && strcmp(name + length - n, end) == 0;
}

bool
is_local_file(const char *name)
{
	return !is_uri(name) && (strchr(name, '/') != NULL || ends_in(name, ".csv") ||
							 ends_in(name, ".csv.gz"));
}

bool
names_local_file(const char *name)
{
	if (!is_uri(name) && !is_local_file(name))
		leave(EXIT_USAGE, "\"%s\" is read as the name of a relation; ./%s is the file",
			  name, name);
	return !is_uri(name);
}

/* --------------------------------------------------------------------------- reading */

/* A file that is being read; gzip is recognised by its first bytes. */
typedef struct Input
{
	const char *path;
	gzFile file;
	off_t size;
	bool at_start;
} Input;

static Input
open_input(const char *path)
{
	Input input = {.path = path, .at_start = true};
	struct stat about;

	if (stat(path, &about) != 0 || (input.file = gzopen(path, "rb")) == NULL)
		leave(EXIT_LOCAL_FILE, "could not open \"%s\": %s", path, strerror(errno));
	if (S_ISDIR(about.st_mode))
		leave(EXIT_LOCAL_FILE, "\"%s\" is a directory", path);
	input.size = about.st_size;
	gzbuffer(input.file, PIECE);
	return input;
}

/* GeCsvRead, without the byte order mark. */
static size_t
read_input(void *arg, char *buffer, size_t size)
{
	Input *input = arg;
	int n = gzread(input->file, buffer, (unsigned) Min(size, PIECE));

	if (n < 0)
	{
		int code;
		const char *message = gzerror(input->file, &code);

		leave(EXIT_LOCAL_FILE, "could not read \"%s\": %s", input->path,
			  code == Z_ERRNO ? strerror(errno) : message);
	}
	if (CancelRequested)
		leave(EXIT_CANCELLED, "cancelled; nothing was changed");
	if (input->at_start && n >= 3 && memcmp(buffer, "\xef\xbb\xbf", 3) == 0)
	{
		n -= 3;
		memmove(buffer, buffer + 3, n);
	}
	input->at_start = false;
	return n;
}

/* ---------------------------------------------------------------------------- columns */

static const char *
problem(GeCsvStatus status)
{
	switch (status)
	{
		case GE_CSV_OPEN_QUOTE:
			return "a quote that opens here is never closed";
		case GE_CSV_STRAY_QUOTE:
			return "a quote inside a field that does not begin with one";
		case GE_CSV_BARE_RETURN:
		case GE_CSV_BARE_NEWLINE:
			return "a line end unlike that of the first line";
		case GE_CSV_RECORD_TOO_LONG:
			return "a record of 1 GB or more";
		default:
			return "out of memory";
	}
}

static int
find_column(const LocalColumns *columns, const char *name)
{
	for (int i = 0; columns != NULL && i < columns->n; i++)
		if (strcmp(columns->names[i], name) == 0)
			return i;
	return -1;
}

/* The type that a column is given: by types, by known, by "*"; NULL: none. */
static const char *
given_type(const char *name, const LocalColumns *types, const LocalColumns *known)
{
	int at = find_column(types, name);

	if (at >= 0)
		return types->types[at];
	at = find_column(known, name);
	if (at >= 0)
		return known->types[at];
	at = find_column(types, "*");
	return at >= 0 ? types->types[at] : NULL;
}

static LocalColumns
read_header(const Input *input, const GeCsvRecord *record, const LocalColumns *types,
			const LocalColumns *known)
{
	LocalColumns columns = {.n = record->n_fields};

	columns.names = pg_malloc(sizeof(char *) * columns.n);
	columns.types = pg_malloc0(sizeof(char *) * columns.n);
	for (int i = 0; i < columns.n; i++)
	{
		const GeCsvField *field = &record->fields[i];

		columns.names[i] = pnstrdup(field->value, field->length);
		if (field->length == 0)
			leave(EXIT_LOCAL_FILE, "column %d in the header of \"%s\" has no name", i + 1,
				  input->path);
		for (int j = 0; j < i; j++)
			if (strcmp(columns.names[i], columns.names[j]) == 0)
				leave(EXIT_LOCAL_FILE, "two columns in the header of \"%s\" are \"%s\"",
					  input->path, columns.names[i]);
		columns.types[i] = given_type(columns.names[i], types, known);
	}
	return columns;
}

/* Add the kinds of the values of a record, where no type is given. */
static void
learn_record(const Input *input, const GeCsvRecord *record, const LocalColumns *columns,
			 uint32_t *kinds)
{
	if (record->n_fields == 1 && record->length == 0)
		return;
	if (record->n_fields != columns->n)
		leave(EXIT_LOCAL_FILE,
			  "line " UINT64_FORMAT " of \"%s\" has %d fields, its header has %d",
			  record->line, input->path, record->n_fields, columns->n);
	for (int i = 0; i < columns->n; i++)
		if (columns->types[i] == NULL && (kinds[i] & GE_KIND_TEXT) == 0 &&
			record->fields[i].length > 0)
			kinds[i] |= ge_kind_of(record->fields[i].value, record->fields[i].length);
}

static void
settle_types(LocalColumns *columns, const uint32_t *kinds)
{
	static const char *const names[] = {
		[GE_CSV_TEXT] = "pg_catalog.text",
		[GE_CSV_BIGINT] = "pg_catalog.int8",
		[GE_CSV_DOUBLE] = "pg_catalog.float8",
		[GE_CSV_BOOLEAN] = "pg_catalog.bool",
		[GE_CSV_DATE] = "pg_catalog.date",
		[GE_CSV_TIMESTAMP] = "pg_catalog.timestamp",
		[GE_CSV_TIMESTAMPTZ] = "pg_catalog.timestamptz",
	};

	for (int i = 0; i < columns->n; i++)
		if (columns->types[i] == NULL)
			columns->types[i] = names[ge_kind_type(kinds[i])];
}

LocalColumns
local_columns(const char *path, const LocalColumns *types, const LocalColumns *known)
{
	static const GeCsvFormat format = {.delimiter = ',', .quote = '"', .escape = '"'};
	Input input = open_input(path);
	GeCsvReader *reader = ge_csv_reader_create(&format, read_input, &input);
	GeCsvRecord record;
	GeCsvStatus status;
	LocalColumns columns;
	uint32_t *kinds;
	bool infer = false;

	if (reader == NULL)
		leave(EXIT_LOCAL_FILE, "out of memory");
	status = ge_csv_next(reader, &record);
	if (status == GE_CSV_END)
		leave(EXIT_LOCAL_FILE, "\"%s\" is empty; its first line has to be a header",
			  path);
	if (status != GE_CSV_RECORD)
		leave(EXIT_LOCAL_FILE, "line " UINT64_FORMAT " of \"%s\": %s",
			  ge_csv_line(reader), path, problem(status));
	columns = read_header(&input, &record, types, known);
	kinds = pg_malloc0(sizeof(uint32_t) * columns.n);
	for (int i = 0; i < columns.n; i++)
		infer |= columns.types[i] == NULL;
	while (infer && (status = ge_csv_next(reader, &record)) == GE_CSV_RECORD)
		learn_record(&input, &record, &columns, kinds);
	if (infer && status != GE_CSV_END)
		leave(EXIT_LOCAL_FILE, "line " UINT64_FORMAT " of \"%s\": %s",
			  ge_csv_line(reader), path, problem(status));
	settle_types(&columns, kinds);
	free(kinds);
	ge_csv_reader_destroy(reader);
	gzclose(input.file);
	return columns;
}

char *
local_create_sql(const char *table, const LocalColumns *columns, const char *kind)
{
	PQExpBufferData sql;

	initPQExpBuffer(&sql);
	appendPQExpBuffer(&sql, "CREATE %sTABLE %s (", kind, table);
	for (int i = 0; i < columns->n; i++)
		appendPQExpBuffer(&sql, "%s\n    %s %s", i == 0 ? "" : ",",
						  fmtId(columns->names[i]), columns->types[i]);
	appendPQExpBufferStr(&sql, ")");
	return sql.data;
}

/* ------------------------------------------------------------------------------- COPY */

void
local_print_copy(const char *source, bool out, const char *path)
{
	if (strpbrk(source, "\r\n") != NULL)
		leave(EXIT_USAGE, "psql reads \\copy in one line; write the query, or name, "
						  "without line breaks");
	printf("\\copy %s %s '", source, out ? "to" : "from");
	for (; *path != '\0'; path++)
	{
		/* psql reads one line, and '' as a quote */
		if (*path == '\n' || *path == '\r')
			leave(EXIT_USAGE, "psql cannot name a file with a line break in its name");
		printf("%s%c", *path == '\'' ? "'" : "", *path);
	}
	printf("' with (format csv, %s)\n", out ? "header" : "header match");
}

static void
send_file(PGconn *connection, Input *input)
{
	char *piece = pg_malloc(PIECE);
	size_t n;

	while ((n = read_input(input, piece, PIECE)) > 0)
	{
		if (PQputCopyData(connection, piece, (int) n) != 1)
			client_refused(connection, NULL);
		progress_part((double) gzoffset(input->file) / Max(input->size, 1), 0);
	}
	free(piece);
	if (PQputCopyEnd(connection, NULL) != 1)
		client_refused(connection, NULL);
}

uint64
local_copy_in(PGconn *connection, const char *table, const char *path)
{
	Input input = open_input(path);
	char *sql = psprintf("COPY %s FROM STDIN WITH (FORMAT csv, HEADER match)", table);
	PGresult *result = PQexec(connection, sql);
	uint64 n_rows;

	if (PQresultStatus(result) != PGRES_COPY_IN)
		client_refused(connection, result);
	PQclear(result);
	send_file(connection, &input);
	result = PQgetResult(connection);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		client_refused(connection, result);
	n_rows = strtoull(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	while ((result = PQgetResult(connection)) != NULL)
		PQclear(result);
	gzclose(input.file);
	free(sql);
	return n_rows;
}

/* Files that are not finished. */
static char *unfinished[8];

static void
remember_unfinished(char *path)
{
	for (size_t i = 0; i < lengthof(unfinished); i++)
		if (unfinished[i] == NULL)
		{
			unfinished[i] = path;
			return;
		}
}

void
local_give_up(void)
{
	for (size_t i = 0; i < lengthof(unfinished); i++)
		if (unfinished[i] != NULL)
			unlink(unfinished[i]);
}

/* Rows of a COPY that runs, into a file. */
static void
receive_file(PGconn *connection, gzFile file, const char *path)
{
	char *row;
	int n;
	uint64 n_rows = 0;

	while ((n = PQgetCopyData(connection, &row, 0)) > 0)
	{
		if (gzwrite(file, row, (unsigned) n) != n)
			leave(EXIT_LOCAL_FILE, "could not write \"%s\": %s", path, strerror(errno));
		PQfreemem(row);
		progress_part(-1, ++n_rows);
	}
	if (n == -2)
		client_refused(connection, NULL);
}

char *
local_copy_out(PGconn *connection, const char *source, const char *path)
{
	char *made = psprintf("%s.unfinished.%d", path, (int) getpid());
	gzFile file = gzopen(made, ends_in(path, ".gz") ? "wb" : "wbT");
	char *sql = psprintf("COPY %s TO STDOUT WITH (FORMAT csv, HEADER)", source);
	PGresult *result;

	if (file == NULL)
		leave(EXIT_LOCAL_FILE, "could not create \"%s\": %s", path, strerror(errno));
	remember_unfinished(made);
	gzbuffer(file, PIECE);
	result = PQexec(connection, sql);
	if (PQresultStatus(result) != PGRES_COPY_OUT)
		client_refused(connection, result);
	PQclear(result);
	receive_file(connection, file, path);
	while ((result = PQgetResult(connection)) != NULL)
	{
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			client_refused(connection, result);
		PQclear(result);
	}
	if (gzclose(file) != Z_OK)
		leave(EXIT_LOCAL_FILE, "could not write \"%s\": %s", path, strerror(errno));
	free(sql);
	return made;
}

void
local_finish(const char *made, const char *path)
{
	if (rename(made, path) != 0)
		leave(EXIT_LOCAL_FILE, "could not rename \"%s\" to \"%s\": %s", made, path,
			  strerror(errno));
	for (size_t i = 0; i < lengthof(unfinished); i++)
		if (unfinished[i] != NULL && strcmp(unfinished[i], made) == 0)
			unfinished[i] = NULL;
}
