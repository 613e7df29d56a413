import { v7 as uuidv7 } from "uuid";
import {
	type AuthenticateAnswer,
	authenticateSchema,
	challengeText,
	PROTOCOL_VERSION,
} from "../../agent/core/protocol.ts";
import type { Db } from "../database/db.ts";
import { connectDevice } from "../devices/device-transitions.ts";
import { verifyDeviceSignature } from "../devices/enrolment/verify-device-signature.ts";

export type Authentication =
	| {
			ok: true;
			answer: AuthenticateAnswer;
			device: {
				deviceId: string;
				ownerId: string | null;
				connectionId: string;
			};
	  }
	| { ok: false; answer: AuthenticateAnswer };

const refuse = (code: string, message: string): Authentication => ({
	ok: false,
	answer: { ok: false, code, message },
});

/**
 * Checks a device's signature over the challenge of this connection, and makes this its connection. Every refusal says
 * whether coming again makes sense: `deviceUnknown` and `deviceRetired` are final.
 */
export async function authenticateDevice(
	db: Db,
	message: unknown,
	connection: { nonce: string; serverId: string; now: Date },
): Promise<Authentication> {
	const parsed = authenticateSchema.safeParse(message);
	if (!parsed.success)
		return refuse("invalidInput", "The message is not of this protocol.");
	const { deviceId, signature, protocol, agentVersion } = parsed.data;
	if (protocol !== PROTOCOL_VERSION)
		return refuse(
			"protocolVersion",
			`This server speaks version ${PROTOCOL_VERSION} of the protocol; update the agent.`,
		);
	const device = await db.device.findUnique({
		where: { id: deviceId },
		select: {
			publicKey: true,
			ownerId: true,
			state: true,
			agentVersion: true,
		},
	});
	// A stranger learns the same of a device that does not exist as of one whose key they do not have.
	if (
		!device ||
		!verifyDeviceSignature(
			device.publicKey,
			challengeText(deviceId, connection.nonce),
			signature,
		)
	)
		return refuse(
			"deviceUnknown",
			"No device with this identity is enrolled here.",
		);
	const connectionId = uuidv7();
	const { serverId, now } = connection;
	if (
		device.state === "retired" ||
		!(await connectDevice(db, deviceId, { serverId, connectionId, now }))
	)
		return refuse(
			"deviceRetired",
			"This device was retired in the portal. Enroll it again to use it.",
		);
	// A new version is rare; a connection that finds the same one leaves the device's row alone.
	if (device.agentVersion !== agentVersion)
		await db.device.update({
			where: { id: deviceId },
			data: { agentVersion },
			select: { id: true },
		});
	return {
		ok: true,
		answer: { ok: true, connectionId, serverTime: now.toISOString() },
		device: { deviceId, ownerId: device.ownerId, connectionId },
	};
}
