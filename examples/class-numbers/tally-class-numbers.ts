/**
 * Puts the results of a batch together and holds them against the published
 * table: node --import tsx examples/class-numbers/tally-class-numbers.ts RESULTS
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findResultFiles } from "../find-result-files.ts";

/** How many fields, and the largest or smallest |D| among them. */
export type Count = { fields: number; extreme: number };

/** A table by its key: the class number, or "part,rank". */
export type Counts = Map<string, Count>;

/** The rows of one CSV file: the last two columns are the count, the rest is the key. */
export function parseCounts(csv: string): Counts {
	const rows = csv.trimEnd().split("\n").slice(1);
	return new Map(
		rows.map((row) => {
			const cells = row.split(",");
			const [fields, extreme] = cells.splice(-2).map(Number);
			if (fields === undefined || extreme === undefined)
				throw new Error(`Not a row of counts: "${row}"`);
			return [cells.join(","), { fields, extreme }];
		}),
	);
}

/** The tables of all work units as one; `pick` says which |D| is kept. */
export function addCounts(
	tables: Counts[],
	pick: (a: number, b: number) => number,
): Counts {
	const sum: Counts = new Map();
	for (const [key, { fields, extreme }] of tables.flatMap((t) => [...t])) {
		const old = sum.get(key) ?? { fields: 0, extreme };
		sum.set(key, {
			fields: old.fields + fields,
			extreme: pick(old.extreme, extreme),
		});
	}
	return sum;
}

/** One sentence for each class number of the published table that we do not find again. */
export function compareWithPublished(
	found: Counts,
	published: Counts,
): string[] {
	return [...published].flatMap(([classNumber, theirs]) => {
		const ours = found.get(classNumber) ?? { fields: 0, extreme: 0 };
		return ours.fields === theirs.fields && ours.extreme === theirs.extreme
			? []
			: [
					`Class number ${classNumber}: ${ours.fields} fields up to ${ours.extreme}, published are ${theirs.fields} up to ${theirs.extreme}.`,
				];
	});
}

/** The share of class groups that Cohen and Lenstra expect to have a p-part that is not trivial. */
export function expectedDivisibility(p: number): number {
	let trivial = 1;
	for (let i = 1; i < 60; i++) trivial *= 1 - p ** -i;
	return 1 - trivial;
}

function readTables(folder: string, name: string): Counts[] {
	return findResultFiles(folder, name).map((path) =>
		parseCounts(readFileSync(path, "utf8")),
	);
}

function total(counts: Counts, prefix = ""): number {
	return [...counts]
		.filter(([key]) => key.startsWith(prefix))
		.reduce((sum, [, { fields }]) => sum + fields, 0);
}

function describeGroups(groups: Counts, allFields: number): string[] {
	const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
	const cyclic =
		allFields - total(groups, "odd,") + (groups.get("odd,1")?.fields ?? 0);
	return [
		`cyclic odd part: ${percent(cyclic / allFields)} (Cohen and Lenstra expect 97.76 % in the long run)`,
		...[3, 5, 7, 11, 13].map(
			(p) =>
				`class number divisible by ${p}: ${percent(total(groups, `${p},`) / allFields)} (${percent(expectedDivisibility(p))})`,
		),
		...[...groups]
			.filter(([key]) => /,[2-9]$/.test(key))
			.map(
				([key, { fields, extreme }]) =>
					`${key.replace(",", "-part needs ")} generators: ${fields} fields, the first at D = -${extreme}`,
			),
	];
}

function main(folder: string) {
	const numbers = addCounts(readTables(folder, "class-numbers.csv"), Math.max);
	const groups = addCounts(readTables(folder, "class-groups.csv"), Math.min);
	const published = parseCounts(
		readFileSync(join(import.meta.dirname, "expected/watkins.csv"), "utf8"),
	);
	const differences = compareWithPublished(numbers, published);
	const fields = total(numbers);
	console.log(`${fields} fields`);
	for (const line of describeGroups(groups, fields)) console.log(line);
	for (const line of differences) console.log(line);
	console.log(
		differences.length === 0
			? "All 100 class numbers agree with Watkins (2004)."
			: `${differences.length} class numbers differ from Watkins (2004).`,
	);
	process.exitCode = differences.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
	main(process.argv[2] ?? ".");
