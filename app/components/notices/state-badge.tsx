import { Badge, type BadgeTone } from "./badge";

type Look = { tone: BadgeTone; live?: boolean };

/** Every state of every lifecycle in the schema; one that is missing is shown plainly. */
const looks: Record<string, Look> = {
	// projects and app versions
	draft: { tone: "neutral" },
	submitted: { tone: "warn" },
	approved: { tone: "good" },
	suspended: { tone: "bad" },
	finished: { tone: "neutral" },
	building: { tone: "accent", live: true },
	built: { tone: "accent" },
	rejected: { tone: "bad" },
	withdrawn: { tone: "neutral" },
	// batches and work units
	open: { tone: "accent" },
	done: { tone: "good" },
	failed: { tone: "bad" },
	cancelled: { tone: "neutral" },
	// tasks
	unsent: { tone: "neutral" },
	leased: { tone: "accent" },
	preparing: { tone: "accent", live: true },
	running: { tone: "accent", live: true },
	paused: { tone: "warn" },
	reported: { tone: "warn" },
	valid: { tone: "good" },
	invalid: { tone: "bad" },
	errored: { tone: "bad" },
	lost: { tone: "bad" },
	returned: { tone: "neutral" },
	// devices
	pending: { tone: "warn" },
	online: { tone: "good", live: true },
	offline: { tone: "neutral" },
	retired: { tone: "neutral" },
	draining: { tone: "warn" },
	blocked: { tone: "bad" },
	// researcher requests
	declined: { tone: "bad" },
};

/** The state of a project, app version, batch, work unit, task, device or request. */
export function StateBadge({
	state,
	label,
}: {
	state: string;
	/** When another word than the state itself is better understood. */
	label?: string;
}) {
	const look = looks[state] ?? { tone: "neutral" };
	return (
		<Badge tone={look.tone} live={look.live} dot>
			{label ?? state}
		</Badge>
	);
}
