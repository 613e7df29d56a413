#include "tile-png.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest block that deflate can store. */
enum { STORED_MAX = 65535 };

static uint32_t crc32_of(uint32_t crc, const unsigned char *data, size_t length) {
	for (size_t i = 0; i < length; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
	}
	return crc;
}

static uint32_t adler32_of(const unsigned char *data, size_t length) {
	uint32_t a = 1, b = 0;
	for (size_t i = 0; i < length; i++) {
		a = (a + data[i]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

static void put_big_endian(unsigned char *to, uint32_t value) {
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void write_chunk(FILE *file, const char *type, const unsigned char *data, size_t length) {
	unsigned char number[4];
	put_big_endian(number, (uint32_t)length);
	fwrite(number, 1, 4, file);
	fwrite(type, 1, 4, file);
	fwrite(data, 1, length, file);
	uint32_t crc = crc32_of(0xFFFFFFFFu, (const unsigned char *)type, 4);
	put_big_endian(number, ~crc32_of(crc, data, length));
	fwrite(number, 1, 4, file);
}

/* A zlib stream of stored blocks; returns its length. `to` needs room for it. */
static size_t store(unsigned char *to, const unsigned char *data, size_t length) {
	size_t at = 0;
	to[at++] = 0x78;
	to[at++] = 0x01;
	for (size_t from = 0; from < length; from += STORED_MAX) {
		size_t size = length - from < STORED_MAX ? length - from : STORED_MAX;
		to[at++] = from + size == length;
		to[at++] = (unsigned char)(size & 255);
		to[at++] = (unsigned char)(size >> 8);
		to[at++] = (unsigned char)(~size & 255);
		to[at++] = (unsigned char)(~size >> 8 & 255);
		memcpy(to + at, data + from, size);
		at += size;
	}
	put_big_endian(to + at, adler32_of(data, length));
	return at + 4;
}

int write_png(const char *path, const unsigned char *rgb, int width, int height) {
	static const unsigned char signature[8] = {137, 'P', 'N', 'G', 13, 10, 26, 10};
	size_t row = (size_t)width * 3, length = (row + 1) * (size_t)height;
	unsigned char *lines = malloc(length);
	unsigned char *stream = malloc(length + 5 * (length / STORED_MAX + 1) + 6);
	FILE *file = fopen(path, "wb");
	int result = -1;
	if (lines != NULL && stream != NULL && file != NULL) {
		for (int y = 0; y < height; y++) {
			lines[(row + 1) * (size_t)y] = 0; /* this row is not filtered */
			memcpy(lines + (row + 1) * (size_t)y + 1, rgb + row * (size_t)y, row);
		}
		unsigned char header[13] = {[8] = 8, [9] = 2}; /* 8 bits each of red, green, blue */
		put_big_endian(header, (uint32_t)width);
		put_big_endian(header + 4, (uint32_t)height);
		fwrite(signature, 1, 8, file);
		write_chunk(file, "IHDR", header, 13);
		write_chunk(file, "IDAT", stream, store(stream, lines, length));
		write_chunk(file, "IEND", header, 0);
		result = ferror(file) ? -1 : 0;
	}
	if (file != NULL && fclose(file) != 0)
		result = -1;
	free(lines);
	free(stream);
	return result;
}
