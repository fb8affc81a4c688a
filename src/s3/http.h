/*
 * http.h: exchanges of HTTP over libcurl, several at once.
 *
 * One exchange is one attempt: a request and its answer, or the reason why there was
 * none.  Nothing is thrown from within libcurl; its callbacks write into the exchange's
 * own memory.  No redirects, no proxy, no netrc, no compression.  A client belongs to the
 * memory context in which it was created; its connections are closed with the context.
 */
#ifndef GE_S3_HTTP_H
#define GE_S3_HTTP_H

#include "postgres.h"

#define GE_HTTP_ERROR_BODY 4096
#define GE_HTTP_TEXT 256
#define GE_HTTP_MAX_HEADERS 24
#define GE_HTTP_UPLOAD_TOKEN "x-amz-meta-gpu-encode-upload"

typedef struct GeHttpClient GeHttpClient;

struct sockaddr;

/* The allowed addresses and the time limits of an exchange. */
typedef struct GeHttpLimits
{
	bool (*allows)(const struct sockaddr *address); /* NULL: any address */
	bool http;										/* also, not only https */
	/* no connection of others, whose address was checked by other rules, nor for others */
	bool alone;
	int connect_timeout; /* ms; 0: that of the settings */
	int timeout;		 /* ms for the whole exchange; 0: none */
} GeHttpLimits;

typedef struct GeHttpExchange
{
	/* the request; its pointers are valid until the exchange has ended */
	const char *method;
	const char *url;
	const char *headers[GE_HTTP_MAX_HEADERS]; /* "name: value" */
	int n_headers;
	const void *body; /* NULL: none */
	size_t body_length;
	const GeHttpLimits *limits;
	const char *version; /* the ETag that the object must have; NULL: any */
	int64 version_size;	 /* and the size; -1: any */
	/*
	 * On a connection of its own.  If a connection that was used before is broken,
	 * libcurl silently sends a request again.
	 */
	bool fresh;

	/* the buffer for the body of a good answer, after the received bytes */
	char *sink;
	size_t sink_capacity;
	size_t received;
	int64 range_first; /* the first byte asked for; -1: not a range */

	/* how it went, once it has ended */
	bool ended;
	bool sent;			   /* a part of the request, at least */
	bool answered;		   /* there was a whole answer, of whatever status */
	bool refused;		   /* the address is not allowed */
	bool misranged;		   /* other bytes came than were asked for */
	bool replaced;		   /* they are of another version of the object */
	const char *malformed; /* the header, or "url", that cannot be sent; NULL: none */
	char failure[GE_HTTP_TEXT]; /* why it was not answered */

	/* the answer's head; may be looked at before the end */
	int status; /* 0: none yet */
	bool head_complete;
	int64 content_length; /* -1: not given */
	int64 content_first;  /* of Content-Range; -1: not given */
	int64 object_size;	  /* of Content-Range; -1: not given */
	int64 date;			  /* Unix time; 0: not given */
	/* texts of printable ASCII; etag is "" if it is anything else, too long, or empty */
	char etag[GE_HTTP_TEXT];
	char content_encoding[GE_HTTP_TEXT];
	char request_id[GE_HTTP_TEXT];
	char upload_token[GE_HTTP_TEXT]; /* the object's, see upload_internal.h */
	char bucket_region[GE_HTTP_TEXT];
	/* the body of a bad answer, cut */
	char error_body[GE_HTTP_ERROR_BODY];
	size_t error_length;

	/* private */
	GeHttpClient *client;
	void *easy;
	void *header_list;
} GeHttpExchange;

/* An ETag without the mark of weak ones, which say the same of one endpoint's answers. */
static inline const char *
ge_etag_strong(const char *etag)
{
	return strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
}

/* Whether an ETag tells one version from another: "" does not. */
static inline bool
ge_etag_tells_version(const char *etag)
{
	const char *strong = ge_etag_strong(etag);

	return strong[strspn(strong, "\"")] != '\0';
}

extern GeHttpClient *ge_http_client_create(void);
extern void ge_http_client_close(GeHttpClient *client);

/*
 * Clear the results of an earlier attempt; the request, the sink and received stay.  A
 * request with a control character in its url or a header ends at once, unsent.
 */
extern void ge_http_start(GeHttpClient *client, GeHttpExchange *exchange);
/* The endpoint may have got a part of the request, so far. */
extern bool ge_http_is_sent(const GeHttpExchange *exchange);
/* Break off an exchange that has not ended; nothing for one that has. */
extern void ge_http_cancel(GeHttpExchange *exchange);
/* Let data flow; wait up to timeout_ms for some. */
extern void ge_http_drive(GeHttpClient *client, int timeout_ms);

#endif /* GE_S3_HTTP_H */
