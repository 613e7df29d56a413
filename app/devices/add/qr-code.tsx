"use client";

import { create } from "qrcode";
import { useMemo } from "react";

/** Light squares that a reader needs around the code. */
const MARGIN = 3;

/** A QR code, black on white in either theme: some readers know no other. */
export function QrCode({ text, label }: { text: string; label: string }) {
	const { size, path } = useMemo(() => draw(text), [text]);
	const whole = size + 2 * MARGIN;
	return (
		<svg
			viewBox={`${-MARGIN} ${-MARGIN} ${whole} ${whole}`}
			role="img"
			aria-label={`${label}: ${text}`}
			shapeRendering="crispEdges"
			className="size-48 rounded-xl border border-line"
		>
			<rect x={-MARGIN} y={-MARGIN} width={whole} height={whole} fill="#fff" />
			<path d={path} fill="#000" />
		</svg>
	);
}

function draw(text: string): { size: number; path: string } {
	const { modules } = create(text, { errorCorrectionLevel: "M" });
	const { size } = modules;
	const squares: string[] = [];
	for (let row = 0; row < size; row += 1)
		for (let column = 0; column < size; column += 1)
			if (modules.get(row, column)) squares.push(`M${column} ${row}h1v1h-1z`);
	return { size, path: squares.join("") };
}
