#ifndef TESTS_SUPPORT_ADDRESSES_H
#define TESTS_SUPPORT_ADDRESSES_H

/* Addresses as the tests write them. Include it after cmocka.h. */

#include "common/ipaddr.h"

static inline struct ipaddr
address_of(const char *text)
{
	struct ipaddr address;

	assert_int_equal(ipaddr_parse(text, &address), 0);
	return address;
}

static inline struct ipprefix
prefix_of(const char *text)
{
	struct ipprefix prefix;

	assert_int_equal(ipprefix_parse(text, &prefix), 0);
	return prefix;
}

#endif
