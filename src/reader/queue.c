/*
 * queue.c: batches from a worker to the leader through a shared memory queue.
 *
 * A part is sent as
 *
 *     PieceHeader | ColumnHeader * n_columns | arrays of column 0 | arrays of column 1 ...
 *
 * with the arrays of a column in the order is_missing, values or floats or offsets,
 * bytes, each padded to GE_BATCH_ALIGN; arrays that a batch does not have are left out.
 * A part travels in one message, or in several if it is longer than GE_MESSAGE_BYTES.
 * Each message starts with the number of bytes of the part that follow in later messages.
 * In the usual case the leader reads the arrays where they lie in the ring.
 */
#include "postgres.h"
#include "storage/proc.h"
#include "utils/memutils.h"

#include "reader/batch.h"
#include "reader/queue.h"

/* The leader needs private memory of the size of a message for each worker. */
#define GE_MESSAGE_BYTES ((uint64) 16 * 1024 * 1024)

/* is_missing, values or floats or offsets, bytes */
#define GE_ARRAYS_OF_COLUMN 3

typedef struct PieceHeader
{
	uint32 chunk;
	uint32 first_row;
	uint32 n_rows;
	uint32 ends_chunk;
} PieceHeader;

typedef struct ColumnHeader
{
	uint64 has_missing;
	uint64 n_bytes; /* of keys; 0 unless they are of GE_KEY_BYTES */
} ColumnHeader;

struct GeBatchSender
{
	shm_mq_handle *queue;
	int n_columns;
	PieceHeader header;
	ColumnHeader *columns;
	shm_mq_iovec *parts; /* of the message */
	int n_parts;
	uint64 n_bytes;		   /* of all parts */
	shm_mq_iovec *message; /* of the message at hand: room for one more than parts */
};

struct GeBatchReceiver
{
	shm_mq_handle *queue;
	const GeReadColumn *reads;
	MemoryContext context;
	char *assembled; /* a part of several messages; NULL: none */
	uint64 n_assembled;
	bool is_complete; /* assembled is the part that the last call gave */
	GeBatch batch;
	GeBatchColumn *columns; /* of batch */
};

static uint64
padded(uint64 bytes)
{
	return TYPEALIGN(GE_BATCH_ALIGN, bytes);
}

/* ---------------------------------------------------------------- the worker's side */

GeBatchSender *
ge_batch_sender_attach(shm_mq *queue, dsm_segment *segment, int n_columns)
{
	GeBatchSender *sender = palloc0(sizeof *sender);
	int max_parts = 2 + n_columns * GE_ARRAYS_OF_COLUMN;

	shm_mq_set_sender(queue, MyProc);
	sender->queue = shm_mq_attach(queue, segment, NULL);
	sender->n_columns = n_columns;
	sender->columns = palloc0(n_columns * sizeof *sender->columns);
	sender->parts = palloc(max_parts * sizeof *sender->parts);
	sender->message = palloc((max_parts + 1) * sizeof *sender->message);
	return sender;
}

static void
add_part(GeBatchSender *sender, const void *data, uint64 n_bytes)
{
	shm_mq_iovec *part = &sender->parts[sender->n_parts];

	if (n_bytes == 0)
		return;
	sender->n_parts++;
	part->data = data;
	part->len = padded(n_bytes);
	sender->n_bytes += part->len;
}

static void
add_column(GeBatchSender *sender, ColumnHeader *header, const GeBatchColumn *column,
		   uint32 n_rows)
{
	const GeKeys *keys = &column->keys;

	header->has_missing = keys->is_missing != NULL;
	header->n_bytes = 0;
	if (keys->is_missing != NULL)
		add_part(sender, keys->is_missing, n_rows);
	if (column->floats != NULL)
		add_part(sender, column->floats, n_rows * sizeof *column->floats);
	else if (keys->kind == GE_KEY_INT64)
		add_part(sender, keys->values, n_rows * sizeof *keys->values);
	else
	{
		header->n_bytes = keys->offsets[n_rows];
		add_part(sender, keys->offsets, (n_rows + (uint64) 1) * sizeof *keys->offsets);
		add_part(sender, keys->bytes, header->n_bytes);
	}
}

/*
 * Fill sender->message with what follows the first *done bytes of *part, and advance
 * them.  Returns the number of its elements; *rest is the first.
 */
static int
fill_message(GeBatchSender *sender, int *part, uint64 *done, uint64 *rest)
{
	uint64 room = GE_MESSAGE_BYTES;
	int n = 0;

	sender->message[n].data = (const char *) rest;
	sender->message[n++].len = sizeof *rest;
	while (room > 0 && *part < sender->n_parts)
	{
		uint64 length = Min(sender->parts[*part].len - *done, room);

		sender->message[n].data = sender->parts[*part].data + *done;
		sender->message[n++].len = length;
		room -= length;
		*rest -= length;
		*done += length;
		if (*done == sender->parts[*part].len)
		{
			*done = 0;
			(*part)++;
		}
	}
	return n;
}

static bool
send_parts(GeBatchSender *sender)
{
	uint64 rest = sender->n_bytes, done = 0;
	int part = 0;

	while (rest > 0)
	{
		int n = fill_message(sender, &part, &done, &rest);

		if (shm_mq_sendv(sender->queue, sender->message, n, false, true) !=
			SHM_MQ_SUCCESS)
			return false;
	}
	return true;
}

