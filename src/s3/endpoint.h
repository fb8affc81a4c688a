/*
 * endpoint.h: the hosts, paths and regions that requests of S3 go by.
 *
 * Plain C over strings, as sign.h, so that the requests to each kind of endpoint can be
 * tested without a server.
 */
#ifndef GE_S3_ENDPOINT_H
#define GE_S3_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#define GE_ENDPOINT_HOST 320
#define GE_BUCKET_BYTES 255
#define GE_HOST_BYTES (GE_BUCKET_BYTES + 1 + GE_ENDPOINT_HOST)

typedef struct GeEndpoint
{
	bool https;
	char
		host[GE_ENDPOINT_HOST]; /* lower case; with ":port" unless that is the scheme's */
} GeEndpoint;

/* https://host or http://host:port; false: the text is neither. */
extern bool ge_endpoint_parse(const char *text, GeEndpoint *result);
/* AWS's own of a region; false: the region's name is too long. */
extern bool ge_endpoint_of_region(const char *region, GeEndpoint *result);

/* An entry of gpu_encode.s3_allowed_endpoints, see base/endpoint_entry.h, means the endpoint. */
extern bool ge_endpoint_is_of_entry(const GeEndpoint *endpoint, const char *entry);

/* The domain of AWS's services in a region: amazonaws.com, or that of another partition. */
extern const char *ge_endpoint_domain(const char *region);
/* The region for signatures if none is given. */
extern const char *ge_endpoint_default_region(const GeEndpoint *endpoint);

/* The bucket may stand before the host: both are names, and a certificate would fit. */
extern bool ge_endpoint_takes_bucket(const GeEndpoint *endpoint, const char *bucket);

/* The host for a bucket; path_style: the endpoint's own. */
extern void ge_endpoint_host(const GeEndpoint *endpoint, bool path_style,
							 const char *bucket, char result[GE_HOST_BYTES]);
/*
 * The path of a key, encoded; key NULL: of the bucket.  result has room for
 * GE_BUCKET_BYTES + 3 * strlen(key) + 3.
 */
extern void ge_endpoint_path(bool path_style, const char *bucket, const char *key,
							 char *result);

/*
 * The endpoint decompresses objects with Content-Encoding gzip, and ignores ranges then,
 * unless a request says that it accepts gzip (GCS).
 */
extern bool ge_endpoint_decompresses(const GeEndpoint *endpoint);

#endif /* GE_S3_ENDPOINT_H */
