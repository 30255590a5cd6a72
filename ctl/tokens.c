#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "ctl/verb.h"
#include "db/token.h"
#include "db/told.h"

static int
complain(int error, const char *name)
{
	static const struct ctl_complaint complaints[] = {
		{ ERROR_FORMAT, CTL_USAGE,
		    "is no name: small letters, figures, and . _ - inside" },
		{ ERROR_EXISTS, CTL_REFUSED, "is there already" },
		{ ERROR_NOT_FOUND, CTL_NOT_FOUND, "is no token" },
		{ 0 },
	};

	return ctl_complain(complaints, error, name);
}

/* --- add ------------------------------------------------------------------ */

static int
take_sensor(const struct ctl *ctl, struct token *token)
{
	unsigned long number;
	char *end;

	if (ctl->sensor == NULL)
		return CTL_OK;
	errno = 0;
	number = strtoul(ctl->sensor, &end, 10);
	if (errno != 0 || end == ctl->sensor || *end != '\0' ||
	    *ctl->sensor == '-' || number > UINT32_MAX) {
		ctl_say("%s is no number of a sensor", ctl->sensor);
		return CTL_USAGE;
	}
	token->sensor = (uint32_t)number;
	return CTL_OK;
}

/* Prefixes with commas between them. */
static int
take_clients(const struct ctl *ctl, struct token *token)
{
	const char *text = ctl->client;

	while (text != NULL) {
		size_t len = strcspn(text, ",");
		char one[IPPREFIX_TEXT_MAX];

		if (token->prefix_count == TOKEN_PREFIXES_MAX) {
			ctl_say("--client takes %d prefixes at most",
			    TOKEN_PREFIXES_MAX);
			return CTL_USAGE;
		}
		snprintf(one, sizeof(one), "%.*s", (int)len, text);
		if (len >= sizeof(one) ||
		    ipprefix_parse(
			one, &token->prefixes[token->prefix_count]) != 0) {
			ctl_say("%s is no address and no prefix", one);
			return CTL_USAGE;
		}
		token->prefix_count++;
		text = text[len] == ',' ? text + len + 1 : NULL;
	}
	return CTL_OK;
}

static int
take_token(const struct ctl *ctl, const char *name, struct token *token)
{
	int role = role_parse(ctl->role);

	if (role < 0) {
		ctl_say("%s is no role: viewer, operator, admin or sensor",
		    ctl->role);
		return CTL_USAGE;
	}
	token->role = (enum role)role;
	token->expires_at = ctl->until;
	if (strlen(name) > TOKEN_NAME_MAX)
		return complain(ERROR_FORMAT, name);
	strcpy(token->name, name);
	role = take_sensor(ctl, token);
	return role != CTL_OK ? role : take_clients(ctl, token);
}

static int
tell(struct ctl *ctl, const struct token *token, char text[TOKEN_TEXT_MAX])
{
	char until[CLOCK_TEXT_MAX];
	int status;

	if (!ctl->json)
		printf("%s may what a %s may%s%s. The token, shown once:\n\n"
		       "  %s\n",
		    token->name, role_name(token->role),
		    token->expires_at != 0 ? " until " : "",
		    token->expires_at != 0
			? clock_format(token->expires_at, until)
			: "",
		    text);
	status = ctl_finish(
	    ctl, json_pack("{s:s, s:s, s:o, s:s}", "name", token->name, "role",
		     role_name(token->role), "expires_at",
		     told_time(token->expires_at), "token", text));
	secret_forget(text, TOKEN_TEXT_MAX);
	return status;
}

int
verb_token_add(struct ctl *ctl, int count, char *words[])
{
	struct token token = { .prefix_count = 0 };
	char text[TOKEN_TEXT_MAX];
	struct store_txn *txn;
	int error, status = take_token(ctl, words[0], &token);

	(void)count;
	if (status == CTL_OK)
		status = ctl_open(ctl, STORE_WRITE);
	if (status != CTL_OK)
		return status;
	error = ctl_begin_write(ctl, &txn);
	if (error != 0)
		return ctl_fail(error, "cannot write");
	error = ctl_end_write(
	    txn, token_add(txn, &token, ctl->who, ctl->now, text));
	return error == 0 ? tell(ctl, &token, text) : complain(error, words[0]);
}

int
verb_token_revoke(struct ctl *ctl, int count, char *words[])
{
	struct store_txn *txn;
	int error, status = ctl_open(ctl, STORE_WRITE);

	(void)count;
	if (status != CTL_OK)
		return status;
	error = ctl_begin_write(ctl, &txn);
	if (error != 0)
		return ctl_fail(error, "cannot write");
	error =
	    ctl_end_write(txn, token_revoke(txn, words[0], ctl->who, ctl->now));
	if (error != 0)
		return complain(error, words[0]);
	if (!ctl->json)
		printf("%s revoked\n", words[0]);
	return ctl_finish(ctl, json_pack("{s:s}", "revoked", words[0]));
}

/* --- list ----------------------------------------------------------------- */

static json_t *
clients_json(const struct token *token)
{
	json_t *list = json_array();
	char text[IPPREFIX_TEXT_MAX];

	for (unsigned i = 0; i < token->prefix_count; i++)
		json_array_append_new(list,
		    json_string(ctl_format_target(&token->prefixes[i], text)));
	return list;
}

static json_t *
day_json(int64_t day)
{
	char text[CLOCK_TEXT_MAX];

	return day != 0 ? json_string(clock_format_date(day, text))
			: json_null();
}

static int
collect(const struct token *token, void *context)
{
	return json_array_append_new(context,
	    json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o}", "name",
		token->name, "role", role_name(token->role), "sensor",
		(json_int_t)token->sensor, "created_at",
		told_time(token->created_at), "expires_at",
		told_time(token->expires_at), "last_used",
		day_json(token->used_day), "clients", clients_json(token)));
}

/* A member's text; `otherwise` where it is null. */
static const char *
text_of(const json_t *object, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : otherwise;
}

static void
print_tokens(const json_t *list)
{
	json_t *token, *client;
	size_t i, j;

	json_array_foreach(list, i, token)
	{
		printf("%-20s  %-8s  %-20s  last used %s",
		    text_of(token, "name", ""), text_of(token, "role", ""),
		    text_of(token, "expires_at", "for good"),
		    text_of(token, "last_used", "never"));
		json_array_foreach(json_object_get(token, "clients"), j, client)
		    printf("%s%s", j == 0 ? "  from " : ", ",
			json_string_value(client));
		putchar('\n');
	}
}

static int
read_tokens(struct ctl *ctl, struct store_txn *txn, void *list)
{
	(void)ctl;
	return token_list(txn, collect, list);
}

int
verb_token_list(struct ctl *ctl, int count, char *words[])
{
	(void)count;
	(void)words;
	return ctl_show(
	    ctl, json_array(), read_tokens, print_tokens, "the tokens");
}
