#include "ingest/message_private.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/bounds.h"

/* --- names of charsets ---------------------------------------------- */

/*
 * GMime keeps every name of a charset that it ever saw, and a message can make
 * up one for each eight octets, of a hundred octets of memory. So its table is
 * dropped now and then, while nobody uses names out of it.
 */
#define NAMES_OCTETS_MAX (1u << 20)

static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t names_free = PTHREAD_COND_INITIALIZER;
static unsigned names_users;		  /* messages */
static size_t names_octets;		  /* read since the table was dropped */
static _Thread_local unsigned names_held; /* of this thread's messages */

static void
use_names(void)
{
	pthread_mutex_lock(&names_lock);
	/* Who holds names already must not wait for itself. */
	while (names_octets > NAMES_OCTETS_MAX && names_users > 0 &&
	       names_held == 0)
		pthread_cond_wait(&names_free, &names_lock);
	if (names_octets > NAMES_OCTETS_MAX && names_users == 0) {
		g_mime_charset_map_shutdown();
		g_mime_charset_map_init();
		names_octets = 0;
	}
	names_users++;
	names_held++;
	pthread_mutex_unlock(&names_lock);
}

static void
release_names(size_t octets)
{
	pthread_mutex_lock(&names_lock);
	names_octets += octets;
	names_held--;
	if (--names_users == 0)
		pthread_cond_broadcast(&names_free);
	pthread_mutex_unlock(&names_lock);
}

/* --- the arena ------------------------------------------------------ */

char *
message_reserve(struct message *message, size_t size)
{
	char *at = message->arena + message->used;

	if (size > MESSAGE_ARENA_SIZE - message->used)
		return NULL;
	message->used += size;
	return at;
}

const char *
message_keep(struct message *message, const char *text, size_t len)
{
	char *copy = message_reserve(message, len + 1);

	if (copy == NULL)
		return "";
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

const char *
message_keep_lower(struct message *message, const char *text)
{
	size_t len = text == NULL ? 0 : strnlen(text, 255);
	char *copy = len == 0 ? NULL : message_reserve(message, len + 1);

	if (copy == NULL)
		return "";
	for (size_t i = 0; i < len; i++)
		copy[i] = (char)g_ascii_tolower(text[i]);
	copy[len] = '\0';
	return copy;
}

void *
message_reserve_aligned(struct message *message, size_t size)
{
	size_t align = sizeof(void *);
	size_t gap = (align - message->used % align) % align;

	return message_reserve(message, gap) == NULL
		   ? NULL
		   : message_reserve(message, size);
}

/* --- life ----------------------------------------------------------- */

void
message_init(void)
{
	g_mime_init();
}

struct message *
message_read(const uint8_t *octets, size_t len)
{
	size_t most = len < BOUNDS_OCTETS_MAX ? len : BOUNDS_OCTETS_MAX;
	struct message *message = malloc(sizeof(*message) + most + 1);

	if (message == NULL)
		return NULL;
	memset(message, 0, offsetof(struct message, arena));
	use_names();
	message->len = bounds_copy(octets, len, (uint8_t *)message->octets);
	message->octets[message->len] = '\0';
	message_find_parts(message);
	return message;
}

void
message_free(struct message *message)
{
	if (message == NULL)
		return;
	release_names(message->len);
	free(message);
}
