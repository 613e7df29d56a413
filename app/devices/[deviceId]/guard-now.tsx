"use client";

import type { ReactNode } from "react";
import { Notice } from "../../components/notices/notice";
import { Skeleton } from "../../components/notices/skeleton";
import { TimeAgo } from "../../components/text/time-ago";
import { showLatency } from "../show-number";
import type { DeviceData } from "./use-device";
import { type GuardData, useGuard } from "./use-guard";

/** How things stand between the owner and us at this moment, in a sentence or two. */
export function GuardNow({ device }: { device: DeviceData }) {
	const { data: guard } = useGuard(device.id);
	if (!guard) return <Skeleton className="h-12" />;
	const { tone, title, text } = wordsFor(guard, device);
	return (
		<div aria-live="polite">
			<Notice tone={tone} title={title}>
				{text}
			</Notice>
		</div>
	);
}

interface Words {
	tone: "info" | "good" | "warn";
	title: ReactNode;
	text: ReactNode;
}

function wordsFor(guard: GuardData, device: DeviceData): Words {
	const yours = guard.latencyMs !== null && (
		<> Yours again in {showLatency(guard.latencyMs)}.</>
	);
	switch (guard.state) {
		case "leaving":
			return {
				tone: "warn",
				title: "Leaving",
				text:
					device.state === "online"
						? "Everything of ours is being removed from the device."
						: "The device is away. Everything of ours is removed as soon as it is heard of again.",
			};
		case "gone":
			return {
				tone: "good",
				title:
					guard.latencyMs === null
						? "Gone"
						: `Gone in ${showLatency(guard.latencyMs)}`,
				text: "Nothing of ours runs on it until you press Resume.",
			};
		case "steppedAside":
			return {
				tone: "warn",
				title: `Stepped aside: ${guard.detail}`,
				text: (
					<>
						Since <TimeAgo at={guard.since} />.{yours}
					</>
				),
			};
		case "working":
			return {
				tone: "info",
				title: "Working",
				text: `${device.activeTasks === 1 ? "A task uses" : `${device.activeTasks} tasks use`} what your own programs leave over.`,
			};
		case "idle":
			return {
				tone: "info",
				title: "Nothing of ours runs",
				text: "It stands by for tasks that fit your rules.",
			};
	}
}
