/*
 * call.h: calls of the S3 interface: signed, retried, several at once.
 *
 * A call is an operation on a bucket or an object. ge_s3_call_start() begins it,
 * ge_s3_client_drive() lets all calls of a client proceed: data flows, and attempts that
 * failed for a passing reason are repeated after a random, growing time.  A ranged call
 * continues at the byte at which it broke off.  No error of a call is raised before
 * ge_s3_call_check().  Everything belongs to the memory context of the client.
 */
#ifndef GE_S3_CALL_H
#define GE_S3_CALL_H

#include "postgres.h"
#include "datatype/timestamp.h"
#include "utils/palloc.h"

#include "base/compat.h"
#include "s3/http.h"
#include "s3/server.h"
#include "s3/sign.h"
#include "s3/xml.h"

#define GE_S3_MAX_EXTRA_HEADERS 6
#define GE_S3_CODE 64
#define GE_S3_IF_NONE_MATCH "if-none-match"
#define GE_S3_MESSAGE 256

typedef struct GeS3Client GeS3Client;

typedef enum GeS3CallState
{
	GE_S3_IDLE,	   /* not started, or canceled */
	GE_S3_RUNNING, /* an attempt is under way */
	GE_S3_WAITING, /* for the next attempt */
	GE_S3_DONE,	   /* well */
	GE_S3_FAILED   /* for good; status, code and message say why */
} GeS3CallState;

typedef struct GeS3Call
{
	/* the request; its pointers are valid until the call has ended */
	const char *method;
	const char *key;   /* NULL: the bucket itself */
	const char *query; /* encoded and sorted; "": none */
	GeSignHeader
		extra[GE_S3_MAX_EXTRA_HEADERS]; /* further headers, names in lower case */
	int n_extra;
	const void *body; /* NULL: none */
	size_t body_length;
	/*
	 * A good answer is a complete document with this root; NULL: anything.  Status 200
	 * is not enough: it may come with an error, a cut document, or a page of a proxy.
	 */
	const char *answer_root;
	bool gives_etag; /* a good answer has one */
	bool once; /* a repetition may have another effect: repeated must be true then */

	/* a range of an object: bytes first .. first + sink_capacity - 1; -1: no range */
	int64 first;
	const char *version; /* the ETag that the object must have; NULL: any */
	int64 version_size;	 /* the size that it must have; -1: any */

	/* the body of the answer: the caller's buffer; received bytes are there */
	char *sink;
	size_t sink_capacity;

	/* how it goes */
	GeS3CallState state;
	int attempts;  /* since data came the last time */
	bool repeated; /* an attempt before the last one may have had its effect */
	GeHttpExchange exchange;
	char code[GE_S3_CODE]; /* of a failed call, as S3 has them; may be "" */
	char message[GE_S3_MESSAGE];

	/* private */
	bool cleaning_up; /* tried again until the time is over */
	GeS3Client *client;
	TimestampTz next_attempt;
	int generation; /* of the credentials of the attempt */
	bool renewed;	/* once, since data came the last time */
	size_t received_before;
	MemoryContext texts; /* url and headers of the attempt under way */
} GeS3Call;

/* Errors: those of ge_s3_server_resolve(). */
extern GeS3Client *ge_s3_client_create(const GeS3Server *server, const char *bucket);
extern void ge_s3_client_close(GeS3Client *client);
extern void ge_s3_client_cancel_all(GeS3Client *client);

/* A call with only these fields set. */
extern void ge_s3_call_init(GeS3Call *call, const char *method, const char *key);
extern void ge_s3_call_start(GeS3Client *client, GeS3Call *call);
extern void ge_s3_call_cancel(GeS3Call *call);
extern bool ge_s3_call_ended(const GeS3Call *call);

/* One step of all calls, waiting up to timeout_ms; checks for interrupts. */
extern void ge_s3_client_drive(GeS3Client *client, int timeout_ms);
/*
 * Start a call and drive until it has ended.  An error may leave it running, so it must be
 * in memory that lives as long as the client: not on the stack.
 */
extern void ge_s3_call_run(GeS3Client *client, GeS3Call *call);
/*
 * The same once, for at most timeout_ms: for what is worth no more than one request.  Returns
 * whether the call was done well.
 */
extern bool ge_s3_call_try_once(GeS3Client *client, GeS3Call *call, int timeout_ms);
/*
 * The same without interrupts and errors, so that the call may be on the stack, for at most timeout_ms: for cleaning up.
 * Returns whether the call was done well.
 */
extern bool ge_s3_call_run_quietly(GeS3Client *client, GeS3Call *call, int timeout_ms);

/* The contents of the document that answered a call with an answer_root which is done. */
extern GeXml ge_s3_call_document(const GeS3Call *call);
/* Of a call that has ended: the answer was of status 200, but none of S3. */
extern bool ge_s3_call_is_strange(const GeS3Call *call);

/* Of a call that has been started: wait for the end of the attempt that is under way, if one
 * is, for at most timeout_ms, without interrupts and errors. */
extern void ge_s3_call_await_quietly(GeS3Call *call, int timeout_ms);
/* Of a call that is no longer driven, or has ended: without a good answer it may have had
 * its effect all the same. */
extern bool ge_s3_call_is_unclear(const GeS3Call *call);

/* An error if the call has failed.  what: "could not read", for example. */
extern void ge_s3_call_check(const GeS3Call *call, const char *what);
/* That error. */
GE_NORETURN extern void ge_s3_call_report(const GeS3Call *call, const char *what);

#endif /* GE_S3_CALL_H */
