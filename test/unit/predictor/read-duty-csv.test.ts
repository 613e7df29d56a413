import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDutyCsv } from "../../../server/predictor/duty/read-duty-csv.ts";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-duty-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function readText(text: string, name = "loads.csv") {
	const path = join(folder, name);
	await writeFile(path, name.endsWith(".gz") ? gzipSync(text) : text);
	return readDutyCsv(path);
}

describe("a file of loads", () => {
	test("may be unsorted, with gaps and rows twice, and the step is its own", async () => {
		const [one] = await readText(
			"series,t,cpu\na,900,4\na,300,2\na,600,3\na,600,5\na,1500,120\n",
		);
		expect(one).toMatchObject({ name: "a", start: 300, stepSeconds: 300 });
		expect([...(one?.mean ?? [])]).toEqual([2, 4, 4, Number.NaN, 100]);
	});

	test("may be compressed and have its columns in another order", async () => {
		const series = await readText(
			"t,host,cpu,series\n0,x,1,a\n60,x,2,a\n0,x,,b\n60,x,3,b\n",
			"loads.csv.gz",
		);
		expect(series.map(({ name }) => name)).toEqual(["a", "b"]);
	});

	test.each([
		["series,time,cpu\na,0,1\n", /no column “t”/],
		["series,t,cpu\n", /holds no series/],
		["series,t,cpu\na,x,1\na,y,2\n", /cannot|can be read/],
		["series,t,cpu\na,0,1\na,1,1\na,2,1\na,9e9,1\n", /spans more/],
	])("that is broken is refused with a reason: %j", async (text, reason) => {
		await expect(readText(text)).rejects.toThrow(reason);
	});

	test("that is not there is refused", async () => {
		await expect(readDutyCsv(join(folder, "none.csv"))).rejects.toThrow(
			/ENOENT/,
		);
	});
});
