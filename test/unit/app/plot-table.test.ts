import fc from "fast-check";
import { expect, test } from "vitest";
import {
	makePlot,
	type PlotTable,
	parsePlotTable,
	withParameters,
} from "@/app/batches/[batchId]/plot-table";

const tableOf = (text: string): PlotTable => {
	const table = parsePlotTable(text);
	if (!table) throw new Error("a table");
	return table;
};

test.each([
	["CSV with a header", "q,i\n0.1,5\n0.2,4\n"],
	["a whitespace table with a header", "q  i\n0.1  5\n0.2  4"],
	["JSON objects", '[{"q": 0.1, "i": 5, "note": "x"}, {"q": 0.2, "i": 4}]'],
])("%s gives its columns by name", (_what, text) => {
	expect([...tableOf(text)]).toEqual([
		["q", [0.1, 0.2]],
		["i", [5, 4]],
	]);
});

test("a table without a header has its columns counted", () => {
	expect([...tableOf("1 2\n3 4").keys()]).toEqual(["column 1", "column 2"]);
});

test("text without numbers is no table", () => {
	expect(parsePlotTable("hello\nworld")).toBeUndefined();
	expect(parsePlotTable('{"a": "b"}')).toBeUndefined();
	expect(parsePlotTable("")).toBeUndefined();
});

test("work units computed at the same places become a curve each, four at the most", () => {
	const units = [1, 2, 3, 4, 5].map((factor) => ({
		label: `unit ${factor}`,
		table: tableOf(`x,y\n0,${factor}\n1,${factor * 2}`),
	}));
	const plot = makePlot(units, "x", "y");
	expect(plot.x).toEqual([0, 1]);
	expect(plot.lines).toHaveLength(4);
	expect(plot.lines[2]).toEqual({ label: "unit 3", values: [3, 6] });
});

test("work units computed at different places become one curve in the order of the places", () => {
	const units = ["3", "1", "2"].map((n) => ({
		label: n,
		table: withParameters(tableOf(`{"y": ${n}0}`), { n }),
	}));
	expect(makePlot(units, "n", "y")).toEqual({
		x: [1, 2, 3],
		lines: [{ label: "y", values: [10, 20, 30] }],
	});
});

test("no output whatever makes a plot fail", () => {
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
			const table = parsePlotTable(text);
			const [x = "", y = ""] = [...(table?.keys() ?? [])];
			const { lines, ...plot } = makePlot(
				table ? [{ label: "a", table }] : [],
				x,
				y,
			);
			for (const { values } of lines)
				expect(values).toHaveLength(plot.x.length);
		}),
	);
});
