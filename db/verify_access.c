#include <string.h>

#include "db/account.h"
#include "db/appeal.h"
#include "db/session.h"
#include "db/token.h"
#include "db/verify_private.h"

int
check_account(struct check *check, struct octets key, struct octets value)
{
	char name[ACCOUNT_NAME_MAX + 1] = "";
	struct account account;

	if (key.len <= ACCOUNT_NAME_MAX)
		memcpy(name, key.data, key.len);
	if (!account_name_is_good(name) ||
	    account_decode(name, value, &account) != 0)
		fault_of_key(check, "a damaged account", key);
	secret_forget(&account, sizeof(account));
	return 0;
}

int
check_token(struct check *check, struct octets key, struct octets value)
{
	struct token token;

	if (key.len != SECRET_LEN || token_decode(key.data, value, &token) != 0)
		fault_of_key(check, "a damaged token", key);
	return 0;
}

int
check_session(struct check *check, struct octets key, struct octets value)
{
	struct session session;

	if (key.len != SECRET_LEN ||
	    session_decode(key.data, value, &session) != 0)
		fault_of_key(check, "a damaged session", key);
	return 0;
}

int
check_appeal(struct check *check, struct octets key, struct octets value)
{
	struct appeal appeal;
	struct ipaddr unit;

	if (key.len == UNIT_LEN)
		memcpy(unit.octets, key.data, UNIT_LEN);
	if (key.len != UNIT_LEN || appeal_decode(&unit, value, &appeal) != 0)
		fault_of_key(check, "a damaged appeal", key);
	return 0;
}
