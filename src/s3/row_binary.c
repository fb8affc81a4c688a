/*
 * row_binary.c: rows as COPY's binary format has them.
 *
 * A file is a signature, rows and the number -1.  A row is the number of its fields (int16)
 * and for each its length (int32; -1: NULL) and what its type's send function gives.
 */
#include "postgres.h"
#include "libpq/pqformat.h"
#include "utils/lsyscache.h"

#include "s3/row_format_internal.h"

static const char signature[11] =
	"PGCOPY\n\377\r\n"; /* its last byte, 0, is the end of the string */

static void
append_sent(GeRowFormat *format, GeRowColumn *column, Datum value)
{
	bytea *sent = SendFunctionCall(&column->function, value);

	pq_sendint32(&format->row, VARSIZE(sent) - VARHDRSZ);
	pq_sendbytes(&format->row, VARDATA(sent), VARSIZE(sent) - VARHDRSZ);
}

void
ge_row_binary_choose(GeRowFormat *format, GeRowColumn *column)
{
	Oid type = column->function_oid;
	bool is_varlena;

	getTypeBinaryOutputInfo(type, &column->function_oid, &is_varlena);
	fmgr_info(column->function_oid, &column->function);
	column->append = append_sent;
}

void
ge_row_binary_head(GeRowFormat *format)
{
	pq_sendbytes(&format->row, signature, sizeof(signature));
	pq_sendint32(&format->row, 0); /* flags */
	pq_sendint32(&format->row, 0); /* length of an extension of the head */
}

void
ge_row_binary_row(GeRowFormat *format, TupleTableSlot *slot)
{
	pq_sendint16(&format->row, format->n_columns);
	for (int i = 0; i < format->n_columns; i++)
	{
		GeRowColumn *column = &format->columns[i];

		if (slot->tts_isnull[column->attribute])
			pq_sendint32(&format->row, -1);
		else
			column->append(format, column, slot->tts_values[column->attribute]);
	}
}

void
ge_row_binary_tail(GeRowFormat *format)
{
	pq_sendint16(&format->row, -1);
}
