import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { describe, expect, test } from "vitest";
import ZipStream from "zip-stream";
import { workUnitSourceSchema } from "../../../server/work-units/submit/work-unit-source.ts";
import { sweepOnce } from "../../../server/work-units/sweeps/carry-out-sweep.ts";
import { callAs } from "../../support/api-caller.ts";
import { anAppVersion, aResearcher, aUser } from "../../support/factories.ts";
import { aStoredUpload } from "../../support/stored-upload.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database, { MAX_BATCH_WORK_UNITS: "5000" });

/** An approved version of a researcher's approved project, and the researcher. */
async function aSetting(command = ["/bin/count", "{n}"]) {
	const version = await anAppVersion(database.db, { command });
	const project = await database.db.project.findUniqueOrThrow({
		where: { id: version.projectId },
		include: { owner: true },
	});
	const researcher = project.owner;
	return {
		version,
		researcher,
		api: callAs(services(), researcher).batches,
		upload: (name: string, content: string | Buffer) =>
			aStoredUpload(services(), researcher.id, name, content),
	};
}
const countTo = (to: number) =>
	workUnitSourceSchema.parse({
		kind: "ranges",
		ranges: [{ name: "n", from: 0, to }],
	}) as {
		kind: "ranges";
		ranges: { name: string; from: number; to: number }[];
	};
/** What there is once what was given up is removed, as a loop does. */
async function rowsIn() {
	while (await sweepOnce(services()));
	return {
		batches: await database.db.batch.count(),
		workUnits: await database.db.workUnit.count(),
		tasks: await database.db.task.count(),
		inputs: await database.db.workUnitInput.count(),
	};
}

describe("a submission", () => {
	test("makes every work unit with its first tasks, at rest until a device comes", async () => {
		const { api, version } = await aSetting();
		const { batchId, workUnits } = await api.submit({
			appVersionId: version.id,
			name: "Count",
			source: countTo(5000),
			quorum: 1,
			targetCopies: 3,
			priority: 5,
		});
		expect(workUnits).toBe(5000);
		const units = await database.db.workUnit.findMany({
			where: { batchId },
			orderBy: { index: "asc" },
		});
		expect(units.map(({ index }) => index)).toEqual(
			Array.from({ length: 5000 }, (_, index) => index),
		);
		expect(units[4321]).toMatchObject({
			parameters: { n: "4321" },
			quorum: 1,
			targetCopies: 3,
			reviewAt: null,
		});
		const tasks = await database.db.task.findMany({ where: { batchId } });
		expect(tasks).toHaveLength(15_000);
		expect(tasks[0]).toMatchObject({ state: "unsent", priority: 5 });
		expect(await api.get({ batchId })).toMatchObject({
			workUnits: 5000,
			tasks: { unsent: 15_000 },
			estimatedEnd: null,
		});
	});

	test("with the same key answers with the same batch, also at the same time", async () => {
		const { api, version } = await aSetting();
		const submit = () =>
			api.submit({
				appVersionId: version.id,
				name: "Once",
				source: countTo(500),
				submissionKey: "the-same-key",
			});
		const answers = await Promise.all([submit(), submit(), submit()]);
		answers.push(await submit());
		expect(new Set(answers.map(({ batchId }) => batchId)).size).toBe(1);
		expect(answers.every(({ workUnits }) => workUnits === 500)).toBe(true);
		expect(
			await database.db.batch.count({ where: { appVersionId: version.id } }),
		).toBe(1);
	});

	test("of which the last row is wrong leaves nothing behind", async () => {
		const { api, version, upload } = await aSetting();
		const rows = Array.from({ length: 4999 }, (_, n) => `${n},x`);
		const csv = ["n,other", ...rows, "4999"].join("\n");
		const uploadId = await upload("rows.csv", csv);
		const before = await rowsIn();
		await expect(
			api.submit({
				appVersionId: version.id,
				name: "Nearly",
				source: { kind: "rows", uploadId },
				submissionKey: "nearly-all-of-it",
			}),
		).rejects.toThrow(/Line 5001/);
		expect(await rowsIn()).toEqual(before);
	});

	test("whose database connection is cut leaves nothing behind, and can be sent again", async () => {
		const { api, version } = await aSetting();
		const input = {
			appVersionId: version.id,
			name: "Cut",
			source: countTo(5000),
			submissionKey: "cut-in-the-middle",
		};
		const before = await rowsIn();
		// Whoever inserts work units waits for this lock, so the cut comes in the middle.
		const blocker = await database.pool.connect();
		await blocker.query(
			`BEGIN; LOCK TABLE "WorkUnitInput", "Task" IN EXCLUSIVE MODE`,
		);
		const submission = api.submit(input).then(
			() => "submitted",
			() => "failed",
		);
		await cutWhenWaiting(blocker);
		await blocker.query("ROLLBACK");
		blocker.release();
		expect(await submission).toBe("failed");
		expect(await rowsIn()).toEqual(before);
		expect((await api.submit(input)).workUnits).toBe(5000);
	});

	test.each([
		["fewer copies than the quorum", { quorum: 3, targetCopies: 2 }],
		["fewer tasks than copies", { targetCopies: 4, maxTotal: 3 }],
		["a quorum of nothing", { quorum: 0 }],
		["a priority that shuts others out", { priority: 11 }],
		["a deadline in no time", { deadlineSeconds: 1 }],
		["a name that is none", { name: " \n" }],
		["more work units than a batch may have", { source: countTo(5001) }],
		["an endless range", { source: countTo(1e18) }],
	])("with %s is refused", async (_what, wrong) => {
		const { api, version } = await aSetting();
		const before = await rowsIn();
		await expect(
			api.submit({
				appVersionId: version.id,
				name: "Wrong",
				source: countTo(1),
				...wrong,
			}),
		).rejects.toThrow();
		expect(await rowsIn()).toEqual(before);
	});

	test("to somebody else's project, or one that is not approved, is refused", async () => {
		const { api, version } = await aSetting();
		const stranger = await aResearcher(database.db);
		const owner = await aUser(database.db);
		const input = { appVersionId: version.id, name: "x", source: countTo(1) };
		await expect(
			callAs(services(), stranger).batches.submit(input),
		).rejects.toThrow(/no such app version/);
		await expect(
			callAs(services(), owner).batches.submit(input),
		).rejects.toThrow(/researchers/);
		await database.db.project.update({
			where: { id: version.projectId },
			data: { state: "suspended" },
		});
		await expect(api.submit(input)).rejects.toThrow(/suspended/);
	});

	test("of somebody else's upload is refused", async () => {
		const { api, version } = await aSetting();
		const other = await aSetting();
		const uploadId = await other.upload("rows.csv", "n\n1\n");
		await expect(
			api.submit({
				appVersionId: version.id,
				name: "x",
				source: { kind: "rows", uploadId },
			}),
		).rejects.toThrow(/no such upload/);
	});
});

