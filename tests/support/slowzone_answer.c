#include "tests/support/slowzone_private.h"

#include <stdlib.h>
#include <string.h>

/* --- RFC 1034 section 4.3.2 ----------------------------------------------- */

static bool
exists(const struct slowzone *zone, const ldns_rdf *name)
{
	return bsearch(&name, zone->names, zone->name_count,
		   sizeof(*zone->names), slowzone_by_name) != NULL;
}

/*
 * The name whose records answer for `name`: itself, or the wildcard at its
 * closest encloser; NULL when there is neither. To be freed.
 */
static ldns_rdf *
find_source(const struct slowzone *zone, const ldns_rdf *name)
{
	ldns_rdf *encloser = ldns_rdf_clone(name), *wildcard;

	if (exists(zone, name))
		return encloser;
	do {
		ldns_rdf *above = ldns_dname_left_chop(encloser);

		ldns_rdf_deep_free(encloser);
		encloser = above;
	} while (!exists(zone, encloser));
	wildcard = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, 3, "\1*");
	slowzone_insist(
	    ldns_dname_cat(wildcard, encloser) == LDNS_STATUS_OK, "cat");
	ldns_rdf_deep_free(encloser);
	if (exists(zone, wildcard))
		return wildcard;
	ldns_rdf_deep_free(wildcard);
	return NULL;
}

/* Copies of the records of one type at `source`, as those of `owner`. */
static void
collect(const struct slowzone *zone, const ldns_rdf *source,
    const ldns_rdf *owner, ldns_rr_type type, ldns_rr_list *list)
{
	size_t count = ldns_rr_list_rr_count(zone->records);
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		ldns_rr *rr = ldns_rr_list_rr(zone->records, middle);

		if (ldns_dname_compare(ldns_rr_owner(rr), source) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count; low++) {
		ldns_rr *rr = ldns_rr_list_rr(zone->records, low);

		if (ldns_dname_compare(ldns_rr_owner(rr), source) != 0)
			return;
		if (ldns_rr_get_type(rr) != type)
			continue;
		rr = ldns_rr_clone(rr);
		ldns_rdf_deep_free(ldns_rr_owner(rr));
		ldns_rr_set_owner(rr, ldns_rdf_clone(owner));
		ldns_rr_list_push_rr(list, rr);
	}
}

struct expected {
	ldns_pkt_rcode rcode;
	bool authoritative;
	ldns_rr_list *answer, *authority, *additional;
};

static void
expect_glue(const struct slowzone *zone, struct expected *expected)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(expected->answer); i++) {
		ldns_rr *rr = ldns_rr_list_rr(expected->answer, i);
		ldns_rdf *server = ldns_rr_ns_nsdname(rr);

		collect(
		    zone, server, server, LDNS_RR_TYPE_A, expected->additional);
		collect(zone, server, server, LDNS_RR_TYPE_AAAA,
		    expected->additional);
	}
}

static void
expect_data(const struct slowzone *zone, const ldns_rdf *source,
    const ldns_rdf *name, ldns_rr_type type, struct expected *expected)
{
	if (type == LDNS_RR_TYPE_SOA &&
	    ldns_dname_compare(name, zone->origin) == 0) {
		ldns_rr_list_push_rr(
		    expected->answer, ldns_rr_clone(zone->soa));
		return;
	}
	collect(zone, source, name, type, expected->answer);
	if (type == LDNS_RR_TYPE_NS)
		expect_glue(zone, expected);
}

static void
expect(const struct slowzone *zone, const ldns_rdf *name, ldns_rr_type type,
    struct expected *expected)
{
	ldns_rdf *source;

	expected->answer = ldns_rr_list_new();
	expected->authority = ldns_rr_list_new();
	expected->additional = ldns_rr_list_new();
	if (ldns_dname_compare(name, zone->origin) != 0 &&
	    !ldns_dname_is_subdomain(name, zone->origin)) {
		expected->rcode = LDNS_RCODE_REFUSED;
		return;
	}
	expected->authoritative = true;
	source = find_source(zone, name);
	if (source == NULL)
		expected->rcode = LDNS_RCODE_NXDOMAIN;
	else
		expect_data(zone, source, name, type, expected);
	if (ldns_rr_list_rr_count(expected->answer) == 0)
		ldns_rr_list_push_rr(
		    expected->authority, ldns_rr_clone(zone->soa_negative));
	ldns_rdf_deep_free(source);
}

/* --- comparison ----------------------------------------------------------- */

