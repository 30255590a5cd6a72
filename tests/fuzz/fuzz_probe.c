#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "db/probe.h"
#include "tests/support/insist.h"

/* Whatever comes, no serial is taken but from an answer to the question. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t name[] = "\2bl\7example";
	uint8_t question[PROBE_QUESTION_MAX];
	size_t len = probe_question(7, name, sizeof(name), question);
	struct probe_answer answer;
	uint8_t *reply = malloc(size + 1);

	insist(reply != NULL);
	memcpy(reply, data, size);
	if (probe_read(question, len, reply, size, &answer)) {
		insist(size >= len && memcmp(reply, question, 2) == 0);
		insist((reply[2] & 0x80) != 0);
		insist(answer.state != PROBE_CURRENT || answer.rcode == 0);
	}
	insist(answer.state == PROBE_CURRENT || answer.serial == 0);
	insist(answer.state == PROBE_CURRENT || answer.state == PROBE_UNTOLD);
	free(reply);
	return 0;
}
