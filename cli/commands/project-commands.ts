import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { createPortalApi, type ProjectDetails } from "../api/portal-api.ts";
import { sendBatch } from "../batch/send-batch.ts";
import { action, type Cli, type Surroundings } from "../cli.ts";
import { readProjectDefinition } from "../definition/read-definition.ts";
import { usageError } from "../errors/cli-error.ts";
import { applyProject, awaitApproval } from "../project/apply-project.ts";
import { pushApp } from "../project/push-app.ts";
import { formatTable, oneLine } from "../terminal/format-table.ts";

export function addProjectCommands(
	program: Command,
	around: Surroundings,
): void {
	const project = program.command("project").description("your projects");
	project
		.command("list")
		.description("list your projects")
		.action(action(around, listProjects));
	project
		.command("show")
		.description("show a project")
		.argument("<slug>", "its slug or id")
		.action(action(around, showProject));
	project
		.command("create")
		.description("start a project, as a draft")
		.requiredOption("--name <name>", "what it is called")
		.requiredOption("--area <area>", "its area of science")
		.option("--slug <slug>", "its address; made from the name otherwise")
		.option("--description <file>", "a Markdown file that describes it")
		.option("--impact <file>", "a Markdown file on what it does to devices")
		.action(action(around, createProject));
	project
		.command("submit")
		.description("hand a project in for review, with its versions")
		.argument("<slug>", "its slug or id")
		.action(action(around, submitProject));
	project
		.command("apply")
		.description("make or change a project from its lull-project.json")
		.argument("<folder>", "the folder that lull-project.json is in")
		.option("--submit", "hand in what needs a review")
		.option(
			"--submit-batch",
			"hand it in, wait for the review and submit the batch",
		)
		.option("--no-wait", "do not wait for the review; end with code 8")
		.action(action(around, apply));
}

async function listProjects(cli: Cli): Promise<void> {
	const projects = await createPortalApi(cli.client()).projects.list();
	const table = formatTable(
		["SLUG", "NAME", "AREA", "STATE", "CREDIT"],
		projects.map(({ slug, name, scienceArea, state, totalCredit }) => [
			slug,
			name,
			scienceArea,
			state,
			Math.round(totalCredit),
		]),
	);
	cli.terminal.result(
		projects,
		projects.length
			? table
			: "You have no projects yet. “lull project apply <folder>” makes one.",
	);
}

async function showProject(
	cli: Cli,
	_options: object,
	slug = "",
): Promise<void> {
	const project = await createPortalApi(cli.client()).projects.get(slug);
	cli.terminal.result(project, describeProject(project, cli.server()));
}

/** A project, for people. */
export function describeProject(
	project: ProjectDetails,
	server: string,
): string {
	return [
		`${oneLine(project.name)} (${project.slug}) is ${project.state}`,
		`  area    ${oneLine(project.scienceArea)}`,
		`  owner   ${oneLine(project.owner.name)}`,
		`  credit  ${Math.round(project.totalCredit)}`,
		`  page    ${server}/projects/${project.slug}`,
		project.rejectionReason &&
			`  sent back: ${oneLine(project.rejectionReason)}`,
	]
		.filter(Boolean)
		.join("\n");
}

interface CreateOptions {
	name: string;
	area: string;
	slug?: string;
	description?: string;
	impact?: string;
}

async function createProject(cli: Cli, options: CreateOptions): Promise<void> {
	const { name, area: scienceArea, slug } = options;
	const project = await createPortalApi(cli.client()).projects.create({
		name,
		scienceArea,
		...(slug && { slug }),
		description: await readIfGiven(options.description),
		impact: await readIfGiven(options.impact),
	});
	cli.terminal.result(
		project,
		`Made ${project.slug}, as a draft: ${cli.server()}/projects/${project.slug}`,
	);
}

async function readIfGiven(file: string | undefined): Promise<string> {
	if (file === undefined) return "";
	return readFile(file, "utf8").catch(() => {
		throw usageError(`${file} cannot be read.`);
	});
}

async function submitProject(
	cli: Cli,
	_options: object,
	slug = "",
): Promise<void> {
	const api = createPortalApi(cli.client());
	await api.projects.submit(slug);
	const project = await api.projects.get(slug);
	cli.terminal.result(
		project,
		`Handed in ${project.slug}. An admin looks at it under “Reviews”.`,
	);
}

interface ApplyOptions {
	submit?: boolean;
	submitBatch?: boolean;
	wait: boolean;
}

async function apply(
	cli: Cli,
	options: ApplyOptions,
	folder = "",
): Promise<void> {
	const definition = await readProjectDefinition(folder);
	const { batch } = definition;
	if (options.submitBatch && !batch)
		throw usageError("lull-project.json has no “batch” to submit.");
	const api = createPortalApi(cli.client());
	const project = await applyProject(cli, api, definition);
	const { version } = await pushApp(
		cli,
		api,
		project.slug,
		definition.folder,
		definition.app,
	);
	const applied = { projectId: project.id, slug: project.slug, version };
	if (options.submit || options.submitBatch)
		await awaitApproval(cli, api, project.slug, version.id, {
			wait: options.wait,
			// Without a batch there is nothing to wait for.
			handInOnly: !options.submitBatch,
		});
	if (!options.submitBatch || !batch)
		return cli.terminal.result(
			applied,
			options.submit
				? `${project.slug} and its version ${version.number} are handed in.`
				: `${project.slug} has version ${version.number}. Hand it in with “lull project apply --submit”.`,
		);
	const sent = await sendBatch(
		cli,
		api,
		{ batch, folder: definition.folder },
		version.id,
	);
	cli.terminal.result({ ...applied, ...sent }, sent.batchId);
}
