/** What a thread is made to do in the tests of lanes. */

export const double = (n: number): number => n * 2;

/** Holds the thread until somebody writes into the memory that was sent. */
export function hold({ door }: { door: Int32Array }): string {
	Atomics.wait(door, 0, 0);
	return "held";
}

export function loopForEver(): void {
	for (;;);
}

export function fillMemory(): number {
	const kept: string[][] = [];
	for (;;) kept.push(new Array(1000).fill(`${kept.length}`));
}

export function fail(sentence: string): void {
	throw new Error(sentence);
}

/** Ends the thread as a fault of the engine's own would. */
export function die(): void {
	process.exit(7);
}

export const lengthOf = (bytes: Uint8Array): number => bytes.length;
