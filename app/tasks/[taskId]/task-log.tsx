"use client";

import { useEffect, useRef, useState } from "react";
import { CopyButton } from "@/app/components/actions/copy-button";
import { useTopic } from "@/app/components/live/use-topic";
import { showBytes } from "@/app/components/text/show-quantity";
import { appendLog, type LogTail, takeLog } from "./log-tail";

type Kept = { text: string; bytes: number };

/** One stream of a task as it is written. Stays at its end unless the reader has scrolled up. */
export function TaskLog({
	taskId,
	stream,
	kept,
	isLive,
}: {
	taskId: string;
	stream: "stdout" | "stderr";
	/** The end of it that the server has. */
	kept: Kept;
	isLive: boolean;
}) {
	const [tail, setTail] = useState<LogTail>(() => takeLog(undefined, kept));
	const { text: keptText, bytes: keptBytes } = kept;
	useEffect(
		() =>
			setTail((known) => takeLog(known, { text: keptText, bytes: keptBytes })),
		[keptText, keptBytes],
	);
	useTopic(`task:${taskId}`, (event) => {
		if (event.kind === "log" && event.stream === stream)
			setTail((known) => appendLog(known, event.offset, event.text));
	});
	const box = useRef<HTMLPreElement>(null);
	const atEnd = useRef(true);
	// biome-ignore lint/correctness/useExhaustiveDependencies: follows the text
	useEffect(() => {
		if (atEnd.current) box.current?.scrollTo(0, box.current.scrollHeight);
	}, [tail.text]);
	const isCut = tail.end > new TextEncoder().encode(tail.text).length;
	return (
		<figure className="min-w-0 overflow-hidden rounded-xl border border-line bg-sunken">
			<figcaption className="flex items-center justify-between gap-3 border-line border-b py-1.5 pr-1.5 pl-4 text-ink-faint text-xs">
				<span>
					{stream}, {showBytes(tail.end)}
					{isCut && " (the end of it)"}
					{isLive && " · live"}
				</span>
				<CopyButton text={tail.text} />
			</figcaption>
			<pre
				ref={box}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
				tabIndex={0}
				onScroll={({
					currentTarget: { scrollTop, scrollHeight, clientHeight },
				}) => {
					atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
				}}
				className="max-h-96 min-h-32 overflow-auto whitespace-pre-wrap break-all px-4 py-3 font-mono text-[13px] leading-relaxed"
			>
				{tail.text || (
					<span className="text-ink-faint">
						{isLive ? "Nothing has been written yet." : "Nothing was written."}
					</span>
				)}
			</pre>
		</figure>
	);
}
