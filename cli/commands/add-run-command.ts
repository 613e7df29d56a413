import { resolve } from "node:path";
import type { Command } from "commander";
import { createPortalApi } from "../api/portal-api.ts";
import { sendBatch } from "../batch/send-batch.ts";
import { watchBatch } from "../batch/watch-batch.ts";
import { action, type Cli, type Surroundings } from "../cli.ts";
import { readProjectDefinition } from "../definition/read-definition.ts";
import { usageError } from "../errors/cli-error.ts";
import { applyProject, awaitApproval } from "../project/apply-project.ts";
import { pushApp } from "../project/push-app.ts";
import { formatCount } from "../terminal/format-amount.ts";
import { saveResults } from "../transfer/save-results.ts";
import { finish } from "./batch-commands.ts";

interface RunOptions {
	results?: string;
	wait: boolean;
	watch: boolean;
}

/** `lull run`: from a folder to its results, with everything in between. */
export function addRunCommand(program: Command, around: Surroundings): void {
	program
		.command("run")
		.description(
			"do everything: project, app version, review, batch, and wait for the end",
		)
		.argument("<folder>", "the folder that lull-project.json is in")
		.option("--results <folder>", "download the results into this folder")
		.option("--no-wait", "do not wait for the review; end with code 8")
		.option("--no-watch", "do not wait for the end of the batch")
		.action(action(around, runProject));
}

async function runProject(
	cli: Cli,
	options: RunOptions,
	path = "",
): Promise<void> {
	const definition = await readProjectDefinition(path);
	const { batch, folder, app } = definition;
	if (!batch) throw usageError("lull-project.json has no “batch” to submit.");
	const api = createPortalApi(cli.client());
	const { slug } = await applyProject(cli, api, definition);
	const { version } = await pushApp(cli, api, slug, folder, app);
	await awaitApproval(cli, api, slug, version.id, { wait: options.wait });
	const sent = await sendBatch(cli, api, { batch, folder }, version.id);
	if (!options.watch) return cli.terminal.result(sent, sent.batchId);
	const ended = await watchBatch(cli, api, sent.batchId);
	if (options.results === undefined) return finish(cli, ended);
	const results = resolve(options.results);
	const saved = await saveResults(cli, api, sent.batchId, results);
	cli.terminal.tell(
		`${formatCount(saved.files, "file")} of results in ${results}.`,
	);
	finish(cli, ended);
}
