#include "common/control.h"

#include <string.h>

size_t
control_len(const char *s)
{
	static const struct {
		const char *lead;	   /* all octets but the last */
		unsigned char first, last; /* of the last one */
	} controls[] = {
		{ "", 0x01, 0x1f }, { "", 0x7f, 0x7f }, { "\xc2", 0x80, 0x9f },
		{ "\xd8", 0x9c, 0x9c },	    /* U+061C */
		{ "\xe2\x80", 0x8e, 0x8f }, /* U+200E, U+200F */
		{ "\xe2\x80", 0xa8, 0xae }, /* U+2028 to U+202E */
		{ "\xe2\x81", 0xa6, 0xa9 }, /* U+2066 to U+2069 */
	};

	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		size_t len = strlen(controls[i].lead);
		unsigned char last;

		if (strncmp(s, controls[i].lead, len) != 0)
			continue;
		last = (unsigned char)s[len];
		if (last >= controls[i].first && last <= controls[i].last)
			return len + 1;
	}
	return 0;
}
