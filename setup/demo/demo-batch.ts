import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { ApiClient } from "../../cli/api/api-client.ts";
import { readProjectDefinition } from "../../cli/definition/read-definition.ts";
import { tell } from "../process/tell.ts";
import { demoFolder } from "./demo-folder.ts";
import { type DemoPerson, patienceMs } from "./demo-person.ts";

const pollMs = 500;
const command = join(import.meta.dirname, "..", "..", "dist", "lull.mjs");

const reviewsSchema = z.object({
	items: z.array(
		z.object({
			kind: z.enum(["project", "appVersions"]),
			project: z.object({
				id: z.string(),
				slug: z.string(),
				submittedAt: z.string().nullable(),
			}),
			appVersions: z.array(
				z.object({ id: z.string(), manifestSha256: z.string() }),
			),
		}),
	),
});
type Review = z.infer<typeof reviewsSchema>["items"][number];

/**
 * Sees to it that a batch of the example is under way: the one that an earlier
 * demo left unfinished, or a new one, which the researcher makes with the `lull`
 * command while the admin looks at what waits for a review.
 */
export async function openDemoBatch(
	researcher: DemoPerson,
	admin: DemoPerson,
	example: string,
): Promise<{ batchId: string; isNew: boolean }> {
	const { slug } = await readProjectDefinition(example);
	const unfinished = await findOpenBatch(researcher.client, slug);
	if (unfinished) return { batchId: unfinished, isNew: false };
	const submitted = new AbortController();
	const [batchId] = await Promise.all([
		runExample(researcher, example).finally(() => submitted.abort()),
		approveWhatWaits(admin.client, slug, submitted.signal),
	]);
	return { batchId, isNew: true };
}

async function findOpenBatch(
	client: ApiClient,
	slug: string,
): Promise<string | undefined> {
	const open = await client.call(
		z.object({
			items: z.array(
				z.object({ id: z.string(), project: z.object({ slug: z.string() }) }),
			),
		}),
		{ method: "GET", path: "/batches", query: { state: "open" } },
		patienceMs,
	);
	return open.items.find(({ project }) => project.slug === slug)?.id;
}

/** `lull run`: project, program, review and submission, each unless it is done already. */
async function runExample(
	{ client, token }: DemoPerson,
	example: string,
): Promise<string> {
	tell("Submitting the example; its image is built the first time …");
	const child = spawn(
		process.execPath,
		[command, "run", example, "--no-watch", "--json"],
		{
			env: {
				...process.env,
				LULL_SERVER: client.server,
				LULL_TOKEN: token,
				XDG_CONFIG_HOME: join(demoFolder, "researcher"),
			},
			stdio: ["ignore", "pipe", "pipe"],
			signal: client.signal,
		},
	);
	const said = { out: "", err: "" };
	child.stdout.on("data", (chunk: Buffer) => {
		said.out += chunk.toString();
	});
	child.stderr.on("data", (chunk: Buffer) => {
		said.err = (said.err + chunk.toString()).slice(-10_000);
	});
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	if (code !== 0) {
		throw new Error(
			`lull run ${example} failed (${code}):\n${said.err}${said.out}`,
		);
	}
	return z.object({ batchId: z.string() }).parse(JSON.parse(said.out)).batchId;
}

async function approveWhatWaits(
	admin: ApiClient,
	slug: string,
	submitted: AbortSignal,
): Promise<void> {
	while (!submitted.aborted) {
		const { items } = await admin.call(
			reviewsSchema,
			{ method: "GET", path: "/moderation/reviews" },
			patienceMs,
		);
		const review = items.find((item) => item.project.slug === slug);
		if (review && review.appVersions.length > 0) await approve(admin, review);
		await sleep(pollMs, undefined, { signal: submitted }).catch(
			() => undefined,
		);
	}
}

async function approve(
	admin: ApiClient,
	{ kind, project, appVersions }: Review,
): Promise<void> {
	const done = z.object({ ok: z.literal(true) });
	if (kind === "project") {
		await admin.call(done, {
			method: "POST",
			path: `/moderation/projects/${project.id}/approve`,
			body: {
				submittedAt: project.submittedAt,
				appVersions: appVersions.map(({ id, manifestSha256 }) => ({
					appVersionId: id,
					manifestSha256,
				})),
			},
		});
		return;
	}
	for (const { id, manifestSha256 } of appVersions) {
		await admin.call(done, {
			method: "POST",
			path: `/moderation/app-versions/${id}/approve`,
			body: { manifestSha256 },
		});
	}
}
