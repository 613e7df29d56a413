import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ACCESS_LEVEL } from "../../server/accounts/access-level.ts";
import { createApiToken } from "../../server/accounts/tokens/create-api-token.ts";
import { callAs } from "../support/api-caller.ts";
import { aResearcher, aUser } from "../support/factories.ts";
import { lullCommand } from "../support/lull-command.ts";
import { ScriptedDevice } from "../support/scripted-device.ts";
import { testDatabase } from "../support/test-database.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { testServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";

const address = await findTestEngine();
const database = testDatabase();
const server = testServer(database, {
	...(address && { DOCKER_HOST: address }),
	BUILD_NETWORK: "none",
});
const lull = lullCommand();
const SLUG = "squares-by-command";

const definition = {
	name: "Squares",
	slug: SLUG,
	scienceArea: "Mathematics",
	description: { file: "README.md" },
	impact: "Hardly any.",
	app: {
		source: { kind: "dockerfile", folder: "." },
		command: ["/square", "{n}"],
		resources: { cores: 1, memoryMiB: 32, diskMiB: 16 },
		platforms: ["linux/amd64", "linux/arm64"],
		estimatedOperations: 1e9,
	},
	batch: {
		name: "Six of them",
		workUnits: {
			kind: "ranges",
			ranges: [{ name: "n", from: 0, to: 6 }],
		},
	},
};

/** Waits until a project or version waits for a review, and approves exactly what is shown. */
async function approveNext(): Promise<void> {
	const { services } = server();
	const admin = await aUser(services.db, { accessLevel: ACCESS_LEVEL.admin });
	const { moderation } = callAs(services, admin);
	const review = await until(
		"something waits for a review",
		async () => (await moderation.reviews({})).items[0],
		60_000,
	);
	const versions = review.appVersions.map(({ id, manifestSha256 }) => ({
		appVersionId: id,
		manifestSha256,
	}));
	if (review.kind === "project" && review.project.submittedAt)
		await moderation.approveProject({
			projectId: review.project.id,
			submittedAt: review.project.submittedAt,
			appVersions: versions,
		});
	else
		for (const version of versions) await moderation.approveAppVersion(version);
}

describe.skipIf(address === undefined)("lull run", () => {
	const devices: ScriptedDevice[] = [];
	let folder = "";

	beforeAll(async () => {
		const { services, url } = server();
		const token = await createApiToken(
			services,
			await aResearcher(services.db),
			{
				name: "a test",
				scopes: ["read", "projects", "work"],
			},
		);
		await lull.run("login", "--server", url, "--token", token.secret);
		folder = join(lull.folder(), "squares");
		await mkdir(folder);
		const files = {
			"lull-project.json": JSON.stringify(definition),
			"README.md": "# Squares\n",
			Dockerfile: "FROM scratch\nCOPY square /square\n",
			square: "not run by scripted devices",
			".dockerignore": "results\n",
		};
		for (const [name, text] of Object.entries(files))
			await writeFile(join(folder, name), text);
		for (let i = 0; i < 2; i++)
			devices.push(
				await ScriptedDevice.connect(services.db, url, ({ parameters }) =>
					String(Number(parameters.n) ** 2),
				),
			);
	});
	afterAll(() => {
		for (const device of devices) device.close();
	});

	test("ends with a code of its own when nobody is to be waited for", async () => {
		const outcome = await lull.run("run", folder, "--no-wait");
		expect(outcome).toMatchObject({ code: 8, out: "" });
		expect(outcome.err).toContain("Made the project “Squares”");
		expect(outcome.err).toContain("COPY square /square");
		expect(outcome.err).toContain("waits for an admin's review");
		const project = await lull.run("project", "show", SLUG, "--json");
		expect(project.json()).toMatchObject({ state: "submitted" });
	});

	test("goes on with the same version after the review, to the results", async () => {
		const results = join(folder, "results");
		const [outcome] = await Promise.all([
			lull.run("run", folder, "--results", results, "--json"),
			approveNext(),
		]);
		expect(outcome).toMatchObject({ code: 0, err: "" });
		expect(outcome.json()).toMatchObject({
			state: "done",
			doneUnits: 6,
			appVersion: { number: 1 },
		});
		expect(await readFile(join(results, "5/result.txt"), "utf8")).toBe("25");
	});

	test("hands in a new version when a file has changed, and changes what may be changed", async () => {
		await writeFile(join(folder, "square"), "another program");
		await writeFile(join(folder, "README.md"), "# Squares, again\n");
		const [outcome] = await Promise.all([
			lull.run("run", folder, "--no-watch"),
			approveNext(),
		]);
		expect(outcome.code).toBe(0);
		expect(outcome.err).toContain("Changing description");
		expect(outcome.err).toContain("Handed in version 2 for review.");
		const versions = await lull.run(
			...["app", "list", "--project", SLUG, "--json"],
		);
		expect(versions.json()).toMatchObject([
			{ number: 2, state: "approved" },
			{ number: 1, state: "approved" },
		]);
	});

	test("tells what the engine said when an image cannot be made", async () => {
		await writeFile(
			join(folder, "Dockerfile"),
			"FROM scratch\nCOPY nothing /\n",
		);
		const outcome = await lull.run("app", "push", folder);
		expect(outcome.code).toBe(1);
		expect(outcome.err).toMatch(/The image of version 3 could not be made: /);
	});
});