bool
ge_batch_send(GeBatchSender *sender, const GeChunkPart *part)
{
	const GeBatch *batch = part->batch;
	int i;

	sender->header.chunk = batch->chunk;
	sender->header.first_row = batch->first_row;
	sender->header.n_rows = batch->n_rows;
	sender->header.ends_chunk = part->ends_chunk;
	sender->n_parts = 0;
	sender->n_bytes = 0;
	add_part(sender, &sender->header, sizeof sender->header);
	add_part(sender, sender->columns, sender->n_columns * sizeof *sender->columns);
	for (i = 0; i < sender->n_columns; i++)
		add_column(sender, &sender->columns[i], &batch->columns[i], batch->n_rows);
	return send_parts(sender);
}

/* ---------------------------------------------------------------- the leader's side */

GeBatchReceiver *
ge_batch_receiver_attach(shm_mq *queue, dsm_segment *segment,
						 BackgroundWorkerHandle *worker, const GeReadColumn *columns,
						 int n_columns)
{
	GeBatchReceiver *receiver = palloc0(sizeof *receiver);

	receiver->queue = shm_mq_attach(queue, segment, worker);
	receiver->reads = columns;
	receiver->context = CurrentMemoryContext;
	receiver->columns = palloc0(n_columns * sizeof *receiver->columns);
	receiver->batch.n_columns = n_columns;
	receiver->batch.columns = receiver->columns;
	return receiver;
}

static const void *
take_part(const char **position, uint64 n_bytes)
{
	const void *part = *position;

	*position += padded(n_bytes);
	return part;
}

static void
read_column(const GeReadColumn *read, const ColumnHeader *header, uint32 n_rows,
			const char **position, GeBatchColumn *column)
{
	GeKeys *keys = &column->keys;

	memset(column, 0, sizeof *column);
	keys->n_rows = n_rows;
	keys->kind = GE_KEY_INT64;
	if (read->kind == GE_READ_CATEGORY)
		keys->kind = ge_category_key_kind(read->category);
	if (header->has_missing)
		keys->is_missing = take_part(position, n_rows);
	if (read->kind == GE_READ_FLOAT64)
		column->floats = take_part(position, n_rows * sizeof *column->floats);
	else if (keys->kind == GE_KEY_INT64)
		keys->values = take_part(position, n_rows * sizeof *keys->values);
	else
	{
		keys->offsets =
			take_part(position, (n_rows + (uint64) 1) * sizeof *keys->offsets);
		keys->bytes = take_part(position, header->n_bytes);
	}
}

static void
read_part(GeBatchReceiver *receiver, const char *position, GeChunkPart *part)
{
	GeBatch *batch = &receiver->batch;
	const PieceHeader *header = take_part(&position, sizeof *header);
	const ColumnHeader *columns =
		take_part(&position, batch->n_columns * sizeof *columns);
	int i;

	batch->chunk = header->chunk;
	batch->first_row = header->first_row;
	batch->n_rows = header->n_rows;
	for (i = 0; i < batch->n_columns; i++)
		read_column(&receiver->reads[i], &columns[i], header->n_rows, &position,
					&receiver->columns[i]);
	part->batch = batch;
	part->ends_chunk = header->ends_chunk != 0;
}

/* Append a message to the part in assembly, of which rest bytes are still to come. */
static void
assemble(GeBatchReceiver *receiver, const char *data, uint64 n_bytes, uint64 rest)
{
	if (receiver->assembled == NULL)
	{
		receiver->assembled = MemoryContextAllocHuge(receiver->context, n_bytes + rest);
		receiver->n_assembled = 0;
	}
	memcpy(receiver->assembled + receiver->n_assembled, data, n_bytes);
	receiver->n_assembled += n_bytes;
	receiver->is_complete = rest == 0;
}

/* Take in one message; true when it completes a part. */
static bool
take_message(GeBatchReceiver *receiver, const char *data, Size length, GeChunkPart *part)
{
	uint64 rest;

	memcpy(&rest, data, sizeof rest);
	data += sizeof rest;
	length -= sizeof rest;
	if (rest > 0 || receiver->assembled != NULL)
	{
		assemble(receiver, data, length, rest);
		data = receiver->assembled;
	}
	if (rest > 0)
		return false;
	read_part(receiver, data, part);
	return true;
}

static void
release_piece(GeBatchReceiver *receiver)
{
	if (receiver->is_complete)
	{
		pfree(receiver->assembled);
		receiver->assembled = NULL;
		receiver->is_complete = false;
	}
}

GeReceived
ge_batch_receive(GeBatchReceiver *receiver, GeChunkPart *part)
{
	shm_mq_result result;
	void *data;
	Size length;

	release_piece(receiver);
	do
	{
		result = shm_mq_receive(receiver->queue, &length, &data, true);
		if (result == SHM_MQ_WOULD_BLOCK)
			return GE_RECEIVED_NOTHING;
		if (result == SHM_MQ_DETACHED)
			return GE_RECEIVED_END;
	} while (!take_message(receiver, data, length, part));
	return GE_RECEIVED_PIECE;
}

void
ge_batch_receiver_detach(GeBatchReceiver *receiver)
{
	shm_mq_detach(receiver->queue);
}
