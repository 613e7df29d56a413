"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChartLine } from "lucide-react";
import { useMemo, useState } from "react";
import { LineChart } from "@/app/components/charts/line-chart";
import { SelectField } from "@/app/components/forms/select-field";
import { Card } from "@/app/components/layout/card";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { useLiveQuery } from "@/app/components/live/use-live-query";
import { EmptyState } from "@/app/components/notices/empty-state";
import { ErrorNotice } from "@/app/components/notices/error-notice";
import { Skeleton } from "@/app/components/notices/skeleton";
import { showCounted } from "@/app/components/text/show-quantity";
import {
	makePlot,
	type PlotTable,
	parsePlotTable,
	withParameters,
} from "./plot-table";

/** A plot looks at so many work units, and at outputs of this size. */
const UNITS = 200;
const MOST_BYTES = 256 * 1024;

const optionsOf = (names: readonly string[]) =>
	names.map((name) => ({ value: name, label: name }));

/** The numbers in the results so far, when the outputs are small tables or JSON. */
export function ResultPlot({ batchId }: { batchId: string }) {
	const trpc = useTRPC();
	const results = useLiveQuery(
		trpc.workUnits.results.queryOptions({ batchId, limit: UNITS }),
		[`batch:${batchId}`],
	);
	const [chosenFile, setFile] = useState<string>();
	const [chosenX, setX] = useState<string>();
	const [chosenY, setY] = useState<string>();
	const done = (results.data?.items ?? []).filter(
		({ outputs }) => outputs.length > 0,
	);
	const files = [
		...new Set(
			done.flatMap(({ outputs }) =>
				outputs
					.filter(({ bytes }) => bytes > 0 && bytes <= MOST_BYTES)
					.map(({ path }) => path),
			),
		),
	];
	const file = chosenFile ?? guessTable(files) ?? "";
	const wanted = done.flatMap(({ index, parameters, outputs }) => {
		const output = outputs.find(({ path }) => path === file);
		return output ? [{ index, parameters, ...output }] : [];
	});
	const tables = useTables(wanted);
	const units = tables.data;
	const names = useMemo(
		() => [...new Set((units ?? []).flatMap(({ table }) => [...table.keys()]))],
		[units],
	);
	const x = chosenX && names.includes(chosenX) ? chosenX : (names[0] ?? "");
	const y =
		chosenY && names.includes(chosenY)
			? chosenY
			: (names.find((name) => name !== x) ?? "");
	const plot = useMemo(() => makePlot(units ?? [], x, y), [units, x, y]);

	if (results.error ?? tables.error)
		return (
			<ErrorNotice
				error={results.error ?? tables.error}
				onRetry={() => {
					void results.refetch();
					void tables.refetch();
				}}
			/>
		);
	if (!results.data || (!units && file)) return <Skeleton className="h-80" />;
	if (names.length < 2)
		return (
			<Card>
				<EmptyState icon={<ChartLine />} title="There are no numbers to plot">
					Outputs that are small CSV files, tables or JSON can be plotted as
					they come in.
				</EmptyState>
			</Card>
		);
	return (
		<Card>
			<div className="mb-5 grid gap-4 sm:grid-cols-3">
				<SelectField
					label="File"
					options={optionsOf(files)}
					value={file}
					onValue={setFile}
				/>
				<SelectField
					label="Across"
					options={optionsOf(names)}
					value={x}
					onValue={setX}
				/>
				<SelectField
					label="Up"
					options={optionsOf(names)}
					value={y}
					onValue={setY}
				/>
			</div>
			<LineChart
				label={`${y} over ${x}`}
				time={false}
				height={360}
				x={plot.x}
				series={plot.lines}
			/>
			<p className="mt-3 text-ink-faint text-sm">
				From {showCounted(wanted.length, "work unit")}
				{plot.lines.length > 1 && `, of which ${plot.lines.length} are drawn`}.
			</p>
		</Card>
	);
}

/** The file that most likely holds a table. */
const guessTable = (files: readonly string[]): string | undefined =>
	files.find((path) => /\.(csv|tsv|json|dat|txt)$/i.test(path)) ?? files[0];

interface WantedTable {
	index: number;
	parameters: Record<string, string>;
	sha256: string;
	address?: string | undefined;
}

/** Fetches the outputs; what was fetched once is not fetched again, by the browser's own cache. */
function useTables(wanted: readonly WantedTable[]) {
	return useQuery<LabelledTable[]>({
		queryKey: ["plot tables", ...wanted.map(({ sha256 }) => sha256)],
		enabled: wanted.length > 0,
		staleTime: Number.POSITIVE_INFINITY,
		placeholderData: keepPreviousData,
		queryFn: ({ signal }) =>
			Promise.all(wanted.map((output) => fetchTable(output, signal))).then(
				(tables) => tables.filter((table) => table !== undefined),
			),
	});
}

interface LabelledTable {
	label: string;
	table: PlotTable;
}

async function fetchTable(
	{ address, parameters, index }: WantedTable,
	signal: AbortSignal,
): Promise<LabelledTable | undefined> {
	if (!address) return undefined;
	const response = await fetch(address, { signal });
	if (!response.ok) return undefined;
	const table = parsePlotTable(await response.text());
	const label =
		Object.values(parameters).slice(0, 3).join(" ") || `work unit ${index}`;
	return table && { label, table: withParameters(table, parameters) };
}
