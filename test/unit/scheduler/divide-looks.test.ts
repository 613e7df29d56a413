import { describe, expect, it } from "vitest";
import { divideLooks } from "../../../server/scheduler/divide-looks.ts";

const batches = (projectId: string, count: number) =>
	Array.from({ length: count }, (_, i) => ({
		batchId: `${projectId} ${i}`,
		projectId,
	}));
const sumOf = (looks: ReturnType<typeof divideLooks>, projectId: string) =>
	looks
		.filter(({ batchId }) => batchId.startsWith(projectId))
		.reduce((sum, { most }) => sum + most, 0);

describe("how many tasks of each batch are looked at", () => {
	it("is the same for each project, however many batches it has", () => {
		const looks = divideLooks(
			[...batches("one", 1), ...batches("many", 50)],
			500,
			0,
			Math.random,
		);
		expect(sumOf(looks, "one")).toBe(2_000);
		expect(sumOf(looks, "many")).toBe(2_000);
		expect(looks.every(({ skip }) => skip === 0)).toBe(true);
	});

	it("is no more than there is room for, and a few at the least", () => {
		const looks = divideLooks(batches("one", 1), 50, 0, Math.random);
		expect(looks).toEqual([{ batchId: "one 0", most: 200, skip: 0 }]);
		expect(divideLooks(batches("one", 100), 0.5, 0, Math.random)[0]?.most).toBe(
			20,
		);
	});

	it("begins further back, by chance, when others plan with the same tasks", () => {
		const [look] = divideLooks(batches("one", 1), 50, 3, () => 0.99);
		expect(look).toEqual({ batchId: "one 0", most: 200, skip: 600 });
	});
});
