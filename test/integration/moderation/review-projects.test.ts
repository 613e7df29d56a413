import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { ACCESS_LEVEL } from "../../../server/accounts/access-level.ts";
import { getAppVersion } from "../../../server/app-versions/app-version-store.ts";
import { publicSigningKey } from "../../../server/devices/enrolment/public-signing-key.ts";
import { verifyManifest } from "../../../server/moderation/sign-manifest.ts";
import { getSubmittableVersion } from "../../../server/work-units/batches/batch-access.ts";
import { callAs } from "../../support/api-caller.ts";
import {
	aBatch,
	aDevice,
	anAppVersion,
	aProject,
	aResearcher,
	aUser,
} from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const services = testServices(testDatabase());
type User = Awaited<ReturnType<typeof aUser>>;
let researcher: User;
let admin: User;
let other: User;

beforeEach(async () => {
	const { db } = services();
	researcher = await aResearcher(db);
	other = await aResearcher(db);
	admin = await aUser(db, { accessLevel: ACCESS_LEVEL.admin });
});

const as = (user: User | null) => callAs(services(), user);
const aDraft = () =>
	aProject(services().db, { ownerId: researcher.id, state: "draft" });
const aBuilt = (projectId: string, number = 1) =>
	anAppVersion(services().db, { projectId, number, state: "built" }, [
		{ manifest: null, signature: null },
	]);

async function aSubmitted() {
	const project = await aDraft();
	const version = await aBuilt(project.id);
	await as(researcher).projects.submit({ project: project.slug });
	const review = await reviewOf(project.id);
	return { project, version, review };
}

async function reviewOf(projectId: string, user = admin) {
	const { items } = await as(user).moderation.reviews({ limit: 50 });
	const review = items.find(({ project }) => project.id === projectId);
	if (!review) throw new Error("The project waits for no review.");
	return review;
}

const approvalOf = (review: Awaited<ReturnType<typeof reviewOf>>) => ({
	projectId: review.project.id,
	submittedAt: review.project.submittedAt ?? new Date(0),
	appVersions: review.appVersions.map(({ id, manifestSha256 }) => ({
		appVersionId: id,
		manifestSha256,
	})),
});

test("an approved project's version carries a manifest that verifies, and may be used for work", async () => {
	const { project, version, review } = await aSubmitted();
	await as(admin).moderation.approveProject(approvalOf(review));
	const approved = await getAppVersion(services().db, version.id);
	const key = publicSigningKey(services().secrets.signingKeyPem);
	const [build] = approved.builds;
	expect(
		verifyManifest(build?.manifest ?? "", build?.signature ?? "", key),
	).toBe(true);
	expect(build?.manifest).toBe(review.appVersions[0]?.manifestToSign);
	const page = await as(null).projects.get({ project: project.slug });
	expect(page.state).toBe("approved");
});

test("all builds of a version are approved together, by one digest of what was shown of them", async () => {
	const { db, secrets } = services();
	const project = await aDraft();
	const digits = { "linux/amd64": "5", "linux/arm64": "6" };
	const version = await anAppVersion(
		db,
		{ projectId: project.id, state: "built" },
		Object.entries(digits).map(([platform, digit]) => ({
			platform,
			imageId: `sha256:${digit.repeat(64)}`,
			manifest: null,
			signature: null,
		})),
	);
	await as(researcher).projects.submit({ project: project.slug });
	const review = await reviewOf(project.id);
	const [shown] = review.appVersions;
	const texts = shown?.manifestToSign.split("\n") ?? [];
	expect(texts.map((text) => JSON.parse(text).platforms)).toEqual([
		["linux/amd64"],
		["linux/arm64"],
	]);

	// One that was shown is not enough: another build could be anything.
	const [first = ""] = texts;
	await expect(
		as(admin).moderation.approveProject({
			...approvalOf(review),
			appVersions: [
				{
					appVersionId: version.id,
					manifestSha256: createHash("sha256").update(first).digest("hex"),
				},
			],
		}),
	).rejects.toThrow(/has changed since/);
	await as(admin).moderation.approveProject(approvalOf(review));

	const { version: seen } = await as(null).appVersions.get({
		appVersionId: version.id,
	});
	const key = publicSigningKey(secrets.signingKeyPem);
	expect(seen.builds.map(({ manifest }) => manifest)).toEqual(texts);
	for (const { manifest, signature } of seen.builds)
		expect(verifyManifest(manifest ?? "", signature ?? "", key)).toBe(true);
	// What clients of version 0.1 read is there as before.
	const [amd] = seen.builds;
	expect(seen).toMatchObject({
		platforms: ["linux/amd64", "linux/arm64"],
		imageId: amd?.imageId,
		archiveBytes: amd?.archiveBytes,
		manifest: amd?.manifest,
		signature: amd?.signature,
	});
});

