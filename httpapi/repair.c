#include "httpapi/repair.h"

#include <stddef.h>
#include <string.h>

#include "db/backscatter.h"

static const struct repair repairs[] = {
	{ "unknown_user",
	    "The server accepted mail for an address that does not exist, and "
	    "sent a bounce afterwards to a sender that was forged.",
	    "Let the server that receives from the Internet know which "
	    "recipients exist, and refuse the others during the SMTP dialogue "
	    "(550 to RCPT). In Postfix: relay_recipient_maps or "
	    "reject_unverified_recipient; in Exim: verify = recipient/callout; "
	    "in Exchange: recipient filtering on the edge." },
	{ "backup_mx",
	    "The server accepted mail for another one that refuses it, and "
	    "had to send it back to a forged sender.",
	    "Give the server in front the recipients and the filters of the "
	    "one behind it, let it ask before it accepts (in Postfix: "
	    "reject_unverified_recipient), or do without a backup: senders "
	    "queue by themselves." },
	{ "quota",
	    "A mailbox was full, and the server told the forged sender after "
	    "having accepted the message.",
	    "Check quotas during the SMTP dialogue (in Postfix with Dovecot: "
	    "the quota-status policy service) and answer 452 or 552 there." },
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
	{ "sieve_reject",
	    "A user's filter rule rejected mail that had been accepted.",
	    "Let Sieve's reject answer during the SMTP dialogue where the "
	    "software can (LMTP with one recipient, ereject of RFC 5429), or "
	    "switch the reject extension off and offer discard instead." },
	{ "loop",
	    "Mail went round in a loop until the server gave up and told the "
	    "forged sender.",
	    "Find the forwarding or domain that leads back to where it came "
	    "from; refuse its mail during the SMTP dialogue until then." },
	{ "unreachable",
	    "The server accepted mail for a host that it cannot reach, and "
	    "gave up later.",
	    "Take domains and routes off that no longer lead anywhere, and "
	    "ask the host behind before accepting (in Postfix: "
	    "reject_unverified_recipient)." },
	{ "too_large",
	    "The server accepted a message that was too large for its "
	    "destination, and bounced it.",
	    "Give every server on the way the same size limit, so that the "
	    "first one refuses (SIZE, RFC 1870)." },
	{ "own_user",
	    "An account or a script on the server sent spam under a forged "
	    "sender; the bounce is what came of it.",
	    "Find the account or script (the log has it by the time of the "
	    "bounce), change its password or repair it, and let users send "
	    "under their own addresses only." },
	{ "bounce",
	    "The server accepted mail that it could not deliver, and sent a "
	    "bounce to a sender that was forged.",
	    "Refuse during the SMTP dialogue (5xx) whatever will not be "
	    "delivered: unknown recipients, full mailboxes, spam. What has "
	    "been accepted and is spam after all goes into quarantine, not "
	    "back." },
	{ "vacation", "An out-of-office notice answered spam.",
	    "Let automatic replies go out only after the spam filter, never "
	    "to null senders, lists or automatic mail (RFC 3834), and once "
	    "per sender and week." },
	{ "auto_reply",
	    "An automatic reply (a ticket system, an acknowledgement) answered "
	    "spam.",
	    "Answer automatically only what has passed the spam filter, "
	    "never null senders, lists or automatic mail (RFC 3834)." },
	{ "web_form",
	    "A web form sent an acknowledgement to an address that somebody "
	    "else had typed in.",
	    "Protect the form against robots, and do not repeat what was "
	    "typed in the mail that confirms it." },
	{ "list_hold",
	    "A mailing list told the alleged sender of spam that it holds "
	    "the message.",
	    "Switch these notices off for non-members, or filter spam before "
	    "the list sees it. In Mailman: respond_to_post_requests." },
	{ "read_receipt", "A mail program confirmed the receipt of spam.",
	    "Switch automatic read receipts off; ask the user each time." },
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

static const struct repair *
by_cause(const char *cause)
{
	for (size_t i = 0; i < sizeof(repairs) / sizeof(repairs[0]); i++) {
		if (strcmp(repairs[i].cause, cause) == 0)
			return &repairs[i];
	}
	return NULL;
}

const struct repair *
repair_find(const char *cause, uint32_t kinds)
{
	const struct repair *repair = by_cause(cause);

	for (size_t i = 0;
	     repair == NULL && i < sizeof(of_kinds) / sizeof(of_kinds[0]);
	     i++) {
		if ((kinds & BACKSCATTER_BIT(of_kinds[i].kind)) != 0)
			repair = by_cause(of_kinds[i].cause);
	}
	return repair;
}
