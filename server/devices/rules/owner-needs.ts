import type { CurrentUser } from "../../accounts/current-user.ts";
import { inTransaction } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { getOwnDevice, tellDeviceAtOnce } from "../change-device.ts";
import { demandVisible } from "../device-requests.ts";
import {
	deleteOwnerNeed,
	keepOwnerNeed,
	listOpenNeeds,
	type OwnerNeed,
} from "./owner-need-store.ts";

type Person = Pick<CurrentUser, "id" | "accessLevel">;
type Needs = Pick<Services, "db" | "clock" | "events" | "deviceNotices">;

const DAY_MS = 86_400_000;
/** Nobody forecasts further. */
const FARTHEST_MS = 366 * DAY_MS;

/** The times that are not over. @throws AppError notFound, also when it is somebody else's */
export async function listVisibleNeeds(
	{ db, clock }: Needs,
	person: Person,
	deviceId: string,
): Promise<OwnerNeed[]> {
	await demandVisible({ db }, person, deviceId);
	return listOpenNeeds(db, [deviceId], clock.now());
}

/**
 * The owner says when they will need the device; the forecast counts it as busy then.
 *
 * @throws AppError notFound, notAllowed when it is someone else's, tooMany, invalidInput for a time that is over, ends
 * before it begins or is more than a year ahead
 */
export async function addNeed(
	services: Needs,
	person: Person,
	{ deviceId, ...time }: { deviceId: string; from: string; until: string },
): Promise<OwnerNeed> {
	const { db, clock } = services;
	const now = clock.now();
	const device = await getOwnDevice(db, person, deviceId);
	const from = new Date(time.from);
	const until = new Date(time.until);
	demandTimes(from, until, now);
	const need = await inTransaction(db, (transaction) =>
		keepOwnerNeed(transaction, { deviceId, from, until }, now),
	);
	tellDeviceAtOnce(services, device);
	services.deviceNotices.forecastAnew([device.id]);
	return need;
}

function demandTimes(from: Date, until: Date, now: Date): void {
	if (until <= from)
		throw new AppError("invalidInput", "It must end after it begins.", [
			"until",
		]);
	if (until <= now)
		throw new AppError("invalidInput", "That time is over already.", ["until"]);
	if (until.getTime() > now.getTime() + FARTHEST_MS)
		throw new AppError("invalidInput", "Say it for the coming year at most.", [
			"until",
		]);
}

/** @throws AppError notFound, notAllowed when it is someone else's */
export async function removeNeed(
	services: Needs,
	person: Person,
	deviceId: string,
	needId: string,
): Promise<void> {
	const device = await getOwnDevice(services.db, person, deviceId);
	if (!(await deleteOwnerNeed(services.db, deviceId, needId)))
		throw new AppError("notFound", "There is no such time.");
	tellDeviceAtOnce(services, device);
	services.deviceNotices.forecastAnew([device.id]);
}
