import type { Limits } from "./make-offer.ts";

/**
 * What a machine lends at the most: the owner's own figures, else all cores and all memory but the part that is always
 * the owner's. Pure.
 * @param memoryHeadroom percent of the machine's memory
 */
export const lentCapacity = (
	limits: Limits,
	machine: { cores: number; memoryBytes: number },
	memoryHeadroom: number,
): { cores: number; memoryMiB: number } => ({
	cores: limits.cores ?? machine.cores,
	memoryMiB:
		limits.memoryMiB ??
		Math.floor((machine.memoryBytes * (1 - memoryHeadroom / 100)) / 2 ** 20),
});
