/*
 * queue.h: batches from a worker to the leader through a shared memory queue.
 *
 * One queue for each worker.  A part may have any size: the ring of the queue only bounds
 * how far a worker gets ahead of the leader.
 */
#ifndef GE_READER_QUEUE_H
#define GE_READER_QUEUE_H

#include "postgres.h"
#include "postmaster/bgworker.h"
#include "storage/shm_mq.h"

#include "reader/chunks.h"

/* ---------------------------------------------------------------- the worker's side */

typedef struct GeBatchSender GeBatchSender;

/* In CurrentMemoryContext.  columns are those of every batch to come. */
extern GeBatchSender *ge_batch_sender_attach(shm_mq *queue, dsm_segment *segment,
											 int n_columns);
/* Waits for room; false if the leader no longer listens. */
extern bool ge_batch_send(GeBatchSender *sender, const GeChunkPart *part);

/* ---------------------------------------------------------------- the leader's side */

typedef struct GeBatchReceiver GeBatchReceiver;

typedef enum GeReceived
{
	GE_RECEIVED_PIECE,
	GE_RECEIVED_NOTHING, /* now; the leader's latch is set when that changes */
	GE_RECEIVED_END		 /* the worker has detached, in good order or not */
} GeReceived;

/*
 * In CurrentMemoryContext.  The receiver has been set; worker tells if the worker dies.
 */
extern GeBatchReceiver *ge_batch_receiver_attach(shm_mq *queue, dsm_segment *segment,
												 BackgroundWorkerHandle *worker,
												 const GeReadColumn *columns,
												 int n_columns);
/* Does not wait.  The part is valid until the next call. */
extern GeReceived ge_batch_receive(GeBatchReceiver *receiver, GeChunkPart *part);
/* Stop listening: the worker's next ge_batch_send() returns false. */
extern void ge_batch_receiver_detach(GeBatchReceiver *receiver);

#endif /* GE_READER_QUEUE_H */
