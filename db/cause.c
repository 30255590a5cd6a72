#include "db/cause.h"

#include <stddef.h>
#include <string.h>

#include "db/backscatter.h"

const struct cause causes[CAUSE_COUNT] = {
	[CAUSE_NONE] = { "none", "Nothing was wrong.",
	    "Nothing has to be repaired." },
	[CAUSE_UNKNOWN_USER] = { "unknown-user",
	    "The server accepted mail for an address that does not exist, and "
	    "sent a bounce afterwards to a sender that was forged.",
	    "Let the server that receives from the Internet know which "
	    "recipients exist, and refuse the others during the SMTP "
	    "dialogue (550 to RCPT)." },
	[CAUSE_BACKUP_MX] = { "backup-mx",
	    "The server accepted mail for another one without knowing its "
	    "recipients, and told the forged sender what that one refused.",
	    "Give the server in front the recipients and the filters of the "
	    "one behind, or let it ask that one before it accepts. A backup "
	    "mail exchanger that can do neither is better done without: "
	    "senders queue by themselves." },
	[CAUSE_QUOTA] = { "quota",
	    "A mailbox was full, and the server told the forged sender after "
	    "having accepted the message.",
	    "Check quotas during the SMTP dialogue, and answer 452 or 552 "
	    "there." },
	[CAUSE_FILTER] = { "after-queue-filter",
	    "A filter behind the queue refused a message that the server had "
	    "accepted already, and the server told the forged sender.",
	    "Filter during the SMTP dialogue and refuse there, or put what "
	    "the filter dislikes into quarantine; do not bounce it." },
	[CAUSE_FORWARDING] = { "forwarding",
	    "Mail was forwarded to another provider, who refused it as spam; "
	    "the server sent the bounce to the forged sender.",
	    "Filter spam before forwarding, and forward with a sender of "
	    "your own, so that bounces of forwarded mail come to you. SRS "
	    "alone is no repair: it sends them on to the forged sender." },
	[CAUSE_SIEVE_REJECT] = { "sieve-reject",
	    "A user's filter rule rejected a message after the server had "
	    "accepted it, and told the forged sender.",
	    "Let users discard or file spam instead of rejecting it." },
	[CAUSE_LOOP] = { "loop",
	    "A message went round between servers until one gave up, and told "
	    "the forged sender.",
	    "Follow the Received lines of the bounce: two servers each hold "
	    "the other for responsible. Name the domain in one place only, "
	    "and refuse unknown recipients there." },
	[CAUSE_UNREACHABLE] = { "unreachable",
	    "The server accepted mail for a host that it could not reach, and "
	    "told the forged sender when it gave up.",
	    "Accept mail only for destinations that exist and that you "
	    "serve. Where a host has gone, take its domain out of the relay "
	    "table." },
	[CAUSE_TOO_LARGE] = { "too-large",
	    "The server accepted a message that was too large for its "
	    "destination, and told the forged sender.",
	    "Give the server in front the smaller limit of the one behind, "
	    "so that it refuses during the SMTP dialogue." },
	[CAUSE_LOCAL_DELIVERY] = { "local-delivery",
	    "A rule or a program of the server's own refused a message after "
	    "it had been accepted, and the server told the forged sender.",
	    "Let rules and programs that deliver mail discard what they do "
	    "not want, or file it. Programs end with exit status 0, or with "
	    "75 to try again." },
	[CAUSE_OWN_USER] = { "own-user",
	    "Spam with a forged sender was submitted on this server itself, by "
	    "an account or a script; the bounce is its consequence.",
	    "Look for the abused account or script (the bounce's original "
	    "names it in its first Received line), lock it, and let "
	    "authenticated users send only with sender addresses of their "
	    "own." },
	[CAUSE_BOUNCE] = { "accepted-then-bounced",
	    "The server accepted mail that it could not deliver, and sent a "
	    "bounce to a sender that was forged.",
	    "Refuse during the SMTP dialogue (5xx) whatever will not be "
	    "delivered: unknown recipients, full mailboxes, spam. What has "
	    "been accepted and is spam after all goes into quarantine, not "
	    "back." },
	[CAUSE_VACATION] = { "vacation",
	    "An out-of-office notice answered spam.",
	    "Let automatic replies go out only after the spam filter, never "
	    "to null senders, lists or automatic mail (RFC 3834), and once "
	    "per sender and week." },
	[CAUSE_AUTORESPONDER] = { "autoresponder",
	    "An automatic reply (a ticket system, an acknowledgement) answered "
	    "spam.",
	    "Answer automatically only what has passed the spam filter, "
	    "never null senders, lists or automatic mail (RFC 3834). Let "
	    "ticket systems acknowledge only known customers, or by hand." },
	[CAUSE_WEB_FORM] = { "web-form",
	    "A web form sent an acknowledgement to an address that somebody "
	    "else had typed in.",
	    "Send no copy to the address in the form, or only after a "
	    "challenge that robots fail; show the acknowledgement on the page "
	    "instead." },
	[CAUSE_LIST_HOLD] = { "list-hold",
	    "A mailing list told the forged sender of spam that it holds or "
	    "refuses the message.",
	    "Discard what non-members send after the spam filter has marked "
	    "it, and switch the notice of held messages off." },
	[CAUSE_READ_RECEIPT] = { "read-receipt",
	    "A mail program confirmed the receipt of spam.",
	    "Let mail programs never confirm by themselves (RFC 8098 section "
	    "2.1), or filter spam before they see it." },
	[CAUSE_CHALLENGE] = { "challenge",
	    "A challenge-response system asked a forged sender to prove "
	    "itself.",
	    "Challenges put your spam problem on others. Refuse or "
	    "quarantine instead; if challenges must be, send them only after "
	    "SPF or DKIM has shown that the sender is genuine. Mailing "
	    "lists: confirm subscriptions on the web only behind a challenge "
	    "that robots fail." },
	[CAUSE_SCANNER] = { "scanner-notice",
	    "A virus or content scanner told the forged sender what it had "
	    "found.",
	    "Malware always forges its sender: switch notifications to "
	    "senders off in the scanner, and let it discard, or refuse "
	    "during the SMTP dialogue." },
	[CAUSE_CALLOUT] = { "callout",
	    "The server checks whether senders exist by connecting to the "
	    "server of each alleged sender, forged ones too.",
	    "Switch sender verification by callout off, or use it only for "
	    "domains of your own." },
};

/* What each kind comes from when nothing better is known. */
static const enum cause_id of_kind[BACKSCATTER_KIND_COUNT] = {
	[BACKSCATTER_DSN] = CAUSE_BOUNCE,
	[BACKSCATTER_AUTOREPLY] = CAUSE_AUTORESPONDER,
	[BACKSCATTER_CHALLENGE] = CAUSE_CHALLENGE,
	[BACKSCATTER_VIRUS_NOTICE] = CAUSE_SCANNER,
	[BACKSCATTER_CALLOUT] = CAUSE_CALLOUT,
};

const struct cause *
cause_find(const char *name)
{
	for (size_t i = 0; i < CAUSE_COUNT; i++) {
		if (strcmp(causes[i].name, name) == 0)
			return &causes[i];
	}
	return NULL;
}

const struct cause *
cause_of_kinds(uint32_t kinds)
{
	for (int kind = BACKSCATTER_DSN; kind < BACKSCATTER_KIND_COUNT;
	     kind++) {
		if ((kinds & BACKSCATTER_BIT(kind)) != 0)
			return &causes[of_kind[kind]];
	}
	return NULL;
}
