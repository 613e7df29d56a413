/** Larger pictures are no tiles. */
const MOST_PIXELS = 64 * 1024 * 1024;

/** The pixels of a binary PPM (P6, 8 bits) or PGM (P5), which browsers do not know; undefined when it is none. */
export function decodePpm(content: Uint8Array): ImageData | undefined {
	const head = readHead(content);
	if (!head) return undefined;
	const { channels, width, height, offset } = head;
	const pixels = new Uint8ClampedArray(width * height * 4);
	for (let pixel = 0; pixel < width * height; pixel++) {
		const from = offset + pixel * channels;
		for (let channel = 0; channel < 3; channel++)
			pixels[pixel * 4 + channel] =
				content[from + Math.min(channel, channels - 1)] ?? 0;
		pixels[pixel * 4 + 3] = 255;
	}
	return new ImageData(pixels, width, height);
}

/** Where a PPM's pixels begin and how many there are. Comments in the head begin with #. */
export function readHead(content: Uint8Array) {
	const text = new TextDecoder("latin1").decode(content.subarray(0, 512));
	const match =
		/^P([56])(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+255\s/.exec(
			text,
		);
	if (!match) return undefined;
	const channels = match[1] === "6" ? 3 : 1;
	const [width, height] = [Number(match[2]), Number(match[3])];
	const offset = match[0].length;
	const isWhole = content.length - offset >= width * height * channels;
	if (!isWhole || width * height === 0 || width * height > MOST_PIXELS)
		return undefined;
	return { channels, width, height, offset };
}
