#include "ingest/notice.h"

#include <string.h>
#include <strings.h>

/*
 * Challenge-response: "prove that you are a person and your message will be
 * delivered", and requests to confirm a subscription that a mail asked for.
 */
#define VENDOR(name, value, sign)                                              \
	{                                                                      \
		name, value, sign, BACKSCATTER_CHALLENGE, FAMILY_MARK          \
	}
/* Written into ordinary mail of the system's users as well. */
#define USER(name, value, sign)                                                \
	{                                                                      \
		name, value, sign, BACKSCATTER_CHALLENGE, FAMILY_FIELD         \
	}
static const struct field_sign fields[] = {
	VENDOR("X-Bluebottle-Request", NULL, "bluebottle"),
	USER("X-Delivery-Agent", "^tmda", "tmda"),
	VENDOR("X-TMDA-Confirm", NULL, "tmda"),
	USER("X-AskVersion", NULL, "ask"),
	USER("X-ASK-Auth", NULL, "ask"),
	VENDOR("X-Boxtrapper", NULL, "boxtrapper"),
	USER("X-Spamarrest-noauth", NULL, "spamarrest"),
	USER("X-Spamarrest-ID", NULL, "spamarrest"),
	USER("X-SpamArrest", NULL, "spamarrest"),
	USER("X-Qconfirm", NULL, "qconfirm"),
	USER("X-Mailinblack", NULL, "mailinblack"),
	VENDOR("X-AntiSpamUOL", NULL, "uol"),
	VENDOR("X-UOL-Challenge", NULL, "uol"),
	USER("X-Challenge", NULL, "x-challenge"),
	VENDOR("X-Boxbe-Notice", NULL, "boxbe"),
	USER("X-Vanquish", NULL, "vanquish"),
	USER("X-TMDA-Fingerprint", NULL, "tmda"),
	VENDOR("X-ELNK-Challenge", NULL, "earthlink"),
	VENDOR("X-Sendio-Challenge", NULL, "sendio"),
	VENDOR("X-Choicemail-Registration-Request", NULL, "choicemail"),
	VENDOR("X-Spamazoid-MD", NULL, "spamazoid"),
	VENDOR("Spamlion", NULL, "spamlion"),
	VENDOR("X-ExiSpam", NULL, "exispam"),
	VENDOR("Message-ID", "-tmda-confirm@", "tmda"),
	USER("Subject", "[qurb #", "qurb"),
	USER("Subject", "verify#", "boxtrapper"),
	VENDOR("Content-Type", "mailinblack", "mailinblack"),
	VENDOR("From", "antispam uol", "uol"),
	VENDOR("From", "mailinblack", "mailinblack"),
	VENDOR("From", "boxtrapper", "boxtrapper"),
	VENDOR("Subject", "antispam uol", "uol"),
	VENDOR("X-Mailer", "qconfirm", "qconfirm"),
	VENDOR("X-Mailer", "boxtrapper", "boxtrapper"),
};

/* Senders by whom nothing else is sent. */
static const struct {
	const char *part; /* of the From value, folded by message_address */
	const char *sign;
} senders[] = {
	{ "@boxbe.com", "boxbe" },
	{ ".boxbe.com", "boxbe" },
	{ "antispam@uol.com", "uol" },
	{ "antispamuol@", "uol" },
	{ "@spamarrest.com", "spamarrest" },
	{ "@mailinblack.com", "mailinblack" },
	{ "@knowspam.net", "knowspam" },
	{ "@choicemail.com", "choicemail" },
	{ "@sendio.com", "sendio" },
	{ "@spamguard.vanquish.com", "vanquish" },
	{ "verify@0spam.com", "0spam" },
	{ "@spamstomp.com", "spamstomp" },
	{ "@ipermitmail.com", "ipermitmail" },
};

/*
 * What is to be confirmed by an answer is known by the address that this goes
 * to: a word for it, then a token.
 */
static const char *const token_words[] = { "confirm", "-conf-", "+conf-",
	"+conf+", "challenge", "verify", "conferm", "bestaetig", "confirma",
	"bekraft", "bekraeft", "bevestig", "potwierdz" };
#define TOKEN_MIN 3

static bool
bears_token(const char *address)
{
	size_t end = strcspn(address, "@");

	for (size_t i = 0; i < sizeof(token_words) / sizeof(token_words[0]);
	     i++) {
		const char *at = strstr(address, token_words[i]);
		size_t len, digits;

		if (at == NULL || at >= address + end)
			continue;
		at += strlen(token_words[i]);
		len = strcspn(at, "@");
		digits = strcspn(at, "0123456789");
		if (len > TOKEN_MIN && digits < len)
			return true;
	}
	return false;
}

/* ezmlm's way: "list-sc.1763967662.cookie-user=example.test@lists..." */
static bool
encloses_recipient(const struct notice *notice, const char *address)
{
	const struct envelope *envelope = notice->envelope;
	const char *equals = strchr(address, '=');

	for (unsigned i = 0; equals != NULL && i < envelope->recipient_count;
	     i++) {
		const char *domain = strrchr(envelope->recipients[i].path, '@');
		size_t len = domain == NULL ? 0 : strlen(domain + 1);

		if (len > 0 && strncasecmp(equals + 1, domain + 1, len) == 0 &&
		    equals[1 + len] == '@')
			return true;
	}
	return false;
}

static void
look_for_token(struct notice *notice)
{
	static const char *const names[] = { "From", "Reply-To" };
	char address[MESSAGE_ADDRESS_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = message_field(notice->message, names[i]);

		if (message_address(value, address) == 0)
			continue;
		if (encloses_recipient(notice, address))
			finding_add(&notice->findings, BACKSCATTER_CHALLENGE,
			    FAMILY_SYSTEM, "subscription-request");
		else if (bears_token(address))
			finding_add(&notice->findings, BACKSCATTER_CHALLENGE,
			    FAMILY_TOKEN, "token-address");
	}
}

void
challenge_look(struct notice *notice)
{
	const char *from = message_field(notice->message, "From");
	char address[MESSAGE_ADDRESS_MAX];

	notice_look_fields(notice, fields, sizeof(fields) / sizeof(fields[0]));
	if (notice_sender_is_null(notice))
		finding_add(&notice->findings, BACKSCATTER_CHALLENGE,
		    FAMILY_ENVELOPE, "null-sender");
	look_for_token(notice);
	if (message_address(from, address) == 0)
		return;
	for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		if (strstr(address, senders[i].part) != NULL)
			finding_add(&notice->findings, BACKSCATTER_CHALLENGE,
			    FAMILY_MARK, senders[i].sign);
	}
}
