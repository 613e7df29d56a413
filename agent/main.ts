import { Command, CommanderError } from "commander";
import { type AgentConfig, parseConfig } from "./control/agent-config.ts";
import type { AgentStatus, ControlRequest } from "./control/control-message.ts";
import { AgentError, EXIT_CODE, sentenceOf } from "./core/agent-error.ts";
import { AGENT_VERSION } from "./core/agent-version.ts";
import { StateFolder } from "./state/state-folder.ts";

// The commands of lull-agent, and what each answers: stdout is for the answer, stderr for the log, the exit code says how it
// ended (core/agent-error.ts).
// Each command loads what it needs when it is called: `status` should not cost what `run` does.

type Options = Record<string, unknown>;

/** stdout is for the answer: one JSON object with --json, else a sentence. */
function answer(config: AgentConfig, value: object, sentence: string): void {
	process.stdout.write(`${config.json ? JSON.stringify(value) : sentence}\n`);
}

async function run(options: Options): Promise<void> {
	const config = parseConfig(options);
	const { runAgent } = await import("./run-agent.ts");
	const stop = new AbortController();
	for (const signal of ["SIGTERM", "SIGINT"] as const)
		process.on(signal, () => {
			// Once is a request; twice is impatience.
			if (stop.signal.aborted) process.exit(EXIT_CODE.failed);
			stop.abort();
		});
	const end = await runAgent(config, stop.signal, (yoursNow) =>
		process.on("SIGUSR2", yoursNow),
	);
	if (end.why === "refused") throw new AgentError("refused", end.sentence);
}

async function enroll(options: Options): Promise<void> {
	const config = parseConfig(options);
	const { enrollDevice } = await import("./link/enroll-device.ts");
	const identity = await enrollDevice(
		new StateFolder(config.stateFolder),
		{
			server: String(options.server),
			code: String(options.code),
			name: options.name as string | undefined,
			kind: options.kind as string | undefined,
		},
		new Date(),
	);
	const { deviceId, name, owner, server } = identity;
	answer(
		config,
		{ deviceId, name, owner, server, stateFolder: config.stateFolder },
		`"${name}" is enrolled for ${owner} at ${server}.${options.run ? "" : " Start it with: lull-agent run"}`,
	);
	if (options.run) await run(options);
}

async function status(options: Options): Promise<void> {
	const config = parseConfig(options);
	const { describeStatus, readStatus } = await import(
		"./control/read-status.ts"
	);
	const now = await readStatus(new StateFolder(config.stateFolder), new Date());
	answer(config, now, describeStatus(now));
	if (!now.running) process.exitCode = EXIT_CODE.notRunning;
}

async function pause(options: Options): Promise<void> {
	const { parseDuration } = await import("./control/parse-duration.ts");
	const until =
		options.for === undefined
			? null
			: new Date(Date.now() + parseDuration(String(options.for))).toISOString();
	await tellAgent(
		options,
		{ command: "pause", until },
		until ? `Paused until ${until}.` : "Paused until you say resume.",
	);
}

/** Tells the running agent, or leaves word for the next one. */
async function tellAgent(
	options: Options,
	request: Extract<ControlRequest, { command: "pause" | "resume" | "drain" }>,
	sentence: string,
): Promise<void> {
	const config = parseConfig(options);
	const { sendOwnerCommand } = await import("./control/send-owner-command.ts");
	const now: AgentStatus = await sendOwnerCommand(
		new StateFolder(config.stateFolder),
		request,
		new Date(),
	);
	answer(
		config,
		now,
		now.running ? sentence : `${sentence} The agent does not run now.`,
	);
}

async function yoursNow(options: Options): Promise<void> {
	const config = parseConfig(options);
	const { sendYoursNow } = await import("./control/send-yours-now.ts");
	const now = await sendYoursNow(config, Boolean(options.images), new Date());
	answer(
		config,
		now,
		"It is yours: nothing of ours runs or lies here. Say resume when it may work again.",
	);
}

async function rules(
	options: Options,
	change?: { set: [string, string] } | { clear: string | undefined },
): Promise<void> {
	const config = parseConfig(options);
	const state = new StateFolder(config.stateFolder);
	const { clearRules, describeRules, setRule, showRules } = await import(
		"./control/rules-command.ts"
	);
	const now =
		change === undefined
			? await showRules(state)
			: "set" in change
				? await setRule(state, ...change.set)
				: await clearRules(state, change.clear);
	answer(config, now, describeRules(now));
}

