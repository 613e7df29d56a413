"use client";

import { useEffect, useState } from "react";

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
	["day", 86_400],
	["hour", 3_600],
	["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function phrase(at: Date, now: Date): string {
	const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
	if (Math.abs(seconds) < 45) return seconds > 5 ? "in a moment" : "just now";
	if (Math.abs(seconds) > 30 * 86_400)
		return at.toLocaleDateString("en", { dateStyle: "medium" });
	const [unit, size] = steps.find(
		([, length]) => Math.abs(seconds) >= length,
	) ?? ["minute", 60];
	return relative.format(Math.round(seconds / size), unit);
}

/** A moment as people say it ("3 minutes ago"); the exact time shows when pointed at. */
export function TimeAgo({
	at,
	never = "never",
}: {
	at: string | Date | null | undefined;
	never?: string;
}) {
	const [now, setNow] = useState<Date | null>(null);
	useEffect(() => {
		setNow(new Date());
		const timer = setInterval(() => setNow(new Date()), 20_000);
		return () => clearInterval(timer);
	}, []);
	if (!at) return <span className="text-ink-faint">{never}</span>;
	const moment = new Date(at);
	return (
		<time
			dateTime={moment.toISOString()}
			title={moment.toLocaleString("en", {
				dateStyle: "medium",
				timeStyle: "medium",
			})}
			className="whitespace-nowrap"
		>
			{phrase(moment, now ?? moment)}
		</time>
	);
}
