/** What an account may do. Lower is higher, as in the schema; room is left between the levels. */
export const ACCESS_LEVEL = {
	superAdmin: 0,
	admin: 10,
	researcher: 20,
	owner: 30,
} as const;

export type AccessLevel = (typeof ACCESS_LEVEL)[keyof typeof ACCESS_LEVEL];

/** True when an account of `actual` level has at least the rights of `needed`. */
export const hasAccess = (actual: number, needed: number): boolean =>
	actual <= needed;

/** True when `actor` may make an account of level `target`, or change one that has it: only ever a lower one. */
export const mayManage = (actor: number, target: number): boolean =>
	actor < target;

export function accessLevelName(level: number): string {
	if (level <= ACCESS_LEVEL.superAdmin) return "super admin";
	if (level <= ACCESS_LEVEL.admin) return "admin";
	if (level <= ACCESS_LEVEL.researcher) return "researcher";
	return "owner";
}
