#ifndef TILE_PNG_H
#define TILE_PNG_H

/*
 * Writes 8-bit RGB pixels, row by row from the top, as a PNG file. The pixels
 * are stored, not compressed: no library whose next version would compress
 * the same picture to other bytes. Returns 0, or -1 when it could not write.
 */
int write_png(const char *path, const unsigned char *rgb, int width, int height);

#endif
