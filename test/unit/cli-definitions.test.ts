import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { namingUpload } from "../../cli/batch/prepare-source.ts";
import { projectDefinitionSchema } from "../../cli/definition/project-definition.ts";
import {
	parseDefinition,
	readBatchDefinition,
	readProjectDefinition,
} from "../../cli/definition/read-definition.ts";
import { CliError } from "../../cli/errors/cli-error.ts";
import { sourceForApi } from "../../cli/project/push-app.ts";
import { newAppVersionSchema } from "../../server/app-versions/app-version-input.ts";
import { submitBatchInput } from "../../server/work-units/submit/batch-input.ts";
import { EXAMPLES, exampleFile } from "../support/example-project.ts";

const ID = "01936b6e-0000-7000-8000-000000000001";
const smallest = {
	name: "Squares",
	slug: "squares",
	scienceArea: "Mathematics",
	description: "Counts.",
	impact: "Little.",
	app: {
		source: { kind: "reference", reference: "debian:bookworm-slim" },
		estimatedOperations: 1,
	},
};

const parse = (value: unknown) =>
	parseDefinition(projectDefinitionSchema, "x.json", JSON.stringify(value));

describe.each(EXAMPLES)("the example %s", (name) => {
	test("is read with its description in place", async () => {
		const project = await readProjectDefinition(exampleFile(name));
		expect(project).toMatchObject({ slug: name, folder: exampleFile(name) });
		expect(project.description).toBe(
			readFileSync(exampleFile(name, "README.md"), "utf8"),
		);
	});

	test("becomes an app version and a batch that the API takes", async () => {
		const { app, batch } = await readProjectDefinition(exampleFile(name));
		const { resources, source, ...rest } = app;
		newAppVersionSchema.parse({
			...rest,
			...resources,
			source: sourceForApi(source, ID),
		});
		const { workUnits, ...rules } = batch ?? expect.fail("no batch");
		submitBatchInput.parse({
			...rules,
			appVersionId: ID,
			submissionKey: ID,
			source:
				workUnits.kind === "rows" || workUnits.kind === "lines"
					? namingUpload(workUnits, ID)
					: workUnits,
		});
	});
});

describe("a definition", () => {
	test("may leave out everything that has a default", () => {
		expect(parse(smallest).app.resources).toEqual({});
	});

	test("that is wrong in several places is told all of them, with a slip of the pen by its name", () => {
		const wrong = {
			...smallest,
			slug: "Not A Slug",
			app: { ...smallest.app, comand: ["x"] },
		};
		expect(() => parse(wrong)).toThrow(
			/x\.json cannot be used:\n.*slug: must be small letters.*comand/s,
		);
	});

	test("that is not JSON is told so", () => {
		expect(() =>
			parseDefinition(projectDefinitionSchema, "x.json", "{,}"),
		).toThrow(/^x\.json is not JSON: /);
	});

	test("that is not there ends with the code for wrong usage", async () => {
		await expect(readBatchDefinition("/no/such/folder")).rejects.toSatisfy(
			(error) => error instanceof CliError && error.exitCode === 2,
		);
	});

	test("of a project brings its batch and its slug", async () => {
		const path = join(exampleFile("class-numbers"), "lull-project.json");
		expect(await readBatchDefinition(path)).toMatchObject({
			slug: "class-numbers",
			batch: { quorum: 2 },
		});
	});
});

test("each kind of source names its upload and nothing of this machine", () => {
	expect(sourceForApi({ kind: "dockerfile", folder: "/home/me" }, ID)).toEqual({
		kind: "dockerfile",
		uploadId: ID,
	});
	expect(sourceForApi({ kind: "archive", file: "/home/me/x.tar" }, ID)).toEqual(
		{
			kind: "archive",
			uploadId: ID,
		},
	);
	expect(
		sourceForApi(
			{ kind: "code", folder: ".", runtime: "python3", entryPoint: "a.py" },
			ID,
		),
	).toEqual({
		kind: "code",
		uploadId: ID,
		runtime: "python3",
		entryPoint: "a.py",
	});
	expect(
		namingUpload(
			{ kind: "lines", file: "/home/me/x", linesPerPart: 3, inputName: "p" },
			ID,
		),
	).toEqual({ kind: "lines", uploadId: ID, linesPerPart: 3, file: "p" });
});
