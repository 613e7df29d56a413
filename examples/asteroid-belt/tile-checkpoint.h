#ifndef TILE_CHECKPOINT_H
#define TILE_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>

/* A stretch of memory that goes into a checkpoint. */
struct part {
	void *data;
	size_t bytes;
};

/*
 * What Lull asks of a program that wants to go on on another device:
 *   - it makes $LULL_CHECKPOINT/ready and catches SIGUSR1,
 *   - when that comes it writes its state and makes $LULL_CHECKPOINT/done,
 *   - at its start it looks whether a state is there.
 * Outside of Lull, without $LULL_CHECKPOINT, nothing of this happens.
 */

/* Call it once, when a state could be written. */
void checkpoint_ready(void);

/* Whether a checkpoint was asked for since the last one was written. */
bool checkpoint_wanted(void);

/* Writes the parts, one after the other, whole or not at all. */
void checkpoint_write(const struct part *parts, int count);

/* Reads as many bytes as the parts have; false when there is no state, or one of another size. */
bool checkpoint_read(const struct part *parts, int count);

#endif
