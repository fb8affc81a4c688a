/*
 * address.h: which addresses of the network a request may go to.
 *
 * Plain C: it is called within libcurl, where nothing may be thrown.
 */
#ifndef GE_S3_ADDRESS_H
#define GE_S3_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/*
 * The address is one of the public internet: not loopback, link-local, private, shared,
 * multicast or reserved, nor an IPv6 form of such an IPv4 address.
 */
extern bool ge_address_is_public(const struct sockaddr *address);

#endif /* GE_S3_ADDRESS_H */
