import { z } from "zod";
import type {
	AppDefinition,
	BatchDefinition,
} from "../definition/project-definition.ts";
import type { ApiClient } from "./api-client.ts";

/*
 * What this command uses of the portal's answers. Everything else in an answer is kept, so that `--json` shows all that
 * the portal said.
 */
const date = z.string();

export const userSchema = z.looseObject({
	id: z.string(),
	email: z.string(),
	name: z.string(),
	accessLevel: z.number(),
});

export const signedInSchema = z.looseObject({
	token: z.looseObject({
		secret: z.string(),
		scopes: z.array(z.string()),
		expiresAt: date.nullable(),
	}),
	user: userSchema,
});

export const projectSchema = z.looseObject({
	id: z.string(),
	slug: z.string(),
	name: z.string(),
	scienceArea: z.string(),
	state: z.enum(["draft", "submitted", "approved", "suspended", "finished"]),
	owner: z.looseObject({ id: z.string(), name: z.string() }),
	totalCredit: z.number(),
});
export type ProjectAnswer = z.infer<typeof projectSchema>;

export const projectDetailsSchema = projectSchema.extend({
	description: z.string(),
	impact: z.string(),
	picture: z.record(z.string(), z.unknown()).nullable(),
	rejectionReason: z.string().nullable(),
	mayEdit: z.boolean(),
});
export type ProjectDetails = z.infer<typeof projectDetailsSchema>;

export const appVersionSchema = z.looseObject({
	id: z.string(),
	number: z.number(),
	source: z.string(),
	state: z.enum([
		"building",
		"built",
		"failed",
		"submitted",
		"approved",
		"rejected",
		"withdrawn",
	]),
	archiveBytes: z.number().nullable(),
	command: z.array(z.string()),
	cores: z.number(),
	memoryMiB: z.number(),
	diskMiB: z.number(),
	platforms: z.array(z.string()),
	estimatedOperations: z.number(),
	comparison: z.looseObject({ kind: z.string() }),
	cutting: z.looseObject({}).nullish(),
	createdAt: date,
});
export type AppVersionAnswer = z.infer<typeof appVersionSchema>;

export const appVersionDetailsSchema = z.looseObject({
	version: appVersionSchema,
	project: z.looseObject({ slug: z.string(), state: z.string() }),
	inside: appVersionSchema
		.extend({
			failureReason: z.string().nullable(),
			rejectionReason: z.string().nullable(),
			sourceSha256: z.string().nullable(),
			sourceDetails: z.record(z.string(), z.unknown()),
			buildLog: z.string(),
		})
		.nullable(),
});
export type AppVersionDetails = z.infer<typeof appVersionDetailsSchema>;

export const batchSchema = z.looseObject({
	id: z.string(),
	name: z.string(),
	state: z.enum(["open", "done", "cancelled"]),
	project: z.looseObject({ slug: z.string(), name: z.string() }),
	appVersion: z.looseObject({ number: z.number() }),
	workUnits: z.number(),
	doneUnits: z.number(),
	failedUnits: z.number(),
	cancelledUnits: z.number(),
	createdAt: date,
});
export type BatchAnswer = z.infer<typeof batchSchema>;

export const batchDetailsSchema = batchSchema.extend({
	tasks: z.record(z.string(), z.number()),
	waitReasons: z.array(z.string()),
	estimatedEnd: date.nullable(),
	grantedCredit: z.number(),
	results: z.looseObject({ files: z.number(), bytes: z.number() }),
	// Absent in what servers of version 0.1 say.
	underWay: z
		.looseObject({ kind: z.string(), done: z.number(), total: z.number() })
		.nullish(),
});
export type BatchDetails = z.infer<typeof batchDetailsSchema>;

export const previewSchema = z.looseObject({
	workUnits: z.number(),
	inputBytes: z.number(),
	first: z.array(
		z.looseObject({
			command: z.array(z.string()),
			inputs: z.array(z.looseObject({ path: z.string(), bytes: z.number() })),
		}),
	),
	problemCount: z.number(),
	problems: z.array(z.looseObject({ line: z.number(), message: z.string() })),
});
export type PreviewAnswer = z.infer<typeof previewSchema>;

export const resultUnitSchema = z.looseObject({
	index: z.number().int().min(0),
	state: z.string(),
	failureReason: z.string().nullable(),
	parameters: z.record(z.string(), z.string()),
	outputs: z.array(
		z.looseObject({
			path: z.string(),
			sha256: z.string(),
			bytes: z.number(),
			/** On the server, signed. */
			address: z.string().startsWith("/"),
		}),
	),
});
export type ResultUnit = z.infer<typeof resultUnitSchema>;

export const deviceSchema = z.looseObject({
	id: z.string(),
	name: z.string(),
	kind: z.string(),
	state: z.string(),
	paused: z.boolean(),
	draining: z.boolean(),
	blockedReason: z.string().nullable(),
	architecture: z.string().nullable(),
	cores: z.number().nullable(),
	activeTasks: z.number(),
	totalCredit: z.number(),
});
export type DeviceAnswer = z.infer<typeof deviceSchema>;

