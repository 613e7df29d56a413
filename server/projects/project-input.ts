import { z } from "zod";
import { lineOfText, plainText } from "../plain-text.ts";
import { pictureLayoutSchema } from "./picture-layout.ts";

const looksLikeAnId = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

export const slugSchema = z
	.string()
	.min(3)
	.max(48)
	.regex(
		/^[a-z0-9]+(-[a-z0-9]+)*$/,
		"has lower-case letters, digits and single hyphens between them",
	)
	// These are pages; and an id must never be mistaken for a slug.
	.refine((slug) => slug !== "new", "is taken by a page")
	.refine((slug) => !looksLikeAnId.test(slug), "looks like an id");

/** A project, by its id or its slug. */
export const projectKeySchema = z
	.string()
	.min(3)
	.max(48)
	.regex(/^[a-z0-9-]+$/, "is the id or the slug of a project");

const name = lineOfText(120);
const scienceArea = lineOfText(60);
const description = plainText(50_000);
const impact = plainText(10_000);
const picture = pictureLayoutSchema.nullable();

export const newProjectSchema = z.object({
	name,
	slug: slugSchema.optional(),
	scienceArea,
	description: description.default(""),
	impact: impact.default(""),
	picture: picture.default(null),
});

export const projectChangesSchema = z.object({
	name: name.optional(),
	slug: slugSchema.optional(),
	scienceArea: scienceArea.optional(),
	description: description.optional(),
	impact: impact.optional(),
	picture: picture.optional(),
});
