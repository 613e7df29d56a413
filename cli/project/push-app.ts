import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { AppVersionDetails, PortalApi } from "../api/portal-api.ts";
import type { Cli } from "../cli.ts";
import type { AppDefinition } from "../definition/project-definition.ts";
import { usageError } from "../errors/cli-error.ts";
import { formatCount } from "../terminal/format-amount.ts";
import { hashFile } from "../transfer/hash-file.ts";
import { listFolder, packFolder } from "../transfer/pack-folder.ts";
import { sendFile } from "../transfer/send-file.ts";
import { followBuild } from "./follow-build.ts";
import { isSameApp } from "./same-app.ts";

/** So many of the newest versions are looked at for one that is the same. */
const VERSIONS_LOOKED_AT = 10;

type Source = AppDefinition["source"];

/** The file that an app's source travels as. */
interface SourceFile {
	file: string;
	name: string;
	sha256: string;
}

/**
 * Pushes an app version and follows the making of its image. A version that is the same, byte for byte, is used again.
 *
 * @param again  pushes it in any case
 * @throws CliError
 */
export async function pushApp(
	cli: Cli,
	api: PortalApi,
	slug: string,
	folder: string,
	app: AppDefinition,
	{ again = false } = {},
): Promise<AppVersionDetails> {
	return withSourceFile(cli, folder, app.source, async (source) => {
		const known =
			again || !source
				? undefined
				: await findSame(api, slug, app, source.sha256);
		if (known) {
			cli.terminal.tell(
				`Version ${known.version.number} is the same; nothing is pushed.`,
			);
			return followBuild(cli, api, known.version.id);
		}
		const upload =
			source && (await sendFile(cli, source.file, "appSource", source.name));
		const { resources, source: _asked, ...rest } = app;
		const version = await api.appVersions.push(slug, {
			...rest,
			...resources,
			source: sourceForApi(app.source, upload?.uploadId),
		});
		cli.terminal.tell(`Version ${version.number} of ${slug} is being made.`);
		return followBuild(cli, api, version.id);
	});
}

async function findSame(
	api: PortalApi,
	slug: string,
	app: AppDefinition,
	sha256: string,
): Promise<AppVersionDetails | undefined> {
	for (const { id } of await api.appVersions.list(slug, VERSIONS_LOOKED_AT)) {
		const details = await api.appVersions.get(id);
		if (isSameApp(details, app, sha256)) return details;
	}
	return undefined;
}

/** The source as the API takes it: the upload in place of the folder or file. */
export function sourceForApi(
	source: Source,
	uploadId: string | undefined,
): Record<string, unknown> {
	switch (source.kind) {
		case "dockerfile":
			return {
				kind: "dockerfile",
				uploadId,
				...(source.dockerfile && { dockerfile: source.dockerfile }),
			};
		case "archive":
			return { kind: "archive", uploadId };
		case "reference":
			return { kind: "reference", reference: source.reference };
		case "code":
			return {
				kind: "code",
				uploadId,
				runtime: source.runtime,
				entryPoint: source.entryPoint,
			};
	}
}

/** Packs the source if it is a folder, and deletes the archive afterwards. Undefined for an image reference. */
async function withSourceFile<T>(
	cli: Cli,
	folder: string,
	source: Source,
	use: (file: SourceFile | undefined) => Promise<T>,
): Promise<T> {
	if (source.kind === "reference") return use(undefined);
	if (source.kind === "archive") {
		const file = resolve(folder, source.file);
		const sha256 = await hashFile(file).catch(() => {
			throw usageError(`There is no file ${file}.`);
		});
		return use({ file, name: basename(file), sha256 });
	}
	const temporary = await mkdtemp(join(tmpdir(), "lull-"));
	try {
		const file = join(temporary, "source.tar.gz");
		await packSource(cli, resolve(folder, source.folder), source, file);
		const name = `${basename(resolve(folder, source.folder))}.tar.gz`;
		return await use({ file, name, sha256: await hashFile(file) });
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}

async function packSource(
	cli: Cli,
	folder: string,
	source: Extract<Source, { kind: "dockerfile" | "code" }>,
	file: string,
): Promise<void> {
	const needed =
		source.kind === "dockerfile"
			? (source.dockerfile ?? "Dockerfile")
			: source.entryPoint;
	const entries = await listFolder(
		folder,
		source.kind === "dockerfile" ? [needed] : [],
	).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
		throw usageError(`There is no folder ${folder}.`);
	});
	if (!entries.some(({ path }) => path === needed))
		throw usageError(
			`${folder} has no ${needed}, or .dockerignore leaves it out.`,
		);
	const files = entries.filter(({ kind }) => kind === "file").length;
	cli.terminal.tell(`Packing ${formatCount(files, "file")} of ${folder}.`);
	await packFolder(folder, entries, file);
}
