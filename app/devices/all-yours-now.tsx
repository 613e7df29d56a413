"use client";

import { useMutation } from "@tanstack/react-query";
import { Hand } from "lucide-react";
import { Button } from "../components/actions/button";
import { useTRPC } from "../components/live/trpc-provider";
import { useToast } from "../components/notices/toast";
import { showCounted } from "../components/text/show-quantity";

/** Takes all of a person's devices back at once. Asks nothing first: it can be undone. */
export function AllYoursNow() {
	const trpc = useTRPC();
	const toast = useToast();
	const resume = useMutation(
		trpc.devices.resumeAll.mutationOptions({ onError: toast.failed }),
	);
	const yoursNow = useMutation(
		trpc.devices.allYoursNow.mutationOptions({
			onError: toast.failed,
			onSuccess: ({ requests }) => {
				// What was paused before stays so.
				const deviceIds = requests
					.filter(({ wasPaused }) => !wasPaused)
					.map(({ deviceId }) => deviceId);
				toast.done(`${showCounted(requests.length, "device")} yours.`, () =>
					resume.mutate({ deviceIds }),
				);
			},
		}),
	);
	return (
		<Button
			variant="urgent"
			icon={<Hand aria-hidden />}
			busy={yoursNow.isPending}
			title="Freezes and removes everything of ours from all your devices at once, and pauses them"
			onClick={() => yoursNow.mutate({ images: false })}
		>
			All yours now
		</Button>
	);
}
