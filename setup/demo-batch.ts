import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { ApiClient } from "../cli/api-client.ts";
import { listFolder, packFolder } from "../cli/pack-folder.ts";
import {
	type ReadProject,
	readProjectDefinition,
} from "../cli/read-definition.ts";
import type { DemoPerson } from "./demo-person.ts";
import { tell } from "./tell.ts";

const pollMs = 500;
const ended = ["failed", "rejected", "withdrawn"];

const projectSchema = z.object({
	id: z.string(),
	slug: z.string(),
	state: z.string(),
});
const versionSchema = z.object({ id: z.string(), state: z.string() });
const versionDetailsSchema = z.object({
	version: versionSchema,
	inside: z
		.object({ failureReason: z.string().nullable(), buildLog: z.string() })
		.nullable(),
});
const batchSchema = z.object({ id: z.string(), state: z.string() });
const reviewsSchema = z.object({
	items: z.array(
		z.object({
			project: projectSchema.extend({ submittedAt: z.string() }),
			appVersions: z.array(
				z.object({ id: z.string(), manifestSha256: z.string() }),
			),
		}),
	),
});

/**
 * Sees to it that a batch of the example is under way, step by step as a
 * researcher and an admin go: project, program, review, submission. What an
 * earlier demo did already is not done again; an unfinished batch goes on.
 */
export async function openDemoBatch(
	researcher: DemoPerson,
	admin: DemoPerson,
	example: string,
): Promise<{ batchId: string; isNew: boolean }> {
	const definition = await readProjectDefinition(example);
	const { client } = researcher;
	const project = await ensureProject(client, definition);
	const appVersionId = await ensureAppVersion(client, definition);
	if (project.state !== "approved") {
		await bringThroughReview(client, admin.client, project);
	}

	const open = await client.call(z.object({ items: z.array(batchSchema) }), {
		method: "GET",
		path: "/batches",
		query: { projectId: project.id, state: "open" },
	});
	const [unfinished] = open.items;
	if (unfinished) return { batchId: unfinished.id, isNew: false };
	const batchId = await submitBatch(client, definition, appVersionId);
	return { batchId, isNew: true };
}

async function ensureProject(client: ApiClient, definition: ReadProject) {
	const { name, slug, scienceArea, description, impact, picture } = definition;
	const mine = await client.call(z.object({ items: z.array(projectSchema) }), {
		method: "GET",
		path: "/projects",
		query: { mine: true },
	});
	const found = mine.items.find((project) => project.slug === slug);
	if (found) return found;
	return client.call(projectSchema, {
		method: "POST",
		path: "/projects",
		body: { name, slug, scienceArea, description, impact, picture },
	});
}

/** Pushes the example's program unless it is there, and waits until its image is made. */
async function ensureAppVersion(
	client: ApiClient,
	definition: ReadProject,
): Promise<string> {
	const path = `/projects/${definition.slug}/app-versions`;
	const { items } = await client.call(
		z.object({ items: z.array(versionSchema) }),
		{ method: "GET", path },
	);
	const usable = items.find((version) => !ended.includes(version.state));
	const version = usable ?? (await pushAppVersion(client, definition, path));
	await waitUntilBuilt(client, version.id);
	return version.id;
}

async function pushAppVersion(
	client: ApiClient,
	{ app, folder }: ReadProject,
	path: string,
) {
	if (app.source.kind !== "dockerfile") {
		throw new Error("The demo's example is built from a Dockerfile.");
	}
	tell("Building the example's image …");
	const uploadId = await uploadFolder(client, join(folder, app.source.folder));
	const { source: _, resources, ...rest } = app;
	return client.call(versionSchema, {
		method: "POST",
		path,
		body: { ...rest, ...resources, source: { kind: "dockerfile", uploadId } },
	});
}

async function uploadFolder(
	client: ApiClient,
	folder: string,
): Promise<string> {
	const draft = await mkdtemp(join(tmpdir(), "lull-demo-"));
	try {
		const archive = join(draft, "source.tar.gz");
		const entries = await listFolder(folder, ["Dockerfile"]);
		await packFolder(folder, entries, archive);
		const body = await readFile(archive);
		const { uploadId, path } = await client.call(
			z.object({ uploadId: z.string(), path: z.string() }),
			{
				method: "POST",
				path: "/uploads",
				body: {
					purpose: "appSource",
					name: "source.tar.gz",
					bytes: body.length,
				},
			},
		);
		await client.send(
			path,
			{
				method: "PATCH",
				body,
				headers: {
					"tus-resumable": "1.0.0",
					"upload-offset": "0",
					"content-type": "application/offset+octet-stream",
				},
			},
			{ idempotent: false },
		);
		return uploadId;
	} finally {
		await rm(draft, { recursive: true, force: true });
	}
}

async function waitUntilBuilt(client: ApiClient, id: string): Promise<void> {
	for (;;) {
		const path = `/app-versions/${id}`;
		const { version, inside } = await client.call(versionDetailsSchema, {
			method: "GET",
			path,
		});
		if (version.state === "failed") {
			const end = inside?.buildLog.trim().split("\n").slice(-20).join("\n");
			throw new Error(
				`The example's image could not be built: ${inside?.failureReason}\n${end}`,
			);
		}
		if (version.state !== "building") return;
		await sleep(pollMs, undefined, { signal: client.signal });
	}
}

async function bringThroughReview(
	researcher: ApiClient,
	admin: ApiClient,
	project: z.infer<typeof projectSchema>,
): Promise<void> {
	const done = z.object({ ok: z.literal(true) });
	if (project.state === "draft") {
		const path = `/projects/${project.slug}/submit`;
		await researcher.call(done, { method: "POST", path });
	}
	const { items } = await admin.call(reviewsSchema, {
		method: "GET",
		path: "/moderation/reviews",
	});
	const review = items.find((item) => item.project.id === project.id);
	if (!review) throw new Error("The example's project waits for no review.");
	await admin.call(done, {
		method: "POST",
		path: `/moderation/projects/${project.id}/approve`,
		body: {
			submittedAt: review.project.submittedAt,
			appVersions: review.appVersions.map(({ id, manifestSha256 }) => ({
				appVersionId: id,
				manifestSha256,
			})),
		},
	});
}

async function submitBatch(
	client: ApiClient,
	{ batch, slug }: ReadProject,
	appVersionId: string,
): Promise<string> {
	if (batch?.workUnits.kind !== "ranges") {
		throw new Error(`The demo cannot submit the batch of ${slug}.`);
	}
	const { workUnits, ...rules } = batch;
	const { batchId } = await client.call(z.object({ batchId: z.string() }), {
		method: "POST",
		path: "/batches",
		body: { ...rules, source: workUnits, appVersionId },
	});
	return batchId;
}
