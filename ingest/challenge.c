#include "ingest/notice.h"

#include <string.h>

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

void
challenge_look(struct notice *notice)
{
	const char *from = message_field(notice->message, "From");
	char address[MESSAGE_ADDRESS_MAX];

	notice_look_fields(notice, fields, sizeof(fields) / sizeof(fields[0]));
	if (notice_sender_is_null(notice))
		finding_add(&notice->findings, BACKSCATTER_CHALLENGE,
		    FAMILY_ENVELOPE, "null-sender");
	if (message_address(from, address) == 0)
		return;
	for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		if (strstr(address, senders[i].part) != NULL)
			finding_add(&notice->findings, BACKSCATTER_CHALLENGE,
			    FAMILY_MARK, senders[i].sign);
	}
}
