/*
 * Octets in whatever charset, folded or as HTML: what comes out fits, ends
 * with a NUL, and folding twice is folding once. The first octet chooses the
 * declared charset.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "ingest/charset.h"
#include "ingest/fold.h"
#include "ingest/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const charsets[] = { NULL, "us-ascii", "utf-8", "iso-8859-1",
	"iso-8859-2", "iso-2022-jp", "iso-2022-kr", "euc-jp", "shift_jis",
	"gb2312", "big5", "euc-kr", "koi8-r", "utf-7", "utf-16", "hz-gb-2312",
	"x-unknown", "" };

#define OUT_MAX 4096

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char utf8[OUT_MAX], once[OUT_MAX], twice[OUT_MAX];
	const char *charset;
	size_t len, n;

	if (size == 0)
		return 0;
	charset = charsets[data[0] % (sizeof(charsets) / sizeof(charsets[0]))];
	len = charset_to_utf8(
	    charset, (const char *)data + 1, size - 1, utf8, sizeof(utf8));
	assert(len < sizeof(utf8) && utf8[len] == '\0');
	n = fold_text(utf8, len, once, sizeof(once));
	assert(n <= len && once[n] == '\0');
	assert(fold_is_utf8(once, n));
	assert(fold_text(once, n, twice, sizeof(twice)) == n);
	assert(memcmp(once, twice, n) == 0);
	n = html_to_text(utf8, len);
	assert(n <= len && utf8[n] == '\0');
	return 0;
}
