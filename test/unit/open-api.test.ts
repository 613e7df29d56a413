import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openApiFile, openApiText } from "../../setup/write-openapi.ts";

test("openapi.json is what the procedures say; otherwise run: npm run openapi", () => {
	expect(JSON.parse(readFileSync(openApiFile, "utf8"))).toEqual(
		JSON.parse(openApiText()),
	);
});

test("every operation has a summary, a tag and an answer", () => {
	const { paths } = JSON.parse(openApiText()) as {
		paths: Record<
			string,
			Record<string, { summary?: string; tags?: string[]; responses: object }>
		>;
	};
	const operations = Object.values(paths).flatMap((path) =>
		Object.values(path),
	);
	expect(operations.length).toBeGreaterThan(50);
	for (const { summary, tags, responses } of operations) {
		expect(summary).toMatch(/\S/);
		expect(tags).toHaveLength(1);
		expect(responses).toHaveProperty("200");
	}
});
