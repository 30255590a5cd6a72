#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "db/store_private.h"

/*
 * Is data.mdb as long as its meta page says? A page past its end is a SIGBUS
 * for whoever touches it, so this must be known before LMDB reads anything.
 *
 * Yet a shorter file may be whole: pages that one transaction took from the
 * end and gave back were never written. Then each missing page stands in the
 * list of free pages. That list is a tree in the file itself; it is read here
 * with pread(), by the file format of LMDB 0.9 (version 1, 64 bit, the
 * machine's byte order).
 */
_Static_assert(sizeof(size_t) == 8, "the format read here is that of 64 bit");

#define DEPTH_MAX 32 /* LMDB's own bound */

#define NO_PAGE UINT64_MAX

#define PAGE_HEADER 16
#define PAGE_FLAGS 10
#define PAGE_LOWER 12 /* end of the node offsets, for branch and leaf */
#define PAGE_BRANCH 1
#define PAGE_LEAF 2
#define PAGE_OVERFLOW 4

#define META_PAGE_BYTES 40
#define META_FREE_ROOT 80
#define META_LAST 136
#define META_TXN 144
#define META_LEN 152

#define NODE_HEADER 8 /* u32, u16 flags, u16 length of the key */
#define NODE_FLAGS 4
#define NODE_KEY_LEN 6
#define NODE_ELSEWHERE 1 /* the data are on pages of their own */

struct file {
	int fd;
	size_t page_bytes;
	uint64_t pages;	  /* in the file */
	uint64_t last;	  /* the last page in use, by the meta page */
	uint64_t missing; /* found free past the end of the file */
	uint64_t visits; /* pages that may still be read: trees have no loops */
};

static uint64_t
get(const uint8_t *octets, size_t len)
{
	uint64_t wide;
	uint32_t middle;
	uint16_t narrow;

	switch (len) {
	case sizeof(narrow):
		memcpy(&narrow, octets, len);
		return narrow;
	case sizeof(middle):
		memcpy(&middle, octets, len);
		return middle;
	default:
		memcpy(&wide, octets, sizeof(wide));
		return wide;
	}
}

static int
read_at(
    const struct file *file, uint64_t page, size_t offset, void *to, size_t len)
{
	ssize_t got =
	    pread(file->fd, to, len, (off_t)(page * file->page_bytes + offset));

	if (got < 0)
		return -errno;
	return (size_t)got == len ? 0 : ERROR_DAMAGED;
}

/* --- the list of free pages ----------------------------------------------- */

static void
look(struct file *file, const uint8_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t page = get(numbers + 8 * i, 8);

		if (page >= file->pages && page <= file->last)
			file->missing++;
	}
}

/* A list too long for a leaf: its count and numbers on pages in a row. */
static int
look_elsewhere(struct file *file, uint64_t page)
{
	uint8_t chunk[512];
	uint64_t count;
	size_t offset = PAGE_HEADER + 8;
	int code = page < file->pages ? read_at(file, page, 0, chunk, offset)
				      : ERROR_DAMAGED;

	if (code != 0)
		return code;
	if ((get(chunk + PAGE_FLAGS, 2) & PAGE_OVERFLOW) == 0)
		return ERROR_DAMAGED;
	count = get(chunk + PAGE_HEADER, 8);
	while (code == 0 && count > 0) {
		size_t some = count < 64 ? (size_t)count : 64;

		code = read_at(file, page, offset, chunk, 8 * some);
		if (code == 0)
			look(file, chunk, some);
		offset += 8 * some;
		count -= some;
	}
	return code;
}

static int
look_at_leaf(struct file *file, const uint8_t *node, size_t room)
{
	size_t key_len = (size_t)get(node + NODE_KEY_LEN, 2);
	const uint8_t *data = node + NODE_HEADER + key_len;
	uint64_t count;

	if (room < NODE_HEADER + key_len + 8)
		return ERROR_DAMAGED;
	room -= NODE_HEADER + key_len + 8;
	if (get(node + NODE_FLAGS, 2) & NODE_ELSEWHERE)
		return look_elsewhere(file, get(data, 8));
	count = get(data, 8);
	if (count > room / 8)
		return ERROR_DAMAGED;
	look(file, data + 8, (size_t)count);
	return 0;
}

