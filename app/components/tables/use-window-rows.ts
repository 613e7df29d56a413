"use client";

import { type RefObject, useEffect, useRef, useState } from "react";

/** Rows kept ready above and below the screen, so that quick scrolling finds them drawn. */
const SPARE_ROWS = 20;

/**
 * Which of many rows of one height are near the screen: the only ones worth drawing. `ref` belongs on the element
 * that holds the rows; the page itself scrolls.
 */
export function useWindowRows(
	count: number,
	rowHeight: number | undefined,
): {
	ref: RefObject<HTMLTableSectionElement | null>;
	from: number;
	to: number;
} {
	const ref = useRef<HTMLTableSectionElement>(null);
	const [{ from, to }, setRange] = useState({ from: 0, to: SPARE_ROWS * 3 });
	useEffect(() => {
		if (rowHeight === undefined) return;
		const measure = () => {
			const top = ref.current?.getBoundingClientRect().top ?? 0;
			const first = Math.floor(-top / rowHeight) - SPARE_ROWS;
			const shown = Math.ceil(window.innerHeight / rowHeight) + 2 * SPARE_ROWS;
			const next = Math.max(0, Math.min(first, count - 1));
			setRange((old) =>
				old.from === next && old.to === next + shown
					? old
					: { from: next, to: next + shown },
			);
		};
		measure();
		window.addEventListener("scroll", measure, { passive: true });
		window.addEventListener("resize", measure);
		return () => {
			window.removeEventListener("scroll", measure);
			window.removeEventListener("resize", measure);
		};
	}, [count, rowHeight]);
	return rowHeight === undefined
		? { ref, from: 0, to: count }
		: { ref, from: Math.min(from, count), to: Math.min(to, count) };
}
