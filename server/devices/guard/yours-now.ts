import type { CurrentUser } from "../../accounts/current-user.ts";
import type { Services } from "../../services.ts";
import {
	deviceIsRetired,
	getOwnDevice,
	tellDeviceAtOnce,
} from "../change-device.ts";
import {
	requestYoursNow,
	resumeDevicesOf,
	type YoursNowRequest,
} from "./yours-now-store.ts";

type Person = Pick<CurrentUser, "id" | "accessLevel">;
type Needs = Pick<Services, "db" | "events" | "deviceNotices">;

/**
 * The owner wants the device now: it freezes and removes everything of ours, images too if wished, and stays paused.
 * Asking again while it has not answered is the same request, unless images are wished only now. Answers the id of the
 * guard record that will say that it is done.
 *
 * @throws AppError notFound, notAllowed when it is someone else's, conflict when it is retired
 */
export async function takeDeviceBack(
	services: Needs,
	person: Person,
	deviceId: string,
	images: boolean,
): Promise<string> {
	const device = await getOwnDevice(services.db, person, deviceId);
	const [request] = await requestYoursNow(services.db, { deviceId }, images);
	if (!request) throw deviceIsRetired();
	tellDeviceAtOnce(services, device);
	return request.requestId;
}

/** The same for all devices of a person that are not retired. Answers the request for each. */
export async function takeDevicesBack(
	services: Needs,
	person: Person,
	images: boolean,
): Promise<YoursNowRequest[]> {
	const { id: ownerId } = person;
	const requests = await requestYoursNow(services.db, { ownerId }, images);
	for (const { deviceId: id } of requests)
		tellDeviceAtOnce(services, { id, ownerId });
	return requests;
}

/** Lets a person's devices, these or all, take tasks again. Answers how many did not before. */
export async function resumeDevices(
	services: Needs,
	person: Person,
	these?: readonly string[],
): Promise<number> {
	const { id: ownerId } = person;
	const deviceIds = await resumeDevicesOf(services.db, ownerId, these);
	for (const id of deviceIds) tellDeviceAtOnce(services, { id, ownerId });
	return deviceIds.length;
}
