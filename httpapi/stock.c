#include "httpapi/stock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "httpapi/hash.h"

/*
 * As many as a server of sixteen threads has under way, of a few dozen lengths.
 * They hold at most 7 MiB; some 3 with replies of all routes, and with look-ups
 * alone half of that, which fill for hours as new lengths come.
 */
#define SHELVES 256
#define SHELF_MAX 4

struct stocked {
	struct stocked *next;
	struct MHD_Response *response;
	struct stock_fields fields; /* but for what `own` points to */
	struct {
		char *text; /* the library's copy */
		size_t len;
	} values[STOCK_FIELDS_MAX]; /* of `own` */
	uint64_t hash;
	size_t len;
	char body[]; /* what the response sends */
};

struct stock {
	struct stocked *shelves[SHELVES]; /* the last one given comes first */
};

int
stock_new(struct stock **out)
{
	struct stock *stock = calloc(1, sizeof(*stock));

	if (stock == NULL)
		return -ENOMEM;
	*out = stock;
	return 0;
}

static void
discard(struct stocked *stocked)
{
	struct stocked *next;

	for (; stocked != NULL; stocked = next) {
		next = stocked->next;
		MHD_destroy_response(stocked->response);
		free(stocked);
	}
}

void
stock_free(struct stock *stock)
{
	if (stock == NULL)
		return;
	for (size_t i = 0; i < SHELVES; i++)
		discard(stock->shelves[i]);
	free(stock);
}

/* --- one response --------------------------------------------------------- */

static void
add_value(struct stocked *stocked, size_t i, const struct stock_field *field)
{
	MHD_add_response_header(stocked->response, field->name, field->value);
	stocked->values[i].text =
	    (char *)MHD_get_response_header(stocked->response, field->name);
	stocked->values[i].len = strlen(field->value);
}

static struct stocked *
make(const struct stock_fields *fields, uint64_t hash, size_t len)
{
	struct stocked *made = malloc(sizeof(*made) + len);

	if (made == NULL)
		return NULL;
	made->fields = *fields;
	made->hash = hash;
	made->len = len;
	made->next = NULL;
	made->response = MHD_create_response_from_buffer(
	    len, made->body, MHD_RESPMEM_PERSISTENT);
	if (made->response == NULL) {
		free(made);
		return NULL;
	}
	for (size_t i = 0; i < fields->fixed_count; i++)
		MHD_add_response_header(made->response, fields->fixed[i].name,
		    fields->fixed[i].value);
	for (size_t i = 0; i < fields->own_count; i++)
		add_value(made, i, &fields->own[i]);
	return made;
}

/*
 * Entity tags and numbers of requests are as long as the last ones: the library
 * has no call to change a value, but its copy is nobody else's while the
 * response is out.
 */
static void
dress(struct stocked *stocked, const struct stock_fields *fields)
{
	for (size_t i = 0; i < fields->own_count; i++) {
		const struct stock_field *field = &fields->own[i];
		char *text = stocked->values[i].text;
		size_t len = strlen(field->value);

		if (text != NULL && len == stocked->values[i].len) {
			memcpy(text, field->value, len);
			continue;
		}
		if (text != NULL)
			MHD_del_response_header(
			    stocked->response, field->name, text);
		add_value(stocked, i, field);
	}
}

/* --- the shelves ---------------------------------------------------------- */

static size_t
size_of_fixed(const struct stock_fields *fields)
{
	return fields->fixed_count * sizeof(fields->fixed[0]);
}

static bool
have_same_names(const struct stock_fields *a, const struct stock_fields *b)
{
	size_t i = 0;

	if (a->own_count != b->own_count)
		return false;
	while (i < a->own_count && a->own[i].name == b->own[i].name)
		i++;
	return i == a->own_count;
}

static bool
fits(const struct stocked *stocked, const struct stock_fields *fields,
    uint64_t hash, size_t len)
{
	return stocked->hash == hash && stocked->len == len &&
	       stocked->fields.fixed_count == fields->fixed_count &&
	       memcmp(stocked->fields.fixed, fields->fixed,
		   size_of_fixed(fields)) == 0 &&
	       have_same_names(&stocked->fields, fields);
}

static struct stocked *
find(struct stock *stock, const struct stock_fields *fields, uint64_t hash,
    size_t len)
{
	struct stocked **at = &stock->shelves[hash % SHELVES], *found;

	while (*at != NULL && !fits(*at, fields, hash, len))
		at = &(*at)->next;
	found = *at;
	if (found != NULL)
		*at = found->next;
	return found;
}

struct stocked *
stock_take(struct stock *stock, const struct stock_fields *fields,
    const char *body, size_t len)
{
	uint64_t hash = hash_octets(fields->fixed, size_of_fixed(fields), len);
	struct stocked *taken = find(stock, fields, hash, len);

	if (taken != NULL)
		dress(taken, fields);
	else
		taken = make(fields, hash, len);
	if (taken == NULL)
		return NULL;
	memcpy(taken->body, body, len);
	return taken;
}

struct MHD_Response *
stock_response(const struct stocked *stocked)
{
	return stocked->response;
}

/* The newest first; what then is too much has not been asked for of late. */
void
stock_give(struct stock *stock, struct stocked *stocked)
{
	struct stocked **at = &stock->shelves[stocked->hash % SHELVES];
	struct stocked *rest;

	stocked->next = *at;
	*at = stocked;
	for (int i = 0; i < SHELF_MAX && *at != NULL; i++)
		at = &(*at)->next;
	rest = *at;
	*at = NULL;
	discard(rest);
}
