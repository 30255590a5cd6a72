#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "db/token.h"
#include "db/told.h"
#include "httpapi/act.h"
#include "httpapi/act_input.h"
#include "httpapi/view.h"

/* A number, or one as text; a form has "" where there is none. */
static int
read_sensor(struct act *act, uint32_t *sensor)
{
	const json_t *given = json_object_get(act->input, "sensor");
	const char *text = json_string_value(given);
	unsigned long long number = 0;
	char *end = NULL;

	*sensor = 0;
	if (given == NULL || (text != NULL && text[0] == '\0'))
		return 0;
	errno = 0;
	if (text != NULL)
		number = strtoull(text, &end, 10);
	else if (json_is_integer(given) && json_integer_value(given) >= 0)
		number = (unsigned long long)json_integer_value(given);
	else
		errno = EINVAL;
	if (errno != 0 || number > UINT32_MAX ||
	    (text != NULL && (*end != '\0' || *text == '-')))
		return act_refuse_at(act, "sensor", "A sensor is a number.");
	*sensor = (uint32_t)number;
	return 0;
}

/* Prefixes with spaces or commas between them. */
static int
read_clients(struct act *act, struct token *token)
{
	const char *text = act_text(act, "clients");

	while (text != NULL && *(text += strspn(text, " ,")) != '\0') {
		size_t len = strcspn(text, " ,");
		char one[IPPREFIX_TEXT_MAX];

		if (token->prefix_count == TOKEN_PREFIXES_MAX)
			return act_refuse_at(act, "clients",
			    "A token is for four networks at most.");
		if (len >= sizeof(one))
			return act_refuse_at(act, "clients",
			    "An address is expected, or a prefix with zeros "
			    "behind it.");
		memcpy(one, text, len);
		one[len] = '\0';
		if (ipprefix_parse(
			one, &token->prefixes[token->prefix_count]) != 0)
			return act_refuse_at(act, "clients",
			    "An address is expected, or a prefix with zeros "
			    "behind it.");
		token->prefix_count++;
		text += len;
	}
	return 0;
}

static int
read_token(struct act *act, struct token *token)
{
	const char *name = act_text(act, "name"), *role = act_text(act, "role");
	int code = role != NULL ? role_parse(role) : -1;

	if (code < 0)
		return act_refuse_at(act, "role",
		    "A role is viewer, operator, admin or sensor.");
	token->role = (enum role)code;
	if (name == NULL || strlen(name) > TOKEN_NAME_MAX)
		return ERROR_FORMAT;
	strcpy(token->name, name);
	code = read_sensor(act, &token->sensor);
	if (code == 0)
		code = read_clients(act, token);
	return code != 0 ? code : act_until(act, &token->expires_at);
}

int
act_token_add(struct act *act)
{
	struct token token = { .prefix_count = 0 };
	char text[TOKEN_TEXT_MAX];
	int code = read_token(act, &token);

	if (code == 0)
		code =
		    token_add(act->txn, &token, act->rules.who, act->now, text);
	if (code == ERROR_FORMAT && act->why == NULL)
		act->why = "A name is of small letters, figures, and . _ - "
			   "inside, 31 at most.";
	if (code == ERROR_EXISTS)
		act->why = "There is a token of that name already.";
	if (code != 0)
		return code;
	json_object_update_new(
	    act->answer, json_pack("{ss ss so ss}", "name", token.name, "role",
			     role_name(token.role), "expires_at",
			     told_time(token.expires_at), "token", text));
	secret_forget(text, sizeof(text));
	return 0;
}

int
act_token_revoke(struct act *act)
{
	int code =
	    token_revoke(act->txn, act->subject, act->rules.who, act->now);

	if (code == ERROR_NOT_FOUND)
		act->why = "There is no token of that name, or no longer.";
	if (code == 0)
		json_object_set_new(
		    act->answer, "revoked", json_string(act->subject));
	return code;
}
