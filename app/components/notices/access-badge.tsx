import { ACCESS_LEVEL, accessLevelName } from "@/server/accounts/access-level";
import { Badge } from "./badge";

/** What an account may do. */
export function AccessBadge({ level }: { level: number }) {
	const tone =
		level <= ACCESS_LEVEL.admin
			? "warn"
			: level <= ACCESS_LEVEL.researcher
				? "accent"
				: "neutral";
	return <Badge tone={tone}>{accessLevelName(level)}</Badge>;
}
