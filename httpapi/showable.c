#include "httpapi/showable.h"

#include "common/error.h"
#include "db/sighting.h"

int
showable(struct store_txn *txn, const struct policy *policy,
    const struct ipaddr *unit, const struct evidence *evidence)
{
	struct policy_event event;
	struct sighting sighting;
	int code;

	policy_event_from(evidence, true, &event);
	if (!policy_counts(policy, &event))
		return 0;
	if (policy->immediate || policy->corroborating_networks == 0)
		return 1;
	code = sighting_get(txn, unit, evidence->id, &sighting);
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	return sighting.borne_by >= policy->corroborating_networks;
}
