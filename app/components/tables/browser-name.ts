const browsers: [RegExp, string][] = [
	[/Edg\//, "Edge"],
	[/OPR\//, "Opera"],
	[/Firefox\//, "Firefox"],
	[/Chrom(e|ium)\//, "Chrome"],
	[/Safari\//, "Safari"],
	[/^lull/i, "lull command"],
	[/^node|undici/i, "Node"],
	[/^curl\//, "curl"],
];
const systems: [RegExp, string][] = [
	[/Android/, "Android"],
	[/iPhone|iPad/, "iOS"],
	[/Mac OS X/, "macOS"],
	[/Windows/, "Windows"],
	[/Linux/, "Linux"],
];

const find = (table: [RegExp, string][], text: string) =>
	table.find(([pattern]) => pattern.test(text))?.[1];

/** A browser as people know it, from what it says of itself: "Firefox on Linux". */
export function browserName(userAgent: string | null): string {
	if (!userAgent) return "Unknown";
	const browser = find(browsers, userAgent) ?? userAgent.slice(0, 40);
	const system = find(systems, userAgent);
	return system ? `${browser} on ${system}` : browser;
}
