#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "ctl/verb.h"
#include "db/session.h"
#include "db/told.h"

/* A console has some; more than these are ended by calling again. */
#define ENDED_MAX 256

static struct session_limits
limits_of(const struct ctl *ctl)
{
	return (
	    struct session_limits){ ctl->settings.httpapi.session_idle_seconds,
		ctl->settings.httpapi.session_seconds };
}

/*
 * Hexadecimal: as the console spells it, an id may begin with a dash, which
 * here would be an option's.
 */
#define ID_TEXT_MAX (2 * SECRET_LEN + 1)

static char *
format_id(const struct session *session, char text[ID_TEXT_MAX])
{
	for (size_t i = 0; i < SECRET_LEN; i++)
		sprintf(text + 2 * i, "%02x", session->hash[i]);
	return text;
}

/* --- list ----------------------------------------------------------------- */

static int
collect(const struct session *session, void *list)
{
	static const struct ipaddr unknown;
	char id[ID_TEXT_MAX], client[IPADDR_TEXT_MAX];
	bool known = !ipaddr_equal(&session->client, &unknown);

	return json_array_append_new(list,
	    json_pack("{s:s, s:s, s:o, s:o, s:o}", "session",
		format_id(session, id), "account", session->account, "client",
		known ? json_string(ipaddr_format(&session->client, client))
		      : json_null(),
		"created_at", told_time(session->created_at), "used_at",
		told_time(session->used_at)));
}

static int
read_sessions(struct ctl *ctl, struct store_txn *txn, void *list)
{
	const struct session_limits limits = limits_of(ctl);

	return session_list(txn, &limits, ctl->now, collect, list);
}

static const char *
text_of(const json_t *session, const char *name)
{
	const char *text = json_string_value(json_object_get(session, name));

	return text != NULL ? text : "unknown";
}

static void
print_sessions(const json_t *list)
{
	json_t *session;
	size_t i;

	json_array_foreach(list, i, session)
	    printf("%-16s  from %-15s  since %s  used %s  %.12s\n",
		text_of(session, "account"), text_of(session, "client"),
		text_of(session, "created_at"), text_of(session, "used_at"),
		text_of(session, "session"));
	if (json_array_size(list) == 0)
		puts("Nobody is signed in.");
}

int
verb_session_list(struct ctl *ctl, int count, char *words[])
{
	(void)count;
	(void)words;
	return ctl_show(
	    ctl, json_array(), read_sessions, print_sessions, "the sessions");
}

/* --- end ------------------------------------------------------------------ */

struct ending {
	const char *account, *id; /* no id: all of the account */
	struct session found[ENDED_MAX];
	unsigned count;
};

static int
take(const struct session *session, void *context)
{
	struct ending *ending = context;
	char id[ID_TEXT_MAX];

	format_id(session, id);
	if (strcmp(session->account, ending->account) == 0 &&
	    strncmp(id, ending->id, strlen(ending->id)) == 0)
		ending->found[ending->count++] = *session;
	return ending->count == ENDED_MAX;
}

/* All of them, or none. */
static int
end(struct ctl *ctl, struct store_txn *txn, struct ending *ending)
{
	const struct session_limits limits = limits_of(ctl);
	int code = session_list(txn, &limits, ctl->now, take, ending);

	if (code < 0)
		return code;
	if (ending->id[0] != '\0' && ending->count > 1)
		return ERROR_REFUSED;
	code = ending->count > 0 ? 0 : ERROR_NOT_FOUND;
	for (unsigned i = 0; code == 0 && i < ending->count; i++)
		code = session_revoke(txn, &ending->found[i],
		    ctl->reason != NULL ? ctl->reason : "", ctl->who, ctl->now);
	return code;
}

static int
complain(int error, const char *account)
{
	static const struct ctl_complaint complaints[] = {
		{ ERROR_NOT_FOUND, CTL_NOT_FOUND,
		    "is not signed in, or not there" },
		{ ERROR_REFUSED, CTL_REFUSED,
		    "has more than one session whose id begins so" },
		{ 0 },
	};

	return ctl_complain(complaints, error, account);
}

int
verb_session_end(struct ctl *ctl, int count, char *words[])
{
	struct ending ending = { .account = words[0],
		.id = count > 1 ? words[1] : "" };
	struct store_txn *txn;
	int error, status = ctl_open(ctl, STORE_WRITE);

	if (status != CTL_OK)
		return status;
	error = ctl_begin_write(ctl, &txn);
	if (error != 0)
		return ctl_fail(error, "cannot write");
	error = ctl_end_write(txn, end(ctl, txn, &ending));
	if (error != 0)
		return complain(error, words[0]);
	if (!ctl->json)
		printf("%s signed out of %u session%s\n", words[0],
		    ending.count, ending.count == 1 ? "" : "s");
	return ctl_finish(ctl, json_pack("{s:s, s:i}", "account", words[0],
				   "ended", (int)ending.count));
}
