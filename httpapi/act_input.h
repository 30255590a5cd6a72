#ifndef HTTPAPI_ACT_INPUT_H
#define HTTPAPI_ACT_INPUT_H

#include <stdint.h>

#include "httpapi/act.h"

/* What acts are told, read alike in all of them. */

/*
 * What is wrong with what a program sent, NULL where nothing is: a member that
 * no act has, or that is not of its type. An end that is misspelt would
 * otherwise be none, and hold for good.
 */
const char *act_input_refusal(const json_t *input);

/* Gives `code` back, and says why. */
int act_refuse(struct act *act, int code, const char *why);
/* ERROR_FORMAT, and says why and of which member. */
int act_refuse_at(struct act *act, const char *at, const char *why);

/*
 * The member "prefix" is read by its text, so that a path may name it as well.
 * An address stands for its unit, as in bsblctl.
 */
int act_prefix(struct act *act, const char *text, struct ipprefix *prefix);

/* A member's text: NULL where there is none, or what is none. */
const char *act_text(const struct act *act, const char *name);

/*
 * The member "reason", at most LISTING_REASON_MAX octets: "" where none is
 * given, or what is no text.
 */
int act_reason(struct act *act, const char **reason);

/* The member "until": 0 without one; else a time that is yet to come. */
int act_until(struct act *act, int64_t *until);

#endif
