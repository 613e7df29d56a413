"use client";

import { useEffect, useRef } from "react";
import type { PageEvent, PageTopic } from "@/server/events/page-events";
import { subscribeToTopic } from "./portal-socket";

/** Follows a topic while the component is shown. `null` follows nothing. */
export function useTopic(
	topic: PageTopic | null,
	onEvent: (event: PageEvent) => void,
): void {
	const listener = useRef(onEvent);
	useEffect(() => {
		listener.current = onEvent;
	});
	useEffect(() => {
		if (topic === null) return;
		return subscribeToTopic(topic, (event) => listener.current(event));
	}, [topic]);
}
