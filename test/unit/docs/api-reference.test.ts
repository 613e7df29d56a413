import { describe, expect, test } from "vitest";
import {
	curlExample,
	exampleOf,
	groupByTag,
	limitsOf,
	type OpenApi,
	schemaOf,
	typeName,
} from "../../../app/docs/api/open-api.ts";
import { listDocuments } from "../../../app/docs/find-documents.ts";
import { createOpenApiDocument } from "../../../server/api/open-api-document.ts";

const openApi = createOpenApiDocument() as unknown as OpenApi;
const endpoints = groupByTag(openApi).flatMap(([, some]) => some);

describe("the API reference", () => {
	test("shows every procedure, once, with a sentence and a part it belongs to", () => {
		const operations = Object.values(openApi.paths).flatMap((methods) =>
			Object.keys(methods),
		);
		expect(endpoints).toHaveLength(operations.length);
		expect(new Set(endpoints.map(({ id }) => id)).size).toBe(endpoints.length);
		for (const { operation } of endpoints) {
			expect(operation.summary).toMatch(/\S{3}/);
			expect(operation.tags).toHaveLength(1);
		}
	});

	test("gives an example of every call, with the token where one is needed", () => {
		for (const endpoint of endpoints) {
			const example = curlExample(endpoint, "https://lull.example/api/v1");
			expect(example).toContain('"https://lull.example/api/v1/');
			expect(example).not.toMatch(/[{]\w+[}]"/);
			expect(example.includes("$LULL_TOKEN")).toBe(
				Boolean(endpoint.operation.security?.length),
			);
		}
	});

	test("knows the type of every field that is asked for or answered", () => {
		for (const { operation } of endpoints) {
			const schemas = [
				...(operation.parameters ?? []).map(({ schema }) => schema),
				schemaOf(operation.requestBody),
				schemaOf(operation.responses?.["200"]),
			];
			for (const schema of schemas)
				if (schema) expect(typeName(schema)).not.toContain("undefined");
		}
	});

	test("says types and limits as people do", () => {
		const names = { type: "array", items: { type: "string" }, maxItems: 5 };
		expect(typeName(names)).toBe("list of strings");
		expect(limitsOf(names)).toBe("at most 5 items");
		expect(typeName({ enum: ["a", "b"] })).toBe('"a" | "b"');
		expect(typeName({ anyOf: [{ type: "number" }, { type: "null" }] })).toBe(
			"number | null",
		);
		expect(
			limitsOf({
				type: "integer",
				minimum: -Number.MAX_SAFE_INTEGER,
				maximum: 200,
				default: 50,
			}),
		).toBe("at most 200, default 50");
	});

	test("makes examples that end, also of a schema in a schema in a schema", () => {
		const endless: Record<string, unknown> = { type: "object" };
		endless.properties = { again: endless };
		expect(JSON.stringify(exampleOf(endless)).length).toBeLessThan(200);
	});
});

describe("the docs", () => {
	test("hold a guide for whoever lends a device, with its title and first sentence", async () => {
		const { guides } = await listDocuments();
		const guide = guides.find(({ slug }) => slug === "device-owner");
		expect(guide?.title).toBe("Lending a device");
		expect(guide?.summary).toMatch(/^You have a machine/);
		expect(guide?.text).not.toMatch(/^# /m);
	});
});
