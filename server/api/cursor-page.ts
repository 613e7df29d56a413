import { z } from "zod";

/** How every list is asked for: `cursor` is the `nextCursor` of the page before. */
export const pageInput = {
	cursor: z.string().max(200).optional(),
	limit: z.number().int().min(1).max(200).default(50),
};

/** How every list is answered. No `nextCursor`: that was the last page. */
export const pageOutput = <T extends z.ZodType>(item: T) =>
	z.object({ items: z.array(item), nextCursor: z.string().optional() });

/** For lists in the order of a counted index: the last index of the page before, or -1 for the first page. */
export const indexCursor = z.coerce
	.number()
	.int()
	.min(-1)
	.max(2_147_483_647)
	.default(-1);
