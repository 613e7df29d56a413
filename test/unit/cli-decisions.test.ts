import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import {
	parseServerAddress,
	readCredentials,
	withoutToken,
	withToken,
} from "../../cli/api/credentials.ts";
import type {
	AppVersionAnswer,
	AppVersionDetails,
} from "../../cli/api/portal-api.ts";
import { retryPauseMs } from "../../cli/api/retry-pause.ts";
import type { AppDefinition } from "../../cli/definition/project-definition.ts";
import { exitCodeOfStatus } from "../../cli/errors/exit-codes.ts";
import { problemOfAnswer } from "../../cli/errors/problem.ts";
import { planChanges } from "../../cli/project/apply-project.ts";
import { chooseVersion } from "../../cli/project/find-app-version.ts";
import {
	nextReviewStep,
	type ReviewStanding,
} from "../../cli/project/next-review-step.ts";
import { isSameApp } from "../../cli/project/same-app.ts";
import { keyOf, PendingStore } from "../../cli/transfer/pending-store.ts";
import { filesOf } from "../../cli/transfer/save-results.ts";

const aVersion = (
	version: Partial<AppVersionAnswer> = {},
): AppVersionAnswer => ({
	id: "v",
	number: 1,
	source: "dockerfile",
	state: "approved",
	archiveBytes: 1,
	command: ["/run", "{n}"],
	cores: 1,
	memoryMiB: 64,
	diskMiB: 16,
	platforms: ["linux/amd64"],
	estimatedOperations: 5,
	comparison: { kind: "bitwise" },
	createdAt: "2026-01-01T00:00:00Z",
	...version,
});

describe("what comes next on the way to approval", () => {
	const step = (
		project: ReviewStanding["project"]["state"],
		version: AppVersionAnswer["state"],
		handedIn = { project: false, version: false },
	) =>
		nextReviewStep({
			project: { state: project, rejectionReason: "too vague" },
			version: { number: 3, state: version, rejectionReason: "too big" },
			handedIn,
		});

	test("a draft with an image is handed in whole, also after it was sent back once", () => {
		expect(step("draft", "built")).toEqual({ step: "submitProject" });
	});

	test("a draft that comes back from this review is not handed in again", () => {
		expect(step("draft", "built", { project: true, version: false })).toEqual({
			step: "stop",
			sentence: "The project was sent back: too vague",
		});
	});

	test("a later version of an approved project is handed in alone, and waited for", () => {
		expect(step("approved", "built")).toEqual({ step: "submitVersion" });
		expect(step("approved", "submitted")).toEqual({ step: "wait" });
		expect(step("approved", "approved")).toEqual({ step: "ready" });
	});

	test("a version that is built while the project waits is handed in when its turn comes", () => {
		expect(step("submitted", "built")).toEqual({ step: "wait" });
	});

	test("what cannot become usable is told", () => {
		for (const version of ["rejected", "withdrawn", "failed"] as const)
			expect(step("approved", version)).toHaveProperty("step", "stop");
		for (const project of ["suspended", "finished"] as const)
			expect(step(project, "approved")).toHaveProperty("step", "stop");
		expect(step("approved", "rejected")).toHaveProperty(
			"sentence",
			"Version 3 was rejected: too big",
		);
	});

	test("handing in as told always comes to an end", () => {
		const states = [
			"draft",
			"submitted",
			"approved",
			"suspended",
			"finished",
		] as const;
		const versions = [
			"building",
			"built",
			"failed",
			"submitted",
			"approved",
			"rejected",
			"withdrawn",
		] as const;
		for (const project of states)
			for (const version of versions)
				expect(
					step(project, version, { project: true, version: true }).step,
				).toMatch(/^(wait|ready|stop)$/);
	});
});

