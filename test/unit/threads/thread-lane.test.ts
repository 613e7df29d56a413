import { afterEach, describe, expect, it } from "vitest";
import { threadJob } from "../../../server/threads/thread-job.ts";
import { ThreadLane } from "../../../server/threads/thread-lane.ts";
import { ThreadLimitError } from "../../../server/threads/thread-limit-error.ts";
import type * as tricks from "../../support/thread-tricks.ts";
import { until } from "../../support/until.ts";

const MODULE = new URL("../../support/thread-tricks.ts", import.meta.url);
const job = <Name extends keyof typeof tricks>(
	name: Name,
	timeoutMs = 20_000,
) => threadJob<(typeof tricks)[Name]>(MODULE, name, timeoutMs);

const lanes: ThreadLane[] = [];
afterEach(async () => {
	for (const lane of lanes.splice(0)) await lane.close();
});
function aLane(mostWaiting = 10): ThreadLane {
	const lane = new ThreadLane({
		threads: 1,
		memoryMiB: 64,
		mostWaiting,
		idleMs: 1_000,
		nice: 5,
	});
	lanes.push(lane);
	return lane;
}
const double = (lane: ThreadLane, n: number) =>
	lane.run(job("double"), () => n);
const aDoor = () => new Int32Array(new SharedArrayBuffer(4));
function open(door: Int32Array): void {
	Atomics.store(door, 0, 1);
	Atomics.notify(door, 0);
}

describe("a lane of threads", () => {
	it("answers with what the function gives, or throws what it throws", async () => {
		const lane = aLane();
		expect(await double(lane, 21)).toBe(42);
		await expect(lane.run(job("fail"), () => "no such luck")).rejects.toThrow(
			"no such luck",
		);
	});

	it("ends a job that takes too long, and does the next", async () => {
		const lane = aLane();
		const endless = lane.run(
			job("loopForEver", 1_500),
			() => undefined as never,
		);
		const after = double(lane, 1);
		await expect(endless).rejects.toEqual(
			new ThreadLimitError("time", "loopForEver"),
		);
		expect(await after).toBe(2);
	});

	it("ends a job that takes too much memory, and nothing else", async () => {
		const lane = aLane();
		await expect(
			lane.run(job("fillMemory"), () => undefined as never),
		).rejects.toEqual(new ThreadLimitError("memory", "fillMemory"));
		expect(await double(lane, 2)).toBe(4);
	});

	it("outlives a thread that dies", async () => {
		const lane = aLane();
		await expect(
			lane.run(job("die"), () => undefined as never),
		).rejects.toThrow();
		expect(await double(lane, 3)).toBe(6);
	});

	it("ends a job whose sender gives up", async () => {
		const lane = aLane();
		const giveUp = new AbortController();
		const begun = lane.run(
			job("hold"),
			() => {
				setImmediate(() => giveUp.abort(new Error("no longer wanted")));
				return { door: aDoor() };
			},
			{ signal: giveUp.signal },
		);
		await expect(begun).rejects.toThrow("no longer wanted");
		expect(await double(lane, 4)).toBe(8);
		await expect(
			lane.run(job("double"), () => 1, { signal: giveUp.signal }),
		).rejects.toThrow("no longer wanted");
	});

	it("begins jobs in their order, makes their input when they begin, and refuses what would wait too long", async () => {
		const lane = aLane(1);
		const door = aDoor();
		const made: string[] = [];
		const held = lane.run(job("hold"), () => {
			made.push("first");
			return { door };
		});
		const second = lane.run(job("double"), () => {
			made.push("second");
			return 5;
		});
		await expect(double(lane, 6)).rejects.toMatchObject({
			code: "unavailable",
		});
		await until("the first has begun", async () => made.length > 0);
		expect(made).toEqual(["first"]);
		open(door);
		expect(await held).toBe("held");
		expect(await second).toBe(10);
	});

	it("takes over what is handed over", async () => {
		const lane = aLane();
		const bytes = new Uint8Array(1_000);
		expect(
			await lane.run(job("lengthOf"), () => bytes, {
				transferOf: ({ buffer }) => [buffer as ArrayBuffer],
			}),
		).toBe(1_000);
		expect(bytes.length).toBe(0);
	});

	it("rejects what runs and what waits when it is closed", async () => {
		const lane = aLane();
		const running = lane.run(job("hold"), () => ({ door: aDoor() }));
		const waiting = double(lane, 7);
		const both = Promise.allSettled([running, waiting]);
		await lane.close();
		expect((await both).map(({ status }) => status)).toEqual([
			"rejected",
			"rejected",
		]);
		await expect(double(lane, 8)).rejects.toThrow("The server stops.");
	});
});
