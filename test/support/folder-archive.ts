import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import type { Services } from "../../server/services.ts";

type Entry = Parameters<ReturnType<typeof pack>["entry"]>[0] & {
	text?: string;
};

/** A tar as anyone might upload it, hostile ones included: entries are written as they are given. */
export async function aTar(
	entries: readonly (Entry | readonly [name: string, text: string])[],
): Promise<Buffer> {
	const tar = pack();
	for (const entry of entries) {
		const { text = "", ...header } =
			"name" in entry ? entry : { name: entry[0], text: entry[1] };
		tar.entry(header, text);
	}
	tar.finalize();
	const chunks: Buffer[] = [];
	for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array));
	return Buffer.concat(chunks);
}

export const aTarGz = async (
	entries: Parameters<typeof aTar>[0],
): Promise<Buffer> => gzipSync(await aTar(entries));

/** An upload of this person's that is complete, for an app version. */
export async function anUpload(
	{ db, blobs }: Pick<Services, "db" | "blobs">,
	userId: string,
	content: Buffer,
	name = "folder.tar.gz",
): Promise<string> {
	const { sha256, bytes } = await blobs.put(content);
	const upload = await db.upload.create({
		data: {
			purpose: "appSource",
			userId,
			name,
			bytes,
			sha256,
			expiresAt: new Date(Date.now() + 3_600_000),
		},
	});
	return upload.id;
}
