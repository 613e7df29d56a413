import type { Platform } from "./protocol.ts";

/**
 * The platform that an engine's machine is, by the kernel's name for it. Pure.
 * @throws RangeError on machines for which no project's images are built
 */
export function platformOf(architecture: string): Platform {
	if (/^(x86_64|amd64)$/i.test(architecture)) return "linux/amd64";
	if (/^(aarch64|arm64)/i.test(architecture)) return "linux/arm64";
	throw new RangeError(
		`Lull runs on x86-64 and 64-bit ARM; this engine's machine is ${architecture}.`,
	);
}
