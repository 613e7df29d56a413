import { beforeAll, describe, expect, it } from "vitest";
import { ACCESS_LEVEL } from "../../../server/accounts/access-level.ts";
import type { CurrentUser } from "../../../server/accounts/current-user.ts";
import type { PageTopic } from "../../../server/events/page-events.ts";
import {
	mayFollow,
	parseTopic,
} from "../../../server/portal-events/may-follow.ts";
import {
	aBatch,
	aDevice,
	anAppVersion,
	aProject,
	aUser,
} from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";

const database = testDatabase();
let researcher: CurrentUser;
let owner: CurrentUser;
let stranger: CurrentUser;
let admin: CurrentUser;
let topics: Record<
	| "project"
	| "draft"
	| "batch"
	| "workUnit"
	| "task"
	| "device"
	| "devicesOf"
	| "appVersion",
	PageTopic
>;

beforeAll(async () => {
	const { db } = database;
	researcher = await aUser(db, { accessLevel: ACCESS_LEVEL.researcher });
	owner = await aUser(db);
	stranger = await aUser(db);
	admin = await aUser(db, { accessLevel: ACCESS_LEVEL.admin });
	const project = await aProject(db, { ownerId: researcher.id });
	const draft = await aProject(db, { ownerId: researcher.id, state: "draft" });
	const version = await anAppVersion(db, { projectId: project.id });
	const batch = await aBatch(db, { appVersionId: version.id });
	const device = await aDevice(db, { ownerId: owner.id });
	const task = await db.task.findFirstOrThrow({ where: { batchId: batch.id } });
	await db.task.update({
		where: { id: task.id },
		data: { state: "running", deviceId: device.id, ownerId: owner.id },
	});
	topics = {
		project: `project:${project.id}`,
		draft: `project:${draft.id}`,
		batch: `batch:${batch.id}`,
		workUnit: `workUnit:${batch.workUnitIds[0]}`,
		task: `task:${task.id}`,
		device: `device:${device.id}`,
		devicesOf: `devicesOf:${owner.id}`,
		appVersion: `appVersion:${version.id}`,
	};
});

const followedBy = async (user: CurrentUser | null): Promise<string[]> => {
	const allowed: string[] = [];
	for (const [name, topic] of Object.entries(topics))
		if (await mayFollow(database.db, user, topic)) allowed.push(name);
	return allowed.sort();
};

describe("following what happens", () => {
	it("is open to anyone for a public project, and for nothing else", async () => {
		expect(await followedBy(null)).toEqual(["project"]);
		expect(await followedBy(stranger)).toEqual(["project"]);
		expect(await mayFollow(database.db, null, "overview")).toBe(true);
		expect(await mayFollow(database.db, stranger, "moderation")).toBe(false);
	});

	it("lets a researcher follow the project's work, but not the devices", async () => {
		expect(await followedBy(researcher)).toEqual([
			"appVersion",
			"batch",
			"draft",
			"project",
			"task",
			"workUnit",
		]);
	});

	it("lets an owner follow the device and the task that it runs, but not the batch", async () => {
		expect(await followedBy(owner)).toEqual([
			"device",
			"devicesOf",
			"project",
			"task",
		]);
	});

	it("lets an admin follow everything", async () => {
		expect(await followedBy(admin)).toEqual(Object.keys(topics).sort());
	});

	it.each([
		"",
		"batch:",
		"batch:1",
		"batch:'; --",
		"secrets:00000000-0000-0000-0000-000000000000",
		"__proto__:00000000-0000-0000-0000-000000000000",
		{ topic: "overview" },
		null,
		7,
	])("is refused for %j, which is nothing to follow", (text) => {
		expect(parseTopic(text)).toBeUndefined();
	});
});
