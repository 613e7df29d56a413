import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { throttle } from "../../../app/components/live/throttle.ts";
import {
	errorCode,
	errorSentence,
	fieldError,
} from "../../../app/components/notices/error-sentence.ts";
import { browserName } from "../../../app/components/tables/browser-name.ts";

describe("refreshing a live page", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	test("happens at once, then at most once in each interval, and never misses the last change", async () => {
		const refresh = vi.fn();
		const { call } = throttle(refresh, 1000);
		for (let change = 0; change < 95; change++) {
			call();
			await vi.advanceTimersByTimeAsync(100);
		}
		expect(refresh).toHaveBeenCalledTimes(10);
		await vi.advanceTimersByTimeAsync(5000);
		expect(refresh).toHaveBeenCalledTimes(11);
	});

	test("waits for an answer that is slower than the changes", async () => {
		let answer = () => {};
		const refresh = vi.fn(
			() =>
				new Promise<void>((resolve) => {
					answer = resolve;
				}),
		);
		const { call } = throttle(refresh, 1000);
		call();
		call();
		await vi.advanceTimersByTimeAsync(10_000);
		expect(refresh).toHaveBeenCalledTimes(1);
		answer();
		await vi.advanceTimersByTimeAsync(0);
		expect(refresh).toHaveBeenCalledTimes(2);
	});

	test("ends when the page is left", async () => {
		const refresh = vi.fn();
		const { call, cancel } = throttle(refresh, 1000);
		call();
		call();
		cancel();
		await vi.advanceTimersByTimeAsync(5000);
		expect(refresh).toHaveBeenCalledTimes(1);
	});
});

describe("errors on pages", () => {
	const refused = Object.assign(new Error("email: is not an e-mail address"), {
		data: {
			problem: {
				type: "urn:lull:problem:invalidInput",
				issues: [{ path: ["email"], message: "is not an e-mail address" }],
			},
		},
	});

	test("a refused field has its own sentence", () => {
		expect(fieldError(refused, "email")).toBe("Is not an e-mail address");
		expect(fieldError(refused, "name")).toBeUndefined();
	});

	test("the stable code is found", () => {
		expect(errorCode(refused)).toBe("invalidInput");
		expect(errorCode(new Error("x"))).toBeUndefined();
		expect(errorCode(null)).toBeUndefined();
	});

	test("a lost connection is told as one", () => {
		expect(errorSentence(new TypeError("Failed to fetch"))).toMatch(
			/cannot be reached/,
		);
		expect(errorSentence("no error at all")).toBe("Something went wrong.");
	});
});

test("browsers are named as people know them", () => {
	expect(
		browserName(
			"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
		),
	).toBe("Chrome on Linux");
	expect(
		browserName(
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
		),
	).toBe("Safari on iOS");
	expect(browserName(null)).toBe("Unknown");
});