const submissionSchema = z.object({
	progress: z.object({ phase: z.string(), workUnits: z.number() }).nullable(),
});
const done = z.object({ ok: z.literal(true) });
const changedUnits = z.object({ workUnits: z.number() });
const pageOf = <T extends z.ZodType>(item: T) =>
	z.object({ items: z.array(item), nextCursor: z.string().optional() });
const at = encodeURIComponent;
const PAGE = 200;

/** An app version as the API takes it: what a definition says, with the source that names an upload. */
export type NewAppVersion = Omit<AppDefinition, "source" | "resources"> &
	AppDefinition["resources"] & { source: Record<string, unknown> };

/** A source of work units as the API takes it. */
export type WorkUnitSource = { kind: string } & Record<string, unknown>;

/** A batch as the API takes it. */
export type NewBatch = Omit<BatchDefinition, "workUnits"> & {
	appVersionId: string;
	source: WorkUnitSource;
	submissionKey: string;
};

/** The calls of the portal that this command makes, by noun. */
export function createPortalApi(client: ApiClient) {
	const get = <S extends z.ZodType>(
		schema: S,
		path: string,
		query?: Record<string, string | number | boolean | undefined>,
		patienceMs?: number,
	) =>
		client.call(
			schema,
			{ method: "GET", path, ...(query && { query }) },
			patienceMs,
		);
	const post = <S extends z.ZodType>(
		schema: S,
		path: string,
		body: unknown = {},
		idempotent = false,
	) => client.call(schema, { method: "POST", path, body, idempotent });

	/** All pages of a list, up to `most` items. */
	async function list<T extends z.ZodType>(
		item: T,
		path: string,
		query: Record<string, string | number | boolean | undefined> = {},
		most = Number.POSITIVE_INFINITY,
	): Promise<z.infer<T>[]> {
		const items: z.infer<T>[] = [];
		let cursor: string | undefined;
		do {
			const page = await get(pageOf(item), path, {
				...query,
				limit: Math.min(PAGE, most - items.length),
				cursor,
			});
			items.push(...page.items);
			cursor = page.nextCursor;
		} while (cursor && items.length < most);
		return items;
	}

	return {
		account: {
			me: () => get(z.object({ user: userSchema.nullable() }), "/account"),
			signIn: (body: { email: string; password: string; name: string }) =>
				post(signedInSchema, "/account/sign-in-token", body),
			revokeThisToken: () =>
				post(
					z.object({ revoked: z.boolean() }),
					"/account/tokens/revoke-this",
					{},
					true,
				),
		},
		projects: {
			list: () => list(projectSchema, "/projects", { mine: true }),
			get: (key: string, patienceMs?: number) =>
				get(projectDetailsSchema, `/projects/${at(key)}`, {}, patienceMs),
			create: (body: unknown) => post(projectDetailsSchema, "/projects", body),
			update: (key: string, changes: Record<string, unknown>) =>
				client.call(projectDetailsSchema, {
					method: "PATCH",
					path: `/projects/${at(key)}`,
					body: changes,
					idempotent: true,
				}),
			submit: (key: string) => post(done, `/projects/${at(key)}/submit`),
		},
		appVersions: {
			list: (project: string, most?: number) =>
				list(
					appVersionSchema,
					`/projects/${at(project)}/app-versions`,
					{},
					most,
				),
			get: (id: string, patienceMs?: number) =>
				get(appVersionDetailsSchema, `/app-versions/${at(id)}`, {}, patienceMs),
			push: (project: string, body: NewAppVersion) =>
				post(appVersionSchema, `/projects/${at(project)}/app-versions`, body),
			submit: (id: string) => post(done, `/app-versions/${at(id)}/submit`),
		},
		batches: {
			list: (
				query: { projectId?: string | undefined; state?: string | undefined },
				most: number,
			) => list(batchSchema, "/batches", query, most),
			get: (id: string, patienceMs?: number) =>
				get(batchDetailsSchema, `/batches/${at(id)}`, {}, patienceMs),
			preview: (body: {
				appVersionId: string;
				source: WorkUnitSource;
				estimatedOperations?: number | undefined;
			}) => post(previewSchema, "/batches/preview", body, true),
			/** Safe to send again: the key makes one batch. */
			submit: (body: NewBatch) =>
				post(
					z.looseObject({ batchId: z.string(), workUnits: z.number() }),
					"/batches",
					body,
					true,
				),
			submission: (key: string) =>
				get(submissionSchema, `/batches/submissions/${at(key)}`, {}, 0),
			cancel: (id: string) => post(changedUnits, `/batches/${at(id)}/cancel`),
			rerunFailed: (id: string) =>
				post(changedUnits, `/batches/${at(id)}/rerun-failed`),
			resultsPage: (id: string, cursor: string | undefined) =>
				get(pageOf(resultUnitSchema), `/batches/${at(id)}/work-units/results`, {
					limit: PAGE,
					cursor,
				}),
		},
		devices: {
			list: () => list(deviceSchema, "/devices"),
		},
	};
}
export type PortalApi = ReturnType<typeof createPortalApi>;
