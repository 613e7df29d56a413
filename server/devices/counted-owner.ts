/**
 * Whose device it is where owners are counted: its owner's or, while it has no account, its own. Ids of people and of
 * devices are never the same. Where owners are counted in SQL, it is COALESCE("ownerId", "id") of the device.
 */
export const countedOwner = (deviceId: string, ownerId: string | null) =>
	ownerId ?? deviceId;
