"use client";

import { useEffect, useRef, useState } from "react";
import { Card } from "../../components/layout/card";
import { useTRPC } from "../../components/live/trpc-provider";
import { useLiveQuery } from "../../components/live/use-live-query";
import { showCount } from "../../components/text/show-quantity";
import type { ProjectDetails } from "../project-types";

type Tile = { column: number; row: number; path: string };

/** Enough for a screen; a picture of many tiles is drawn smaller. */
const MOST_PIXELS = 2048;

/** The picture that the results make, tile by tile as they are judged valid. */
export function ProjectPicture({ project }: { project: ProjectDetails }) {
	const trpc = useTRPC();
	const { data } = useLiveQuery(
		trpc.projects.picture.queryOptions({ project: project.slug }),
		[`project:${project.id}`],
	);
	const picture = data?.picture;
	if (!picture) return null;
	const places = picture.columns * picture.rows;
	return (
		<Card
			title="The picture so far"
			description={`${showCount(picture.tiles.length)} of ${showCount(places)} tiles of “${picture.batch.name}”`}
		>
			<TileCanvas
				key={picture.batch.id}
				columns={picture.columns}
				rows={picture.rows}
				tiles={picture.tiles}
				label={`Picture of ${project.name}: ${picture.tiles.length} of ${places} tiles`}
			/>
		</Card>
	);
}

/** Draws each tile once, when it comes; the size of all is the size of the first. */
function TileCanvas({
	columns,
	rows,
	tiles,
	label,
}: {
	columns: number;
	rows: number;
	tiles: readonly Tile[];
	label: string;
}) {
	const canvas = useRef<HTMLCanvasElement>(null);
	const drawn = useRef(new Set<string>());
	const [size, setSize] = useState<{ width: number; height: number }>();
	const firstPath = tiles[0]?.path;

	useEffect(() => {
		if (size || !firstPath) return;
		const image = new Image();
		image.onload = () =>
			setSize(fitTile(image.naturalWidth, image.naturalHeight, columns, rows));
		image.src = firstPath;
	}, [firstPath, size, columns, rows]);

	useEffect(() => {
		if (!size) return;
		for (const tile of tiles) {
			const place = `${tile.column},${tile.row}`;
			if (drawn.current.has(place)) continue;
			drawn.current.add(place);
			const image = new Image();
			image.onload = () =>
				canvas.current
					?.getContext("2d")
					?.drawImage(
						image,
						tile.column * size.width,
						tile.row * size.height,
						size.width,
						size.height,
					);
			// It may come at the next answer, with a fresh address.
			image.onerror = () => drawn.current.delete(place);
			image.src = tile.path;
		}
	}, [tiles, size]);

	return (
		<div className="overflow-hidden rounded-xl border border-line bg-sunken">
			{size ? (
				<canvas
					ref={canvas}
					role="img"
					aria-label={label}
					width={columns * size.width}
					height={rows * size.height}
					className="block h-auto w-full"
				/>
			) : (
				<p className="px-4 py-16 text-center text-ink-faint text-sm">
					The first tile appears with the first valid result.
				</p>
			)}
		</div>
	);
}

function fitTile(
	width: number,
	height: number,
	columns: number,
	rows: number,
): { width: number; height: number } {
	const scale = Math.min(
		1,
		MOST_PIXELS / (width * columns),
		MOST_PIXELS / (height * rows),
	);
	return {
		width: Math.max(1, Math.round(width * scale)),
		height: Math.max(1, Math.round(height * scale)),
	};
}
