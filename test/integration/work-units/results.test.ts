import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import yauzl from "yauzl";
import type { CurrentUser } from "../../../server/accounts/current-user.ts";
import { createResultsArchiveRoute } from "../../../server/work-units/results/results-archive-route.ts";
import { aResult } from "../../support/a-result.ts";
import { callAs } from "../../support/api-caller.ts";
import { blobServer } from "../../support/blob-server.ts";
import {
	aBatch,
	anAppVersion,
	aProject,
	aUser,
} from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const services = testServices(database);
const blobOrigin = blobServer(services);

/** Whoever the next request comes from. */
let user: CurrentUser | null = null;
let scopes: ("read" | "devices")[] | undefined;
let origin = "";
let close = () => {};
beforeAll(async () => {
	const route = createResultsArchiveRoute(services(), async () => ({
		user,
		token: scopes ? { id: "t", scopes } : null,
		sessionId: null,
	}));
	const server = createServer((request, response) => {
		void route(request, response);
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	close = () => {
		server.closeAllConnections();
		server.close();
	};
});
afterAll(() => close());

async function aBatchWithResults(
	results: Record<string, string | Buffer>[],
	units = results.length,
) {
	const batch = await aBatch(database.db, { units });
	for (const [index, outputs] of results.entries())
		await aResult(services(), batch.workUnitIds[index] ?? "", outputs);
	const researcher = await database.db.user.findUniqueOrThrow({
		where: { id: batch.submitterId },
	});
	user = researcher;
	scopes = undefined;
	return { batch, researcher, api: callAs(services(), researcher) };
}

async function unzip(archive: Buffer): Promise<Record<string, string>> {
	const zip = await yauzl.fromBufferPromise(archive, { lazyEntries: true });
	const files: Record<string, string> = {};
	for await (const entry of zip.eachEntry())
		files[entry.fileName] = await text(await zip.openReadStreamPromise(entry));
	return files;
}

describe("the archive of results", () => {
	test("holds every canonical output under its work unit's index, and a table of all work units", async () => {
		const { batch } = await aBatchWithResults(
			[{ "a.txt": "zero", "deep/b.txt": "" }, { "a.txt": "one" }],
			3,
		);
		const response = await fetch(`${origin}/batches/${batch.id}/results.zip`);
		expect(response.headers.get("content-type")).toBe("application/zip");
		const files = await unzip(Buffer.from(await response.arrayBuffer()));
		expect(files).toEqual({
			"work-units.csv":
				"index,state,failureReason,n\r\n0,done,,0\r\n1,done,,1\r\n2,open,,2\r\n",
			"0/a.txt": "zero",
			"0/deep/b.txt": "",
			"1/a.txt": "one",
		});
	});

	test("of more work units than one page of the database is whole", async () => {
		const { batch } = await aBatchWithResults([{ "a.txt": "zero" }], 1203);
		const response = await fetch(`${origin}/batches/${batch.id}/results.zip`);
		const files = await unzip(Buffer.from(await response.arrayBuffer()));
		expect(files["work-units.csv"]?.split("\r\n")).toHaveLength(1205);
	});

	test("ends its work when the client leaves", async () => {
		const { batch } = await aBatchWithResults([
			{ big: randomBytes(20_000_000) },
		]);
		const opened = new Set<{ destroyed: boolean }>();
		const { blobs } = services();
		const read = blobs.read.bind(blobs);
		blobs.read = async (...of) => {
			const stream = await read(...of);
			opened.add(stream);
			return stream;
		};
		const leaving = new AbortController();
		const response = await fetch(`${origin}/batches/${batch.id}/results.zip`, {
			signal: leaving.signal,
		});
		await response.body?.getReader().read();
		await until("the output is being read", async () => opened.size > 0);
		leaving.abort();
		await until("it is closed again", async () =>
			[...opened].every(({ destroyed }) => destroyed),
		);
		blobs.read = read;
	});

	test("is for the researcher and admins alone", async () => {
		const { batch } = await aBatchWithResults([{ "a.txt": "zero" }]);
		const statusFor = async (someone: CurrentUser | null) => {
			user = someone;
			return (await fetch(`${origin}/batches/${batch.id}/results.zip`)).status;
		};
		expect(await statusFor(null)).toBe(401);
		expect(await statusFor(await aUser(database.db))).toBe(404);
		expect(await statusFor(await aUser(database.db, { accessLevel: 10 }))).toBe(
			200,
		);
		scopes = ["devices"];
		expect(await statusFor(await aUser(database.db, { accessLevel: 10 }))).toBe(
			403,
		);
	});

	test.each([
		"/batches/x/results.zip",
		`/batches/${"0".repeat(8)}-0000-7000-8000-000000000000/results.zip`,
	])("of nothing (%s) is not found", async (path) => {
		await aBatchWithResults([]);
		expect((await fetch(origin + path)).status).toBe(404);
	});
});

test("results as lines have small outputs inside, and an address for each", async () => {
	const { batch } = await aBatchWithResults(
		[{ "a.txt": "zero", raw: Buffer.from([0, 255]) }],
		2,
	);
	const response = await fetch(`${origin}/batches/${batch.id}/results.jsonl`);
	const [first, second] = (await response.text())
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	expect(first).toMatchObject({
		index: 0,
		state: "done",
		parameters: { n: "0" },
		outputs: [
			{ path: "a.txt", text: "zero" },
			{ path: "raw", bytes: 2 },
		],
	});
	expect(first.outputs[1]).not.toHaveProperty("text");
	expect(second).toMatchObject({ index: 1, state: "open", outputs: [] });
	const file = await fetch(blobOrigin() + first.outputs[0].address);
	expect(await file.text()).toBe("zero");
});

test("results by file come in pages that miss nothing and repeat nothing", async () => {
	const outputs = { "a.txt": "1", "b.txt": "2", "c/d.txt": "3" };
	const { batch, api } = await aBatchWithResults([
		outputs,
		{},
		outputs,
		outputs,
	]);
	const found: string[] = [];
	let cursor: string | undefined;
	do {
		const page = await api.batches.results({
			batchId: batch.id,
			limit: 2,
			...(cursor && { cursor }),
		});
		found.push(...page.items.map(({ index, path }) => `${index}/${path}`));
		cursor = page.nextCursor;
	} while (cursor);
	const paths = Object.keys(outputs);
	expect(found).toEqual(
		[0, 2, 3].flatMap((index) => paths.map((path) => `${index}/${path}`)),
	);
});

test("a picture's tiles are where their parameters say, and only those that are inside", async () => {
	const project = await aProject(database.db, {
		picture: {
			columns: 2,
			rows: 1,
			tileColumnParameter: "n",
			tileRowParameter: "row",
			file: "tile.png",
		},
	});
	const version = await anAppVersion(database.db, { projectId: project.id });
	const batch = await aBatch(database.db, {
		appVersionId: version.id,
		units: 3,
	});
	await database.db.$executeRaw`
		UPDATE "WorkUnit" SET "parameters" = "parameters" || '{"row": "0"}' WHERE "batchId" = ${batch.id}::uuid`;
	for (const id of batch.workUnitIds)
		await aResult(services(), id, { "tile.png": id });
	const owner = await database.db.user.findUniqueOrThrow({
		where: { id: project.ownerId },
	});
	const picture = await callAs(services(), owner).batches.picture({
		batchId: batch.id,
	});
	expect(picture.layout).toEqual({ columns: 2, rows: 1, file: "tile.png" });
	expect(picture.items.map(({ column, row }) => [column, row])).toEqual([
		[0, 0],
		[1, 0],
	]);
	const tile = await fetch(blobOrigin() + picture.items[1]?.address);
	expect(tile.headers.get("content-type")).toBe("image/png");
	expect(await tile.text()).toBe(batch.workUnitIds[1]);
});

test("work units and tasks are shown to the researcher and to nobody else", async () => {
	const { batch, api } = await aBatchWithResults([{ "a.txt": "zero" }], 3);
	const [workUnitId = ""] = batch.workUnitIds;
	const done = await api.workUnits.list({ batchId: batch.id, state: "done" });
	expect(done.items.map(({ index }) => index)).toEqual([0]);
	const page = await api.workUnits.list({ batchId: batch.id, limit: 2 });
	expect(page.nextCursor).toBe("1");
	const unit = await api.workUnits.get({ workUnitId });
	expect(unit).toMatchObject({ command: ["/bin/count", "0"], state: "done" });
	const [task] = unit.tasks;
	expect(task?.outputs[0]).toMatchObject({ path: "a.txt", bytes: 4 });
	expect(await api.tasks.get({ taskId: task?.id ?? "" })).toMatchObject({
		state: "valid",
		stdout: { text: "", bytes: 0 },
	});
	expect((await api.tasks.list({ workUnitId })).items).toHaveLength(2);

	const stranger = callAs(services(), await aUser(database.db));
	for (const attempt of [
		() => stranger.workUnits.list({ batchId: batch.id }),
		() => stranger.workUnits.get({ workUnitId }),
		() => stranger.tasks.get({ taskId: task?.id ?? "" }),
		() => stranger.tasks.list({ workUnitId }),
		() => stranger.batches.get({ batchId: batch.id }),
		() => stranger.batches.results({ batchId: batch.id }),
		() => stranger.batches.picture({ batchId: batch.id }),
	])
		await expect(attempt()).rejects.toMatchObject({ code: "NOT_FOUND" });
	expect((await stranger.batches.list({})).items).toEqual([]);
});
