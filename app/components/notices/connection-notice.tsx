"use client";

import { useSyncExternalStore } from "react";
import { portalConnection } from "../live/portal-socket";
import { Badge } from "./badge";

/** Says so while live updates do not come. */
export function ConnectionNotice() {
	const lost = useSyncExternalStore(
		portalConnection.subscribe,
		portalConnection.isLost,
		() => false,
	);
	return (
		<span role="status">
			{lost && (
				<Badge tone="warn" live>
					Reconnecting
				</Badge>
			)}
		</span>
	);
}
