import { z } from "zod";
import {
	filePathSchema,
	parameterNameSchema,
} from "../../agent/core/protocol.ts";

/**
 * How the outputs of a project's work units make one picture that grows: each is a tile, placed by two parameters of
 * its work unit that count columns and rows from 0. The tile is the output `file`, a PNG, JPEG, WebP or binary PPM.
 */
export const pictureLayoutSchema = z.object({
	columns: z.number().int().min(1).max(1000),
	rows: z.number().int().min(1).max(1000),
	tileColumnParameter: parameterNameSchema,
	tileRowParameter: parameterNameSchema,
	file: filePathSchema,
});
export type PictureLayout = z.infer<typeof pictureLayoutSchema>;

/** The layout that a project's column holds; undefined for none and for anything else than one. */
export function parsePictureLayout(value: unknown): PictureLayout | undefined {
	return pictureLayoutSchema.safeParse(value).data;
}
