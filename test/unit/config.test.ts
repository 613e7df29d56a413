import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { ConfigError, parseConfig } from "../../server/config.ts";

test("an empty environment is a portal on port 3000 with the embedded database", () => {
	expect(parseConfig({})).toMatchObject({
		port: 3000,
		publicUrl: "http://localhost:3000",
		databaseUrl: undefined,
	});
});

test("the public address follows the port and loses its slash", () => {
	expect(parseConfig({ PORT: "8080" }).publicUrl).toBe("http://localhost:8080");
	expect(parseConfig({ PUBLIC_URL: "https://lull.org/" }).publicUrl).toBe(
		"https://lull.org",
	);
});

test("a variable that is set to nothing counts as not set", () => {
	expect(parseConfig({ PORT: " ", DATABASE_URL: "" })).toEqual(parseConfig({}));
});

test("all problems are told at once, each with the variable's name", () => {
	const problems = problemsOf({
		PORT: "many",
		PUBLIC_URL: "lull.org",
		DATABASE_URL: "mysql://localhost/lull",
		BUILD_NETWORK: "fast",
		GITHUB_ID: "abc",
	});
	expect(problems).toEqual([
		"PORT must be a whole number from 0 to 65535.",
		"PUBLIC_URL must be an address that begins with http:// or https://.",
		"DATABASE_URL must be an address that begins with postgres:// or postgresql://.",
		"BUILD_NETWORK must be one of: default, host, none.",
		"GITHUB_SECRET is missing: GITHUB_ID and GITHUB_SECRET go together.",
	]);
});

test("a process has all roles, or those that are named, and then a database that others can reach", () => {
	expect([...parseConfig({}).roles]).toEqual(["portal", "gateway", "loops"]);
	const DATABASE_URL = "postgres://localhost/lull";
	expect([
		...parseConfig({ LULL_ROLES: "loops, gateway", DATABASE_URL }).roles,
	]).toEqual(["loops", "gateway"]);
	expect(problemsOf({ LULL_ROLES: "portal,kitchen", DATABASE_URL })).toEqual([
		"LULL_ROLES must be some of these, with commas: portal, gateway, loops.",
	]);
	expect(problemsOf({ LULL_ROLES: "portal" })).toEqual([
		"LULL_ROLES needs DATABASE_URL: the embedded database is that of one process.",
	]);
});

test(".env.example is accepted as it is and changes nothing", () => {
	const file = new URL("../../.env.example", import.meta.url);
	const example = parseEnv(readFileSync(file, "utf8"));
	expect(parseConfig(example)).toEqual(parseConfig({}));
});

test(".env.example names every variable that the portal reads", () => {
	const read = (file: string) =>
		readFileSync(new URL(file, import.meta.url), "utf8");
	const source =
		read("../../server/config.ts") + read("../../server/secrets.ts");
	const variables = [
		...source.matchAll(/^\t([A-Z][A-Z_]+):|"(LULL_[A-Z_]+)",$/gm),
	].map((match) => match[1] ?? match[2]);
	const named = Object.keys(parseEnv(read("../../.env.example")));
	expect(named.toSorted()).toEqual(variables.toSorted());
});

function problemsOf(variables: Record<string, string>): readonly string[] {
	try {
		parseConfig(variables);
	} catch (error) {
		if (error instanceof ConfigError) return error.problems;
		throw error;
	}
	return [];
}
