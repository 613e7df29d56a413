import { beforeEach, expect, test } from "vitest";
import { createAppVersion } from "../../../server/app-versions/app-version-store.ts";
import {
	applyAppVersionTransition,
	appVersionFailed,
} from "../../../server/app-versions/app-version-transitions.ts";
import {
	claimNextBuild,
	releaseBuildClaim,
	renewBuildClaim,
} from "../../../server/builds/build-claim-store.ts";
import {
	applyProjectTransition,
	projectApproved,
	projectTakenBack,
} from "../../../server/projects/project-transitions.ts";
import { callAs } from "../../support/api-caller.ts";
import {
	aBatch,
	anAppVersion,
	aProject,
	aResearcher,
} from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const services = testServices(testDatabase(), {
	DOCKER_HOST: "unix:///tmp/lull-no-engine.sock",
});
let researcher: Awaited<ReturnType<typeof aResearcher>>;
beforeEach(async () => {
	researcher = await aResearcher(services().db);
});
const api = () => callAs(services(), researcher);
const text = {
	name: "Class numbers",
	scienceArea: "Number theory",
	description: "# Gauss",
	impact: "Little.",
};

test("two projects of one name get two addresses", async () => {
	const first = await api().projects.create(text);
	const second = await api().projects.create(text);
	expect(first.slug).toMatch(/^class-numbers/);
	expect(second.slug).not.toBe(first.slug);
	expect(second.state).toBe("draft");
});

test("an address that is taken is a conflict, also for two at the same moment", async () => {
	const slug = `gauss-${researcher.id.slice(-6)}`;
	const made = await Promise.allSettled(
		[1, 2, 3].map(() => api().projects.create({ ...text, slug })),
	);
	expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
	expect(
		made.find((result) => result.status === "rejected")?.reason,
	).toMatchObject({ code: "CONFLICT" });
});

test.each([
	["a NUL in the name", { name: "a\u0000b" }],
	["half a surrogate pair", { description: "x\ud800" }],
	["an enormous description", { description: "x".repeat(50_001) }],
	["an address with a slash", { slug: "a/b" }],
	[
		"an address that looks like an id",
		{ slug: "019a0000-0000-7000-8000-000000000001" },
	],
	[
		"a picture of a million columns",
		{
			picture: {
				columns: 1e6,
				rows: 1,
				tileColumnParameter: "x",
				tileRowParameter: "y",
				file: "a.png",
			},
		},
	],
	[
		"a picture's file outside",
		{
			picture: {
				columns: 1,
				rows: 1,
				tileColumnParameter: "x",
				tileRowParameter: "y",
				file: "../a.png",
			},
		},
	],
])("%s is refused and changes nothing", async (_what, wrong) => {
	await expect(
		api().projects.create({ ...text, ...wrong }),
	).rejects.toMatchObject({ code: "BAD_REQUEST" });
	expect((await api().projects.list({ mine: true, limit: 10 })).items).toEqual(
		[],
	);
});

test("what reviewers read cannot be changed once the project is approved; the description can", async () => {
	const project = await aProject(services().db, { ownerId: researcher.id });
	await expect(
		api().projects.update({ project: project.slug, impact: "None at all!" }),
	).rejects.toMatchObject({ code: "CONFLICT" });
	const changed = await api().projects.update({
		project: project.slug,
		description: "More.",
	});
	expect(changed).toMatchObject({
		description: "More.",
		impact: project.impact,
	});
});

test("a project without a built version cannot be handed in, and stays a draft", async () => {
	const project = await api().projects.create(text);
	await expect(
		api().projects.submit({ project: project.slug }),
	).rejects.toThrow(/no app version that is built/);
	expect(await api().projects.get({ project: project.slug })).toMatchObject({
		state: "draft",
	});
});

test("of taking a project back and approving it at the same moment, one happens", async () => {
	const { db } = services();
	for (let round = 0; round < 10; round++) {
		const project = await aProject(db, {
			ownerId: researcher.id,
			state: "submitted",
		});
		const moved = await Promise.all([
			applyProjectTransition(db, project.id, projectApproved(new Date())),
			applyProjectTransition(db, project.id, projectTakenBack()),
		]);
		expect(moved.filter(Boolean)).toHaveLength(1);
	}
});

test("without an engine a version is refused with a sentence, and none is made", async () => {
	const project = await api().projects.create(text);
	await expect(
		api().appVersions.push({
			project: project.slug,
			source: { kind: "reference", reference: "debian" },
			command: ["/bin/true"],
			estimatedOperations: 1,
		}),
	).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
	expect(
		(await api().appVersions.list({ project: project.slug, limit: 10 })).items,
	).toEqual([]);
});

