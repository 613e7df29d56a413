import { readdir, stat } from "node:fs/promises";
import { PROC, readIfThere } from "./host-files.ts";

const USB = "/sys/bus/usb/devices";
/** Where keyboards and touch pads that are not on USB interrupt. */
const INPUT_INTERRUPT = /i8042|i2c_hid|ELAN|SYNA|touch/i;

/** How often keyboards and mice off the USB have called for the processor. */
export function parseInputInterrupts(text: string): number {
	return text
		.split("\n")
		.filter((line) => INPUT_INTERRUPT.test(line))
		.reduce((sum, line) => sum + sumOfCounts(line), 0);
}

function sumOfCounts(line: string): number {
	const counts = /^\s*\w+:((?:\s+\d+)+)/.exec(line)?.[1] ?? "";
	return counts
		.trim()
		.split(/\s+/)
		.reduce((sum, n) => sum + Number(n), 0);
}

/**
 * When somebody last used keyboard, mouse or terminal. What is typed is never read: the kernel counts the messages of
 * each USB keyboard and mouse and the interrupts of the others, and notes when a terminal was last typed at. A counter
 * that moved means that somebody is there. Works under X, Wayland and the console alike.
 */
export class InputSense {
	#counts: string | undefined;
	#usedAtMs: number | undefined;
	#usbDevices: string[] | undefined;
	#listedAtMs = 0;

	/** @returns milliseconds since the last use; undefined when none was seen yet */
	async idleMs(nowMs: number, wallMs: number): Promise<number | undefined> {
		const [interrupts, usb, typedAgoMs] = await Promise.all([
			readIfThere(`${PROC}/interrupts`),
			this.#usbCounts(nowMs),
			terminalIdleMs(wallMs),
		]);
		const counts = `${parseInputInterrupts(interrupts ?? "")} ${usb}`;
		if (this.#counts !== undefined && counts !== this.#counts)
			this.#usedAtMs = nowMs;
		this.#counts = counts;
		const idle = [
			...(this.#usedAtMs === undefined ? [] : [nowMs - this.#usedAtMs]),
			...(typedAgoMs === undefined ? [] : [typedAgoMs]),
		];
		return idle.length ? Math.min(...idle) : undefined;
	}

	async #usbCounts(nowMs: number): Promise<string> {
		if (!this.#usbDevices || nowMs - this.#listedAtMs > 30_000) {
			this.#usbDevices = await listUsbInputs();
			this.#listedAtMs = nowMs;
		}
		const counts = await Promise.all(
			this.#usbDevices.map((name) => readIfThere(`${USB}/${name}/urbnum`)),
		);
		return counts.map((count) => count?.trim()).join(" ");
	}
}

/** USB devices with an interface of the class for keyboards (protocol 1) and mice (2). */
async function listUsbInputs(): Promise<string[]> {
	const names = await readdir(USB).catch(() => []);
	const found = await Promise.all(
		names
			.filter((name) => name.includes(":"))
			.map(async (name) => {
				const kind = await readIfThere(`${USB}/${name}/bInterfaceClass`);
				const protocol = await readIfThere(`${USB}/${name}/bInterfaceProtocol`);
				const isInput =
					kind?.trim() === "03" && /^0[12]$/.test(protocol?.trim() ?? "");
				return isInput ? [name.slice(0, name.indexOf(":"))] : [];
			}),
	);
	return [...new Set(found.flat())].sort();
}

/** The kernel notes at each terminal when something was typed there last. */
async function terminalIdleMs(wallMs: number): Promise<number | undefined> {
	const pseudo = (await readdir("/dev/pts").catch(() => []))
		.filter((name) => /^\d+$/.test(name))
		.map((name) => `/dev/pts/${name}`);
	const consoles = [1, 2, 3, 4, 5, 6].map((number) => `/dev/tty${number}`);
	const times = await Promise.all(
		[...pseudo, ...consoles].map((path) =>
			stat(path).then(
				({ atimeMs, birthtimeMs, ctimeMs }) =>
					// One that was only opened has not been typed at.
					atimeMs > Math.max(birthtimeMs, ctimeMs) ? [atimeMs] : [],
				() => [],
			),
		),
	);
	const latest = Math.max(0, ...times.flat());
	return latest > 0 ? Math.max(0, wallMs - latest) : undefined;
}
