import { randomUUID } from "node:crypto";
import { type EnrolRequest, enrolmentText } from "../../agent/core/protocol.ts";
import { makeDeviceKey, signText } from "../../agent/state/device-key.ts";
import { ACCESS_LEVEL } from "../../server/accounts/access-level.ts";
import type { CurrentUser } from "../../server/accounts/current-user.ts";
import type { Db } from "../../server/database/db.ts";
import type { Prisma } from "../../server/database/generated/client.ts";

/** A person with an account, as procedures know them. */
export async function aPerson(
	db: Db,
	fields: Partial<Prisma.UserUncheckedCreateInput> = {},
): Promise<CurrentUser> {
	const unique = randomUUID();
	const { id, name, email, accessLevel } = await db.user.create({
		data: {
			email: `${unique}@example.org`,
			name: `Person ${unique.slice(0, 8)}`,
			accessLevel: ACCESS_LEVEL.owner,
			...fields,
		},
	});
	return { id, name, email, accessLevel };
}

/** A device that has enrolled; of a new owner unless `ownerId` says whose. */
export async function aDevice(
	db: Db,
	fields: Partial<Prisma.DeviceUncheckedCreateInput> = {},
) {
	const ownerId = fields.ownerId ?? (await aPerson(db)).id;
	const key = makeDeviceKey();
	const device = await db.device.create({
		data: {
			name: "camera-1",
			kind: "camera",
			publicKey: key.publicKey,
			...fields,
			ownerId,
		},
	});
	return { ...device, ownerId };
}

/** What an agent with a new key sends to enroll with `code`. */
export function anEnrolRequest(
	code: string,
	fields: Partial<EnrolRequest> = {},
	key = makeDeviceKey(),
): EnrolRequest {
	return {
		code,
		publicKey: key.publicKey,
		signature: signText(key.privateKey, enrolmentText(code)),
		name: "camera-1",
		kind: "camera",
		agentVersion: "1.0.0",
		...fields,
	};
}