describe("a preview", () => {
	test("shows the first commands, counts exactly, and changes nothing", async () => {
		const { api, version, upload } = await aSetting(["/bin/x", "--n={n}"]);
		const rows = Array.from({ length: 2000 }, (_, n) => n).join("\n");
		const uploadId = await upload("rows.csv", `n\n${rows}`);
		const before = await rowsIn();
		const preview = await api.preview({
			appVersionId: version.id,
			source: { kind: "rows", uploadId },
			estimatedOperations: 1000,
		});
		expect(preview).toMatchObject({
			workUnits: 2000,
			problemCount: 0,
			estimatedOperations: 2_000_000,
		});
		expect(preview.first).toHaveLength(10);
		expect(preview.first[3]?.command).toEqual(["/bin/x", "--n=3"]);
		expect(await rowsIn()).toEqual(before);
	});

	test("names every kind of wrong row with its line, and counts those it does not show", async () => {
		const { api, version, upload } = await aSetting();
		const lines = ['{"n": 1}', "{", '{"m": 2}', ...Array(150).fill("[]")];
		const uploadId = await upload("rows.jsonl", lines.join("\n"));
		const preview = await api.preview({
			appVersionId: version.id,
			source: { kind: "rows", uploadId },
		});
		expect(preview).toMatchObject({ workUnits: 1, problemCount: 152 });
		expect(preview.problems).toHaveLength(100);
		expect(preview.problems[1]).toEqual({
			line: 3,
			message: expect.stringContaining("“n”"),
		});
	});
});

