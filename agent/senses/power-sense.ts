import { readdir } from "node:fs/promises";
import { readIfThere } from "./host-files.ts";

const SUPPLIES = "/sys/class/power_supply";

/** What the kernel says about one power supply. */
export interface PowerSupply {
	type: string;
	status: string;
	online: string;
	/** `Device`: the battery of a mouse, which is not this machine's. */
	scope: string;
}

/** Whether the machine lives on its battery. Without any supply that says so, it does not. */
export function isOnBattery(supplies: readonly PowerSupply[]): boolean {
	const own = supplies.filter(({ scope }) => scope !== "Device");
	const batteries = own.filter(
		({ type }) => type === "Battery" || type === "UPS",
	);
	if (batteries.length === 0) return false;
	if (batteries.some(({ status }) => status === "Discharging")) return true;
	const mains = own.filter(({ type }) => type === "Mains" || type === "USB");
	return (
		mains.length > 0 &&
		mains.every(({ online }) => online === "0") &&
		batteries.every(({ status }) => !/^(Charging|Full)$/.test(status))
	);
}

/** Reads /sys/class/power_supply. */
export async function senseBattery(folder = SUPPLIES): Promise<boolean> {
	const names = await readdir(folder).catch(() => []);
	const read = async (name: string, file: string) =>
		((await readIfThere(`${folder}/${name}/${file}`)) ?? "").trim();
	return isOnBattery(
		await Promise.all(
			names.map(async (name) => ({
				type: await read(name, "type"),
				status: await read(name, "status"),
				online: await read(name, "online"),
				scope: await read(name, "scope"),
			})),
		),
	);
}
