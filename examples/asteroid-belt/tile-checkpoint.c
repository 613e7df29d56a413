#include "tile-checkpoint.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t wanted = 0;

static void ask(int signal_number) {
	(void)signal_number;
	wanted = 1;
}

/* Opens a file of the checkpoint's folder; NULL where there is none. */
static FILE *open_file(const char *name, const char *mode) {
	const char *folder = getenv("LULL_CHECKPOINT");
	char path[4096];
	if (folder == NULL || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return NULL;
	return fopen(path, mode);
}

static void touch(const char *name) {
	FILE *file = open_file(name, "w");
	if (file != NULL)
		fclose(file);
}

void checkpoint_ready(void) {
	signal(SIGUSR1, ask);
	touch("ready");
}

bool checkpoint_wanted(void) {
	return wanted != 0;
}

/* The end may come in the middle: another name first, then the right one. */
static bool take_name(void) {
	const char *folder = getenv("LULL_CHECKPOINT");
	char from[4096], to[4096];
	snprintf(from, sizeof from, "%s/state.new", folder);
	snprintf(to, sizeof to, "%s/state", folder);
	return rename(from, to) == 0;
}

void checkpoint_write(const struct part *parts, int count) {
	wanted = 0;
	FILE *file = open_file("state.new", "wb");
	if (file == NULL)
		return;
	bool whole = true;
	for (int i = 0; i < count; i++)
		whole = fwrite(parts[i].data, 1, parts[i].bytes, file) == parts[i].bytes && whole;
	whole = fclose(file) == 0 && whole;
	if (whole && take_name())
		touch("done");
}

bool checkpoint_read(const struct part *parts, int count) {
	FILE *file = open_file("state", "rb");
	if (file == NULL)
		return false;
	bool whole = true;
	for (int i = 0; i < count && whole; i++)
		whole = fread(parts[i].data, 1, parts[i].bytes, file) == parts[i].bytes;
	whole = whole && fgetc(file) == EOF;
	fclose(file);
	return whole;
}
