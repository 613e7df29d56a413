import type { DeviceKind } from "../../agent/core/protocol.ts";
import type { CurrentUser } from "../accounts/current-user.ts";
import { writeAuditEntry } from "../audit/audit-store.ts";
import { type Db, inTransaction } from "../database/db.ts";
import { retryConflicts } from "../database/retry-conflicts.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import { mayChangeDevice, maySeeDevice } from "./device-access.ts";
import {
	deviceNotFound,
	findDeviceOwner,
	requestReviewOfTasks,
	updateLivingDevice,
} from "./device-store.ts";
import { markDeviceRetired } from "./device-transitions.ts";

type Person = Pick<CurrentUser, "id" | "accessLevel">;
type Needs = Pick<Services, "db" | "clock" | "events" | "deviceNotices">;

/** What an owner changes about a device; what is absent stays as it is. */
export interface DeviceChanges {
	name?: string | undefined;
	kind?: DeviceKind | undefined;
	/** Give back what runs and take nothing new. */
	paused?: boolean | undefined;
	/** Finish what runs and take nothing new. */
	draining?: boolean | undefined;
}

/** Take tasks again. What was asked for by "yours now" and has not happened yet need not happen any more. */
export const resumed = {
	paused: false,
	draining: false,
	yoursNowId: null,
	yoursNowImages: false,
} as const;

/**
 * @throws AppError notFound when the person may not even see the device, notAllowed when it is someone else's,
 * conflict when it is retired
 */
export async function changeDevice(
	services: Needs,
	person: Person,
	deviceId: string,
	changes: DeviceChanges | typeof resumed,
): Promise<void> {
	const device = await getOwnDevice(services.db, person, deviceId);
	if (!(await updateLivingDevice(services.db, deviceId, changes)))
		throw deviceIsRetired();
	tellDeviceAtOnce(services, device);
}

/**
 * The end of a device, for good. Its running tasks are given to others; results it had reported keep their credit.
 *
 * @throws AppError as {@link changeDevice}
 */
export async function retireDevice(
	services: Needs,
	person: Person,
	deviceId: string,
): Promise<void> {
	const { db, clock } = services;
	const device = await getOwnDevice(db, person, deviceId);
	const now = clock.now();
	if (!(await markDeviceRetired(db, deviceId, now))) throw deviceIsRetired();
	// Apart, since nobody takes work while they hold a device. If this fails, the loop for silent devices does it.
	await retryConflicts(() => requestReviewOfTasks(db, deviceId, now));
	tellDeviceAtOnce(services, device);
}

/**
 * An admin's word: nothing is placed on the device until it is lifted. `reason` null lifts it. The owner reads the
 * reason on the device's page.
 *
 * @throws AppError notFound, conflict when it is retired
 */
export async function blockDevice(
	services: Needs,
	admin: Person,
	deviceId: string,
	reason: string | null,
): Promise<void> {
	const device = await findDeviceOwner(services.db, deviceId);
	if (!device) throw deviceNotFound();
	await inTransaction(services.db, async (transaction) => {
		const changed = await updateLivingDevice(transaction, deviceId, {
			blockedReason: reason,
		});
		if (!changed) throw deviceIsRetired();
		await writeAuditEntry(transaction, {
			actorId: admin.id,
			action: reason === null ? "deviceUnblocked" : "deviceBlocked",
			subjectType: "device",
			subjectId: deviceId,
			details: { name: device.name, ...(reason === null ? {} : { reason }) },
		});
	});
	tellDeviceAtOnce(services, device);
}

/** Tells the device what is wished of it before it hears anything else, and the pages that show it. */
export function tellDeviceAtOnce(
	{ events, deviceNotices }: Pick<Services, "events" | "deviceNotices">,
	device: { id: string; ownerId: string | null },
): void {
	deviceNotices.wantedChanged([device.id], "urgent");
	publishDeviceChange({ events }, device);
}

/** Tells the pages that show the device. */
export function publishDeviceChange(
	{ events }: Pick<Services, "events">,
	device: { id: string; ownerId: string | null },
): void {
	events.publish(`device:${device.id}`, { kind: "changed" });
	if (device.ownerId)
		events.publish(`devicesOf:${device.ownerId}`, { kind: "changed" });
	events.publish("overview", { kind: "changed" });
}

/**
 * The device, for what only its owner decides.
 *
 * @throws AppError notFound when the person may not even see it, notAllowed when it is someone else's
 */
export async function getOwnDevice(
	db: Db,
	person: Person,
	deviceId: string,
): Promise<{ id: string; ownerId: string | null; name: string }> {
	const device = await findDeviceOwner(db, deviceId);
	if (!device || !maySeeDevice(person, device)) throw deviceNotFound();
	if (!mayChangeDevice(person, device))
		throw new AppError(
			"notAllowed",
			"Only the owner of a device may do this. Admins can block it.",
		);
	return device;
}

export const deviceIsRetired = () =>
	new AppError("conflict", "This device is retired, which is final.");
