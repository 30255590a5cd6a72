#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/listed.h"

/*
 * Prints the list for measuring in the form of one name server or another:
 *
 *	dns_list FORM N
 *
 * addresses, units: binary, for zone_fill; rbldnsd, rbldnsd6: for its ip4trie
 * and ip6trie; zone, zone6: a master file.
 */
#define URL "https://" LISTED_ZONE "/lookup/"
#define SERVER "ns1." LISTED_ZONE
#define CONTACT "hostmaster." LISTED_ZONE
#define TIMES "1 3600 600 604800 300"

static void
print_address(const char *form, uint32_t address)
{
	unsigned a = address >> 24, b = address >> 16 & 255,
		 c = address >> 8 & 255, d = address & 255;

	if (strcmp(form, "addresses") == 0)
		fwrite(&address, sizeof(address), 1, stdout);
	else if (strcmp(form, "rbldnsd") == 0)
		printf("%u.%u.%u.%u\n", a, b, c, d);
	else
		printf("%u.%u.%u.%u A 127.0.0.2\n TXT \"" URL "%u.%u.%u.%u\"\n",
		    d, c, b, a, a, b, c, d);
}

static void
print_nibbles(uint64_t unit)
{
	printf("*");
	for (unsigned shift = 0; shift < 64; shift += 4)
		printf(".%x", (unsigned)(unit >> shift & 15));
}

static void
print_unit(const char *form, uint64_t unit)
{
	unsigned a = unit >> 48 & 0xffff, b = unit >> 32 & 0xffff,
		 c = unit >> 16 & 0xffff, d = unit & 0xffff;

	if (strcmp(form, "units") == 0) {
		fwrite(&unit, sizeof(unit), 1, stdout);
	} else if (strcmp(form, "rbldnsd6") == 0) {
		printf("%x:%x:%x:%x::/64\n", a, b, c, d);
	} else {
		print_nibbles(unit);
		printf(" A 127.0.0.2\n TXT \"" URL "%x:%x:%x:%x::\"\n", a, b, c,
		    d);
	}
}

static void
print_head(const char *form)
{
	if (strncmp(form, "rbldnsd", 7) == 0)
		printf("$TTL 300\n$SOA 300 " SERVER " " CONTACT " " TIMES
		       "\n$NS 300 " SERVER "\n:127.0.0.2:" URL "$\n");
	else if (strncmp(form, "zone", 4) == 0)
		printf("$ORIGIN " LISTED_ZONE ".\n$TTL 300\n"
		       "@ SOA " SERVER ". " CONTACT ". (" TIMES ")\n"
		       "@ NS " SERVER ".\nns1 A 127.0.0.1\n");
	if (strcmp(form, "rbldnsd") == 0)
		printf("127.0.0.2\n");
	else if (strcmp(form, "zone") == 0)
		printf("2.0.0.127 A 127.0.0.2\n TXT \"" URL "127.0.0.2\"\n");
}

int
main(int argc, char *argv[])
{
	bool ipv6;
	uint32_t count;

	if (argc != 3)
		return EXIT_FAILURE;
	ipv6 = strcmp(argv[1], "units") == 0 ||
	       argv[1][strlen(argv[1]) - 1] == '6';
	count = (uint32_t)strtoul(argv[2], NULL, 10);
	print_head(argv[1]);
	for (uint32_t n = 1; n <= count; n++) {
		uint32_t address;

		if (ipv6)
			print_unit(argv[1], listed_unit(n));
		else if (listed_address(n, &address))
			print_address(argv[1], address);
	}
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
