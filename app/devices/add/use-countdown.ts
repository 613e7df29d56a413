"use client";

import { useEffect, useState } from "react";

/** What is left until a moment, as `9:58`, told anew every second. */
export function useCountdown(until: string): { text: string; over: boolean } {
	const [left, setLeft] = useState(() => secondsUntil(until));
	useEffect(() => {
		setLeft(secondsUntil(until));
		const timer = setInterval(() => setLeft(secondsUntil(until)), 1_000);
		return () => clearInterval(timer);
	}, [until]);
	const minutes = Math.floor(left / 60);
	const seconds = String(left % 60).padStart(2, "0");
	return { text: `${minutes}:${seconds}`, over: left === 0 };
}

const secondsUntil = (moment: string): number =>
	Math.max(0, Math.ceil((new Date(moment).getTime() - Date.now()) / 1_000));
