#include "common/error.h"
#include "db/delisting.h"
#include "db/exemption.h"
#include "db/trap.h"
#include "db/verify_private.h"

/* What cannot be read is a fault; what it would say is then unknown. */
static int
readable(struct check *check, int code, const char *of)
{
	if (fails(code) == 0 && code != 0)
		fault(check, error_text(code), of);
	return fails(code);
}

/* --- traps ---------------------------------------------------------------- */

/* FNV-1a. */
static uint64_t
digest(const char *text)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		sum = (sum ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	return sum;
}

static int
add_trap(const struct trap *trap, void *context)
{
	struct check *check = context;

	check->traps += digest(trap->domain);
	return 0;
}

static int
add_domain(const char *domain, uint32_t count, void *context)
{
	struct check *check = context;

	check->named += digest(domain) * count;
	return 0;
}

/* A sum of digests is the same only when each domain's count is right. */
int
check_traps(struct check *check)
{
	int before = check->faults;
	int code =
	    readable(check, trap_list(check->txn, add_trap, check), "traps");

	if (code == 0)
		code =
		    readable(check, trap_domains(check->txn, add_domain, check),
			"domains of traps");
	if (code == 0 && check->faults == before &&
	    check->traps != check->named)
		fault(check, "domains do not count their traps", "traps");
	return code;
}

/* --- exemptions ----------------------------------------------------------- */

static int
check_exemption(const struct exemption *exemption, void *context)
{
	const struct ipprefix *prefix = &exemption->prefix;
	struct ipaddr masked = ipaddr_masked(&prefix->address, prefix->length);
	char text[IPPREFIX_TEXT_MAX];

	if (!ipaddr_equal(&masked, &prefix->address) ||
	    (!ipaddr_is_ipv4(&masked) && prefix->length > 64))
		fault(context, "an exemption that covers nothing",
		    ipprefix_format(prefix, text));
	return 0;
}

int
check_exemptions(struct check *check)
{
	return readable(check,
	    exemption_list(check->txn, check_exemption, check), "exemptions");
}

/* --- delistings ----------------------------------------------------------- */

struct delistings {
	struct check *check;
	uint64_t requests, last;
};

static int
check_delisting(const struct delisting *delisting, void *context)
{
	struct delistings *delistings = context;
	struct delisting last;
	int code = delisting_last(
	    delistings->check->txn, &delisting->unit, delisting->step, &last);

	delistings->requests++;
	delistings->last += code == 0 && last.id == delisting->id;
	if (code != 0 && code != ERROR_NOT_FOUND)
		return readable(delistings->check, code, "delistings");
	if (code != 0 || last.id < delisting->id ||
	    last.step != delisting->step ||
	    !ipaddr_equal(&last.unit, &delisting->unit))
		fault_of_unit(delistings->check,
		    "its last delisting is not on record", &delisting->unit);
	return 0;
}

int
check_delistings(struct check *check)
{
	struct delistings delistings = { .check = check };
	int before = check->faults;
	int code = readable(check,
	    delisting_list(check->txn, check_delisting, &delistings),
	    "delistings");

	if (code == 0 && check->faults == before &&
	    store_count(check->txn, TABLE_DELISTING) !=
		delistings.requests + delistings.last)
		fault(check, "some cannot be read, or are remembered alone",
		    "delistings");
	return code;
}
