import { StateBadge } from "../components/notices/state-badge";

export interface BadgedDevice {
	state: string;
	paused: boolean;
	draining: boolean;
	blockedReason: string | null;
}

/** The one word that matters most about a device: its state, or the wish that stands above it. */
export function DeviceBadge({ device }: { device: BadgedDevice }) {
	return <StateBadge state={wordOf(device)} />;
}

function wordOf({ state, paused, draining, blockedReason }: BadgedDevice) {
	if (state === "retired" || state === "pending") return state;
	if (blockedReason !== null) return "blocked";
	if (state === "offline") return state;
	if (paused) return "paused";
	return draining ? "draining" : state;
}