describe("changes of a project", () => {
	const project = {
		state: "draft",
		name: "A",
		scienceArea: "X",
		impact: "i",
		description: "d",
		picture: null,
	};

	test("are what differs, and nothing when nothing does", () => {
		expect(planChanges(project, { ...project, name: "B" }).changes).toEqual({
			name: "B",
		});
		expect(planChanges(project, { ...project }).changes).toEqual({});
	});

	test("of what was reviewed are refused outside a draft, the rest is done", () => {
		expect(
			planChanges(
				{ ...project, state: "approved" },
				{ ...project, name: "B", description: "D" },
			),
		).toEqual({ changes: { description: "D" }, refused: ["name"] });
	});
});

describe("the same app version", () => {
	const app: AppDefinition = {
		source: { kind: "dockerfile", folder: "." },
		command: ["/run", "{n}"],
		resources: { memoryMiB: 64 },
		platforms: ["linux/amd64", "linux/arm64"],
		estimatedOperations: 5,
	};
	const details = (
		version: Partial<AppVersionAnswer> = {},
		sha256 = "s",
	): AppVersionDetails => ({
		version: aVersion(version),
		project: { slug: "p", state: "approved" },
		inside: {
			...aVersion(version),
			failureReason: null,
			rejectionReason: null,
			sourceSha256: sha256,
			sourceDetails: { fileName: "x.tar.gz" },
			buildLog: "",
		},
	});

	test("has the same bytes and runs the same; what the definition leaves open does not matter", () => {
		expect(isSameApp(details(), app, "s")).toBe(true);
		expect(isSameApp(details({ cores: 7 }), app, "s")).toBe(true);
	});

	test.each<[string, AppVersionDetails, AppDefinition]>([
		["other bytes", details({}, "t"), app],
		["another command", details({ command: ["/other"] }), app],
		["other needs", details({ memoryMiB: 65 }), app],
		[
			"another comparison",
			details(),
			{
				...app,
				comparison: {
					kind: "numeric",
					format: "csv",
					absolute: 1,
					relative: 0,
				},
			},
		],
		[
			"another Dockerfile",
			details(),
			{
				...app,
				source: { kind: "dockerfile", folder: ".", dockerfile: "Other" },
			},
		],
		[
			"a platform that is not wanted",
			details({ platforms: ["linux/arm64"] }),
			{ ...app, platforms: ["linux/amd64"] },
		],
		["a rejected one", details({ state: "rejected" }), app],
		["a failed one", details({ state: "failed" }), app],
	])("is not one with %s", (_what, known, wanted) => {
		expect(isSameApp(known, wanted, "s")).toBe(false);
	});

	test("is never one by reference, which may name other bytes tomorrow", () => {
		expect(isSameApp(details(), app, null)).toBe(false);
	});
});

test("a batch is for the newest approved version unless another is named", () => {
	const versions = [
		aVersion({ number: 3, state: "submitted" }),
		aVersion({ number: 2 }),
		aVersion({ number: 1 }),
	];
	expect(chooseVersion(versions, {})?.number).toBe(2);
	expect(chooseVersion(versions, { number: 1 })?.number).toBe(1);
	expect(chooseVersion(versions, { number: 9 })).toBeUndefined();
	expect(chooseVersion(versions.slice(0, 1), {})).toBeUndefined();
	expect(chooseVersion(versions.slice(0, 1), { anyState: true })?.number).toBe(
		3,
	);
});

test("pauses double, stay bounded, and are never shorter than the server asked for", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 40 }),
			fc.double({ min: 0, max: 1, noNaN: true }),
			fc.integer({ min: 0, max: 100 }),
			(attempt, random, after) => {
				const pause = retryPauseMs(attempt, random, after);
				expect(pause).toBeGreaterThanOrEqual(after * 1000);
				expect(pause).toBeLessThanOrEqual(Math.max(18_750, after * 1000));
			},
		),
	);
	expect(retryPauseMs(1, 0.5)).toBe(500);
	expect(retryPauseMs(3, 0.5)).toBe(2000);
});

