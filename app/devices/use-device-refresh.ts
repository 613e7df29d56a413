"use client";

import { useEffect, useRef } from "react";
import type { PageTopic } from "@/server/events/page-events";
import { subscribeToTopic } from "../components/live/portal-socket";
import { throttle } from "../components/live/throttle";

/** Loads change by themselves, without an event: look again this often. */
const LOOK_AGAIN_MS = 15_000;

/**
 * Keeps a long list of devices fresh: soon after something changed, and every 15 seconds for the loads. The longer the
 * list, the rarer, so that ten thousand devices that come and go do not keep the page busy.
 */
export function useDeviceRefresh(
	topic: PageTopic | null,
	rows: number,
	refetch: () => void,
): void {
	const latest = useRef(refetch);
	useEffect(() => {
		latest.current = refetch;
	});
	const pace = 1_000 * Math.max(1, Math.ceil(rows / 200));
	useEffect(() => {
		const refresh = throttle(() => latest.current(), pace);
		const end = topic
			? subscribeToTopic(topic, ({ kind }) => {
					if (kind === "changed") refresh.call();
				})
			: undefined;
		const timer = setInterval(
			() => {
				if (document.visibilityState === "visible") refresh.call();
			},
			Math.max(LOOK_AGAIN_MS, pace),
		);
		return () => {
			end?.();
			refresh.cancel();
			clearInterval(timer);
		};
	}, [topic, pace]);
}
