/*
 * address.h: which addresses of the network a request may go to.
 *
 * Plain C, because libcurl calls it: nothing may be thrown.
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

/* Loopback. */
extern bool ge_address_is_local(const struct sockaddr *address);

/* The very addresses of EC2's metadata service, and those of ECS's and EKS's agents. */
extern bool ge_address_is_instance_metadata(const struct sockaddr *address);
extern bool ge_address_is_container_metadata(const struct sockaddr *address);
/* These addresses, or loopback: for an address that the server's environment names. */
extern bool ge_address_is_instance_metadata_or_local(const struct sockaddr *address);
extern bool ge_address_is_container_metadata_or_local(const struct sockaddr *address);

#endif /* GE_S3_ADDRESS_H */