test("versions that are made at the same moment get numbers one after the other", async () => {
	const { db } = services();
	const project = await aProject(db, { ownerId: researcher.id });
	const draft = {
		projectId: project.id,
		source: "reference" as const,
		sourceDetails: {},
		sourceSha256: null,
		command: ["/x"],
		cores: 1,
		memoryMiB: 16,
		diskMiB: 1,
		platforms: ["linux/amd64"],
		estimatedOperations: 1,
		comparison: { kind: "bitwise" },
		cutting: null,
	};
	const made = await Promise.all(
		[1, 2, 3, 4].map(() => createAppVersion(db, draft)),
	);
	expect(made.map(({ number }) => number).toSorted()).toEqual([1, 2, 3, 4]);
});

test("a build is claimed by one process, and by another once the claim has run out", async () => {
	const { db } = services();
	await db.appVersion.updateMany({
		where: { state: "building" },
		data: { state: "failed" },
	});
	const version = await anAppVersion(db, { state: "building" });
	const now = new Date();
	const until = new Date(now.getTime() + 60_000);
	const claims = await Promise.all(
		["a", "b", "c"].map((who) => claimNextBuild(db, who, now, until)),
	);
	expect(claims.filter((claim) => claim?.id === version.id)).toHaveLength(1);
	const later = new Date(until.getTime() + 1);
	const taken = await claimNextBuild(
		db,
		"d",
		later,
		new Date(later.getTime() + 60_000),
	);
	expect(taken).toMatchObject({ id: version.id, buildAttempts: 2 });
	expect(await renewBuildClaim(db, version.id, "a", until)).toBe(false);
	await releaseBuildClaim(db, version.id, "d");
	expect(await claimNextBuild(db, "e", later, until)).toMatchObject({
		buildAttempts: 2,
	});
	expect(
		await applyAppVersionTransition(db, version.id, appVersionFailed("x")),
	).toBe(true);
	expect(await renewBuildClaim(db, version.id, "e", until)).toBe(false);
});

test("a picture grows from the canonical outputs, and odd parameters leave no tile", async () => {
	const { db, blobs } = services();
	const project = await aProject(db, {
		ownerId: researcher.id,
		picture: {
			columns: 2,
			rows: 2,
			tileColumnParameter: "x",
			tileRowParameter: "y",
			file: "tile.png",
		},
	});
	const version = await anAppVersion(db, { projectId: project.id });
	const batch = await aBatch(db, {
		appVersionId: version.id,
		units: 4,
		targetCopies: 1,
	});
	const { sha256 } = await blobs.put(Buffer.from("a tile"));
	const parameters = [
		{ x: "1", y: "0" },
		{ x: "9", y: "0" },
		{ x: "'; --", y: "0" },
		{ x: "0", y: "1" },
	];
	for (const [index, id] of batch.workUnitIds.entries()) {
		const task = await db.task.findFirstOrThrow({ where: { workUnitId: id } });
		await db.taskOutput.create({
			data: { taskId: task.id, path: "tile.png", sha256, bytes: 6 },
		});
		// The last one is not done yet.
		await db.workUnit.update({
			where: { id },
			data: {
				parameters: parameters[index] ?? {},
				...(index < 3 && { state: "done", canonicalTaskId: task.id }),
			},
		});
	}
	const { picture } = await callAs(services(), null).projects.picture({
		project: project.slug,
	});
	expect(picture?.tiles).toEqual([
		{ column: 1, row: 0, path: expect.stringContaining(`/blobs/${sha256}?`) },
	]);
});

test("work units can only be cut by parameters that the command has, and no longer when the researcher says so", async () => {
	const { db } = services();
	const project = await aProject(db, { ownerId: researcher.id });
	const version = await anAppVersion(db, {
		projectId: project.id,
		state: "built",
		command: ["/bin/count", "{start}", "{count}"],
	});
	const change = (changes: object) =>
		api().appVersions.update({ appVersionId: version.id, ...changes });
	const stored = async () =>
		(await db.appVersion.findUniqueOrThrow({ where: { id: version.id } }))
			.cutting;
	const cutting = { first: "start", size: "count", smallest: 10 };

	await change({ cutting });
	expect(await stored()).toEqual(cutting);
	await expect(
		change({ cutting: { ...cutting, first: "begin" } }),
	).rejects.toThrow("The command has no {begin}");
	await expect(
		change({ cutting: { first: "start", smallest: 10 } }),
	).rejects.toThrow("say either the parameter for the size");
	// The command must go on having what work units are cut by.
	await expect(change({ command: ["/bin/count", "{start}"] })).rejects.toThrow(
		"The command has no {count}",
	);
	expect(await stored()).toEqual(cutting);

	await change({ memoryMiB: 128 });
	expect(await stored()).toEqual(cutting);
	await change({ cutting: null });
	expect(await stored()).toBeNull();
});
