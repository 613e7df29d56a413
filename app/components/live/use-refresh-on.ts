"use client";

import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { PageTopic } from "@/server/events/page-events";
import { subscribeToTopic } from "./portal-socket";
import { throttle } from "./throttle";

const AT_MOST_EVERY_MS = 1_000;

/** Asks the query again when one of the topics changes, at most once a second however busy they are. */
export function useRefreshOn(
	topics: readonly PageTopic[],
	queryKey: QueryKey,
): void {
	const queryClient = useQueryClient();
	const topicList = JSON.stringify(topics);
	const keyText = JSON.stringify(queryKey);
	useEffect(() => {
		const key: QueryKey = JSON.parse(keyText);
		const refresh = throttle(
			() => queryClient.invalidateQueries({ queryKey: key }),
			AT_MOST_EVERY_MS,
		);
		const ends = (JSON.parse(topicList) as PageTopic[]).map((topic) =>
			subscribeToTopic(topic, (event) => {
				if (event.kind === "changed") refresh.call();
			}),
		);
		return () => {
			refresh.cancel();
			for (const end of ends) end();
		};
	}, [topicList, keyText, queryClient]);
}