test("a reviewer sees the command with an example, and how long a work unit may take", async () => {
	const { review } = await aSubmitted();
	expect(review.appVersions[0]).toMatchObject({
		command: ["/bin/count", "{n}"],
		commandExample: ["/bin/count", "1"],
	});
	expect(review.appVersions[0]?.secondsPerWorkUnit).toBeGreaterThan(0);
});

test("of two admins who decide at the same moment, one does", async () => {
	const { project, review } = await aSubmitted();
	const second = await aUser(services().db, {
		accessLevel: ACCESS_LEVEL.admin,
	});
	const decisions = await Promise.allSettled([
		as(admin).moderation.approveProject(approvalOf(review)),
		as(second).moderation.rejectProject({
			projectId: project.id,
			reason: "No.",
		}),
		as(second).moderation.approveProject(approvalOf(review)),
	]);
	expect(decisions.filter(({ status }) => status === "fulfilled")).toHaveLength(
		1,
	);
	const log = await as(admin).moderation.auditLog({
		subjectType: "project",
		subjectId: project.id,
		limit: 10,
	});
	expect(log.items).toHaveLength(1);
});

test("what was changed after the admin looked is not signed", async () => {
	const { project, version, review } = await aSubmitted();
	await as(researcher).projects.takeBack({ project: project.slug });
	await as(researcher).appVersions.update({
		appVersionId: version.id,
		command: ["/bin/other"],
	});
	services().clock.advance(1000);
	await as(researcher).projects.submit({ project: project.slug });
	await expect(
		as(admin).moderation.approveProject(approvalOf(review)),
	).rejects.toMatchObject({ code: "CONFLICT" });
	const again = await services().db.appVersion.findUniqueOrThrow({
		where: { id: version.id },
		include: { builds: true },
	});
	expect(again).toMatchObject({
		state: "submitted",
		builds: [{ manifest: null, signature: null }],
	});
	const submittedAt =
		(await reviewOf(project.id)).project.submittedAt ?? new Date(0);
	await expect(
		as(admin).moderation.approveProject({ ...approvalOf(review), submittedAt }),
	).rejects.toThrow(/has changed since/);
	expect(
		await services().db.project.findUniqueOrThrow({
			where: { id: project.id },
		}),
	).toMatchObject({ state: "submitted" });
});

test("a rejected project is a draft again with the reason, and can be mended and handed in anew", async () => {
	const { project, version } = await aSubmitted();
	await as(admin).moderation.rejectProject({
		projectId: project.id,
		reason: "Say what it costs.",
	});
	const draft = await as(researcher).projects.get({ project: project.slug });
	expect(draft).toMatchObject({
		state: "draft",
		rejectionReason: "Say what it costs.",
	});
	await as(researcher).projects.update({
		project: project.slug,
		impact: "One core.",
	});
	await as(researcher).projects.submit({ project: project.slug });
	expect((await reviewOf(project.id)).appVersions.map(({ id }) => id)).toEqual([
		version.id,
	]);
});

test("a later version is handed in and approved on its own", async () => {
	const project = await aProject(services().db, { ownerId: researcher.id });
	const version = await aBuilt(project.id, 2);
	await as(researcher).appVersions.submit({ appVersionId: version.id });
	const [waiting] = (await reviewOf(project.id)).appVersions;
	await as(admin).moderation.approveAppVersion({
		appVersionId: version.id,
		manifestSha256: waiting?.manifestSha256 ?? "",
	});
	await expect(
		getSubmittableVersion(services().db, researcher, version.id),
	).resolves.toMatchObject({ id: version.id });
});

describe("suspending a project", () => {
	async function atWork() {
		const { db } = services();
		const project = await aProject(db, { ownerId: researcher.id });
		const version = await anAppVersion(db, { projectId: project.id });
		const batch = await aBatch(db, { appVersionId: version.id });
		const device = await aDevice(db);
		const task = await db.task.findFirstOrThrow({
			where: { batchId: batch.id },
		});
		await db.task.update({
			where: { id: task.id },
			data: { state: "running", deviceId: device.id },
		});
		return { project, version, device, task };
	}

	test("gives its running tasks back and tells their devices", async () => {
		const { project, version, device, task } = await atWork();
		const told = new Promise((resolve) =>
			services().events.subscribe(`device:${device.id}`, resolve),
		);
		await as(admin).moderation.suspendProject({
			projectId: project.id,
			reason: "It heats.",
		});
		await expect(told).resolves.toEqual({ kind: "changed" });
		expect(
			await services().db.task.findUniqueOrThrow({ where: { id: task.id } }),
		).toMatchObject({ state: "returned" });
		await expect(
			getSubmittableVersion(services().db, researcher, version.id),
		).rejects.toThrow(/this one is suspended/);
		await as(admin).moderation.resumeProject({ projectId: project.id });
		await expect(
			getSubmittableVersion(services().db, researcher, version.id),
		).resolves.toMatchObject({ id: version.id });
	});

	test("withdrawing one version does the same for its tasks alone", async () => {
		const { version, task } = await atWork();
		await as(researcher).appVersions.withdraw({
			appVersionId: version.id,
			reason: "A bug.",
		});
		expect(
			await services().db.task.findUniqueOrThrow({ where: { id: task.id } }),
		).toMatchObject({ state: "returned" });
		await expect(
			getSubmittableVersion(services().db, researcher, version.id),
		).rejects.toThrow(/is withdrawn/);
	});

	test("a project with open batches cannot be finished", async () => {
		const { project } = await atWork();
		await expect(
			as(researcher).projects.finish({ project: project.slug }),
		).rejects.toThrow(/still open/);
	});
});

