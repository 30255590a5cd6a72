#include "httpapi/file.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "httpapi/hash.h"
#include "httpapi/include.h"
#include "httpapi/negotiate.h"

/* make packs them, into a folder of its own. */
#define FILE_OF(name, path, packed)                                            \
	INCLUDE_OCTETS(file_##name, path);                                     \
	INCLUDE_OCTETS(file_##name##_packed, "httpapi/packed/" packed ".gz")

FILE_OF(bootstrap, "/usr/share/javascript/bootstrap5/css/bootstrap.min.css",
    "bootstrap.min.css");
FILE_OF(chart, "/usr/share/javascript/chart.js/chart.min.js", "chart.min.js");
FILE_OF(trends, "httpapi/portal/trends.js", "trends.js");
FILE_OF(console, "httpapi/console/console.js", "console.js");
FILE_OF(console_style, "httpapi/console/console.css", "console.css");
FILE_OF(style, "httpapi/portal/style.css", "style.css");
FILE_OF(icon, "httpapi/portal/icon.svg", "icon.svg");
FILE_OF(robots, "httpapi/portal/robots.txt", "robots.txt");
FILE_OF(openapi, "httpapi/openapi.yaml", "openapi.yaml");

#define ROW(path, type, name)                                                  \
	{                                                                      \
		path, type, file_##name, file_##name##_end,                    \
		    file_##name##_packed, file_##name##_packed_end             \
	}

static const struct {
	const char *path, *type;
	const char *data, *end;
	const char *packed, *packed_end;
} files[] = {
	ROW("/bootstrap.css", "text/css; charset=utf-8", bootstrap),
	ROW("/chart.js", "text/javascript; charset=utf-8", chart),
	ROW("/trends.js", "text/javascript; charset=utf-8", trends),
	ROW("/console.js", "text/javascript; charset=utf-8", console),
	ROW("/console.css", "text/css; charset=utf-8", console_style),
	ROW("/style.css", "text/css; charset=utf-8", style),
	ROW("/icon.svg", "image/svg+xml", icon),
	ROW("/robots.txt", "text/plain; charset=utf-8", robots),
	ROW("/v1/openapi.yaml", "application/yaml", openapi),
};
#define FILES (sizeof(files) / sizeof(files[0]))

/* What gzip saves of a file this short, its header eats. */
#define PACKED_LEAST 1024

/* One for each file, plain and packed; found when first asked for. */
static _Atomic uint64_t tags[FILES][2];

static uint64_t
tag_of(size_t file, bool packed, const char *data, size_t len)
{
	uint64_t tag = atomic_load(&tags[file][packed]);

	if (tag == 0) {
		tag = hash_octets(data, len, 0);
		atomic_store(&tags[file][packed], tag);
	}
	return tag;
}

enum handled
file_get(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	size_t i = 0;
	bool packed;

	while (i < FILES &&
	       strcmp(files[i].path, exchange->request.target.path) != 0)
		i++;
	assert(i < FILES); /* each row of routes.c has its row here */
	packed = files[i].end - files[i].data >= PACKED_LEAST &&
		 negotiate_gzip(exchange_field(exchange, "Accept-Encoding"));
	reply->fixed = packed ? files[i].packed : files[i].data;
	reply->fixed_len =
	    (size_t)((packed ? files[i].packed_end : files[i].end) -
		     reply->fixed);
	reply->status = 200;
	reply->type = files[i].type;
	if (packed)
		reply_header(reply, "Content-Encoding", "gzip");
	reply_header(reply, "Vary", "Accept-Encoding");
	/* An upgrade shows its files within the hour. */
	reply_header(reply, "Cache-Control", "public, max-age=3600");
	reply_tag(exchange, tag_of(i, packed, reply->fixed, reply->fixed_len));
	return HANDLED;
}
