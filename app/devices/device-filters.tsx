"use client";

import type { DeviceKind } from "@/agent/core/protocol";
import { SearchField } from "../components/forms/search-field";
import { SelectField } from "../components/forms/select-field";
import { DEVICE_KINDS, deviceKinds } from "./device-kinds";

const states = [
	{ value: "", label: "All but retired" },
	{ value: "online", label: "Online" },
	{ value: "offline", label: "Offline" },
	{ value: "pending", label: "Pending" },
	{ value: "retired", label: "Retired" },
] as const;
const kinds: { value: DeviceKind | ""; label: string }[] = [
	{ value: "", label: "All kinds" },
	...deviceKinds.map((kind) => ({
		value: kind,
		label: DEVICE_KINDS[kind].label,
	})),
];

export interface DeviceFilters {
	search: string;
	state: (typeof states)[number]["value"];
	kind: DeviceKind | "";
}
export const NO_FILTERS: DeviceFilters = { search: "", state: "", kind: "" };

/** The filters as the API takes them: what is not set is left out. */
export const filterInput = ({ search, state, kind }: DeviceFilters) => ({
	...(search && { search }),
	...(state && { state }),
	...(kind && { kind }),
});

export function DeviceFilterBar({
	filters,
	onChange,
}: {
	filters: DeviceFilters;
	onChange: (filters: DeviceFilters) => void;
}) {
	return (
		<div className="mb-4 flex flex-wrap items-end gap-3">
			<SearchField
				label="Search devices by name"
				placeholder="Search by name"
				value={filters.search}
				onValue={(search) => onChange({ ...filters, search })}
			/>
			<div className="w-40">
				<SelectField
					label={<span className="sr-only">State</span>}
					options={states}
					value={filters.state}
					onValue={(state) => onChange({ ...filters, state })}
				/>
			</div>
			<div className="w-36">
				<SelectField
					label={<span className="sr-only">Kind</span>}
					options={kinds}
					value={filters.kind}
					onValue={(kind) => onChange({ ...filters, kind })}
				/>
			</div>
		</div>
	);
}
