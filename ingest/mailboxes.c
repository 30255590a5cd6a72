#include "ingest/mailboxes.h"

#include <errno.h>
#include <stdlib.h>

#include "common/error.h"
#include "db/trap.h"

struct mailboxes {
	struct store_txn *txn;
	bool awake;
};

int
mailboxes_open(struct store *store, struct mailboxes **opened)
{
	struct mailboxes *mailboxes = calloc(1, sizeof(*mailboxes));
	int code = mailboxes == NULL ? -ENOMEM
				     : store_begin_read(store, &mailboxes->txn);

	if (code != 0) {
		free(mailboxes);
		return code;
	}
	mailboxes->awake = true;
	mailboxes_rest(mailboxes);
	*opened = mailboxes;
	return 0;
}

void
mailboxes_close(struct mailboxes *mailboxes)
{
	if (mailboxes == NULL)
		return;
	store_abort(mailboxes->txn);
	free(mailboxes);
}

void
mailboxes_rest(struct mailboxes *mailboxes)
{
	if (mailboxes->awake)
		store_reset(mailboxes->txn);
	mailboxes->awake = false;
}

int
mailboxes_find(
    struct mailboxes *mailboxes, struct envelope_recipient *recipient)
{
	struct trap trap;
	int code;

	if (!mailboxes->awake) {
		code = store_renew(mailboxes->txn);
		if (code != 0)
			return code;
		mailboxes->awake = true;
	}
	code = trap_find(mailboxes->txn, recipient->path, &trap);
	switch (code) {
	case TRAP_MATCH_TRAP:
		if (trap.state != TRAP_ACTIVE)
			return ERROR_NOT_FOUND;
		recipient->trap = trap.id;
		recipient->whole_domain = trap.whole_domain;
		return 0;
	case TRAP_MATCH_ROLE:
		recipient->trap = 0;
		return 0;
	default:
		return code < 0 ? code : ERROR_NOT_FOUND;
	}
}
