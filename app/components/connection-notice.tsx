"use client";

import { useSyncExternalStore } from "react";
import { Badge } from "./badge";
import { portalConnection } from "./portal-socket";

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
