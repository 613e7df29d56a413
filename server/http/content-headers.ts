/**
 * Pictures that a browser only paints. Everything else that people upload is handed out as bytes to save, never as
 * something that a browser might run: no HTML, no SVG, no script.
 */
const PICTURES: Record<string, string> = {
	png: "image/png",
	jpg: "image/jpeg",
	jpeg: "image/jpeg",
	gif: "image/gif",
	webp: "image/webp",
	bmp: "image/bmp",
};

/** The headers that make other people's content harmless whatever it is, and name the file that is saved. */
export function contentHeaders(fileName: string): Record<string, string> {
	const extension = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? "";
	return {
		"content-type": PICTURES[extension] ?? "application/octet-stream",
		"content-disposition": contentDisposition(fileName),
		"x-content-type-options": "nosniff",
		"content-security-policy": "sandbox; default-src 'none'",
		"cross-origin-resource-policy": "same-origin",
		"referrer-policy": "no-referrer",
	};
}

/** `attachment` with the name twice: in plain ASCII for the oldest programs, and whole (RFC 6266). */
export function contentDisposition(fileName: string): string {
	// Through UTF-8 and back: half a surrogate pair, which cannot be encoded, becomes U+FFFD.
	const name = Buffer.from(fileName.split("/").at(-1) || "file").toString();
	const plain = name.replaceAll(/[^\w.+-]/g, "_");
	const whole = encodeURIComponent(name).replaceAll(
		/['()*]/g,
		(char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}
