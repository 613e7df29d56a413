import type { DeviceKind, EnrolRequest } from "../../../agent/core/protocol.ts";
import { type Db, inTransaction } from "../../database/db.ts";
import { Prisma } from "../../database/generated/client.ts";

/** A code as the database knows it, with the device that used it. */
export interface StoredCode {
	codeSha256: string;
	ownerId: string;
	ownerName: string;
	ownerSuspended: boolean;
	/** What the owner calls the device to come; null: what it calls itself. */
	name: string | null;
	kind: DeviceKind | null;
	expiresAt: Date;
	usedAt: Date | null;
	device: { id: string; publicKey: string } | null;
}

/** Keeps a new code, by its hash, and drops those of the owner that nobody used in time. */
export async function addEnrolmentCode(
	db: Db,
	code: Pick<
		StoredCode,
		"codeSha256" | "ownerId" | "name" | "kind" | "expiresAt"
	>,
	now: Date,
): Promise<void> {
	const { ownerId } = code;
	await db.enrolmentCode.deleteMany({
		where: { ownerId, usedAt: null, expiresAt: { lt: now } },
	});
	await db.enrolmentCode.create({ data: { ...code, createdAt: now } });
}

/** How many codes of this owner could still be used. */
export const countLiveCodes = (
	db: Db,
	ownerId: string,
	now: Date,
): Promise<number> =>
	db.enrolmentCode.count({
		where: { ownerId, usedAt: null, expiresAt: { gte: now } },
	});

export async function findEnrolmentCode(
	db: Db,
	codeSha256: string,
): Promise<StoredCode | undefined> {
	const row = await db.enrolmentCode.findUnique({
		where: { codeSha256 },
		include: {
			owner: { select: { name: true, suspendedAt: true } },
			device: { select: { id: true, publicKey: true } },
		},
	});
	if (!row) return undefined;
	const { owner, ...code } = row;
	return {
		...code,
		ownerName: owner.name,
		ownerSuspended: owner.suspendedAt !== null,
	};
}

/** Somebody else used the code between our look and our write. */
class CodeTaken extends Error {}

/**
 * Makes the device and uses up the code, both or neither. Answers the new device's id; `codeTaken` or `keyTaken` when
 * another enrolment was first, which is no error here: whoever calls looks again at what is there now.
 */
export async function addEnrolledDevice(
	db: Db,
	code: Pick<StoredCode, "codeSha256" | "ownerId" | "name" | "kind">,
	request: Pick<EnrolRequest, "publicKey" | "name" | "kind" | "agentVersion">,
	now: Date,
): Promise<{ deviceId: string } | "codeTaken" | "keyTaken"> {
	const { publicKey, agentVersion } = request;
	const { codeSha256, ownerId } = code;
	const name = code.name ?? request.name;
	const kind = code.kind ?? request.kind;
	try {
		return await inTransaction(db, async (transaction) => {
			const device = await transaction.device.create({
				data: { ownerId, publicKey, name, kind, agentVersion, enrolledAt: now },
				select: { id: true },
			});
			const { count } = await transaction.enrolmentCode.updateMany({
				where: { codeSha256, usedAt: null, expiresAt: { gte: now } },
				data: { usedAt: now, deviceId: device.id },
			});
			if (count === 0) throw new CodeTaken();
			return { deviceId: device.id };
		});
	} catch (error) {
		if (error instanceof CodeTaken) return "codeTaken";
		if (isUniqueViolation(error)) return "keyTaken";
		throw error;
	}
}

const isUniqueViolation = (error: unknown): boolean =>
	error instanceof Prisma.PrismaClientKnownRequestError &&
	error.code === "P2002";
