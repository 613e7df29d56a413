import { createHash, randomBytes, randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { ACCESS_LEVEL } from "../../server/accounts/access-level.ts";
import { type Db, inTransaction } from "../../server/database/db.ts";
import type { Prisma } from "../../server/database/generated/client.ts";

/** Each makes a valid thing in the database; a test names only what it is about. */

let made = 0;
const unique = () =>
	`${(made++).toString(36)}${randomBytes(4).toString("hex")}`;

export const aUser = (
	db: Db,
	user: Partial<Prisma.UserUncheckedCreateInput> = {},
) =>
	db.user.create({
		data: {
			email: `${unique()}@example.org`,
			name: "Ada",
			accessLevel: ACCESS_LEVEL.owner,
			...user,
		},
	});

export const aResearcher = (
	db: Db,
	user: Partial<Prisma.UserUncheckedCreateInput> = {},
) =>
	aUser(db, {
		name: "Rosalind",
		accessLevel: ACCESS_LEVEL.researcher,
		...user,
	});

type DeviceFields = Partial<Prisma.DeviceUncheckedCreateInput>;

/** A device that was measured and is online, of an owner of its own unless one is named. */
export async function aDevice(db: Db, device: DeviceFields = {}) {
	const ownerId = device.ownerId ?? (await aUser(db)).id;
	return { ...(await createDevice(db, { ...device, ownerId })), ownerId };
}

/** A device that nobody has an account for. */
export const aDeviceWithoutAccount = (db: Db, device: DeviceFields = {}) =>
	createDevice(db, { ...device, ownerId: null });

function createDevice(db: Db, device: DeviceFields) {
	return db.device.create({
		data: {
			name: "garden camera",
			publicKey: randomBytes(32).toString("base64url"),
			state: "online",
			architecture: "linux/amd64",
			cores: 4,
			memoryMiB: 4096,
			diskMiB: 8192,
			floatOpsPerSecond: 1e9,
			integerOpsPerSecond: 1e9,
			presence: {
				create: { connectionId: randomUUID(), lastSeenAt: new Date() },
			},
			...device,
		},
	});
}

export async function aProject(
	db: Db,
	project: Partial<Prisma.ProjectUncheckedCreateInput> = {},
) {
	return db.project.create({
		data: {
			slug: `project-${unique()}`,
			name: "Class numbers",
			ownerId: project.ownerId ?? (await aResearcher(db)).id,
			scienceArea: "mathematics",
			description: "Counts.",
			impact: "Little.",
			state: "approved",
			...project,
		},
	});
}

/**
 * An approved version with a build for linux/amd64, or with the builds given; their signatures are not ones that an agent
 * would take.
 */
export async function anAppVersion(
	db: Db,
	version: Partial<Prisma.AppVersionUncheckedCreateInput> = {},
	builds: Partial<Prisma.BuildUncheckedCreateWithoutAppVersionInput>[] = [{}],
) {
	return db.appVersion.create({
		data: {
			projectId: version.projectId ?? (await aProject(db)).id,
			number: 1,
			source: "dockerfile",
			sourceDetails: {},
			state: "approved",
			command: ["/bin/count", "{n}"],
			cores: 1,
			memoryMiB: 64,
			diskMiB: 16,
			platforms: ["linux/amd64"],
			estimatedOperations: 1e9,
			comparison: { kind: "bitwise" },
			...version,
			builds: {
				create: builds.map((build) => ({
					platform: "linux/amd64",
					kind: "image",
					imageId: `sha256:${"1".repeat(64)}`,
					archiveSha256: "2".repeat(64),
					archiveBytes: 1000,
					manifest: "{}",
					signature: "x".repeat(86),
					...build,
				})),
			},
		},
		include: { builds: { orderBy: { platform: "asc" } } },
	});
}

type BatchParts = Partial<Prisma.BatchUncheckedCreateInput> & {
	units?: number;
	parametersOf?: (index: number) => Record<string, string>;
};

/** A batch with work units `{n: "0"}`, `{n: "1"}`…, or with the parameters given, whose tasks wait to be placed. */
export async function aBatch(
	db: Db,
	{
		units = 1,
		parametersOf = (index) => ({ n: String(index) }),
		...batch
	}: BatchParts = {},
) {
	const version = batch.appVersionId
		? await db.appVersion.findUniqueOrThrow({
				where: { id: batch.appVersionId },
			})
		: await anAppVersion(db);
	const project = await db.project.findUniqueOrThrow({
		where: { id: version.projectId },
	});
	// All or nothing, as a submission is: the server must never see half of it.
	return inTransaction(db, async (tx) => {
		const created = await tx.batch.create({
			data: {
				projectId: project.id,
				appVersionId: version.id,
				submitterId: project.ownerId,
				name: "First batch",
				estimatedOperations: version.estimatedOperations,
				workUnits: units,
				...batch,
			},
		});
		const workUnitIds = Array.from({ length: units }, () => uuidv7());
		await tx.workUnit.createMany({
			data: workUnitIds.map((id, index) => ({
				id,
				batchId: created.id,
				index,
				parameters: parametersOf(index),
				quorum: created.quorum,
				targetCopies: created.targetCopies,
				reviewAt: null,
			})),
		});
		await tx.task.createMany({
			data: workUnitIds.flatMap((workUnitId) =>
				Array.from({ length: created.targetCopies }, (_, number) => ({
					workUnitId,
					batchId: created.id,
					number,
				})),
			),
		});
		return { ...created, workUnitIds };
	});
}

/** A report of success with one small output, as an agent makes it. */
export function aReport(taskId: string, text: string) {
	const content = Buffer.from(text);
	return {
		taskId,
		outcome: "succeeded" as const,
		exitCode: 0,
		runSeconds: 10,
		cpuSeconds: 10,
		outputs: [
			{
				path: "result.txt",
				bytes: content.length,
				sha256: createHash("sha256").update(content).digest("hex"),
				inline: content.toString("base64"),
			},
		],
		stdout: { text: "", bytes: 0 },
		stderr: { text: "", bytes: 0 },
	};
}
