import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
	type BatchDetails,
	createPortalApi,
	type PortalApi,
	type PreviewAnswer,
} from "../api/portal-api.ts";
import { batchSummary, isComplete } from "../batch/describe-batch.ts";
import { prepareSource } from "../batch/prepare-source.ts";
import { sendBatch } from "../batch/send-batch.ts";
import { watchBatch } from "../batch/watch-batch.ts";
import { action, type Cli, type Surroundings } from "../cli.ts";
import { readBatchDefinition } from "../definition/read-definition.ts";
import { CliError, usageError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { findAppVersion } from "../project/find-app-version.ts";
import { formatBytes, formatCount } from "../terminal/format-amount.ts";
import { formatTable, oneLine } from "../terminal/format-table.ts";
import { saveArchive } from "../transfer/save-archive.ts";
import { saveResults } from "../transfer/save-results.ts";

interface DefinitionOptions {
	project?: string;
	appVersion?: number;
}

/** A whole number from the command line. @throws InvalidArgumentError */
export function parseWholeNumber(text: string): number {
	if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
		throw new InvalidArgumentError("It must be a whole number from 1.");
	return Number(text);
}

export function addBatchCommands(program: Command, around: Surroundings): void {
	const batch = program
		.command("batch")
		.description("submit work and collect its results");
	const project = new Option(
		"--project <slug>",
		"the project, when the definition is not a project's file",
	);
	const version = new Option(
		"--app-version <number>",
		"the app version; otherwise the newest that is approved",
	).argParser(parseWholeNumber);

	batch
		.command("submit")
		.description("submit a batch: all of its work units, or none")
		.argument(
			"<definition>",
			"lull-project.json, the folder it is in, or a file with a batch alone",
		)
		.addOption(project)
		.addOption(version)
		.option("--watch", "stay until the batch is over")
		.option(
			"--submission-key <key>",
			"a key of your own; the same one never makes a second batch",
		)
		.action(action(around, submit));
	batch
		.command("preview")
		.description("show what a submission would make, and submit nothing")
		.argument("<definition>", "as for submit")
		.addOption(project)
		.addOption(version)
		.action(action(around, preview));
	batch
		.command("status")
		.description("show how a batch stands")
		.argument("<batch>", "its id")
		.option("--watch", "stay until the batch is over")
		.action(action(around, showStatus));
	batch
		.command("list")
		.description("list your batches, the newest first")
		.option("--project <slug>", "of this project only")
		.addOption(
			new Option("--state <state>", "in this state only").choices([
				"open",
				"done",
				"cancelled",
			]),
		)
		.option("--limit <number>", "at most so many", parseWholeNumber, 50)
		.action(action(around, listBatches));
	batch
		.command("cancel")
		.description("cancel what is open of a batch; what is done stays")
		.argument("<batch>", "its id")
		.action(action(around, cancel));
	batch
		.command("rerun-failed")
		.description("open the failed work units of a batch again")
		.argument("<batch>", "its id")
		.action(action(around, rerunFailed));
	batch
		.command("results")
		.description("download the results that are there so far")
		.argument("<batch>", "its id")
		.addOption(
			new Option("-o, --output <file.zip>", "as one archive").conflicts("dir"),
		)
		.option(
			"--dir <folder>",
			"as files; what is there already is not downloaded again",
		)
		.option("--force", "replace the archive if it is there already")
		.action(action(around, saveBatchResults));
}

async function readFor(
	api: PortalApi,
	path: string,
	options: DefinitionOptions,
	anyState: boolean,
) {
	const definition = await readBatchDefinition(path);
	const slug = options.project ?? definition.slug;
	if (!slug)
		throw usageError("Of which project? Give its slug with --project.");
	const version = await findAppVersion(api, slug, {
		number: options.appVersion,
		anyState,
	});
	return { definition, version };
}

async function submit(
	cli: Cli,
	options: DefinitionOptions & { watch?: boolean; submissionKey?: string },
	path = "",
): Promise<void> {
	const api = createPortalApi(cli.client());
	const { definition, version } = await readFor(api, path, options, false);
	const sent = await sendBatch(
		cli,
		api,
		definition,
		version.id,
		options.submissionKey,
	);
	if (options.watch)
		return finish(cli, await watchBatch(cli, api, sent.batchId));
	cli.terminal.result(sent, sent.batchId);
}

async function preview(
	cli: Cli,
	options: DefinitionOptions,
	path = "",
): Promise<void> {
	const api = createPortalApi(cli.client());
	const { definition, version } = await readFor(api, path, options, true);
	const { batch, folder } = definition;
	const { source } = await prepareSource(cli, folder, batch.workUnits);
	const answer = await api.batches.preview({
		appVersionId: version.id,
		source,
		estimatedOperations: batch.estimatedOperations,
	});
	cli.terminal.result(answer, describePreview(answer));
	if (answer.problemCount > 0)
		throw new CliError(
			EXIT.refused,
			`${formatCount(answer.problemCount, "row")} cannot be used.`,
		);
}

/** What a submission would make, for people. */
export function describePreview(answer: PreviewAnswer): string {
	const more = answer.workUnits - answer.first.length;
	return [
		`${formatCount(answer.workUnits, "work unit")}, ${formatBytes(answer.inputBytes)} of input`,
		...answer.first.map(({ command, inputs }) =>
			[
				`  ${command.map(quoteArgument).join(" ")}`,
				...inputs.map(({ path }) => oneLine(path)),
			].join("  ← "),
		),
		more > 0 && `  … and ${more.toLocaleString("en")} more`,
		answer.problemCount > 0 &&
			`${formatCount(answer.problemCount, "row")} cannot be used:`,
		...answer.problems.map(
			({ line, message }) => `  line ${line}: ${oneLine(message)}`,
		),
	]
		.filter((line) => line !== false)
		.join("\n");
}

/** An argument as one would type it in a shell. */
const quoteArgument = (text: string): string =>
	/^[\w@%+=:,./-]+$/.test(text)
		? text
		: `'${oneLine(text).replaceAll("'", "'\\''")}'`;

async function showStatus(
	cli: Cli,
	{ watch }: { watch?: boolean },
	batchId = "",
): Promise<void> {
	const api = createPortalApi(cli.client());
	if (watch) return finish(cli, await watchBatch(cli, api, batchId));
	const batch = await api.batches.get(batchId);
	cli.terminal.result(batch, batchSummary(batch, cli.around.now()));
}

/** Shows how a batch ended. @throws CliError when not all of its work units are done */
export function finish(cli: Cli, batch: BatchDetails): void {
	cli.terminal.result(batch, batchSummary(batch, cli.around.now()));
	if (isComplete(batch)) return;
	throw new CliError(
		EXIT.batchIncomplete,
		batch.state === "cancelled"
			? "The batch was cancelled."
			: `${formatCount(batch.failedUnits, "work unit")} failed. “lull batch rerun-failed ${batch.id}” tries them again.`,
	);
}

async function listBatches(
	cli: Cli,
	options: { project?: string; state?: string; limit: number },
): Promise<void> {
	const api = createPortalApi(cli.client());
	const projectId = options.project
		? (await api.projects.get(options.project)).id
		: undefined;
	const batches = await api.batches.list(
		{ projectId, state: options.state },
		options.limit,
	);
	const table = formatTable(
		["BATCH", "PROJECT", "NAME", "STATE", "DONE", "FAILED", "OF"],
		batches.map((batch) => [
			batch.id,
			batch.project.slug,
			batch.name,
			batch.state,
			batch.doneUnits,
			batch.failedUnits,
			batch.workUnits,
		]),
	);
	cli.terminal.result(
		batches,
		batches.length
			? table
			: "There are no batches. “lull batch submit” makes one.",
	);
}

async function cancel(cli: Cli, _options: object, batchId = ""): Promise<void> {
	const changed = await createPortalApi(cli.client()).batches.cancel(batchId);
	cli.terminal.result(
		{ batchId, ...changed },
		`Cancelled ${formatCount(changed.workUnits, "work unit")}.`,
	);
}

async function rerunFailed(
	cli: Cli,
	_options: object,
	batchId = "",
): Promise<void> {
	const changed = await createPortalApi(cli.client()).batches.rerunFailed(
		batchId,
	);
	cli.terminal.result(
		{ batchId, ...changed },
		`Opened ${formatCount(changed.workUnits, "work unit")} again.`,
	);
}

async function saveBatchResults(
	cli: Cli,
	options: { output?: string; dir?: string; force?: boolean },
	batchId = "",
): Promise<void> {
	const api = createPortalApi(cli.client());
	if (options.dir !== undefined) {
		const folder = resolve(options.dir);
		const saved = await saveResults(cli, api, batchId, folder);
		cli.terminal.result(
			{ batchId, folder, ...saved },
			`${formatCount(saved.files, "file")} of ${formatCount(saved.workUnits, "work unit")} in ${folder}, ${formatCount(saved.fetched, "new one")}.`,
		);
		return;
	}
	const { project, id } = await api.batches.get(batchId);
	const file = resolve(options.output ?? `${project.slug}-${id}.zip`);
	const { bytes } = await saveArchive(cli, batchId, file, {
		overwrite: options.force ?? false,
	});
	cli.terminal.result(
		{ batchId, file, bytes },
		`${file}, ${formatBytes(bytes)}`,
	);
}
