#ifndef HTTPAPI_INCLUDE_H
#define HTTPAPI_INCLUDE_H

/*
 * Files that become part of the program: the assembler puts them in as they
 * are, behind `symbol` and up to `symbol`_end. Paths are from the root of the
 * source, or from where make packed them; make knows which object holds which
 * file. INCLUDE_TEXT puts a NUL behind it.
 */
#define INCLUDE_OCTETS(symbol, path)                                           \
	INCLUDE_DECLARE(symbol);                                               \
	__asm__(INCLUDE_BEGIN(symbol) ".incbin \"" path                        \
				      "\"\n" INCLUDE_END(symbol))
#define INCLUDE_TEXT(symbol, path)                                             \
	INCLUDE_DECLARE(symbol);                                               \
	__asm__(INCLUDE_BEGIN(symbol) ".incbin \"" path                        \
				      "\"\n.byte 0\n" INCLUDE_END(symbol))

#define INCLUDE_DECLARE(symbol) extern const char symbol[], symbol##_end[]
#define INCLUDE_BEGIN(symbol)                                                  \
	".pushsection .rodata\n.global " #symbol ", " #symbol "_end\n" #symbol \
	":\n"
#define INCLUDE_END(symbol) #symbol "_end:\n.popsection\n"

#endif
