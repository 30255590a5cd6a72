#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

/*
 * What can fail returns 0 or a negative code: -errno where the system gave
 * one, else one of these. Foreign codes (LMDB, ldns, GMime) are translated
 * into them at their door.
 */
enum error_code {
	ERROR_FORMAT = -10001,	  /* octets or text that do not parse */
	ERROR_DAMAGED = -10002,	  /* stored data contradicts itself */
	ERROR_NEWER = -10003,	  /* stored by a newer version of bsbl */
	ERROR_OLDER = -10004,	  /* needs `bsblctl upgrade` */
	ERROR_NOT_FOUND = -10005, /* no such record */
	ERROR_EXISTS = -10006,	  /* such a record is there already */
	ERROR_FULL = -10007,  /* map or disk: space is kept for giving back */
	ERROR_LIMIT = -10008, /* more than a bound allows */
	ERROR_UNLOCKED = -10009, /* LMDB would run without reader slots */
	ERROR_BUSY = -10010,	 /* another program holds the database */
	ERROR_REFUSED = -10011,	 /* the policy or the rules forbid it */
	ERROR_NOT_MADE = -10012, /* no database: `bsblctl init` makes it */
};

/* The code in words, without a final full stop. Never NULL, never freed. */
const char *error_text(int code);

#endif
