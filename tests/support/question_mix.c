#include "tests/support/question_mix.h"

#include <string.h>

static uint64_t
draw(void)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static void
draw_question(const struct question_mix *mix, struct question *question)
{
	const struct question_form form = { .ipv6 = mix->ipv6,
		.edns = mix->edns,
		.text = draw() % 100 < mix->text_percent };
	bool listed = draw() % 100 < mix->listed_percent;
	uint32_t others = UINT32_MAX - mix->entries;
	uint32_t n;

	do {
		n = listed ? 1 + (uint32_t)(draw() % mix->entries)
			   : mix->entries + 1 + (uint32_t)(draw() % others);
	} while (!question_make(question, form, n, draw()));
	question->listed = listed;
}

void
question_mix(
    const struct question_mix *mix, struct question *questions, uint32_t count)
{
	static struct question waiting[UINT8_MAX + 1][QUESTION_GROUP_MAX];
	unsigned counts[UINT8_MAX + 1] = { 0 };
	uint32_t made = 0;

	while (made < count) {
		struct question question;
		unsigned len;

		draw_question(mix, &question);
		len = question.len;
		waiting[len][counts[len]++] = question;
		if (counts[len] < mix->group)
			continue;
		memcpy(&questions[made], waiting[len],
		    mix->group * sizeof(question));
		counts[len] = 0;
		made += mix->group;
	}
}
