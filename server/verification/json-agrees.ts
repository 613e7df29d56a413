import { numbersAgree, type Tolerance } from "./numbers-agree.ts";

/** Same structure, same keys (in any order), same text; numbers within the tolerance. */
export function jsonAgrees(
	a: unknown,
	b: unknown,
	tolerance: Tolerance,
): boolean {
	// A stack of pairs instead of recursion: outputs come from strangers and may be nested a million deep.
	const pairs: [unknown, unknown][] = [[a, b]];
	for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
		const [x, y] = pair;
		if (typeof x === "number" && typeof y === "number") {
			if (!numbersAgree(x, y, tolerance)) return false;
		} else if (Array.isArray(x) && Array.isArray(y)) {
			if (x.length !== y.length) return false;
			for (let i = 0; i < x.length; i++) pairs.push([x[i], y[i]]);
		} else if (isRecord(x) && isRecord(y)) {
			const keys = Object.keys(x);
			if (keys.length !== Object.keys(y).length) return false;
			for (const key of keys) {
				if (!Object.hasOwn(y, key)) return false;
				pairs.push([x[key], y[key]]);
			}
		} else if (x !== y) return false;
	}
	return true;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && !Array.isArray(value);
