import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { AgentError } from "../core/agent-error.ts";
import type { Limits } from "../core/make-offer.ts";

export interface AgentConfig {
	/** Absolute path of the folder in which everything is kept. */
	stateFolder: string;
	/** The engine's socket or address; absent means what DOCKER_HOST says, or the usual socket. */
	engine: string | undefined;
	limits: Limits;
	/** Send log lines as JSON. */
	json: boolean;
	/** A file with the percent that is taken for the owner's CPU use, in demos and tests. */
	dutyFile: string | undefined;
}

/** A size of the command line in MiB: `512`, `512M`, `2G`. */
const mebibytes = z
	.string()
	.regex(
		/^\d+(\.\d+)?\s*([MG](i?B)?)?$/i,
		"a size such as 512M or 2G (plain numbers are MiB)",
	)
	.transform((text) =>
		Math.floor(Number.parseFloat(text) * (/g/i.test(text) ? 1024 : 1)),
	)
	.refine((size) => size >= 1, "at least 1 MiB");

const optionsSchema = z.object({
	state: z.string().min(1).optional(),
	engine: z
		.string()
		.regex(
			/^((unix|tcp|http|https):\/\/|\/)/,
			"a socket path or an address such as unix:///var/run/docker.sock",
		)
		.optional(),
	cores: z.coerce.number().min(0.1).max(4096).optional(),
	memory: mebibytes.optional(),
	disk: mebibytes.optional(),
	json: z.boolean().default(false),
	dutyFile: z.string().optional(),
});

/**
 * The configuration from the command line, with LULL_AGENT_* variables where an option is absent.
 * @throws AgentError `usage` that names every wrong option at once
 */
export function parseConfig(
	options: Record<string, unknown>,
	environment: Readonly<Record<string, string | undefined>> = process.env,
): AgentConfig {
	const parsed = optionsSchema.safeParse({
		state: options.state ?? environment.LULL_AGENT_STATE,
		engine: options.engine ?? environment.LULL_AGENT_ENGINE,
		cores: options.cores ?? environment.LULL_AGENT_CORES,
		memory: options.memory ?? environment.LULL_AGENT_MEMORY,
		disk: options.disk ?? environment.LULL_AGENT_DISK,
		json: options.json ?? undefined,
		dutyFile: environment.LULL_AGENT_DUTY_FILE || undefined,
	});
	if (!parsed.success) throw new AgentError("usage", describe(parsed.error));
	const { state, engine, cores, memory, disk, json, dutyFile } = parsed.data;
	return {
		stateFolder: resolve(state ?? defaultStateFolder()),
		engine: engine && isAbsolute(engine) ? `unix://${engine}` : engine,
		limits: { cores, memoryMiB: memory, diskMiB: disk },
		json,
		dutyFile: dutyFile && resolve(dutyFile),
	};
}

/** Root keeps it with the machine's other state, anyone else at home. */
function defaultStateFolder(): string {
	return process.getuid?.() === 0
		? "/var/lib/lull-agent"
		: join(homedir(), ".lull-agent");
}

function describe(error: z.ZodError): string {
	return error.issues
		.map((issue) => `--${issue.path.join(".")}: ${issue.message}.`)
		.join(" ");
}
