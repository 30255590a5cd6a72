#include <stdio.h>
#include <stdlib.h>

#include "common/error.h"
#include "common/log.h"
#include "db/verify.h"

/*
 * verify CONFIG: what in the database contradicts something else in it, a line
 * each; nothing, and 0, when all is well.
 */
static void
tell(const char *what, const char *of, void *context)
{
	(void)context;
	printf("%s: %s\n", of, what);
}

int
main(int argc, char *argv[])
{
	struct settings settings;
	struct store *store;
	struct store_txn *txn;
	int faults;

	log_open("verify", LOG_LEVEL_WARNING);
	if (argc != 2 || settings_read(argv[1], &settings) != 0)
		return EXIT_FAILURE;
	if (store_open(&settings, STORE_READ, &store) != 0)
		return EXIT_FAILURE;
	faults = store_begin_read(store, &txn);
	if (faults == 0) {
		faults = verify_store(txn, tell, NULL);
		store_abort(txn);
	}
	if (faults < 0)
		printf("%s\n", error_text(faults));
	store_close(store);
	settings_free(&settings);
	return faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
