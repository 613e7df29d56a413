import { type OwnerRules, ownerRulesSchema } from "../protocol.ts";

/** What the agent finds around itself. */
export interface Surroundings {
	/** In a container whose /proc is its own, so that the machine's programs cannot be seen. */
	ownProcOnly: boolean;
	/** The kernel counts who waits (CONFIG_PSI). */
	pressure: boolean;
	temperature: boolean;
	/** Our containers' freezers may be written. */
	freezer: boolean;
	/** The terminals and, for NetworkManager, the profiles of the machine and not of a container. */
	machinesFiles: boolean;
}

/** What the owner's rules ask for and the guard cannot do here, a sentence each. Pure. */
export function listMissingSensors(
	around: Surroundings,
	rules: OwnerRules,
): string[] {
	const sentences: [boolean, string][] = [
		[
			!around.freezer,
			"Our containers' cgroups cannot be written (that takes root and /sys/fs/cgroup): the engine pauses them instead, which takes longer.",
		],
		[
			!around.pressure,
			"This kernel does not say who waits for memory or disks; the guard sees only how much memory is free.",
		],
		[
			around.ownProcOnly && rules.programs.length > 0,
			"Your programs cannot be seen from inside this container: add -v /proc:/host/proc:ro.",
		],
		[
			// A default that nobody asked for is not worth a word.
			!around.temperature &&
				rules.temperatureLimit !== null &&
				rules.temperatureLimit !== ownerRulesSchema.parse({}).temperatureLimit,
			"This machine has no sensor for its temperature; that limit cannot be kept.",
		],
		[
			!around.machinesFiles && !rules.whileInUse,
			"From inside a container typing at a terminal is not seen; keyboards and mice are.",
		],
	];
	return sentences.flatMap(([isSo, sentence]) => (isSo ? [sentence] : []));
}
