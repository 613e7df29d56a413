"use client";

import { useMutation } from "@tanstack/react-query";
import { Hand } from "lucide-react";
import { Button } from "../../components/actions/button";
import { useTRPC } from "../../components/live/trpc-provider";
import { useToast } from "../../components/notices/toast";
import type { DeviceData } from "./use-device";
import { useGuard } from "./use-guard";

/** Takes the device back from us at once. Asks nothing first: it can be undone. */
export function YoursNowButton({ device }: { device: DeviceData }) {
	const { data: guard } = useGuard(device.id);
	const yoursNow = useYoursNow(device);
	const leaving = guard?.state === "leaving";
	// Left already, and paused since.
	if (device.paused && !leaving) return null;
	return (
		<Button
			variant="urgent"
			icon={<Hand aria-hidden />}
			busy={yoursNow.isPending || leaving}
			title="Freezes and removes everything of ours at once, and pauses the device"
			onClick={() => yoursNow.press(false)}
		>
			{leaving ? "Leaving…" : "Yours now"}
		</Button>
	);
}

/** The press of that button, with or without the images of app versions. */
export function useYoursNow(device: DeviceData) {
	const trpc = useTRPC();
	const toast = useToast();
	const resume = useMutation(
		trpc.devices.resume.mutationOptions({ onError: toast.failed }),
	);
	const yoursNow = useMutation(
		trpc.devices.yoursNow.mutationOptions({ onError: toast.failed }),
	);
	const deviceId = device.id;
	// What was paused before stays so.
	const undo = device.paused ? undefined : () => resume.mutate({ deviceId });
	return {
		isPending: yoursNow.isPending,
		press: (images: boolean) =>
			yoursNow.mutate(
				{ deviceId, images },
				{
					onSuccess: () => toast.done(`${device.name} is yours.`, undo),
				},
			),
	};
}
