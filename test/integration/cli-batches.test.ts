import {
	mkdir,
	readdir,
	readFile,
	stat,
	truncate,
	writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createApiToken } from "../../server/accounts/tokens/create-api-token.ts";
import { anAppVersion, aProject, aResearcher } from "../support/factories.ts";
import { lullCommand } from "../support/lull-command.ts";
import { ScriptedDevice } from "../support/scripted-device.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";

const database = testDatabase();
const server = testServer(database);
const lull = lullCommand();

let slug = "";
let appVersionId = "";
const devices: ScriptedDevice[] = [];

beforeAll(async () => {
	const { services, url } = server();
	const researcher = await aResearcher(database.db);
	const project = await aProject(database.db, { ownerId: researcher.id });
	slug = project.slug;
	appVersionId = (await anAppVersion(database.db, { projectId: project.id }))
		.id;
	const token = await createApiToken(services, researcher, {
		name: "a test",
		scopes: ["read", "projects", "work"],
	});
	await lull.run("login", "--server", url, "--token", token.secret);
});

afterEach(() => {
	for (const device of devices.splice(0)) device.close();
});

/** Devices of two owners that answer each work unit with the square of its number. */
async function connectDevices(): Promise<void> {
	for (let i = 0; i < 2; i++)
		devices.push(
			await ScriptedDevice.connect(database.db, server().url, (assignment) =>
				String(Number(assignment.parameters.n) ** 2),
			),
		);
}

/** Writes a batch's definition beside its files; answers with the path to it. */
async function aDefinition(
	name: string,
	workUnits: object,
	files: Record<string, string> = {},
): Promise<string> {
	const folder = join(lull.folder(), name);
	await mkdir(folder, { recursive: true });
	for (const [path, text] of Object.entries(files))
		await writeFile(join(folder, path), text);
	const file = join(folder, "batch.json");
	await writeFile(file, JSON.stringify({ name, workUnits }));
	return file;
}

const range = (to: number) => ({
	kind: "ranges",
	ranges: [{ name: "n", from: 0, to }],
});

async function submit(definition: string): Promise<string> {
	const outcome = await lull.run(
		...["batch", "submit", definition, "--project", slug, "--json"],
	);
	expect(outcome.err).toBe("");
	return (outcome.json() as { batchId: string }).batchId;
}

