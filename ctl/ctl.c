#include "ctl/ctl.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/error.h"
#include "db/listing.h"
#include "db/record.h"

void
ctl_name_caller(struct ctl *ctl)
{
	const char *name = getuid() == 0 ? getenv("SUDO_USER") : NULL;

	if (name == NULL || *name == '\0') {
		const struct passwd *user = getpwuid(getuid());

		name = user != NULL ? user->pw_name : NULL;
	}
	if (name != NULL)
		snprintf(ctl->who, sizeof(ctl->who), "bsblctl:%s", name);
	else
		snprintf(ctl->who, sizeof(ctl->who), "bsblctl:%lu",
		    (unsigned long)getuid());
}

int
ctl_open(struct ctl *ctl, enum store_mode mode)
{
	int error = store_open(&ctl->settings, mode, &ctl->store);

	return error == 0 ? 0 : CTL_DATABASE;
}

void
ctl_close(struct ctl *ctl)
{
	store_close(ctl->store);
	ctl->store = NULL;
}

/* --- messages ------------------------------------------------------------- */

void
ctl_say(const char *format, ...)
{
	va_list args;

	fputs("bsblctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static int
status_of(int error)
{
	static const struct {
		int error;
		int status;
	} statuses[] = {
		{ 0, CTL_OK },
		{ ERROR_NOT_FOUND, CTL_NOT_FOUND },
		{ ERROR_FORMAT, CTL_USAGE },
		{ ERROR_REFUSED, CTL_REFUSED },
		{ ERROR_LIMIT, CTL_REFUSED },
		{ ERROR_EXISTS, CTL_REFUSED },
	};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (statuses[i].error == error)
			return statuses[i].status;
	}
	return CTL_DATABASE;
}

int
ctl_fail(int error, const char *format, ...)
{
	va_list args;

	fputs("bsblctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", error_text(error));
	return status_of(error);
}

/* --- asking --------------------------------------------------------------- */

static bool
says_yes(void)
{
	char answer[16];

	if (fgets(answer, sizeof(answer), stdin) == NULL)
		return false;
	answer[strcspn(answer, "\n")] = '\0';
	return strcasecmp(answer, "yes") == 0;
}

bool
ctl_confirm(const struct ctl *ctl, const char *question, ...)
{
	va_list args;
	bool yes;

	if (ctl->confirmed)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		ctl_say("nothing was changed; --confirm does it");
		return false;
	}
	va_start(args, question);
	vfprintf(stderr, question, args);
	va_end(args);
	fputs(" Type yes: ", stderr);
	yes = says_yes();
	if (!yes)
		ctl_say("nothing was changed");
	return yes;
}

/* --- addresses ------------------------------------------------------------ */

int
ctl_parse_target(const char *text, struct ipprefix *prefix)
{
	struct ipaddr address;

	if (ipaddr_parse(text, &address) == 0) {
		prefix->address = listing_unit(&address);
		prefix->length = ipaddr_is_ipv4(&address) ? 128 : 64;
		return CTL_OK;
	}
	if (ipprefix_parse(text, prefix) == 0)
		return CTL_OK;
	ctl_say("%s is no address and no prefix with zeros behind it", text);
	return CTL_USAGE;
}

char *
ctl_format_target(const struct ipprefix *prefix, char text[IPPREFIX_TEXT_MAX])
{
	if (prefix->length == 128)
		return ipaddr_format(&prefix->address, text);
	return ipprefix_format(prefix, text);
}

/* --- transactions --------------------------------------------------------- */

static sigset_t mask_before;

void
ctl_hold_signals(void)
{
	static const int signals[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGINT,
		SIGQUIT, SIGTERM, SIGHUP };
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&held, signals[i]);
	sigprocmask(SIG_BLOCK, &held, &mask_before);
}

void
ctl_let_signals(void)
{
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

int
ctl_begin_write(struct ctl *ctl, struct store_txn **txn)
{
	int error;

	ctl_hold_signals();
	error = store_begin_write(ctl->store, txn);
	if (error != 0)
		ctl_let_signals();
	return error;
}

int
ctl_end_write(struct store_txn *txn, int error)
{
	if (error == 0)
		error = store_commit(txn);
	else
		store_abort(txn);
	ctl_let_signals();
	return error;
}

int
ctl_record(struct ctl *ctl, ctl_change *change, void *context)
{
	struct recorder_rules rules;
	struct store_txn *txn;
	int error = recorder_rules_init(&rules, &ctl->settings, ctl->who);

	if (error != 0)
		return error;
	error = ctl_begin_write(ctl, &txn);
	if (error == 0)
		error = ctl_end_write(txn, change(ctl, txn, &rules, context));
	record_log_decisions(&rules, error == 0);
	recorder_rules_deinit(&rules);
	return error;
}

int
ctl_look(struct ctl *ctl, ctl_read *read, void *context)
{
	struct store_txn *txn;
	int error = store_begin_read(ctl->store, &txn);

	if (error != 0)
		return error;
	error = read(ctl, txn, context);
	store_abort(txn);
	return error;
}

/* --- JSON ----------------------------------------------------------------- */

int
ctl_finish(struct ctl *ctl, json_t *answer)
{
	if (answer == NULL)
		return ctl_fail(-ENOMEM, "cannot answer");
	if (ctl->json) {
		json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		putchar('\n');
	}
	json_decref(answer);
	return CTL_OK;
}

int
ctl_show(struct ctl *ctl, json_t *answer, ctl_read *read,
    void (*print)(const json_t *answer), const char *what)
{
	int error, status = ctl_open(ctl, STORE_READ);

	if (status != CTL_OK) {
		json_decref(answer);
		return status;
	}
	error = ctl_look(ctl, read, answer);
	if (error != 0) {
		json_decref(answer);
		return ctl_fail(error, "cannot read %s", what);
	}
	if (!ctl->json)
		print(answer);
	return ctl_finish(ctl, answer);
}

int
ctl_complain(
    const struct ctl_complaint *complaints, int error, const char *name)
{
	for (; complaints->error != 0; complaints++) {
		if (complaints->error == error) {
			ctl_say("%s %s; nothing was changed", name,
			    complaints->words);
			return complaints->status;
		}
	}
	return ctl_fail(error, "%s", name);
}
