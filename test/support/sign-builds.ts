import type { Db } from "../../server/database/db.ts";
import {
	makeManifestText,
	signManifest,
} from "../../server/moderation/sign-manifest.ts";

/** Signs all builds of a version as an approval does, so that agents take them. */
export async function signBuilds(
	db: Db,
	appVersionId: string,
	signingKeyPem: string,
): Promise<void> {
	const { project, builds, ...version } = await db.appVersion.findUniqueOrThrow(
		{
			where: { id: appVersionId },
			include: { project: true, builds: true },
		},
	);
	for (const build of builds) {
		const facts = { ...build, archiveBytes: Number(build.archiveBytes) };
		const manifest = makeManifestText(version, facts, project.name);
		const signature = signManifest(manifest, signingKeyPem);
		await db.build.update({
			where: { id: build.id },
			data: { manifest, signature },
		});
	}
}
