import { readdir, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { PROC, readIfThere } from "./host-files.ts";

/** Drivers of telephones that lend their connection by cable. */
const TETHER_DRIVERS = new Set(["rndis_host", "ipheth"]);
const PROFILES = "/etc/NetworkManager/system-connections";

/** What is known of the way out of this machine. */
export interface Uplink {
	name: string;
	/** DEVTYPE of its uevent: wwan, bluetooth, wlan … */
	kind: string;
	driver: string;
	/** NetworkManager's `metered` of the connection that uses it: 1 or 3 yes, 2 or 4 no, 0 unknown. */
	metered: number;
}

/** The owner's word counts first; without it, a telephone's connection is taken for one that costs. */
export function isMetered({ name, kind, driver, metered }: Uplink): boolean {
	if (metered === 1 || metered === 3) return true;
	if (metered === 2) return false;
	return (
		kind === "wwan" ||
		kind === "bluetooth" ||
		/^(ppp|wwan|rmnet)/.test(name) ||
		TETHER_DRIVERS.has(driver)
	);
}

/** The interfaces of default routes, by the table in /proc/net/route. */
export function parseDefaultRoutes(table: string): string[] {
	const lines = table.split("\n").map((line) => line.trim().split(/\s+/));
	const names = lines.flatMap(([name, destination, , flags]) =>
		name && destination === "00000000" && Number.parseInt(flags ?? "0", 16) & 1
			? [name]
			: [],
	);
	return [...new Set(names)];
}

/** `metered` of a NetworkManager profile if it is bound to this interface; 0 when it says nothing. */
export function parseProfile(profile: string, name: string): number {
	if (!new RegExp(`^interface-name=${name}$`, "m").test(profile)) return 0;
	return Number(/^metered=(\d)$/m.exec(profile)?.[1] ?? 0);
}

/**
 * Whether the way out is one that costs by the byte. Files only: NetworkManager's own guesses are behind D-Bus and not
 * asked. In a container it takes the machine's network (`--network host`).
 */
export async function senseMetered(): Promise<boolean> {
	const table =
		(await readIfThere(`${PROC}/1/net/route`)) ??
		(await readIfThere("/proc/net/route"));
	const names = parseDefaultRoutes(table ?? "");
	const uplinks = await Promise.all(names.map(readUplink));
	return uplinks.length > 0 && uplinks.every(isMetered);
}

async function readUplink(name: string): Promise<Uplink> {
	const folder = `/sys/class/net/${name}`;
	const uevent = (await readIfThere(`${folder}/uevent`)) ?? "";
	const driver = await readlink(`${folder}/device/driver`).catch(() => "");
	const files = await readdir(PROFILES).catch(() => []);
	const profiles = await Promise.all(
		files.map((file) => readIfThere(`${PROFILES}/${file}`)),
	);
	return {
		name,
		kind: /^DEVTYPE=(.*)$/m.exec(uevent)?.[1] ?? "",
		driver: basename(driver),
		metered: Math.max(
			0,
			...profiles.map((profile) => parseProfile(profile ?? "", name)),
		),
	};
}