describe("an answer that is an error", () => {
	test("is told in the server's words", () => {
		const body = JSON.stringify({
			type: "urn:lull:problem:conflict",
			title: "T",
			status: 409,
			detail: "It is over.",
		});
		expect(problemOfAnswer(409, "Conflict", body)).toMatchObject({
			detail: "It is over.",
			type: "urn:lull:problem:conflict",
		});
	});

	test("of a proxy is told as its status", () => {
		expect(
			problemOfAnswer(502, "Bad Gateway", "<html>nginx</html>"),
		).toMatchObject({
			status: 502,
			title: "Bad Gateway",
			detail: "The server answered 502 Bad Gateway",
		});
	});

	test("always becomes a sentence and a code from 1 to 8, whatever the body is", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 400, max: 599 }),
				fc.oneof(fc.string(), fc.json()),
				(status, body) => {
					expect(problemOfAnswer(status, "", body).detail).not.toBe("");
					expect(exitCodeOfStatus(status)).toBeGreaterThan(0);
					expect(exitCodeOfStatus(status)).toBeLessThan(9);
				},
			),
		);
	});
});

describe("a portal's address", () => {
	test.each([
		["https://lull.example.org/", "https://lull.example.org"],
		["lull.example.org", "https://lull.example.org"],
		["localhost:3000", "http://localhost:3000"],
		["127.0.0.1:3000", "http://127.0.0.1:3000"],
	])("%s is kept as %s", (text, origin) =>
		expect(parseServerAddress(text)).toBe(origin),
	);

	test.each(["https://x.org/lull", "https://me@x.org", "::", "ftp://x"])(
		"%s is refused",
		(text) => expect(() => parseServerAddress(text)).toThrow(/address/),
	);
});

describe("kept on disk", () => {
	let folder = "";
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "lull-config-"));
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	test("credentials of several portals live beside one another", () => {
		const both = withToken(
			withToken({ servers: {} }, "https://a", { token: "1", email: "a" }),
			"https://b",
			{ token: "2", email: "b" },
		);
		expect(both.current).toBe("https://b");
		expect(withoutToken(both, "https://b")).toEqual({
			servers: { "https://a": { token: "1", email: "a" } },
		});
		expect(withoutToken(both, "https://a").current).toBe("https://b");
	});

	test("damaged credentials are told, not overwritten", async () => {
		await writeFile(join(folder, "credentials.json"), "{");
		await expect(readCredentials(folder)).rejects.toThrow(/cannot be read/);
		expect(await readCredentials(join(folder, "none"))).toEqual({
			servers: {},
		});
	});

	test("what is pending is found again, is forgotten after two days, and damage costs nothing", async () => {
		let now = 1e12;
		const store = new PendingStore(folder, () => now);
		const key = keyOf("submission", { a: 1 });
		await store.set(key, "abc");
		expect(
			await new PendingStore(folder, () => now).find(z.string(), key),
		).toBe("abc");
		expect(await store.find(z.number(), key)).toBeUndefined();
		now += 48 * 3_600_000;
		expect(await store.find(z.string(), key)).toBeUndefined();
		await writeFile(join(folder, "pending.json"), "{");
		expect(await store.find(z.string(), key)).toBeUndefined();
		await store.set(key, "again");
		await store.delete(key);
		expect(await store.find(z.string(), key)).toBeUndefined();
	});
});

test("no portal can make the command write outside the folder of results", () => {
	const unit = (path: string) => [
		{
			index: 0,
			state: "done",
			failureReason: null,
			parameters: {},
			outputs: [{ path, sha256: "s", bytes: 1, address: "/blobs/s" }],
		},
	];
	expect(filesOf(unit("a/b.txt"))[0]?.path).toBe("0/a/b.txt");
	for (const path of [
		"../x",
		"/etc/passwd",
		"a/../../x",
		"a\\..\\x",
		"",
		"a\u0000b",
	])
		expect(() => filesOf(unit(path))).toThrow(/no path below a folder/);
});
