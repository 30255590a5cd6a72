/*
 * A server that answers whatever it is asked with the same octets, on
 * libmicrohttpd as bsbl-httpapi uses it: what the library alone costs.
 *
 *	http_null ADDRESS:PORT OCTETS
 *
 * until it is killed.
 */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/listen.h"

#define OCTETS_MAX 65536

/* As httpapi/server.c has them. */
#define THREADS 2
#define CONNECTION_MEMORY (8 << 10)

struct answer {
	char octets[OCTETS_MAX];
	size_t len;
};

static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **own)
{
	const struct answer *answer = context;
	struct MHD_Response *response;
	enum MHD_Result result;

	(void)url;
	(void)method;
	(void)version;
	(void)data;
	(void)len;
	/* The first call has the header alone, as for every handler. */
	if (*own == NULL) {
		*own = connection;
		return MHD_YES;
	}
	*own = NULL;
	response = MHD_create_response_from_buffer(
	    answer->len, (void *)answer->octets, MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", "application/json");
	result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

int
main(int argc, char *argv[])
{
	static struct answer answer;
	int fd = argc == 3 ? listen_open(argv[1], LISTEN_STREAM) : -1;

	if (fd < 0) {
		fprintf(stderr, "usage: http_null ADDRESS:PORT OCTETS\n");
		return 2;
	}
	answer.len = strtoul(argv[2], NULL, 10);
	if (answer.len > OCTETS_MAX)
		answer.len = OCTETS_MAX;
	memset(answer.octets, 'x', answer.len);
	if (MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0,
		NULL, NULL, on_request, &answer, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_THREAD_POOL_SIZE, THREADS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_END) == NULL)
		return 1;
	for (;;)
		pause();
}
