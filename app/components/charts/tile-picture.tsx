"use client";

import { useEffect, useRef } from "react";
import { decodePpm } from "./decode-ppm";

export interface Tile {
	column: number;
	row: number;
	/** Of its content: a tile that stays the same is drawn once. */
	sha256: string;
	address: string;
}

/** Wider than this no screen shows, and browsers give up canvases that are much bigger. */
const WIDEST = 4096;
/** So many tiles are fetched at the same time. */
const AT_ONCE = 6;

/** A picture of tiles on a canvas, drawn as they come. Each is fetched once. */
export function TilePicture({
	label,
	columns,
	rows,
	tiles,
}: {
	label: string;
	columns: number;
	rows: number;
	tiles: readonly Tile[];
}) {
	const canvas = useRef<HTMLCanvasElement>(null);
	const painter = useRef<Painter | null>(null);
	useEffect(() => {
		const element = canvas.current;
		if (!element) return;
		const made = new Painter(element, columns, rows);
		painter.current = made;
		return () => {
			made.stop();
			painter.current = null;
		};
	}, [columns, rows]);
	useEffect(() => painter.current?.show(tiles), [tiles]);
	return (
		<div
			className="mx-auto w-full overflow-hidden rounded-lg bg-sunken"
			style={{ maxWidth: `calc(70vh * ${columns / rows})` }}
		>
			<canvas
				ref={canvas}
				role="img"
				aria-label={label}
				className="block h-auto w-full [image-rendering:pixelated]"
			/>
		</div>
	);
}

/** Fetches tiles and paints them. The first one tells how big all are. */
class Painter {
	readonly #canvas: HTMLCanvasElement;
	readonly #columns: number;
	readonly #rows: number;
	readonly #known = new Map<string, string>();
	readonly #queue: Tile[] = [];
	#running = 0;
	#stopped = false;
	#size: { width: number; height: number } | undefined;

	constructor(canvas: HTMLCanvasElement, columns: number, rows: number) {
		this.#canvas = canvas;
		this.#columns = columns;
		this.#rows = rows;
	}

	show(tiles: readonly Tile[]): void {
		for (const tile of tiles) {
			const place = `${tile.column}:${tile.row}`;
			if (this.#known.get(place) === tile.sha256) continue;
			this.#known.set(place, tile.sha256);
			this.#queue.push(tile);
		}
		while (this.#running < AT_ONCE && this.#queue.length > 0) void this.#work();
	}

	stop(): void {
		this.#stopped = true;
		this.#queue.length = 0;
	}

	async #work(): Promise<void> {
		this.#running += 1;
		for (
			let tile = this.#queue.shift();
			tile && !this.#stopped;
			tile = this.#queue.shift()
		) {
			const image = await fetchTile(tile.address).catch(() => undefined);
			// Not a picture, or not now: the next change of the batch tries again.
			if (!image) this.#known.delete(`${tile.column}:${tile.row}`);
			else if (!this.#stopped) this.#paint(tile, image);
			image?.close();
		}
		this.#running -= 1;
	}

	#paint({ column, row }: Tile, image: ImageBitmap): void {
		const { width, height } = this.#fit(image);
		const context = this.#canvas.getContext("2d");
		context?.drawImage(image, column * width, row * height, width, height);
	}

	/** Gives the canvas its size when the first tile comes. */
	#fit({ width, height }: ImageBitmap): { width: number; height: number } {
		if (this.#size) return this.#size;
		const widest = Math.max(width * this.#columns, height * this.#rows);
		const scale = Math.min(1, WIDEST / widest);
		this.#size = {
			width: Math.max(1, Math.round(width * scale)),
			height: Math.max(1, Math.round(height * scale)),
		};
		this.#canvas.width = this.#size.width * this.#columns;
		this.#canvas.height = this.#size.height * this.#rows;
		return this.#size;
	}
}

async function fetchTile(address: string): Promise<ImageBitmap> {
	const response = await fetch(address);
	if (!response.ok) throw new Error(`The tile answers ${response.status}.`);
	const content = await response.arrayBuffer();
	const ppm = decodePpm(new Uint8Array(content));
	return createImageBitmap(ppm ?? new Blob([content]));
}
