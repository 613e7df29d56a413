import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
	expandCommand,
	listPlaceholders,
} from "../../agent/core/expand-command.ts";
import { createParameterCheck } from "../../server/work-units/submit/check-parameters.ts";
import {
	EXAMPLES,
	exampleFile,
	listExampleWorkUnits,
	readExampleFile,
	readExampleProject,
} from "../support/example-project.ts";

describe.each(EXAMPLES)("the example %s", (name) => {
	test("has a definition with all its parts and nothing else", () => {
		expect(readExampleProject(name)).toMatchObject({
			slug: name,
			batch: { quorum: 2 },
		});
	});

	test("is built on Debian's slim image", () => {
		expect(readExampleFile(name, "Dockerfile")).toMatch(
			/^FROM debian:bookworm-slim( AS \w+)?\n/,
		);
	});

	test("tells its science with sources, and says what is in expected/", () => {
		const readme = readExampleFile(name, "README.md");
		for (const part of ["For the curious", "For the researcher", "## Sources"])
			expect(readme).toContain(part);
		expect(readme).toContain("expected/");
	});

	test("shows no picture in its README that is not there", () => {
		const pictures = [
			...readExampleFile(name, "README.md").matchAll(/!\[[^\]]*\]\(([^)]+)\)/g),
		];
		for (const [, path = ""] of pictures)
			expect(existsSync(exampleFile(name, path))).toBe(true);
	});

	test("makes 100 work units or more, no two with the same command", async () => {
		const { command } = readExampleProject(name).app;
		const commands = (await listExampleWorkUnits(name)).map((parameters) =>
			expandCommand(command, parameters).join("\0"),
		);
		expect(commands.length).toBeGreaterThanOrEqual(100);
		expect(new Set(commands).size).toBe(commands.length);
	});

	test("gives every work unit all that its command asks for, and nothing that it does not", async () => {
		const { command } = readExampleProject(name).app;
		const findError = createParameterCheck(command);
		for (const parameters of await listExampleWorkUnits(name)) {
			expect(findError(parameters)).toBeUndefined();
			expect(Object.keys(parameters).sort()).toEqual(
				listPlaceholders(command).sort(),
			);
		}
	});
});

test("the class numbers go through every discriminant up to 2,400,000 once", async () => {
	const units = await listExampleWorkUnits("class-numbers");
	expect(units.map(({ start }) => start)).toEqual([
		"0",
		...units.slice(0, -1).map(({ end }) => end),
	]);
	expect(units.at(-1)?.end).toBe("2400000");
});

test("the scattering curves have no hole: each shape and size is computed from 0.5 to 8", async () => {
	const units = await listExampleWorkUnits("nanoparticle-scattering");
	const curves = new Map<string, typeof units>();
	for (const unit of units) {
		const curve = `${unit.shape} ${unit.shells}`;
		curves.set(curve, [...(curves.get(curve) ?? []), unit]);
	}
	expect(curves.size).toBe(9);
	for (const curve of curves.values()) {
		expect(curve[0]?.from).toBe("0.5");
		expect(curve.at(-1)?.to).toBe("8.0");
		expect(curve.slice(1).map(({ from }) => from)).toEqual(
			curve.slice(0, -1).map(({ to }) => to),
		);
	}
});

test("the tiles of the asteroid belt fill its picture, each place once", async () => {
	const { picture, app } = readExampleProject("asteroid-belt");
	const units = await listExampleWorkUnits("asteroid-belt");
	const places = units.map(({ x, y }) => `${x},${y}`);
	expect(picture).toMatchObject({
		tileColumnParameter: "x",
		tileRowParameter: "y",
	});
	expect(new Set(places).size).toBe(
		(picture?.columns ?? 0) * (picture?.rows ?? 0),
	);
	// The program has to know the same layout, or the tiles would not fit together.
	expect(app.command.slice(3, 5).map(Number)).toEqual([
		picture?.columns,
		picture?.rows,
	]);
});
