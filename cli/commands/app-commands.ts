import { type Command, Option } from "commander";
import { createPortalApi } from "../api/portal-api.ts";
import { action, type Cli, type Surroundings } from "../cli.ts";
import { readProjectDefinition } from "../definition/read-definition.ts";
import { pushApp } from "../project/push-app.ts";
import { formatBytes } from "../terminal/format-amount.ts";
import { formatTable } from "../terminal/format-table.ts";

export function addAppCommands(program: Command, around: Surroundings): void {
	const app = program.command("app").description("the programs of a project");
	app
		.command("push")
		.description("push an app version and follow the making of its image")
		.argument("[folder]", "the folder that lull-project.json is in", ".")
		.option("--project <slug>", "the project, if not the file's own")
		.option("--again", "push it even if the same version is there")
		.action(action(around, push));
	app
		.command("list")
		.description("list the app versions of a project, the newest first")
		.addOption(
			new Option("--project <slug>", "the project").makeOptionMandatory(),
		)
		.action(action(around, listVersions));
}

async function push(
	cli: Cli,
	options: { project?: string; again?: boolean },
	path = ".",
): Promise<void> {
	const { app, folder, slug } = await readProjectDefinition(path);
	const api = createPortalApi(cli.client());
	const { version } = await pushApp(
		cli,
		api,
		options.project ?? slug,
		folder,
		app,
		{ again: options.again ?? false },
	);
	const size =
		version.archiveBytes === null
			? ""
			: `, ${formatBytes(version.archiveBytes)} to download`;
	cli.terminal.result(
		version,
		`Version ${version.number} is ${version.state}${size}.`,
	);
}

async function listVersions(
	cli: Cli,
	{ project }: { project: string },
): Promise<void> {
	const versions = await createPortalApi(cli.client()).appVersions.list(
		project,
	);
	const table = formatTable(
		["VERSION", "STATE", "SOURCE", "PLATFORMS", "DOWNLOAD", "COMMAND"],
		versions.map((version) => [
			version.number,
			version.state,
			version.source,
			version.platforms.join(" "),
			version.archiveBytes === null ? "" : formatBytes(version.archiveBytes),
			version.command.join(" "),
		]),
	);
	cli.terminal.result(
		versions,
		versions.length
			? table
			: "There are no versions yet. “lull app push” makes one.",
	);
}
