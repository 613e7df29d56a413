import { ACCESS_LEVEL, hasAccess } from "../accounts/access-level.ts";
import type { CurrentUser } from "../accounts/current-user.ts";

type Person = Pick<CurrentUser, "id" | "accessLevel">;

/** Owners see their own devices, admins all of them, also those without an account. Asked by procedures and live pages alike. */
export const maySeeDevice = (
	person: Person,
	device: { ownerId: string | null },
): boolean =>
	device.ownerId === person.id ||
	hasAccess(person.accessLevel, ACCESS_LEVEL.admin);

/** What the owner decides about a device, only the owner decides: a name, a pause, the end. */
export const mayChangeDevice = (
	person: Person,
	device: { ownerId: string | null },
): boolean => device.ownerId === person.id;
