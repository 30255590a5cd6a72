#include "ingest/notice.h"

#include <string.h>

#include "ingest/fold.h"

/*
 * Message disposition notifications (RFC 8098). A read receipt answers a
 * request for it, which spam may bear; a Sieve rejection (RFC 5429 section
 * 2.1.2) has the same form and yet is a bounce.
 */
static const char *
find_disposition(struct notice *notice)
{
	unsigned count;
	const struct message_part *parts =
	    message_parts(notice->message, &count);

	for (unsigned i = 0; i < count; i++) {
		struct message_fields fields;
		const char *text;
		size_t len, end;
		unsigned from = 0;

		if (parts[i].quoted ||
		    strcmp(parts[i].type, "message/disposition-notification") !=
			0)
			continue;
		text = message_part_text(notice->message, &parts[i], &len);
		fields = message_scan_fields(notice->message, text, len, &end);
		return message_next_field(
		    notice->message, &fields, "Disposition", &from);
	}
	return NULL;
}

static bool
is_rejection(struct notice *notice, const char *disposition)
{
	const char *submitted =
	    message_field(notice->message, "Auto-Submitted");

	/*
	 * Programs report in the same words that somebody deleted a message
	 * unread, and return nothing of it.
	 */
	return fold_find(disposition, "automatic-action") != NULL &&
	       fold_find(disposition, "deleted") != NULL &&
	       ((submitted != NULL &&
		    fold_find(submitted, "rejected") != NULL) ||
		   strstr(notice->text, "rejected") != NULL ||
		   notice->original.attached);
}

void
mdn_look(struct notice *notice)
{
	const char *disposition = find_disposition(notice);

	if (disposition == NULL)
		return;
	if (is_rejection(notice, disposition)) {
		notice->rejection = true;
		finding_add(&notice->findings, BACKSCATTER_DSN,
		    FAMILY_STRUCTURE, "sieve-reject");
		return;
	}
	finding_add(&notice->findings, BACKSCATTER_AUTOREPLY, FAMILY_MARK,
	    "disposition-notification");
	finding_add(&notice->findings, BACKSCATTER_AUTOREPLY, FAMILY_STRUCTURE,
	    "disposition-notification");
	if (fold_find(disposition, "manual-action") != NULL)
		signs_add(notice->findings.signs, "mdn-manual");
}