describe("who may", () => {
	test("nobody but admins review, and the audit log is theirs", async () => {
		for (const user of [null, researcher, other])
			await expect(
				as(user).moderation.reviews({ limit: 1 }),
			).rejects.toMatchObject({
				code: user ? "FORBIDDEN" : "UNAUTHORIZED",
			});
		await expect(
			as(researcher).moderation.auditLog({ limit: 1 }),
		).rejects.toMatchObject({ code: "FORBIDDEN" });
	});

	test("an admin does not decide on their own project; a super admin may", async () => {
		const { db } = services();
		const project = await aProject(db, { ownerId: admin.id, state: "draft" });
		await aBuilt(project.id);
		await as(admin).projects.submit({ project: project.slug });
		const review = await reviewOf(project.id);
		expect(review.mayDecide).toBe(false);
		await expect(
			as(admin).moderation.approveProject(approvalOf(review)),
		).rejects.toMatchObject({ code: "FORBIDDEN" });
		const first = await aUser(db, { accessLevel: ACCESS_LEVEL.superAdmin });
		await db.project.update({
			where: { id: project.id },
			data: { ownerId: first.id },
		});
		await as(first).moderation.approveProject(approvalOf(review));
	});

	test("a draft, its versions and their logs do not exist for others", async () => {
		const project = await aDraft();
		const version = await aBuilt(project.id);
		for (const user of [null, other]) {
			await expect(
				as(user).projects.get({ project: project.slug }),
			).rejects.toMatchObject({ code: "NOT_FOUND" });
			await expect(
				as(user).appVersions.get({ appVersionId: version.id }),
			).rejects.toMatchObject({ code: "NOT_FOUND" });
			expect(
				(await as(user).projects.list({ limit: 200 })).items.map(
					({ id }) => id,
				),
			).not.toContain(project.id);
		}
		expect(
			(await as(admin).appVersions.get({ appVersionId: version.id })).inside,
		).not.toBeNull();
	});

	test("the public sees what is approved of a public project, without logs and sources", async () => {
		const project = await aProject(services().db, { ownerId: researcher.id });
		const approved = await anAppVersion(services().db, {
			projectId: project.id,
		});
		await aBuilt(project.id, 2);
		const { items } = await as(null).appVersions.list({
			project: project.slug,
			limit: 10,
		});
		expect(items.map(({ id }) => id)).toEqual([approved.id]);
		expect(
			(await as(null).appVersions.get({ appVersionId: approved.id })).inside,
		).toBeNull();
	});

	test("nobody changes another researcher's project or version, admins included", async () => {
		const project = await aProject(services().db, { ownerId: researcher.id });
		const version = await aBuilt(project.id);
		for (const user of [other, admin]) {
			await expect(
				as(user).projects.update({
					project: project.slug,
					description: "mine",
				}),
			).rejects.toMatchObject({ code: "FORBIDDEN" });
			await expect(
				as(user).appVersions.update({ appVersionId: version.id, cores: 64 }),
			).rejects.toMatchObject({ code: "FORBIDDEN" });
			await expect(
				as(user).appVersions.submit({ appVersionId: version.id }),
			).rejects.toMatchObject({ code: "FORBIDDEN" });
		}
		await expect(
			as(other).appVersions.withdraw({ appVersionId: version.id, reason: "x" }),
		).rejects.toMatchObject({ code: "NOT_FOUND" });
	});

	test("someone else's upload cannot be pushed", async () => {
		const { db } = services();
		const project = await aDraft();
		const upload = await db.upload.create({
			data: {
				purpose: "appSource",
				userId: other.id,
				name: "x",
				bytes: 1,
				sha256: "0".repeat(64),
				expiresAt: new Date(Date.now() + 60_000),
			},
		});
		const api = callAs(
			{
				...services(),
				builds: { ...services().builds, demandEngine: async () => {} },
			},
			researcher,
		);
		await expect(
			api.appVersions.push({
				project: project.slug,
				source: {
					kind: "dockerfile",
					uploadId: upload.id,
					dockerfile: "Dockerfile",
				},
				command: ["/x"],
				estimatedOperations: 1,
			}),
		).rejects.toMatchObject({ code: "NOT_FOUND" });
	});
});