async function unenroll(options: Options): Promise<void> {
	const config = parseConfig(options);
	const { unenrollDevice } = await import("./control/unenroll-device.ts");
	const { runAgent } = await import("./run-agent.ts");
	const { deviceId, name, server } = await unenrollDevice(config, () =>
		runAgent(config, AbortSignal.abort()),
	);
	answer(
		config,
		{ deviceId, name, server, unenrolled: true },
		`"${name}" is unenrolled; nothing of ours is left on this machine. Retire it at ${server} to take it off your list.`,
	);
}

function makeProgram(): Command {
	const program = new Command("lull-agent")
		.description("Lends this machine's idle time to science.")
		.version(AGENT_VERSION)
		.exitOverride();
	const command = (name: string, description: string) =>
		program
			.command(name)
			.description(description)
			.option(
				"--state <folder>",
				"where everything is kept (default: /var/lib/lull-agent, or ~/.lull-agent without root)",
			)
			.option("--json", "answer (and log) in JSON");
	const withEngine = (made: Command) =>
		made.option(
			"--engine <address>",
			"the container engine (default: DOCKER_HOST, or /var/run/docker.sock)",
		);
	const withLimits = (made: Command) =>
		withEngine(made)
			.option("--cores <number>", "lend exactly so many cores")
			.option("--memory <size>", "lend exactly so much memory, such as 2G")
			.option("--disk <size>", "lend exactly so much disk, such as 10G");

	withLimits(command("enroll", "Make this machine a device of yours."))
		.requiredOption("--server <address>", "the portal's address")
		.requiredOption("--code <code>", 'the code that "Add a device" shows')
		.option("--name <name>", "what to call it (default: the host's name)")
		.option("--kind <kind>", "computer, board, gateway, camera or other")
		.option("--run", "and run right away")
		.action(enroll);
	withLimits(command("run", "Run until stopped.")).action(run);
	command("status", "Say how it stands.").action(status);
	command("pause", "Give back what runs and take nothing until resumed.")
		.option("--for <time>", "resume by itself after 30m, 2h, 1d")
		.action(pause);
	command("resume", "Work again after pause or drain.").action((options) =>
		tellAgent(options, { command: "resume" }, "Working."),
	);
	command("drain", "Finish what runs and take nothing new.").action((options) =>
		tellAgent(options, { command: "drain" }, "Draining."),
	);
	withEngine(
		command(
			"yours-now",
			"Remove everything of ours at once, and stay paused until resumed.",
		).option("--images", "the images too"),
	).action(yoursNow);
	addRules(command);
	withEngine(
		command("unenroll", "Give everything back and leave nothing behind."),
	).action(unenroll);
	return program;
}

function addRules(command: (name: string, text: string) => Command): void {
	command("rules", "Say which rules of the owner hold.").action((options) =>
		rules(options),
	);
	command(
		"set-rule",
		"Make a rule stricter at the device, such as cpu-limit 20.",
	)
		.argument("<rule>", "its name, as `rules` says it")
		.argument("<value>", "a number, yes or no, a list with commas, or hours")
		.action((rule, value, options) => rules(options, { set: [rule, value] }));
	command(
		"clear-rule",
		"Forget what was said about a rule, or all, at the device.",
	)
		.argument("[rule]")
		.action((rule, options) => rules(options, { clear: rule }));
}

function fail(error: unknown): void {
	if (error instanceof CommanderError) {
		// It has said its piece already; asking for help is not an error.
		process.exitCode = error.exitCode === 0 ? EXIT_CODE.ok : EXIT_CODE.usage;
		return;
	}
	const known = error instanceof AgentError;
	const code = known ? error.exit : "failed";
	if (process.argv.includes("--json"))
		process.stdout.write(
			`${JSON.stringify({ error: code, message: sentenceOf(error) })}\n`,
		);
	else process.stderr.write(`${sentenceOf(error)}\n`);
	if (!known && error instanceof Error && process.env.LULL_AGENT_DEBUG)
		process.stderr.write(`${error.stack}\n`);
	process.exitCode = EXIT_CODE[code];
}

// Files of ours are for our eyes; the folders that containers write to are opened one by one.
process.umask(0o022);
makeProgram().parseAsync().catch(fail);
