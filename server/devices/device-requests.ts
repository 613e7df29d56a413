import type { EnrolAnswer, EnrolRequest } from "../../agent/core/protocol.ts";
import type { CurrentUser } from "../accounts/current-user.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import { readTelemetry } from "../telemetry/telemetry-store.ts";
import { publishDeviceChange } from "./change-device.ts";
import { maySeeDevice } from "./device-access.ts";
import {
	deviceNotFound,
	findDeviceOwner,
	getDevice,
	listTasksOfDevice,
} from "./device-store.ts";
import {
	createEnrolmentCode,
	type DeviceLabel,
	enrolDevice,
} from "./enrolment/enrol-device.ts";
import {
	type EnrolmentCommands,
	enrolmentCommands,
} from "./enrolment/enrolment-commands.ts";
import { publicSigningKey } from "./enrolment/public-signing-key.ts";
import { countingWrongCodes } from "./enrolment/wrong-code-limit.ts";

type Person = Pick<CurrentUser, "id" | "accessLevel">;

const DAY_MS = 86_400_000;
const MAX_TELEMETRY_SPAN_MS = 8 * DAY_MS;

/** A new code, and the commands that use it. @throws AppError tooMany */
export async function offerEnrolment(
	{ db, clock, config }: Pick<Services, "db" | "clock" | "config">,
	owner: Person,
	label: DeviceLabel,
): Promise<{ code: string; expiresAt: Date } & EnrolmentCommands> {
	const { code, expiresAt } = await createEnrolmentCode(
		db,
		owner.id,
		label,
		clock.now(),
	);
	return { code, expiresAt, ...enrolmentCommands(config.publicUrl, code) };
}

/** @throws AppError as enrolDevice, and tooMany after many wrong codes from `address` */
export async function answerEnrolment(
	services: Pick<Services, "db" | "clock" | "events" | "secrets">,
	request: EnrolRequest,
	address: string,
): Promise<EnrolAnswer> {
	const now = services.clock.now();
	const device = await countingWrongCodes(services.db, address, now, () =>
		enrolDevice(services.db, request, now),
	);
	const { deviceId, ownerId, ownerName, isNew } = device;
	if (isNew) publishDeviceChange(services, { id: deviceId, ownerId });
	const signingKey = publicSigningKey(services.secrets.signingKeyPem);
	return { deviceId, signingKey, owner: ownerName };
}

/** @throws AppError notFound, also when it is somebody else's */
export async function getVisibleDevice(
	{ db, clock }: Pick<Services, "db" | "clock">,
	person: Person,
	deviceId: string,
) {
	const device = await getDevice(db, deviceId, clock.now());
	if (!maySeeDevice(person, { ownerId: device.owner?.id ?? null }))
		throw deviceNotFound();
	return device;
}

/** @throws AppError notFound, also when it is somebody else's; invalidInput for a span that is empty or too long */
export async function getVisibleTelemetry(
	{ db, clock }: Pick<Services, "db" | "clock">,
	person: Person,
	input: {
		deviceId: string;
		from?: string | undefined;
		to?: string | undefined;
		maxPoints: number;
	},
) {
	await demandVisible({ db }, person, input.deviceId);
	const to = input.to ? new Date(input.to) : clock.now();
	const from = input.from
		? new Date(input.from)
		: new Date(to.getTime() - DAY_MS);
	const spanMs = to.getTime() - from.getTime();
	if (!(spanMs > 0 && spanMs <= MAX_TELEMETRY_SPAN_MS))
		throw new AppError(
			"invalidInput",
			"“from” must lie before “to”, by eight days at the most.",
			["from"],
		);
	return readTelemetry(db, input.deviceId, { from, to }, input.maxPoints);
}

/** @throws AppError notFound, also when it is somebody else's */
export async function listVisibleTasks(
	{ db }: Pick<Services, "db">,
	person: Person,
	deviceId: string,
	page: { cursor?: string | undefined; limit: number },
) {
	await demandVisible({ db }, person, deviceId);
	return listTasksOfDevice(db, deviceId, page);
}

/** @throws AppError notFound, also when it is somebody else's */
export async function demandVisible(
	{ db }: Pick<Services, "db">,
	person: Person,
	deviceId: string,
): Promise<void> {
	const device = await findDeviceOwner(db, deviceId);
	if (!device || !maySeeDevice(person, device)) throw deviceNotFound();
}
