import {
	type OwnerRules,
	ownerRulesSchema,
} from "../../../agent/core/protocol.ts";
import type { CurrentUser } from "../../accounts/current-user.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import {
	deviceIsRetired,
	getOwnDevice,
	tellDeviceAtOnce,
} from "../change-device.ts";
import { maySeeDevice } from "../device-access.ts";
import { deviceNotFound } from "../device-store.ts";
import {
	copyRulesToDevicesOf,
	findRules,
	listPublicProjects,
	type NamedProject,
	writeRules,
} from "./device-rules-store.ts";

type Person = Pick<CurrentUser, "id" | "accessLevel">;
type Needs = Pick<Services, "db" | "events" | "deviceNotices">;

/** @throws AppError notFound, also when it is somebody else's */
export async function getVisibleRules(
	{ db }: Pick<Services, "db">,
	person: Person,
	deviceId: string,
): Promise<{ rules: OwnerRules; projects: NamedProject[] }> {
	const found = await findRules(db, deviceId);
	if (!found || !maySeeDevice(person, found)) throw deviceNotFound();
	const rules = ownerRulesSchema.parse(found.rules);
	return { rules, projects: await listPublicProjects(db, namedIn(rules)) };
}

/**
 * Replaces the rules of a device; it obeys them from the moment it hears of them.
 *
 * @throws AppError notFound, notAllowed when it is someone else's, conflict when it is retired, invalidInput for a
 * project that does not exist
 */
export async function setRules(
	services: Needs,
	person: Person,
	deviceId: string,
	rules: OwnerRules,
): Promise<void> {
	const device = await getOwnDevice(services.db, person, deviceId);
	await demandProjects(services, rules);
	if (!(await writeRules(services.db, deviceId, rules)))
		throw deviceIsRetired();
	tellDeviceAtOnce(services, device);
}

/** Gives all other devices of the person the rules of this one. Answers how many. @throws AppError as {@link setRules} */
export async function copyRules(
	services: Needs,
	person: Person,
	deviceId: string,
): Promise<number> {
	const { ownerId } = await getOwnDevice(services.db, person, deviceId);
	const changed = await copyRulesToDevicesOf(services.db, deviceId);
	for (const id of changed) tellDeviceAtOnce(services, { id, ownerId });
	return changed.length;
}

const namedIn = ({ projects, neverProjects }: OwnerRules): string[] => [
	...new Set([...(projects ?? []), ...neverProjects]),
];

async function demandProjects({ db }: Needs, rules: OwnerRules): Promise<void> {
	const known = new Set(
		(await listPublicProjects(db, namedIn(rules))).map(({ id }) => id),
	);
	for (const field of ["projects", "neverProjects"] as const) {
		const index = (rules[field] ?? []).findIndex((id) => !known.has(id));
		if (index >= 0)
			throw new AppError("invalidInput", "There is no such project.", [
				"rules",
				field,
				index,
			]);
	}
}
