import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const documents = [
	...readdirSync(root).map((name) => join(root, name)),
	...["docs", "examples"].flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true }).map((path) =>
			join(root, folder, String(path)),
		),
	),
].filter((path) => path.endsWith(".md"));

/** Links to files of this repository; what begins with / is an address of the portal. */
function linksOf(text: string): string[] {
	return [...text.matchAll(/(?<!!)\[[^\]]*\]\(([^)\s]+)\)/g)]
		.map((match) => (match[1] ?? "").replace(/#.*$/, ""))
		.filter((link) => link !== "" && !/^(\w+:|\/)/.test(link));
}

test.each(documents.map((path) => [relative(root, path), path]))(
	"%s links to files that are there",
	(_name, path) => {
		const missing = linksOf(readFileSync(path, "utf8")).filter(
			(link) => !existsSync(join(dirname(path), link)),
		);
		expect(missing).toEqual([]);
	},
);
