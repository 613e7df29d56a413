"use client";

import { useEffect, useRef, useState } from "react";
import { ProgressBar } from "../../../../components/charts/progress-bar";
import { Card } from "../../../../components/layout/card";
import { useTopic } from "../../../../components/live/use-topic";
import type { AppVersionInside } from "../../../project-types";

/** Lines above the end that still count as looking at the end. */
const NEAR_END_PIXELS = 40;

/** What the engine prints while it makes the image, as it prints it. */
export function BuildOutput({ version }: { version: AppVersionInside }) {
	const [live, setLive] = useState({ base: version.buildLog, added: "" });
	// The stored log is the truth whenever it is asked for again.
	if (live.base !== version.buildLog)
		setLive({ base: version.buildLog, added: "" });
	useTopic(`appVersion:${version.id}`, (event) => {
		if (event.kind !== "buildOutput") return;
		setLive((before) =>
			// Stored before it is sent: the log we were given may hold it already.
			before.added === "" && before.base.endsWith(event.text)
				? before
				: { ...before, added: before.added + event.text },
		);
	});
	const text = live.base + live.added;
	const box = useStickToEnd(text);
	return (
		<Card title="Build output">
			{version.state === "building" && (
				<div className="mb-4">
					<ProgressBar label="The image is being made" value={null} slim />
					<p className="mt-2 text-ink-faint text-sm">
						{text
							? "You can leave this page; it goes on."
							: "It waits for its turn. You can leave this page."}
					</p>
				</div>
			)}
			<pre
				ref={box}
				role="log"
				aria-label="Build output"
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
				tabIndex={0}
				className="max-h-[28rem] min-h-24 overflow-auto whitespace-pre-wrap break-words rounded-xl border border-line bg-sunken px-4 py-3 font-mono text-[13px] leading-relaxed"
			>
				{text}
			</pre>
		</Card>
	);
}

/** Keeps the end in sight, unless the reader has scrolled up. */
function useStickToEnd(text: string) {
	const box = useRef<HTMLPreElement>(null);
	const atEnd = useRef(true);
	useEffect(() => {
		const element = box.current;
		if (!element) return;
		const look = () => {
			const below =
				element.scrollHeight - element.scrollTop - element.clientHeight;
			atEnd.current = below < NEAR_END_PIXELS;
		};
		element.addEventListener("scroll", look, { passive: true });
		return () => element.removeEventListener("scroll", look);
	}, []);
	// biome-ignore lint/correctness/useExhaustiveDependencies: it is the text's growth that moves the end
	useEffect(() => {
		if (atEnd.current && box.current)
			box.current.scrollTop = box.current.scrollHeight;
	}, [text]);
	return box;
}
