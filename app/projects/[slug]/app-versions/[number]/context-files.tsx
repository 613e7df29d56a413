import { Card } from "../../../../components/layout/card";
import { Badge } from "../../../../components/notices/badge";
import { CodeBlock } from "../../../../components/text/code-block";
import {
	showBytes,
	showCount,
} from "../../../../components/text/show-quantity";
import type { AppVersionInside } from "../../../project-types";

/** What an image was built from: the Dockerfile and the folder beside it. */
export function ContextFiles({
	context,
}: {
	context: NonNullable<AppVersionInside["context"]>;
}) {
	return (
		<Card
			title="Built from"
			description={context.baseImages.map((base) => (
				<Badge key={base}>{base}</Badge>
			))}
		>
			<div className="grid gap-4 lg:grid-cols-2">
				<CodeBlock label="Dockerfile" code={context.dockerfile} />
				<CodeBlock
					label={`${showCount(context.fileCount)} files, ${showBytes(context.bytes)}`}
					code={listing(context)}
				/>
			</div>
		</Card>
	);
}

function listing({
	files,
	fileCount,
}: NonNullable<AppVersionInside["context"]>): string {
	const lines = files.map(
		({ path, bytes }) => `${showBytes(bytes).padStart(10)}  ${path}`,
	);
	if (fileCount > files.length)
		lines.push(`… and ${showCount(fileCount - files.length)} more`);
	return lines.join("\n");
}
