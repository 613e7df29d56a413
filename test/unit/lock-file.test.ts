import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";

const lockFile = new URL("../../package-lock.json", import.meta.url);
const text = readFileSync(lockFile, "utf8");
const { packages } = z
	.object({
		packages: z.record(
			z.string(),
			z.object({
				version: z.string().optional(),
				optionalDependencies: z.record(z.string(), z.string()).optional(),
			}),
		),
	})
	.parse(JSON.parse(text));

/** Node looks for a package beside the one that asks, then in each folder above. */
function findEntry(asking: string, name: string): string | undefined {
	for (let folder = asking; ; ) {
		const path = `${folder ? `${folder}/` : ""}node_modules/${name}`;
		if (packages[path]) return path;
		if (!folder) return undefined;
		folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/")));
		folder = folder.replace(/\/$/, "");
	}
}

test("the lock file names no registry, so that a clone installs from whichever its machine uses", () => {
	expect(text).not.toContain('"resolved"');
});

test("the lock file has the packages of all platforms, so that npm ci works on each", () => {
	const missing = Object.entries(packages).flatMap(([path, entry]) =>
		Object.keys(entry.optionalDependencies ?? {}).filter(
			(name) => findEntry(path, name) === undefined,
		),
	);
	expect(missing).toEqual([]);
});
