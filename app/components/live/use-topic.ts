"use client";

import { useEffect, useRef } from "react";
import type {
	PortalEvent,
	PortalTopic,
} from "@/server/events/portal-event-bus";
import { subscribeToTopic } from "./portal-socket";

/** Follows a topic while the component is shown. `null` follows nothing. */
export function useTopic(
	topic: PortalTopic | null,
	onEvent: (event: PortalEvent) => void,
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
