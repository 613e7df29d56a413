import { readdir } from "node:fs/promises";
import { readIfThere } from "./host-files.ts";

const THERMAL = "/sys/class/thermal";
let sensors: string[] | undefined;

/** Degrees Celsius of the hottest sensor; null where there is none. */
export async function readTemperature(): Promise<number | null> {
	sensors ??= (await readdir(THERMAL).catch(() => []))
		.filter((name) => name.startsWith("thermal_zone"))
		.map((name) => `${THERMAL}/${name}/temp`);
	const read = await Promise.all(
		sensors.map(async (path) =>
			Number((await readIfThere(path)) ?? Number.NaN),
		),
	);
	const real = read
		.map((thousandths) => thousandths / 1000)
		.filter((degrees) => degrees > -100 && degrees < 200);
	return real.length ? Math.max(...real) : null;
}
