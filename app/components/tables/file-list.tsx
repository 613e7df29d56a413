import { EmptyState } from "../notices/empty-state";
import { showBytes } from "../text/show-quantity";
import { DataTable } from "./data-table";

/** Files with their sizes and hashes; those that have an address can be saved. */
export function FileList({
	files,
	caption,
}: {
	files: readonly {
		path: string;
		bytes: number;
		sha256: string;
		address?: string | undefined;
	}[];
	/** Read aloud, not shown. */
	caption: string;
}) {
	return (
		<DataTable
			caption={caption}
			rows={files}
			rowKey={({ path }) => path}
			empty={<EmptyState title="There are no files" />}
			columns={[
				{
					key: "path",
					header: "File",
					cell: ({ path, address }) =>
						address ? (
							<a
								href={address}
								download
								className="break-all font-medium hover:underline"
							>
								{path}
							</a>
						) : (
							<span className="break-all">{path}</span>
						),
				},
				{
					key: "bytes",
					header: "Size",
					align: "right",
					cell: ({ bytes }) => showBytes(bytes),
				},
				{
					key: "sha256",
					header: "SHA-256",
					hideBelow: "md",
					cell: ({ sha256 }) => (
						<code className="font-mono text-ink-faint text-xs" title={sha256}>
							{sha256.slice(0, 16)}…
						</code>
					),
				},
			]}
		/>
	);
}
