import { z } from "zod";
import { plainText } from "../plain-text.ts";

/** An e-mail address as accounts keep it: trimmed and in lower case. */
export const emailAddress = plainText(254)
	.trim()
	.toLowerCase()
	.pipe(z.email("is not an e-mail address"));
