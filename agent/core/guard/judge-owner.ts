import type { GuardReason, OwnerRules } from "../protocol.ts";
import type { CpuVerdict } from "./detect-burst.ts";

/** What the senses say right now. */
export interface OwnerSigns {
	cpu: CpuVerdict;
	/** Percent of the machine: the reading that the verdict is about. */
	cpuPercent: number;
	/** Degrees Celsius; null where there is no sensor. */
	temperature: number | null;
	onBattery: boolean;
	onMetered: boolean;
	/** Since keyboard, mouse or terminal was used; undefined when it was not seen. */
	idleMs: number | undefined;
	/** The owner's named program, or container, that runs. */
	program: string | undefined;
	container: string | undefined;
	/** Percent of the last second in which somebody waited for a disk, and what the owner's programs moved meanwhile. */
	ioStallPercent: number;
	ownersIoBytesPerSecond: number;
}

/** Why the owner comes first. */
export interface Disturbance {
	reason: GuardReason;
	/** A sentence for the owner. */
	detail: string;
	/** It lasts, most likely: offers nothing until it is over. */
	lasting: boolean;
}

/** Somebody who touched the keyboard so recently is there. */
const IN_USE_MS = 120_000;
/** Once too hot, it has to cool by so many degrees. */
const COOL_BY = 5;
const IO_STALL_PERCENT = 25;
const IO_BYTES_PER_SECOND = 1024 * 1024;

/**
 * The first reason to step aside; undefined when the owner is not disturbed. Pure.
 * @param aside whether we stand aside already: then it takes more to come back than it took to leave
 */
export function judgeOwner(
	signs: OwnerSigns,
	rules: OwnerRules,
	aside: boolean,
): Disturbance | undefined {
	return (
		judgeNames(signs) ??
		judgePower(signs, rules, aside) ??
		judgeUse(signs, rules) ??
		judgeLoad(signs, rules, aside)
	);
}

function judgeNames({
	program,
	container,
}: OwnerSigns): Disturbance | undefined {
	if (program) return lasting("program", `Your program ${program} runs.`);
	if (container)
		return lasting("container", `Your container ${container} runs.`);
	return undefined;
}

function judgePower(
	{ onBattery, onMetered, temperature }: OwnerSigns,
	rules: OwnerRules,
	aside: boolean,
): Disturbance | undefined {
	if (onBattery && !rules.onBattery)
		return lasting("battery", "The device runs on its battery.");
	if (onMetered && !rules.onMetered)
		return lasting("metered", "The network costs by the byte.");
	const limit = rules.temperatureLimit;
	if (limit === null || temperature === null) return undefined;
	return temperature > limit - (aside ? COOL_BY : 0)
		? lasting(
				"temperature",
				`It has ${Math.round(temperature)} °C; your limit is ${limit} °C.`,
			)
		: undefined;
}

function judgeUse(
	{ idleMs }: OwnerSigns,
	{ whileInUse }: OwnerRules,
): Disturbance | undefined {
	if (whileInUse || idleMs === undefined || idleMs >= IN_USE_MS)
		return undefined;
	return lasting("inUse", "Somebody uses keyboard or mouse.");
}

function judgeLoad(
	signs: OwnerSigns,
	{ cpuLimit }: OwnerRules,
	aside: boolean,
): Disturbance | undefined {
	const { cpu } = signs;
	const isOver = cpu === "burst" || cpu === "busy";
	if (isOver || (aside && cpu === "between"))
		return {
			reason: "cpu",
			detail: `CPU ${Math.round(signs.cpuPercent)} % is ${isOver ? "above" : "still near"} your ${cpuLimit} %.`,
			lasting: false,
		};
	// With half of it the disk is not quiet yet.
	const share = aside ? 0.5 : 1;
	if (
		signs.ioStallPercent > IO_STALL_PERCENT * share &&
		signs.ownersIoBytesPerSecond > IO_BYTES_PER_SECOND * share
	)
		return {
			reason: "io",
			detail: `Your programs wait for the disk ${Math.round(signs.ioStallPercent)} % of the time.`,
			lasting: false,
		};
	return undefined;
}

const lasting = (reason: GuardReason, detail: string): Disturbance => ({
	reason,
	detail,
	lasting: true,
});
