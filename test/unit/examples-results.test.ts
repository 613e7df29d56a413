import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import {
	addCounts,
	type Counts,
	compareWithPublished,
	expectedDivisibility,
	parseCounts,
} from "../../examples/class-numbers/tally-class-numbers.ts";
import { findResultFiles } from "../../examples/find-result-files.ts";
import {
	drawScattering,
	parseScattering,
	reflectionAt,
} from "../../examples/nanoparticle-scattering/plot-scattering.ts";
import { readExampleFile } from "../support/example-project.ts";

const published = () =>
	parseCounts(readExampleFile("class-numbers", "expected", "watkins.csv"));

test("results are found whatever folder or prefix a work unit's files are given", () => {
	const folder = mkdtempSync(join(tmpdir(), "lull-results-"));
	mkdirSync(join(folder, "unit-1"));
	for (const name of ["unit-1/tile.csv", "unit-2-tile.csv", "tile.png"])
		writeFileSync(join(folder, name), "");
	expect(findResultFiles(folder, "tile.csv")).toEqual([
		join(folder, "unit-1/tile.csv"),
		join(folder, "unit-2-tile.csv"),
	]);
	rmSync(folder, { recursive: true });
});

test("the published table has the 42,272 fields of class numbers 1 to 100", () => {
	const table = published();
	expect([...table.keys()]).toEqual(
		Array.from({ length: 100 }, (_, i) => String(i + 1)),
	);
	expect([...table.values()].reduce((sum, { fields }) => sum + fields, 0)).toBe(
		42_272,
	);
	expect(table.get("1")).toEqual({ fields: 9, extreme: 163 });
});

test("the expected first work unit agrees with the published table where it is complete", () => {
	const unit = parseCounts(
		readExampleFile(
			"class-numbers",
			"expected",
			"start-0",
			"class-numbers.csv",
		),
	);
	const complete = new Map(
		[...published()].filter(([, { extreme }]) => extreme < 20_000),
	);
	expect(complete.size).toBe(12);
	expect(compareWithPublished(unit, complete)).toEqual([]);
});

test("a single field too many or too few is told", () => {
	const one: Counts = new Map([["1", { fields: 9, extreme: 163 }]]);
	const none = addCounts([one], Math.max);
	none.set("1", { fields: 8, extreme: 163 });
	expect(compareWithPublished(one, one)).toEqual([]);
	expect(compareWithPublished(none, one)).toEqual([
		"Class number 1: 8 fields up to 163, published are 9 up to 163.",
	]);
	expect(compareWithPublished(new Map(), one)).toHaveLength(1);
});

test("work units add up, and the largest or smallest discriminant is kept", () => {
	const a: Counts = new Map([["3,1", { fields: 2, extreme: 23 }]]);
	const b: Counts = new Map([
		["3,1", { fields: 3, extreme: 31 }],
		["5,1", { fields: 1, extreme: 47 }],
	]);
	expect(addCounts([a, b], Math.min)).toEqual(
		new Map([
			["3,1", { fields: 5, extreme: 23 }],
			["5,1", { fields: 1, extreme: 47 }],
		]),
	);
	expect(addCounts([a, b], Math.max).get("3,1")?.extreme).toBe(31);
});

test("Cohen and Lenstra expect 3 to divide 43.987 % of class numbers", () => {
	expect(expectedDivisibility(3)).toBeCloseTo(0.43987, 5);
	expect(expectedDivisibility(5)).toBeCloseTo(0.23967, 5);
});

const scattering = (shape: string) =>
	readExampleFile("nanoparticle-scattering", "expected", `${shape}-4-2.5.csv`);

test("bulk gold reflects at 2.669 and 3.081 inverse ångström", () => {
	expect(reflectionAt("111")).toBeCloseTo(2.6686, 3);
	expect(reflectionAt("200")).toBeCloseTo(3.081, 3);
});

test("the expected curve of the crystal is highest beside its 111 reflection", () => {
	const points = parseScattering(scattering("cuboctahedron"));
	const highest = points.reduce((a, b) => (b.intensity > a.intensity ? b : a));
	expect(Math.abs(highest.q - reflectionAt("111"))).toBeLessThan(0.03);
});

test("the plot has a panel for each size, a curve for each shape, and a gap where a work unit is missing", () => {
	const points = ["cuboctahedron", "icosahedron"].flatMap((shape) =>
		parseScattering(scattering(shape)),
	);
	const whole = drawScattering(points);
	expect(whole).toContain("309 atoms");
	expect(whole.match(/stroke-width="1.6"/g)).toHaveLength(3);
	const lifts = (svg: string) =>
		svg.match(/d="M[^"]*" fill="none" stroke="#b7791f"/)?.[0].split("M").length;
	expect(lifts(whole)).toBe(2);
	const withGap = points.filter(({ q }) => q < 2.6 || q > 2.8);
	expect(lifts(drawScattering(withGap))).toBe(3);
});

test("a row that is not one is refused by name", () => {
	expect(() => parseScattering("shape,shells\nicosahedron,4\n")).toThrow(
		'Not a row of scattering.csv: "icosahedron,4"',
	);
	expect(() => parseCounts("class_number\n7\n")).toThrow("Not a row of counts");
});

test("in the expected tile, orbits are shaken most where an asteroid turns three times to Jupiter's one", () => {
	const rows: { a: string; e: string; spread: string }[] = parse(
		readExampleFile("asteroid-belt", "expected", "3-1", "tile.csv"),
		{ columns: true },
	);
	expect(rows).toHaveLength(32 * 32);
	const resonance = 5.2044 / 3 ** (2 / 3);
	for (let first = 0; first < 32 * 32; first += 32) {
		const row = rows.slice(first, first + 32);
		expect(new Set(row.map(({ e }) => e)).size).toBe(1);
		const shaken = row.reduce((x, y) => (+y.spread > +x.spread ? y : x));
		expect(Math.abs(+shaken.a - resonance)).toBeLessThan(0.02);
	}
});
