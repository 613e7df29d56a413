import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const read = (path: string) =>
	readFileSync(join(import.meta.dirname, "../..", path), "utf8");
const { dependencies, devDependencies } = JSON.parse(
	read("package.json"),
) as Record<"dependencies" | "devDependencies", Record<string, string>>;

/** The packages that a table of docs/dependencies.md gives a reason for. */
function explained(heading: string): string[] {
	const [, section = ""] = read("docs/dependencies.md").split(heading);
	return section
		.split("\n## ")[0]
		?.split("\n")
		.filter((line) => line.startsWith("| `"))
		.flatMap((line) =>
			[...(line.split("|")[1]?.matchAll(/`([^`]+)`/g) ?? [])].map(
				(match) => match[1] ?? "",
			),
		) as string[];
}

describe("docs/dependencies.md", () => {
	test("has a reason for each package that runs, and none for a package that is gone", () => {
		expect(explained("## At run time").sort()).toEqual(
			Object.keys(dependencies).sort(),
		);
	});

	test("has a reason for each package that only developers need", () => {
		const named = Object.keys(devDependencies).filter(
			(name) => !name.startsWith("@types/"),
		);
		expect(explained("## For development").sort()).toEqual(
			[...named, "@types/*"].sort(),
		);
	});
});
