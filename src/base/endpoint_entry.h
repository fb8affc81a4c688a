/*
 * endpoint_entry.h: the entries of gpu_encode.s3_allowed_endpoints: host, *.domain, or an
 * address of IPv6 in brackets, each with or without :port.
 *
 * Plain C over strings, as s3/endpoint.h.
 */
#ifndef GE_BASE_ENDPOINT_ENTRY_H
#define GE_BASE_ENDPOINT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#define GE_IPV6_BYTES 16
#define GE_ENDPOINT_ENTRY_SEPARATORS ", "

/* The length of what stands before ":port"; the brackets of an address belong to it. */
extern size_t ge_host_length(const char *host);
/* The address in brackets that the host is; false: it is none. */
extern bool ge_host_ipv6(const char *host, size_t length,
						 unsigned char address[GE_IPV6_BYTES]);
/* The entry has a form that an endpoint can match. */
extern bool ge_endpoint_entry_is_valid(const char *entry);

#endif /* GE_BASE_ENDPOINT_ENTRY_H */
