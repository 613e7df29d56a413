import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	NOTICE_KINDS,
	packNotices,
} from "../../../server/events/pack-notices.ts";

const FROM = randomUUID();
const notice = fc.tuple(
	fc.constantFrom(...NOTICE_KINDS),
	fc.stringMatching(/^[a-zA-Z]{1,12}:[0-9a-f-]{0,40}$/),
);

describe("packing what is told other processes", () => {
	it("leaves nothing out, in as few payloads as none is too long", () => {
		fc.assert(
			fc.property(
				fc.array(notice, { maxLength: 200 }),
				fc.integer({ min: 200, max: 2000 }),
				(notices, most) => {
					const payloads = packNotices(FROM, notices, most);
					const bytes = payloads.map((text) => Buffer.byteLength(text));
					expect(Math.max(0, ...bytes)).toBeLessThanOrEqual(most);
					// Two that follow each other would not have fitted into one.
					for (const [i, size] of bytes.slice(1).entries())
						expect(size + (bytes[i] ?? 0)).toBeGreaterThan(most - 100);
					const said = payloads.flatMap((text) => {
						const message = JSON.parse(text);
						expect(message.from).toBe(FROM);
						return Object.entries<string[]>(message.notices).flatMap(
							([kind, names]) => names.map((name) => `${kind} ${name}`),
						);
					});
					expect(said.toSorted()).toEqual(
						notices.map(([kind, name]) => `${kind} ${name}`).toSorted(),
					);
				},
			),
		);
	});

	it("says nothing when there is nothing to say", () => {
		expect(packNotices(FROM, [], 7_900)).toEqual([]);
	});
});
