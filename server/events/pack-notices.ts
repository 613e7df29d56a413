/** What one server process says to the others. */
export const NOTICE_KINDS = [
	/** Devices whose wanted list has changed. */
	"devices",
	/** The same, at once. */
	"urgentDevices",
	/** Devices whose forecasts must be made anew. */
	"forecasts",
	/** Loops to wake. */
	"wakes",
	/** What the sender announces, as long as it says so again. */
	"announced",
	"withdrawn",
	/** "all": say again what you announce. */
	"whoAnnounces",
	/** Uploads that another request waits for. */
	"uploads",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/**
 * Packs what is to be said into as few payloads as hold it, in the given order, none of them longer than `mostBytes`.
 * Names are short and have no character that JSON writes longer: ids, topics, loops.
 */
export function packNotices(
	from: string,
	notices: readonly (readonly [NoticeKind, string])[],
	mostBytes: number,
): string[] {
	const frame = JSON.stringify({ from, notices: {} }).length;
	const payloads: string[] = [];
	let open: Partial<Record<NoticeKind, string[]>> = {};
	let bytes = frame;
	for (const [kind, name] of notices) {
		// Quotes and a comma; a kind that is new has its own as well, a colon and brackets.
		const added = name.length + 3 + (open[kind] ? 0 : kind.length + 6);
		if (bytes + added > mostBytes && bytes > frame) {
			payloads.push(JSON.stringify({ from, notices: open }));
			open = {};
			bytes = frame;
		}
		bytes += name.length + 3 + (open[kind] ? 0 : kind.length + 6);
		open[kind] = [...(open[kind] ?? []), name];
	}
	if (bytes > frame) payloads.push(JSON.stringify({ from, notices: open }));
	return payloads;
}
