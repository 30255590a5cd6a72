#ifndef INGEST_NOTICE_H
#define INGEST_NOTICE_H

#include "ingest/dsn.h"
#include "ingest/envelope.h"
#include "ingest/finding.h"
#include "ingest/message.h"
#include "ingest/original.h"
#include "ingest/phrase.h"

/*
 * One message under examination: what the modules of the kinds look at, and
 * where they put what they find.
 */
struct notice {
	struct message *message;
	const struct envelope *envelope;
	/* Whose trap the proof is about; NULL unknown. */
	const struct envelope_recipient *recipient;

	struct original original;
	bool has_report;    /* a delivery report with recipient and action */
	bool inline_report; /* its fields within the text */
	struct dsn dsn;
	bool rejection; /* a disposition notification that is a bounce */
	bool refused_elsewhere; /* its text gives another server's reply */

	/* The notice's own words, without what it quotes, folded. */
	const char *text;
	size_t text_len;
	/* Something to follow or to open, in the words or beside them. */
	bool has_link;

	struct findings findings;
};

/*
 * Each module adds its findings; *_subjects and *_phrases are what is looked
 * for in subjects and in texts, by language, *_systems what one product alone
 * writes. classify.c looks all of them up at once.
 */
void bounce_text_look(struct notice *notice);
extern const struct phrase_table bounce_subjects, bounce_phrases,
    bounce_systems, delay_subjects, delay_phrases;

void mdn_look(struct notice *notice);

void autoreply_look(struct notice *notice);
extern const struct phrase_table autoreply_subjects, autoreply_greetings,
    autoreply_list_subjects, autoreply_phrases, autoreply_scripts,
    autoreply_robots, autoreply_courtesies, autoreply_lists;

void challenge_look(struct notice *notice);
extern const struct phrase_table challenge_subjects, challenge_demands,
    challenge_demand_scripts, challenge_holds, challenge_sayings,
    challenge_saying_scripts, challenge_reasons, challenge_waits,
    challenge_lists;

void virus_notice_look(struct notice *notice);
extern const struct phrase_table virus_subjects, virus_phrases,
    virus_system_subjects, virus_systems;

/*
 * Why the message is no backscatter although it may look like it, or NULL.
 * Called when the findings of all kinds are there.
 */
const char *veto_look(struct notice *notice);
extern const struct phrase_table veto_phrases, veto_subjects;

/*
 * A row of a module's table of fields: present, and where `value` is not NULL
 * its folded value has that in it (or begins with it after a '^').
 */
struct field_sign {
	const char *name;
	const char *value;
	const char *sign;
	enum backscatter_kind kind;
	enum sign_family family;
};
void notice_look_fields(
    struct notice *notice, const struct field_sign *rows, size_t count);

/* The folded value of the first field of that name; false if there is none. */
#define NOTICE_VALUE_MAX 512
bool notice_field(
    struct notice *notice, const char *name, char value[NOTICE_VALUE_MAX]);

/*
 * Is that an address of the trap: one that the envelope names for it, or any
 * of its domain where that is the trap?
 */
bool notice_is_trap(const struct notice *notice, const char *address);

/* "<>" or mailer-daemon: what the envelope says, or would say. */
bool notice_sender_is_null(const struct notice *notice);

/* A list's own address for its affairs: "x-bounces@", "owner-x@". */
bool notice_is_administrative(const char *address);

/* Fields of mailing lists and of newsletters. */
bool notice_is_listed(const struct notice *notice);

/* Part of veto_look(): mail by way of a list, or to those who run it; NULL. */
const char *list_look(struct notice *notice);

/*
 * Does it answer a message whose Message-ID is of the trap's domain? Mail that
 * forges the trap often bears one; who writes to strangers knows none.
 */
bool notice_answers_trap(const struct notice *notice);

/*
 * Does it go on with a thread of its sender's own, by the Message-ID that it
 * answers? Trackers and forums do.
 */
bool notice_answers_itself(const struct notice *notice);

#endif
