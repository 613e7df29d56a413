"use client";

import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { Button } from "../components/actions/button";
import { useTRPC } from "../components/live/trpc-provider";
import { useToast } from "../components/notices/toast";
import { showCounted } from "../components/text/show-quantity";

/** Lets all of a person's paused and draining devices take tasks again. */
export function ResumeAll() {
	const trpc = useTRPC();
	const toast = useToast();
	const resume = useMutation(
		trpc.devices.resumeAll.mutationOptions({
			onError: toast.failed,
			onSuccess: ({ resumed }) =>
				toast.done(`${showCounted(resumed, "device")} at work again.`),
		}),
	);
	return (
		<Button
			icon={<Play aria-hidden />}
			busy={resume.isPending}
			onClick={() => resume.mutate({})}
		>
			Resume all
		</Button>
	);
}
