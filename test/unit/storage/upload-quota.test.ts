import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "../../../server/config.ts";
import {
	grantUploads,
	shareOfDevice,
	shareOfOwner,
} from "../../../server/storage/uploads/upload-quota.ts";

const share = fc.record({
	uploads: fc.nat({ max: 20 }),
	bytes: fc.nat({ max: 100 }),
});
const wanted = fc.array(fc.record({ bytes: fc.nat({ max: 40 }) }), {
	maxLength: 20,
});

test("nobody is granted more than any of the shares has room for, and nothing that fits is held back", () => {
	fc.assert(
		fc.property(
			wanted,
			fc.array(fc.record({ used: share, most: share }), { minLength: 1 }),
			(uploads, holders) => {
				const granted = grantUploads(uploads, holders);
				const bytes = granted.reduce((sum, upload) => sum + upload.bytes, 0);
				const fits = (more: { uploads: number; bytes: number }) =>
					holders.every(
						({ used, most }) =>
							used.uploads + granted.length + more.uploads <= most.uploads &&
							used.bytes + bytes + more.bytes <= most.bytes,
					);
				if (granted.length > 0)
					expect(fits({ uploads: 0, bytes: 0 })).toBe(true);
				for (const upload of uploads)
					if (!granted.includes(upload))
						expect(fits({ uploads: 1, bytes: upload.bytes })).toBe(false);
			},
		),
	);
});

test("a device that has nothing open may always send the largest file", () => {
	const { limits } = parseConfig({ MAX_OUTPUT_FILE_MIB: "1000" });
	const nothing = { uploads: 0, bytes: 0 };
	const largest = [{ bytes: 1000 * 1024 * 1024 }];
	const most = [shareOfDevice(limits), shareOfOwner(limits)];
	expect(
		grantUploads(
			largest,
			most.map((one) => ({ used: nothing, most: one })),
		),
	).toEqual(largest);
});
