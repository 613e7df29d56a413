/** A whole number from 0 to 2^32 - 1 that looks random and depends on all the numbers given (murmur3's finaliser). */
export function hashNumbers(...numbers: readonly number[]): number {
	let hash = 0x9e3779b9;
	for (const number of numbers) {
		hash = Math.imul(hash ^ (number | 0), 0x85ebca6b);
		// Numbers past 2^32, such as milliseconds, count with all their bits.
		hash ^= (number / 0x1_0000_0000) | 0;
		hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
		hash ^= hash >>> 16;
	}
	return hash >>> 0;
}

/** A number in [0, 1) that depends on all the numbers given. */
export const hashToUnit = (...numbers: readonly number[]): number =>
	hashNumbers(...numbers) / 0x1_0000_0000;

/** A generator of numbers in [0, 1): the same seed gives the same ones (mulberry32). */
export function seededRandom(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
	};
}