/* A branch's node holds 48 bits of a page's number. */
static uint64_t
child_of(const uint8_t *node)
{
	return get(node, 4) | get(node + NODE_FLAGS, 2) << 32;
}

static int walk(struct file *file, uint64_t page, unsigned depth);

static int
walk_nodes(struct file *file, const uint8_t *octets, unsigned depth)
{
	uint64_t flags = get(octets + PAGE_FLAGS, 2);
	size_t end = (size_t)get(octets + PAGE_LOWER, 2);
	int code = 0;

	if (end < PAGE_HEADER || end > file->page_bytes)
		return ERROR_DAMAGED;
	for (size_t at = PAGE_HEADER; code == 0 && at + 2 <= end; at += 2) {
		size_t offset = (size_t)get(octets + at, 2);

		if (offset + NODE_HEADER > file->page_bytes)
			return ERROR_DAMAGED;
		if (flags & PAGE_BRANCH)
			code = walk(file, child_of(octets + offset), depth + 1);
		else if (flags & PAGE_LEAF)
			code = look_at_leaf(
			    file, octets + offset, file->page_bytes - offset);
		else
			code = ERROR_DAMAGED;
	}
	return code;
}

static int
walk(struct file *file, uint64_t page, unsigned depth)
{
	uint8_t *octets;
	int code;

	if (depth == DEPTH_MAX || page >= file->pages || file->visits-- == 0)
		return ERROR_DAMAGED;
	octets = malloc(file->page_bytes);
	if (octets == NULL)
		return -ENOMEM;
	code = read_at(file, page, 0, octets, file->page_bytes);
	if (code == 0)
		code = walk_nodes(file, octets, depth);
	free(octets);
	return code;
}

/* --- the meta pages ------------------------------------------------------- */

/* The newer of the two: LMDB has found both to be meta pages. */
static int
read_meta(struct file *file, uint8_t meta[META_LEN])
{
	uint8_t other[META_LEN];
	int code = read_at(file, 0, 0, meta, META_LEN);

	if (code != 0)
		return code;
	file->page_bytes = (size_t)get(meta + META_PAGE_BYTES, 4);
	/* 64 KiB is the most that LMDB's 16 bit offsets can serve. */
	if (file->page_bytes < 256 || file->page_bytes > 65536)
		return ERROR_DAMAGED;
	code = read_at(file, 1, 0, other, META_LEN);
	if (code == 0 && get(other + META_TXN, 8) > get(meta + META_TXN, 8))
		memcpy(meta, other, META_LEN);
	return code;
}

int
store_whole(int fd, uint64_t *file_bytes, uint64_t *wanted_bytes)
{
	struct file file = { .fd = fd };
	uint8_t meta[META_LEN];
	struct stat st;
	uint64_t root;
	int code = read_meta(&file, meta);

	*file_bytes = *wanted_bytes = 0;
	if (code != 0)
		return code;
	/* The file grows before a meta page says so: ask in this order. */
	if (fstat(fd, &st) != 0)
		return -errno;
	file.pages = file.visits = (uint64_t)st.st_size / file.page_bytes;
	file.last = get(meta + META_LAST, 8);
	*file_bytes = (uint64_t)st.st_size;
	*wanted_bytes = (file.last + 1) * file.page_bytes;
	if (file.pages > file.last)
		return 0;
	root = get(meta + META_FREE_ROOT, 8);
	if (root != NO_PAGE)
		code = walk(&file, root, 0);
	if (code == 0 && file.missing != file.last + 1 - file.pages)
		code = ERROR_DAMAGED;
	return code;
}
