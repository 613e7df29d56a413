import type { DeviceKind } from "../../agent/protocol.ts";
import type { CurrentUser } from "../api/context.ts";
import { type Db, inTransaction } from "../database/db.ts";
import { AppError } from "../errors.ts";
import { writeAuditEntry } from "../moderation/audit-store.ts";
import type { Services } from "../services.ts";
import { mayChangeDevice, maySeeDevice } from "./device-access.ts";
import {
	deviceNotFound,
	findDeviceOwner,
	requestReviewOfTasks,
	updateLivingDevice,
} from "./device-store.ts";
import { applyDeviceTransition, deviceRetired } from "./device-transitions.ts";

type Person = Pick<CurrentUser, "id" | "accessLevel">;
type Needs = Pick<Services, "db" | "clock" | "events">;

/** What the owner may want of a device; what is absent stays as it is. */
export interface DeviceWish {
	name?: string | undefined;
	kind?: DeviceKind | undefined;
	/** Give back what runs and take nothing new. */
	paused?: boolean | undefined;
	/** Finish what runs and take nothing new. */
	draining?: boolean | undefined;
}

/**
 * @throws AppError notFound when the person may not even see the device, notAllowed when it is someone else's,
 * conflict when it is retired
 */
export async function changeDevice(
	services: Needs,
	person: Person,
	deviceId: string,
	wish: DeviceWish,
): Promise<void> {
	const device = await getOwnDevice(services.db, person, deviceId);
	if (!(await updateLivingDevice(services.db, deviceId, wish))) throw retired();
	publishDeviceChange(services, device);
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
	await inTransaction(db, async (transaction) => {
		const moved = await applyDeviceTransition(
			transaction,
			deviceId,
			deviceRetired(now),
		);
		if (!moved) throw retired();
		await requestReviewOfTasks(transaction, deviceId, now);
	});
	publishDeviceChange(services, device);
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
		if (!changed) throw retired();
		await writeAuditEntry(transaction, {
			actorId: admin.id,
			action: reason === null ? "deviceUnblocked" : "deviceBlocked",
			subjectType: "device",
			subjectId: deviceId,
			details: { name: device.name, ...(reason === null ? {} : { reason }) },
		});
	});
	publishDeviceChange(services, device);
}

/** Tells the gateway, and the pages that show the device. */
export function publishDeviceChange(
	{ events }: Pick<Services, "events">,
	device: { id: string; ownerId: string },
): void {
	events.publish(`device:${device.id}`, { kind: "changed" });
	events.publish(`devicesOf:${device.ownerId}`, { kind: "changed" });
	events.publish("overview", { kind: "changed" });
}

async function getOwnDevice(db: Db, person: Person, deviceId: string) {
	const device = await findDeviceOwner(db, deviceId);
	if (!device || !maySeeDevice(person, device)) throw deviceNotFound();
	if (!mayChangeDevice(person, device))
		throw new AppError(
			"notAllowed",
			"Only the owner of a device may do this. Admins can block it.",
		);
	return device;
}

const retired = () =>
	new AppError("conflict", "This device is retired, which is final.");
