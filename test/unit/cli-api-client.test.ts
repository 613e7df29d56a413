import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { ApiClient } from "../../cli/api/api-client.ts";
import { CliError } from "../../cli/errors/cli-error.ts";
import { saveBlob } from "../../cli/transfer/save-blob.ts";

interface Request {
	url: string;
	method: string;
	headers: Record<string, string>;
}

/** A client whose requests are answered by `answer`; what it asked and how long it paused is noted. */
function aClient(answer: (request: Request, count: number) => Response) {
	const requests: Request[] = [];
	const pauses: number[] = [];
	const told: string[] = [];
	const client = new ApiClient({
		server: "http://portal.test",
		token: "lull_secret",
		signal: new AbortController().signal,
		random: () => 0.5,
		pause: async (ms) => void pauses.push(ms),
		onAway: (sentence) => void told.push(sentence),
		fetch: async (url, init) => {
			const request = {
				url: String(url),
				method: init?.method ?? "GET",
				headers: init?.headers as Record<string, string>,
			};
			requests.push(request);
			return answer(request, requests.length);
		},
	});
	return { client, requests, pauses, told };
}

const away = (retryAfter?: string) =>
	new Response("{}", {
		status: 503,
		headers: retryAfter ? { "retry-after": retryAfter } : {},
	});
const me = z.object({ name: z.string() });
const get = { method: "GET", path: "/account" } as const;
const post = { method: "POST", path: "/projects", body: {} } as const;

describe("the API's client", () => {
	test("repeats what may be repeated while the server is away, and waits as long as it is told", async () => {
		const { client, requests, pauses, told } = aClient((_request, count) =>
			count < 3
				? away(count === 1 ? "4" : undefined)
				: Response.json({ name: "Ada" }),
		);
		expect(await client.call(me, get)).toEqual({ name: "Ada" });
		expect(requests).toHaveLength(3);
		expect(pauses).toEqual([4000, 1000]);
		expect(told).toHaveLength(1);
	});

	test("never repeats a change that might have been made", async () => {
		const { client, requests } = aClient(() => away());
		await expect(client.call(me, post)).rejects.toMatchObject({ exitCode: 6 });
		expect(requests).toHaveLength(1);
	});

	test("never repeats what was refused", async () => {
		const { client, requests } = aClient(() =>
			Response.json({ detail: "It is over.", status: 409 }, { status: 409 }),
		);
		await expect(client.call(me, get)).rejects.toMatchObject({
			exitCode: 5,
			message: "It is over.",
		});
		expect(requests).toHaveLength(1);
	});

	test("sends the token to the portal, and never follows it elsewhere", async () => {
		const { client, requests } = aClient(
			() =>
				new Response(null, {
					status: 302,
					headers: { location: "https://elsewhere.test/" },
				}),
		);
		await expect(client.call(me, get)).rejects.toThrow(
			/sends elsewhere \(https:\/\/elsewhere.test\/\)/,
		);
		expect(requests).toEqual([
			expect.objectContaining({
				url: "http://portal.test/api/v1/account",
				headers: expect.objectContaining({
					authorization: "Bearer lull_secret",
				}),
			}),
		]);
	});

	test("says so when an answer is not what it expects", async () => {
		const { client } = aClient(() => Response.json({ name: 5 }));
		await expect(client.call(me, get)).rejects.toThrow(
			/GET \/account is not what this version of lull expects \(at name\)/,
		);
	});
});

describe("a download", () => {
	const content = Buffer.from("0123456789".repeat(100));
	const blob = {
		address: "/blobs/x",
		bytes: content.length,
		sha256: createHash("sha256").update(content).digest("hex"),
	};
	let folder = "";
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "lull-blob-"));
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	/** Sends `bytes`, and breaks off when more is asked for. */
	const cutOff = (bytes: Buffer, status: number) => {
		let sent = false;
		const body = new ReadableStream(
			{
				pull(controller) {
					if (sent) controller.error(new TypeError("terminated"));
					else controller.enqueue(new Uint8Array(bytes));
					sent = true;
				},
			},
			{ highWaterMark: 0 },
		);
		return new Response(body, { status });
	};
	const rangeOf = ({ headers }: Request) =>
		Number(/bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0);

	test("that is cut off goes on where it was, until it is whole", async () => {
		const offsets: number[] = [];
		const { client } = aClient((request, count) => {
			const offset = rangeOf(request);
			offsets.push(offset);
			const status = offset ? 206 : 200;
			return count < 3
				? cutOff(content.subarray(offset, offset + 300), status)
				: new Response(content.subarray(offset), { status });
		});
		const file = join(folder, "deep", "result.csv");
		expect(await saveBlob(client, blob, file)).toBe(true);
		expect(await readFile(file)).toEqual(content);
		expect(offsets).toEqual([0, 300, 600]);
		expect(await saveBlob(client, blob, file)).toBe(false);
	});

	test("from a server that knows no ranges begins anew", async () => {
		const { client } = aClient((_request, count) =>
			count === 1
				? cutOff(content.subarray(0, 500), 200)
				: new Response(content, { status: 200 }),
		);
		const file = join(folder, "result.csv");
		await saveBlob(client, blob, file);
		expect(await readFile(file)).toEqual(content);
	});

	test("that is never what its hash says is given up, and leaves no file that looks right", async () => {
		const { client } = aClient(() => new Response("x".repeat(1000)));
		await expect(
			saveBlob(client, blob, join(folder, "result.csv")),
		).rejects.toBeInstanceOf(CliError);
		expect(await readdir(folder)).not.toContain("result.csv");
	});

	test("of nothing makes an empty file", async () => {
		const { client } = aClient(() => new Response(""));
		const sha256 = createHash("sha256").digest("hex");
		const file = join(folder, "empty");
		await saveBlob(client, { address: "/blobs/e", bytes: 0, sha256 }, file);
		expect(await readFile(file, "utf8")).toBe("");
	});
});
