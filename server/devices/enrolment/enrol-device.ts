import {
	type DeviceKind,
	type EnrolRequest,
	enrolmentText,
} from "../../../agent/core/protocol.ts";
import type { Db } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import {
	ENROLMENT_CODE_LIFETIME_MS,
	hashEnrolmentCode,
	makeEnrolmentCode,
} from "./enrolment-code.ts";
import {
	addEnrolledDevice,
	addEnrolmentCode,
	countLiveCodes,
	findEnrolmentCode,
	type StoredCode,
} from "./enrolment-store.ts";
import { verifyDeviceSignature } from "./verify-device-signature.ts";

/** More codes than these at a time are nobody's honest need, and would fill the table. */
const MAX_LIVE_CODES = 200;

/** What the owner calls the device to come; what is absent the device says of itself. */
export interface DeviceLabel {
	name?: string | undefined;
	kind?: DeviceKind | undefined;
}

/**
 * A new code for `ownerId`, shown this once and kept as a hash.
 *
 * @throws AppError tooMany when the owner has {@link MAX_LIVE_CODES} unused ones
 */
export async function createEnrolmentCode(
	db: Db,
	ownerId: string,
	label: DeviceLabel,
	now: Date,
): Promise<{ code: string; expiresAt: Date }> {
	if ((await countLiveCodes(db, ownerId, now)) >= MAX_LIVE_CODES)
		throw new AppError(
			"tooMany",
			`You have ${MAX_LIVE_CODES} unused codes. They expire within ten minutes.`,
		);
	const code = makeEnrolmentCode();
	const expiresAt = new Date(now.getTime() + ENROLMENT_CODE_LIFETIME_MS);
	const codeSha256 = hashEnrolmentCode(code);
	const { name = null, kind = null } = label;
	const stored = { codeSha256, ownerId, name, kind, expiresAt };
	await addEnrolmentCode(db, stored, now);
	return { code, expiresAt };
}

export interface EnrolledDevice {
	deviceId: string;
	ownerId: string;
	ownerName: string;
	/** False when this very enrolment had been answered before, and only the answer was lost. */
	isNew: boolean;
}

/**
 * Trades a code for an identity. Whatever arrives at the same moment, a code makes one device and a key belongs to one
 * device; the same key with the same code gets the same device again.
 *
 * @throws AppError invalidInput for a signature that does not fit, notFound for a code that never was, gone for one
 * that expired or was used by another key, conflict for a key that has another device
 */
export async function enrolDevice(
	db: Db,
	request: EnrolRequest,
	now: Date,
): Promise<EnrolledDevice> {
	const text = enrolmentText(request.code);
	if (!verifyDeviceSignature(request.publicKey, text, request.signature))
		throw new AppError(
			"invalidInput",
			"The signature was not made with this key over this code.",
			["signature"],
		);
	const code = await getCode(db, request.code);
	const { ownerId, ownerName } = code;
	if (code.usedAt) return answerAgain(code, request.publicKey);
	refuseUnusableCode(code, now);

	const added = await addEnrolledDevice(db, code, request, now);
	if (typeof added === "object")
		return { deviceId: added.deviceId, ownerId, ownerName, isNew: true };

	const codeNow = await getCode(db, request.code);
	if (codeNow.usedAt) return answerAgain(codeNow, request.publicKey);
	if (added === "keyTaken")
		throw new AppError(
			"conflict",
			"This key belongs to a device already. Run “lull-agent unenroll” first to enroll it anew.",
			["publicKey"],
		);
	throw expired();
}

async function getCode(db: Db, code: string): Promise<StoredCode> {
	const found = await findEnrolmentCode(db, hashEnrolmentCode(code));
	if (found) return found;
	throw new AppError(
		"notFound",
		"There is no such code. Ask the portal for a new one under “Add a device”.",
		["code"],
	);
}

function refuseUnusableCode(code: StoredCode, now: Date): void {
	if (code.expiresAt < now) throw expired();
	if (code.ownerSuspended)
		throw new AppError(
			"notAllowed",
			"The account that made this code is suspended.",
		);
}

function answerAgain(code: StoredCode, publicKey: string): EnrolledDevice {
	if (code.device?.publicKey !== publicKey)
		throw new AppError(
			"gone",
			"This code was used already. Ask the portal for a new one under “Add a device”.",
			["code"],
		);
	return {
		deviceId: code.device.id,
		ownerId: code.ownerId,
		ownerName: code.ownerName,
		isNew: false,
	};
}

const expired = () =>
	new AppError(
		"gone",
		"This code has expired. Ask the portal for a new one under “Add a device”.",
		["code"],
	);
