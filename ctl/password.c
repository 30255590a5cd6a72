#include "ctl/password.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ctl/ctl.h"

/* One more than is taken, the line's end and a NUL. */
#define LINE_MAX_LEN (PASSWORD_MAX + 3)

/* --- the terminal --------------------------------------------------------- */

static struct termios before;

/* Whoever gives up while typing gets a terminal back that shows letters. */
static void
restore(int number)
{
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	signal(number, SIG_DFL);
	raise(number);
}

static int
hide(void)
{
	struct termios hidden;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return -1;
	hidden = before;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL;
	signal(SIGINT, restore);
	signal(SIGTERM, restore);
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
}

static void
show(void)
{
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

/* --- reading -------------------------------------------------------------- */

static bool
read_line(char line[LINE_MAX_LEN])
{
	line[0] = '\0';
	if (fgets(line, LINE_MAX_LEN, stdin) == NULL)
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static int
ask_twice(const char *name, char line[LINE_MAX_LEN])
{
	char again[LINE_MAX_LEN];
	bool same;

	if (hide() != 0) {
		ctl_say("the terminal cannot hide what is typed");
		return CTL_REFUSED;
	}
	fprintf(stderr, "New password for %s: ", name);
	read_line(line);
	fputs("Once more: ", stderr);
	read_line(again);
	show();
	same = strcmp(line, again) == 0;
	secret_forget(again, sizeof(again));
	if (same)
		return CTL_OK;
	ctl_say("they differ; nothing was changed");
	return CTL_REFUSED;
}

int
password_take(const char *name, char hash[PASSWORD_HASH_MAX])
{
	char line[LINE_MAX_LEN] = "";
	const char *refusal;
	int status = CTL_OK;

	/* Nothing of it may stay in a buffer. */
	setvbuf(stdin, NULL, _IONBF, 0);
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		status = ask_twice(name, line);
	else
		read_line(line);
	refusal = status == CTL_OK ? password_refusal(line) : NULL;
	if (refusal != NULL) {
		ctl_say("%s; nothing was changed", refusal);
		status = CTL_REFUSED;
	} else if (status == CTL_OK && password_hash(line, hash) != 0) {
		ctl_say("no memory to hash a password");
		status = CTL_DATABASE;
	}
	secret_forget(line, sizeof(line));
	return status;
}
