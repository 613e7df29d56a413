"use client";

import { StatTile } from "../../components/charts/stat-tile";
import { showDuration, showLatency } from "../show-number";
import { useGuard } from "./use-guard";

/** What the guard did in the last seven days, in figures. */
export function GuardWeek({ deviceId }: { deviceId: string }) {
	const { data: guard } = useGuard(deviceId);
	const week = guard?.week;
	return (
		<div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
			<StatTile
				label="Stepped aside"
				value={week ? week.freezes.toLocaleString("en") : null}
				detail="times in seven days"
			/>
			<StatTile
				label="Stood still for"
				value={week ? showDuration(week.frozenSeconds) : null}
				detail="in all"
			/>
			<StatTile
				label="Gave tasks back"
				value={week ? week.giveBacks.toLocaleString("en") : null}
				detail="times"
			/>
			<StatTile
				label="Yours again in"
				value={week ? showLatency(week.freezeP50Ms) : null}
				detail={
					week?.freezeP99Ms == null
						? "as a rule"
						: `as a rule; ${showLatency(week.freezeP99Ms)} at worst of a hundred`
				}
			/>
		</div>
	);
}
