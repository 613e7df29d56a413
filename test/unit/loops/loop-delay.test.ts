import { afterAll, expect, it } from "vitest";
import { measureLoopDelay } from "../../../server/loops/loop-delay.ts";
import { until } from "../../support/until.ts";

const delay = measureLoopDelay();
afterAll(() => delay.stop());

it("tells how long the event loop was held, once", async () => {
	delay.read();
	let times = 0;
	// What comes right after a reading is not seen: the first time is for that.
	await until("the loop was held", async () => {
		const end = performance.now() + 300;
		while (performance.now() < end);
		return ++times > 3;
	});
	const { p50, p99, max } = delay.read();
	expect(max).toBeGreaterThan(0.25);
	expect(max).toBeGreaterThanOrEqual(p99);
	expect(p99).toBeGreaterThanOrEqual(p50);
	await until("it is over", async () => delay.read().max < 0.25);
});
