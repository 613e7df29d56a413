/**
 * Draws the results of a batch, as many as there are, as an SVG picture:
 * node --import tsx examples/nanoparticle-scattering/plot-scattering.ts RESULTS [scattering.svg]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { findResultFiles } from "../find-result-files.ts";

/** One computed value: q in inverse ångström, intensity for each atom. */
export type ScatteringPoint = {
	shape: string;
	shells: number;
	atoms: number;
	q: number;
	intensity: number;
};

const COLOURS: Record<string, string> = {
	cuboctahedron: "#b7791f",
	icosahedron: "#2563eb",
	decahedron: "#059669",
};

/** Where the crystal reflects (lattice constant 4.0782 Å): only a cuboctahedron has to peak there. */
const REFLECTIONS = ["111", "200", "220", "311", "222", "400", "331", "420"];

const PANEL = { left: 64, top: 76, width: 860, height: 210, gap: 44 };
const RANGE = { from: 2, to: 7.5 };
/** Steps of q are 0.02; a wider gap between neighbours is a work unit still to come. */
const WIDEST_STEP = 0.03;

/** The rows of one scattering.csv. */
export function parseScattering(csv: string): ScatteringPoint[] {
	return csv
		.trimEnd()
		.split("\n")
		.slice(1)
		.map((row) => {
			const [shape, ...cells] = row.split(",");
			const [shells, atoms, q, intensity] = cells.map(Number);
			if (
				!shape ||
				shells === undefined ||
				atoms === undefined ||
				q === undefined ||
				!Number.isFinite(intensity)
			)
				throw new Error(`Not a row of scattering.csv: "${row}"`);
			return { shape, shells, atoms, q, intensity: intensity as number };
		});
}

/** Where the crystal planes with these Miller indices reflect, in inverse ångström. */
export function reflectionAt(indices: string): number {
	const squares = [...indices].reduce(
		(sum, digit) => sum + Number(digit) ** 2,
		0,
	);
	return (2 * Math.PI * Math.sqrt(squares)) / (2.8837 * Math.SQRT2);
}

function xOf(q: number): number {
	const share = (q - RANGE.from) / (RANGE.to - RANGE.from);
	return PANEL.left + share * PANEL.width;
}

/** A line through the points, lifted where work units are missing. */
function drawCurve(
	points: ScatteringPoint[],
	yOf: (intensity: number) => number,
): string {
	const sorted = points.toSorted((a, b) => a.q - b.q);
	const path = sorted.map(({ q, intensity }, i) => {
		const before = sorted[i - 1];
		const pen = before && q - before.q < WIDEST_STEP ? "L" : "M";
		return `${pen}${xOf(q).toFixed(1)} ${yOf(intensity).toFixed(1)}`;
	});
	const colour = COLOURS[sorted[0]?.shape ?? ""] ?? "#64748b";
	return `<path d="${path.join("")}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linejoin="round"/>`;
}

function drawReflections(top: number): string {
	return REFLECTIONS.map((indices) => {
		const x = xOf(reflectionAt(indices)).toFixed(1);
		return `<line x1="${x}" x2="${x}" y1="${top}" y2="${top + PANEL.height}" stroke="#94a3b8" stroke-dasharray="2 4"/>`;
	}).join("");
}

function drawAxes(top: number, highest: number): string {
	const bottom = top + PANEL.height;
	const ticks = [2, 3, 4, 5, 6, 7].map(
		(q) =>
			`<text x="${xOf(q)}" y="${bottom + 18}" text-anchor="middle">${q}</text>`,
	);
	return `<path d="M${PANEL.left} ${top}V${bottom}H${PANEL.left + PANEL.width}" fill="none" stroke="#475569"/>
<text x="${PANEL.left - 8}" y="${top + 6}" text-anchor="end">${highest.toPrecision(2)}</text>
<text x="${PANEL.left - 8}" y="${bottom}" text-anchor="end">0</text>${ticks.join("")}`;
}

function drawPanel(points: ScatteringPoint[], top: number): string {
	const inRange = points.filter(({ q }) => q >= RANGE.from && q <= RANGE.to);
	const highest = Math.max(1, ...inRange.map(({ intensity }) => intensity));
	const yOf = (intensity: number) =>
		top + PANEL.height * (1 - intensity / highest);
	const curves = Object.keys(COLOURS).map((shape) =>
		drawCurve(
			inRange.filter((p) => p.shape === shape),
			yOf,
		),
	);
	const atoms = points[0]?.atoms;
	return `${drawReflections(top)}${drawAxes(top, highest)}${curves.join("")}
<text x="${PANEL.left + PANEL.width}" y="${top + 14}" text-anchor="end" font-weight="600">${atoms} atoms</text>`;
}

function drawLegend(): string {
	const shapes = Object.entries(COLOURS).map(
		([shape, colour], i) =>
			`<rect x="${PANEL.left + i * 150}" y="42" width="18" height="4" fill="${colour}"/><text x="${PANEL.left + 24 + i * 150}" y="49">${shape}</text>`,
	);
	const marks = REFLECTIONS.map(
		(indices) =>
			`<text x="${xOf(reflectionAt(indices)).toFixed(1)}" y="${PANEL.top - 6}" text-anchor="middle" fill="#64748b" font-size="11">${indices}</text>`,
	);
	return shapes.join("") + marks.join("");
}

/** The picture: a panel for each size, a curve for each shape. */
export function drawScattering(points: ScatteringPoint[]): string {
	const sizes = [...new Set(points.map(({ shells }) => shells))].sort(
		(a, b) => a - b,
	);
	const panels = sizes.map((shells, i) =>
		drawPanel(
			points.filter((p) => p.shells === shells),
			PANEL.top + i * (PANEL.height + PANEL.gap),
		),
	);
	const width = PANEL.left + PANEL.width + 24;
	const height = PANEL.top + sizes.length * (PANEL.height + PANEL.gap) + 16;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#0f172a">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${PANEL.left}" y="26" font-size="16" font-weight="600">What X-rays see of gold particles of three shapes</text>
${drawLegend()}
${panels.join("\n")}
<text x="${PANEL.left + PANEL.width / 2}" y="${height - 10}" text-anchor="middle">q in inverse ångström; intensity for each atom; dashed: reflections of bulk gold</text>
</svg>
`;
}

function main(folder: string, target: string) {
	const points = findResultFiles(folder, "scattering.csv").flatMap((path) =>
		parseScattering(readFileSync(path, "utf8")),
	);
	writeFileSync(target, drawScattering(points));
	console.log(`${points.length} values drawn in ${target}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
	main(process.argv[2] ?? ".", process.argv[3] ?? "scattering.svg");
