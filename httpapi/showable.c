#include "httpapi/showable.h"

#include "common/error.h"
#include "db/stored.h"

int
showable_evidence(struct store_txn *txn, uint64_t id, struct evidence *evidence)
{
	int code = evidence_get(txn, id, evidence);

	if (code == ERROR_NOT_FOUND)
		code = ERROR_DAMAGED;
	if (code == 0)
		return 1;
	return stored_pass_by(TABLE_EVIDENCE, code) ? 0 : code;
}
