"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { sendUpload } from "@/app/components/forms/send-upload";
import { useTRPC } from "@/app/components/live/trpc-provider";
import { errorSentence } from "@/app/components/notices/error-sentence";
import { type DraftFile, newKey } from "./source-draft";

/** So many files are sent at the same time. */
const AT_ONCE = 3;

type Change = (change: (files: DraftFile[]) => DraftFile[]) => void;

/** Uploads files as they are chosen and keeps the list up to date; what is still on its way ends with the page. */
export function useUploads(): (files: File[], change: Change) => void {
	const trpc = useTRPC();
	const { mutateAsync: create } = useMutation(
		trpc.uploads.create.mutationOptions(),
	);
	const leaving = useRef<AbortController | null>(null);
	useEffect(() => {
		const controller = new AbortController();
		leaving.current = controller;
		return () => controller.abort();
	}, []);

	async function send(file: File, key: string, change: Change) {
		const note = (facts: Partial<DraftFile>) =>
			change((files) =>
				files.map((known) =>
					known.key === key ? { ...known, ...facts } : known,
				),
			);
		try {
			const target = await create({
				purpose: "batchInput",
				name: file.name,
				bytes: file.size,
			});
			await sendUpload(
				file,
				target,
				(sent) => note({ sent }),
				leaving.current?.signal,
			);
			note({ uploadId: target.uploadId, sent: file.size });
		} catch (error) {
			note({ error: errorSentence(error) });
		}
	}

	return (files, change) => {
		const queue = files.map((file) => ({ file, key: newKey() }));
		// Made now: React calls the change later, when the queue has moved on.
		const drafts = queue.map(({ file, key }) => ({
			key,
			name: file.name,
			bytes: file.size,
			sent: 0,
		}));
		change((known) => [...known, ...drafts]);
		const work = async () => {
			for (let next = queue.shift(); next; next = queue.shift())
				await send(next.file, next.key, change);
		};
		for (let worker = 0; worker < AT_ONCE; worker++) void work();
	};
}