static bool
same_records(const ldns_rr_list *a, const ldns_rr_list *b)
{
	size_t count = ldns_rr_list_rr_count(a);
	bool same = count == ldns_rr_list_rr_count(b);
	ldns_rr_list *left = ldns_rr_list_clone(a);
	ldns_rr_list *right = ldns_rr_list_clone(b);

	ldns_rr_list_sort(left);
	ldns_rr_list_sort(right);
	for (size_t i = 0; same && i < count; i++) {
		ldns_rr *x = ldns_rr_list_rr(left, i);
		ldns_rr *y = ldns_rr_list_rr(right, i);

		same = ldns_rr_compare(x, y) == 0 &&
		       ldns_rr_ttl(x) == ldns_rr_ttl(y);
	}
	ldns_rr_list_deep_free(left);
	ldns_rr_list_deep_free(right);
	return same;
}

static bool
has_records(const ldns_pkt *reply)
{
	return ldns_pkt_ancount(reply) + ldns_pkt_nscount(reply) > 0;
}

static const char *
compare_sections(const struct slowzone *zone, const ldns_rdf *name,
    ldns_rr_type type, const ldns_pkt *reply)
{
	struct expected expected = { .rcode = LDNS_RCODE_NOERROR };
	const char *objection = NULL;

	/* ANY: one whole record set of the name's (RFC 8482 section 4.1). */
	if (type == LDNS_RR_TYPE_ANY && ldns_pkt_ancount(reply) > 0)
		type = ldns_rr_get_type(
		    ldns_rr_list_rr(ldns_pkt_answer(reply), 0));
	expect(zone, name, type, &expected);
	if (ldns_pkt_get_rcode(reply) != expected.rcode)
		objection = "rcode";
	else if (ldns_pkt_aa(reply) != expected.authoritative)
		objection = "AA";
	else if (ldns_pkt_tc(reply))
		objection = has_records(reply) ? "records beside TC" : NULL;
	else if (!same_records(ldns_pkt_answer(reply), expected.answer))
		objection = "answer section";
	else if (!same_records(ldns_pkt_authority(reply), expected.authority))
		objection = "authority section";
	else if (!same_records(ldns_pkt_additional(reply), expected.additional))
		objection = "additional section";
	ldns_rr_list_deep_free(expected.answer);
	ldns_rr_list_deep_free(expected.authority);
	ldns_rr_list_deep_free(expected.additional);
	return objection;
}

/* The question octet for octet, as ldns keeps the case. */
static bool
same_question(const ldns_rr *a, const ldns_rr *b)
{
	const ldns_rdf *x = ldns_rr_owner(a), *y = ldns_rr_owner(b);

	return ldns_rr_get_type(a) == ldns_rr_get_type(b) &&
	       ldns_rr_get_class(a) == ldns_rr_get_class(b) &&
	       ldns_rdf_size(x) == ldns_rdf_size(y) &&
	       memcmp(ldns_rdf_data(x), ldns_rdf_data(y), ldns_rdf_size(x)) ==
		   0;
}

static const char *
compare_header(const ldns_pkt *query, const ldns_pkt *reply)
{
	if (ldns_pkt_id(query) != ldns_pkt_id(reply))
		return "id";
	if (!ldns_pkt_qr(reply) ||
	    ldns_pkt_get_opcode(reply) != LDNS_PACKET_QUERY)
		return "QR or opcode";
	if (ldns_pkt_rd(query) != ldns_pkt_rd(reply))
		return "RD";
	if (ldns_pkt_ra(reply) || ldns_pkt_ad(reply) || ldns_pkt_cd(reply))
		return "RA, AD or CD";
	if (ldns_pkt_edns(query) != ldns_pkt_edns(reply))
		return "OPT";
	if (ldns_pkt_edns(reply) &&
	    (ldns_pkt_edns_version(reply) != 0 ||
		ldns_pkt_edns_do(reply) != ldns_pkt_edns_do(query)))
		return "EDNS version or DO";
	return NULL;
}

/* To who signed with no key of ours (RFC 8945 section 5.2.1). */
static bool
is_unsigned_refusal(const ldns_pkt *query, const ldns_pkt *reply)
{
	return ldns_pkt_tsig(query) != NULL &&
	       ldns_pkt_get_rcode(reply) == LDNS_RCODE_NOTAUTH;
}

const char *
slowzone_objection(
    const struct slowzone *zone, const ldns_pkt *query, const ldns_pkt *reply)
{
	const char *objection = compare_header(query, reply);
	ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(query), 0);

	if (objection != NULL)
		return objection;
	if (ldns_pkt_qdcount(reply) != 1 ||
	    !same_question(
		question, ldns_rr_list_rr(ldns_pkt_question(reply), 0)))
		return "question";
	if (is_unsigned_refusal(query, reply))
		return has_records(reply) ? "records beside NOTAUTH" : NULL;
	return compare_sections(
	    zone, ldns_rr_owner(question), ldns_rr_get_type(question), reply);
}
