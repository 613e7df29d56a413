import { ProgressBar } from "../components/charts/progress-bar";

/** What a device is busy with: its owner's own programs, and our tasks. Percents of the whole machine. */
export function DutyBar({
	duty,
	ours,
	stale,
}: {
	duty: number | null;
	ours: number | null;
	/** The figures are old: the device is not here. */
	stale: boolean;
}) {
	if (duty === null || ours === null || stale)
		return <span className="text-ink-faint">–</span>;
	return (
		<div className="w-32">
			<ProgressBar
				slim
				label={`Own programs ${Math.round(duty)} %, tasks ${Math.round(ours)} %`}
				parts={[
					{ value: duty / 100, tone: "warn", label: "own programs" },
					{ value: ours / 100, tone: "accent", label: "tasks" },
				]}
			/>
			<div className="mt-1 whitespace-nowrap text-ink-faint text-xs tabular-nums">
				{Math.round(duty)} % own · {Math.round(ours)} % tasks
			</div>
		</div>
	);
}