describe("a batch", () => {
	test("is submitted, watched to its end and downloaded as files and as an archive", async () => {
		await connectDevices();
		const definition = await aDefinition("whole", range(5));
		const watched = await lull.run(
			...["batch", "submit", definition, "--project", slug, "--watch"],
			"--json",
		);
		expect(watched).toMatchObject({ code: 0, err: "" });
		const batch = watched.json() as { id: string };
		expect(batch).toMatchObject({ state: "done", doneUnits: 5 });

		const folder = join(lull.folder(), "results");
		const saved = await lull.run(
			...["batch", "results", batch.id, "--dir", folder, "--json"],
		);
		expect(saved.json()).toMatchObject({ files: 5, fetched: 5, workUnits: 5 });
		expect(await readFile(join(folder, "3/result.txt"), "utf8")).toBe("9");
		const lines = await readFile(join(folder, "work-units.jsonl"), "utf8");
		expect(JSON.parse(lines.split("\n")[4] ?? "")).toEqual({
			index: 4,
			state: "done",
			failureReason: null,
			parameters: { n: "4" },
		});

		const file = join(folder, "all.zip");
		const zip = ["batch", "results", batch.id, "-o", file];
		expect(await lull.run(...zip)).toMatchObject({ code: 0 });
		expect((await readFile(file)).subarray(0, 2).toString()).toBe("PK");
		expect(await lull.run(...zip)).toMatchObject({
			code: 2,
			err: expect.stringContaining("--force"),
		});
		expect(await lull.run(...zip, "--force")).toMatchObject({ code: 0 });
		expect(await readdir(folder)).not.toContain("all.zip.part");
	});

	test("is downloaded again only where files are missing, cut off or damaged", async () => {
		await connectDevices();
		const id = await submit(await aDefinition("again", range(40)));
		await lull.run("batch", "status", id, "--watch");
		const folder = join(lull.folder(), "again-results");
		const args = ["batch", "results", id, "--dir", folder, "--json"];
		await lull.run(...args);
		const whole = join(folder, "33/result.txt");
		const damaged = join(folder, "34/result.txt");
		await writeFile(`${whole}.part`, "1");
		await truncate(whole, 0);
		await writeFile(`${damaged}.part`, "xxxx");
		await truncate(damaged, 0);

		const again = await lull.run(...args);
		expect(again.json()).toMatchObject({ files: 40, fetched: 2 });
		expect(await readFile(whole, "utf8")).toBe("1089");
		expect(await readFile(damaged, "utf8")).toBe("1156");
		expect(await readdir(join(folder, "33"))).toEqual(["result.txt"]);
	});

	test("is made once although the answer to its submission is lost on the way", async () => {
		const definition = await aDefinition("once", range(3));
		let lost = 0;
		const losing: typeof fetch = async (address, init) => {
			const response = await fetch(address, init);
			if (init?.method === "POST" && String(address).endsWith("/batches")) {
				lost++;
				if (lost === 1) throw new TypeError("fetch failed");
			}
			return response;
		};
		const outcome = await lull.run(
			...["batch", "submit", definition, "--project", slug],
			{ fetch: losing },
		);
		expect(outcome.code).toBe(0);
		expect(outcome.err).toContain("Trying again");
		expect(lost).toBe(2);
		expect(await database.db.batch.count({ where: { name: "once" } })).toBe(1);
	});

	test("is made once although the command was ended before the answer, and given again", async () => {
		const definition = await aDefinition(
			"killed",
			{ kind: "rows", file: "rows.csv" },
			{ "rows.csv": "n\n1\n2\n" },
		);
		const args = ["batch", "submit", definition, "--project", slug];
		const stop = new AbortController();
		const ending: typeof fetch = async (address, init) => {
			const response = await fetch(address, init);
			if (init?.method === "POST" && String(address).endsWith("/batches")) {
				stop.abort(new Error("Stopped."));
				stop.signal.throwIfAborted();
			}
			return response;
		};
		const first = await lull.run(...args, {
			fetch: ending,
			signal: stop.signal,
		});
		expect(first.code).toBe(130);
		const second = await lull.run(...args);
		expect(second.code).toBe(0);
		const batches = await database.db.batch.findMany({
			where: { name: "killed" },
		});
		expect(batches.map(({ id }) => id)).toEqual([second.out.trim()]);
		// The file was not sent a second time either.
		expect(
			await database.db.upload.count({ where: { name: "rows.csv" } }),
		).toBe(1);

		const third = await lull.run(...args);
		expect(third.code).toBe(0);
		expect(third.out).not.toBe(second.out);
	});

	test("is previewed with the rows that are wrong, and then not submitted", async () => {
		const definition = await aDefinition(
			"wrong",
			{ kind: "rows", file: "rows.csv" },
			{ "rows.csv": "n\n1\n2,3\n4\n" },
		);
		const preview = await lull.run(
			...["batch", "preview", definition, "--project", slug],
		);
		expect(preview).toMatchObject({
			code: 5,
			out: expect.stringMatching(/2 work units.*\/bin\/count 1.*line 3: /s),
		});
		const submitted = await lull.run(
			...["batch", "submit", definition, "--project", slug, "--json"],
		);
		expect(submitted).toMatchObject({ code: 5, out: "" });
		expect(JSON.parse(submitted.err)).toMatchObject({
			type: "urn:lull:problem:invalidInput",
			status: 400,
			detail: expect.stringContaining("Nothing was submitted. Line 3"),
		});
		expect(await database.db.batch.count({ where: { name: "wrong" } })).toBe(0);
	});

	test("of a folder of files and of the lines of a file brings them along", async () => {
		await mkdir(join(lull.folder(), "data"), { recursive: true });
		for (const name of ["a.txt", "b.txt", "c.txt"])
			await writeFile(join(lull.folder(), "data", name), name);
		await database.db.appVersion.update({
			where: { id: appVersionId },
			data: { command: ["/bin/count", "{file}"] },
		});
		try {
			const files = await submit(
				await aDefinition("files", { kind: "files", files: ["../data"] }),
			);
			const lines = await submit(
				await aDefinition(
					"lines",
					{
						kind: "lines",
						file: "in.txt",
						linesPerPart: 2,
						inputName: "p.txt",
					},
					{ "in.txt": "1\n2\n3\n4\n5\n" },
				),
			);
			const inputsOf = (batchId: string) =>
				database.db.workUnitInput.findMany({
					where: { workUnit: { batchId } },
					orderBy: { workUnit: { index: "asc" } },
					select: { path: true, bytes: true },
				});
			expect(await inputsOf(files)).toEqual(
				["a.txt", "b.txt", "c.txt"].map((path) => ({ path, bytes: 5n })),
			);
			expect(await inputsOf(lines)).toEqual(
				[4n, 4n, 2n].map((bytes) => ({ path: "p.txt", bytes })),
			);
		} finally {
			await database.db.appVersion.update({
				where: { id: appVersionId },
				data: { command: ["/bin/count", "{n}"] },
			});
		}
	});

	test("that is cancelled ends the watch with a code of its own", async () => {
		const id = await submit(await aDefinition("cancelled", range(3)));
		expect(await lull.run("batch", "cancel", id)).toMatchObject({
			code: 0,
			out: "Cancelled 3 work units.\n",
		});
		expect(await lull.run("batch", "status", id, "--watch")).toMatchObject({
			code: 7,
			err: expect.stringContaining("The batch was cancelled."),
		});
		expect(await lull.run("batch", "cancel", id)).toMatchObject({
			code: 5,
			err: "lull: The batch is over already.\n",
		});
	});

	test("whose work units failed can be run again", async () => {
		const id = await submit(await aDefinition("failing", range(2)));
		await database.db.workUnit.updateMany({
			where: { batchId: id },
			data: { state: "failed", reviewAt: null },
		});
		await database.db.task.updateMany({
			where: { batchId: id },
			data: { state: "errored" },
		});
		await database.db.batch.update({
			where: { id },
			data: { state: "done", failedUnits: 2 },
		});
		expect(await lull.run("batch", "status", id, "--watch")).toMatchObject({
			code: 7,
			err: expect.stringContaining("2 work units failed"),
		});
		expect(await lull.run("batch", "rerun-failed", id)).toMatchObject({
			code: 0,
			out: "Opened 2 work units again.\n",
		});
		await connectDevices();
		expect(await lull.run("batch", "status", id, "--watch")).toMatchObject({
			code: 0,
		});
	});

	test("goes on being watched while the server is away", async () => {
		const id = await submit(await aDefinition("away", range(2)));
		await connectDevices();
		let calls = 0;
		const flaky: typeof fetch = (address, init) =>
			++calls % 2
				? Promise.reject(
						new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }),
					)
				: fetch(address, init);
		const outcome = await lull.run("batch", "status", id, "--watch", {
			fetch: flaky,
		});
		expect(outcome.code).toBe(0);
		expect(outcome.err).toContain("Nothing answers at");
	});

	test("of somebody else is not found", async () => {
		const { db } = database;
		const other = await anAppVersion(db);
		const batch = await db.batch.create({
			data: {
				projectId: other.projectId,
				appVersionId: other.id,
				submitterId: (await aResearcher(db)).id,
				name: "theirs",
				estimatedOperations: 1,
			},
		});
		expect(await lull.run("batch", "status", batch.id)).toMatchObject({
			code: 4,
			out: "",
		});
	});
});

test("batches are listed by project and state", async () => {
	const id = await submit(await aDefinition("listed", range(1)));
	await until("the batch is there", async () =>
		database.db.batch.findUnique({ where: { id } }),
	);
	const listed = await lull.run(
		...["batch", "list", "--project", slug, "--state", "open", "--json"],
	);
	expect(listed.json()).toContainEqual(
		expect.objectContaining({ id, name: "listed", workUnits: 1 }),
	);
	const limited = await lull.run("batch", "list", "--limit", "1", "--json");
	expect(limited.json()).toHaveLength(1);
	const config = await stat(join(lull.folder(), "config/credentials.json"));
	expect(config.mode & 0o777).toBe(0o600);
});
