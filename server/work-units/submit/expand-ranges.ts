import type { Parameters } from "../../../agent/core/protocol.ts";
import { AppError } from "../../errors.ts";
import { formatDecimal, parseDecimal, scaleTo } from "./exact-decimal.ts";
import type { Range, SourceItem } from "./work-unit-source.ts";

/** A range in whole steps of its smallest decimal place, so that no step ever drifts. */
interface WholeRange {
	name: string;
	endName: string | undefined;
	from: bigint;
	to: bigint;
	step: bigint;
	places: number;
	count: bigint;
}

/** How many combinations the ranges have. @throws AppError invalidInput */
export function countRanges(ranges: readonly Range[]): bigint {
	return ranges.map(toWhole).reduce((total, { count }) => total * count, 1n);
}

/**
 * One work unit for each combination of the ranges' values; the last range counts fastest. A range holds `from`, but
 * not `to`; the end of its last step is `to`, even if the step would go beyond.
 *
 * @throws AppError invalidInput, at once
 */
export function expandRanges(ranges: readonly Range[]): Iterable<SourceItem> {
	demandDistinctNames(ranges);
	const whole = ranges.map(toWhole);
	return {
		*[Symbol.iterator]() {
			let line = 0;
			for (const parameters of combine(whole, 0, {}))
				yield { line: ++line, unit: { parameters, inputs: [] } };
		},
	};
}

function* combine(
	ranges: readonly WholeRange[],
	depth: number,
	chosen: Parameters,
): Generator<Parameters> {
	const range = ranges[depth];
	if (!range) return void (yield chosen);
	for (let index = 0n; index < range.count; index++)
		yield* combine(ranges, depth + 1, {
			...chosen,
			...valuesOf(range, index),
		});
}

function valuesOf(range: WholeRange, index: bigint): Parameters {
	const { name, endName, from, to, step, places } = range;
	const digits = from + index * step;
	const beyond = digits + step;
	const end = step > 0n === beyond > to ? to : beyond;
	return {
		[name]: formatDecimal({ digits, places }),
		...(endName && { [endName]: formatDecimal({ digits: end, places }) }),
	};
}

function toWhole({ name, endName, ...numbers }: Range): WholeRange {
	const decimals = [numbers.from, numbers.to, numbers.step].map(parseDecimal);
	const places = Math.max(...decimals.map((decimal) => decimal.places));
	if (places > 30)
		throw invalid(`The range “${name}” has more than 30 decimal places.`);
	const [from = 0n, to = 0n, step = 0n] = decimals.map((decimal) =>
		scaleTo(decimal, places),
	);
	if (step === 0n)
		throw invalid(`The range “${name}” has a step of 0 and would never end.`);
	const distance = to - from;
	if (distance === 0n || distance > 0n !== step > 0n)
		throw invalid(
			`The range “${name}” is empty: a step of ${numbers.step} does not lead from ${numbers.from} towards ${numbers.to}.`,
		);
	// Rounded up: the last step may be shorter.
	const count = (distance + step - (step > 0n ? 1n : -1n)) / step;
	return { name, endName, from, to, step, places, count };
}

function demandDistinctNames(ranges: readonly Range[]): void {
	const names = ranges.flatMap(({ name, endName }) =>
		endName ? [name, endName] : [name],
	);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice) throw invalid(`Two ranges give a parameter “${twice}”.`);
}

const invalid = (sentence: string) =>
	new AppError("invalidInput", sentence, ["source", "ranges"]);
