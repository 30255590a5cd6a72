#include "httpapi/cause.h"

#include <stddef.h>
#include <string.h>

#include "db/backscatter.h"

static const struct cause causes[] = {
	{ "unknown_user",
	    "The server accepted mail for an address that does not exist, and "
	    "sent a bounce afterwards to a sender that was forged.",
	    "Let the server that receives from the Internet know which "
	    "recipients exist, and refuse the others during the SMTP dialogue "
	    "(550 to RCPT). In Postfix: relay_recipient_maps or "
	    "reject_unverified_recipient; in Exim: verify = recipient/callout; "
	    "in Exchange: recipient filtering on the edge." },
	{ "after_queue_filter",
	    "A filter behind the queue refused a message that the server had "
	    "accepted already, and the server told the forged sender.",
	    "Filter during the SMTP dialogue (milter, before-queue proxy) and "
	    "refuse there, or put what the filter dislikes into quarantine. "
	    "Do not bounce it." },
	{ "forwarding",
	    "Mail was forwarded to another provider, who refused it; the "
	    "server sent the bounce to the forged sender.",
	    "Filter spam before forwarding, forward within the SMTP dialogue "
	    "where the software can, and rewrite the sender (SRS) so that "
	    "bounces of forwarded mail come back to you." },
	{ "quota",
	    "A mailbox was full, and the server told the forged sender after "
	    "having accepted the message.",
	    "Check quotas during the SMTP dialogue (in Postfix with Dovecot: "
	    "the quota-status policy service) and answer 452 or 552 there." },
	{ "backup_mx",
	    "A backup mail exchanger accepted what the main server refuses, "
	    "and had to send it back.",
	    "Give the backup server the list of recipients and the filters "
	    "of the main one, or do without it: senders queue by "
	    "themselves." },
	{ "vacation", "An out-of-office notice answered spam.",
	    "Let automatic replies go out only after the spam filter, never "
	    "to null senders, lists or automatic mail (RFC 3834), and once "
	    "per sender and week." },
	{ "auto_reply",
	    "An automatic reply (a ticket system, a form, an acknowledgement) "
	    "answered spam.",
	    "Answer automatically only what has passed the spam filter, "
	    "never null senders, lists or automatic mail (RFC 3834)." },
	{ "challenge",
	    "A challenge-response system asked a forged sender to prove "
	    "itself.",
	    "Challenges put your spam problem on others. Refuse or "
	    "quarantine instead; if challenges must be, send them only after "
	    "SPF or DKIM has shown that the sender is genuine." },
	{ "virus_notice",
	    "A virus or content scanner told the forged sender what it had "
	    "found.",
	    "Malware always forges its sender: switch notifications to "
	    "senders off in the scanner. In amavis: warnvirussender and "
	    "warnspamsender off, final_*_destiny D_DISCARD or D_REJECT before "
	    "the queue." },
	{ "callout",
	    "The server checks whether senders exist by connecting to the "
	    "server of each alleged sender, forged ones too.",
	    "Switch sender verification by callout off (Exim: verify = "
	    "sender/callout; Postfix: reject_unverified_sender), or use it "
	    "only for domains of your own." },
	{ "bounce",
	    "The server accepted mail that it could not deliver, and sent a "
	    "bounce to a sender that was forged.",
	    "Refuse during the SMTP dialogue (5xx) whatever will not be "
	    "delivered: unknown recipients, full mailboxes, spam. What has "
	    "been accepted and is spam after all goes into quarantine, not "
	    "back." },
};

/* What each kind comes from when nothing better is known. */
static const struct {
	enum backscatter_kind kind;
	const char *cause;
} of_kinds[] = {
	{ BACKSCATTER_DSN, "bounce" },
	{ BACKSCATTER_AUTOREPLY, "auto_reply" },
	{ BACKSCATTER_CHALLENGE, "challenge" },
	{ BACKSCATTER_VIRUS_NOTICE, "virus_notice" },
	{ BACKSCATTER_CALLOUT, "callout" },
};

static const struct cause *
by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (strcmp(causes[i].name, name) == 0)
			return &causes[i];
	}
	return NULL;
}

const struct cause *
cause_find(const char *name, uint32_t kinds)
{
	const struct cause *cause = by_name(name);

	for (size_t i = 0;
	     cause == NULL && i < sizeof(of_kinds) / sizeof(of_kinds[0]); i++) {
		if ((kinds & BACKSCATTER_BIT(of_kinds[i].kind)) != 0)
			cause = by_name(of_kinds[i].cause);
	}
	return cause;
}