describe("data files", () => {
	const contents = { "a.txt": "first", "deep/b.dat": "second\n", empty: "" };

	async function inputsOf(batchId: string) {
		const units = await database.db.workUnit.findMany({
			where: { batchId },
			orderBy: { index: "asc" },
			include: { inputs: true },
		});
		return Promise.all(
			units.map(async ({ parameters, inputs: [input] }) => {
				if (!input) throw new Error("a work unit without its file");
				const content = await buffer(
					await services().blobs.read(input.blobSha256, {
						offset: Number(input.offset),
						bytes: Number(input.bytes),
					}),
				);
				const sha256 = createHash("sha256").update(content).digest("hex");
				expect(input.sha256).toBe(sha256);
				return { parameters, path: input.path, text: content.toString() };
			}),
		);
	}
	const expected = Object.entries(contents).map(([path, text]) => ({
		parameters: expect.objectContaining({ file: path }),
		path,
		text,
	}));
	const submit = async (name: string, archive: Buffer) => {
		const { api, version, upload } = await aSetting(["/bin/x", "{file}"]);
		const uploadIds = [await upload(name, archive)];
		return api.submit({
			appVersionId: version.id,
			name: "Files",
			source: { kind: "files", uploadIds },
		});
	};

	test("uploaded one by one give one work unit each", async () => {
		const { api, version, upload } = await aSetting(["/bin/x", "{file}"]);
		const uploadIds = [await upload("a.txt", "A"), await upload("b.txt", "B")];
		const { batchId } = await api.submit({
			appVersionId: version.id,
			name: "Files",
			source: { kind: "files", uploadIds },
		});
		expect(await inputsOf(batchId)).toEqual([
			{ parameters: { file: "a.txt", name: "a" }, path: "a.txt", text: "A" },
			{ parameters: { file: "b.txt", name: "b" }, path: "b.txt", text: "B" },
		]);
	});

	test.each(["files.tar", "files.tar.gz"])("in %s are found", async (name) => {
		const tar = pack();
		tar.entry({ name: "deep/", type: "directory" });
		for (const [path, text] of Object.entries(contents))
			tar.entry({ name: path }, text);
		tar.entry({ name: "__MACOSX/._a.txt" }, "clutter");
		tar.finalize();
		const bytes = await buffer(tar);
		const { batchId } = await submit(
			name,
			name.endsWith("gz") ? gzipSync(bytes) : bytes,
		);
		expect(await inputsOf(batchId)).toEqual(expected);
	});

	test("in a zip are found", async () => {
		const zip = new ZipStream();
		const whole = buffer(zip);
		for (const [path, text] of Object.entries(contents))
			await new Promise<void>((done, fail) =>
				zip.entry(text, { name: path }, (error) =>
					error ? fail(error) : done(),
				),
			);
		zip.finish();
		const { batchId } = await submit("files.zip", await whole);
		expect(await inputsOf(batchId)).toEqual(expected);
	});

	test.each([
		["no archive", "x.zip", Buffer.from("this is no zip")],
		["no archive", "x.tar.gz", Buffer.from("this is no tar")],
		[
			"half an archive",
			"x.tar.gz",
			gzipSync(Buffer.alloc(9000)).subarray(0, 20),
		],
		["nothing", "x.tar", Buffer.alloc(1024)],
	])("in %s (%s) are a clear error", async (_what, name, bytes) => {
		const before = await rowsIn();
		await expect(submit(name, bytes)).rejects.toMatchObject({
			code: "BAD_REQUEST",
		});
		expect(await rowsIn()).toEqual(before);
	});

	test("whose names lead out of the input folder are a clear error", async () => {
		const tar = pack();
		tar.entry({ name: "../../etc/passwd" }, "x");
		tar.finalize();
		await expect(submit("x.tar", await buffer(tar))).rejects.toThrow(
			/no name for a file/,
		);
	});

	test("an archive with a link in it is refused", async () => {
		const tar = pack();
		tar.entry({ name: "l", type: "symlink", linkname: "/etc/passwd" });
		tar.finalize();
		await expect(submit("x.tar", await buffer(tar))).rejects.toThrow(
			/neither a file nor a folder/,
		);
	});

	test("one file cut by lines is stored once, and each part is its slice", async () => {
		const { api, version, upload } = await aSetting(["/bin/x", "{part}"]);
		const { batchId, workUnits } = await api.submit({
			appVersionId: version.id,
			name: "Lines",
			source: {
				kind: "lines",
				uploadId: await upload("big.txt", "1\n2\n3\n4\n5\n"),
				linesPerPart: 2,
			},
		});
		expect(workUnits).toBe(3);
		expect((await inputsOf(batchId)).map(({ text }) => text)).toEqual([
			"1\n2\n",
			"3\n4\n",
			"5\n",
		]);
	});
});

/** Ends the connection that waits for a lock which `blocker` holds, once there is one. */
async function cutWhenWaiting(blocker: { query: typeof database.pool.query }) {
	for (;;) {
		const { rowCount } = await blocker.query(
			`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)) AND datname = current_database()`,
		);
		if (rowCount) return;
	}
}
