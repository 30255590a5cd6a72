#include "ingest/finding.h"

void
finding_add(struct findings *findings, enum backscatter_kind kind,
    enum sign_family family, const char *sign)
{
	signs_add(findings->signs, sign);
	findings->families[kind] |= 1u << family;
}

bool
finding_has(const struct findings *findings, enum backscatter_kind kind,
    enum sign_family family)
{
	return (findings->families[kind] & 1u << family) != 0;
}

unsigned
finding_families(const struct findings *findings, enum backscatter_kind kind)
{
	return (unsigned)__builtin_popcount(findings->families[kind]);
}
