/*
 * http_answer.h: an answer of HTTP, line by line and piece by piece as libcurl has it.
 */
#ifndef GE_S3_HTTP_ANSWER_H
#define GE_S3_HTTP_ANSWER_H

#include "s3/http.h"

/* Forget the head of an answer, and the body of a bad one. */
extern void ge_http_answer_clear(GeHttpExchange *exchange);

/*
 * Callbacks of libcurl, whose last argument is the GeHttpExchange: a line of the head,
 * and a piece of the body.  They return the number of bytes taken.  If other bytes came
 * than were asked for, they take fewer, which ends the exchange.
 */
extern size_t ge_http_answer_header(char *line, size_t size, size_t count,
									void *argument);
extern size_t ge_http_answer_body(char *data, size_t size, size_t count, void *argument);

#endif /* GE_S3_HTTP_ANSWER_H */
