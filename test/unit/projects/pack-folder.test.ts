import { Readable } from "node:stream";
import { expect, test } from "vitest";
import {
	listFolder,
	packChosenFolder,
} from "../../../app/projects/[slug]/app-versions/new/pack-chosen-folder";
import { readTarContext } from "../../../server/builds/read-tar-context.ts";

/** A file as a browser's folder picker gives it. */
function picked(path: string, text: string): File {
	const file = new File([text], path.split("/").at(-1) ?? "");
	Object.defineProperty(file, "webkitRelativePath", { value: path });
	return file;
}

async function unpack(archive: File): Promise<Record<string, string>> {
	const content: Record<string, string> = {};
	const bytes = Buffer.from(await archive.arrayBuffer());
	for await (const entry of readTarContext(Readable.from([bytes]))) {
		const chunks: Uint8Array[] = [];
		for await (const chunk of entry.content) chunks.push(chunk);
		content[entry.path] = Buffer.concat(chunks).toString();
	}
	return content;
}

test("a folder that a browser packs is the folder that the server unpacks", async () => {
	const deep = `${"a-long-name/".repeat(12)}end.txt`;
	const files = {
		Dockerfile: "FROM scratch\n",
		"empty.txt": "",
		"src/größe.c": "int größe;",
		[deep]: "x".repeat(1025),
	};
	const folder = listFolder(
		Object.entries(files).map(([path, text]) => picked(`work/${path}`, text)),
	);
	expect(await unpack(packChosenFolder("work", folder))).toEqual(files);
});

test("version control and what tools leave behind stay at home", () => {
	const folder = listFolder([
		picked("work/main.py", ""),
		picked("work/.git/config", ""),
		picked("work/sub/__pycache__/main.pyc", ""),
		picked("work/.gitignore", ""),
	]);
	expect(folder.map(({ path }) => path)).toEqual([".gitignore", "main.py"]);
});
