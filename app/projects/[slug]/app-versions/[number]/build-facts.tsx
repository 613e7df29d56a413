import type { ReactNode } from "react";
import { showBytes } from "../../../../components/text/show-quantity";
import type { AppVersion } from "../../../project-types";

type Build = AppVersion["builds"][number];

/** What a version is on each platform, for a FactsList; before it is built, the platforms that were asked for. */
export const listBuildFacts = ({
	builds,
	platforms,
}: Pick<AppVersion, "builds" | "platforms">): {
	label: string;
	value: ReactNode;
}[] =>
	builds.length
		? builds.map((build) => ({
				label: `Build for ${build.platform}`,
				value: <BuildFacts build={build} />,
			}))
		: [{ label: "Platforms", value: platforms.join(" or ") }];

function BuildFacts({ build }: { build: Build }) {
	const { imageId, imageReference, imageBytes, archiveBytes } = build;
	return (
		<>
			<code className="block break-all font-mono text-xs">
				{imageId ?? build.kind}
			</code>
			{imageReference && (
				<code className="block break-all font-mono text-ink-faint text-xs">
					{imageReference}
				</code>
			)}
			{imageBytes !== null && `${showBytes(imageBytes)} unpacked, `}
			{showBytes(archiveBytes)} to download
		</>
	);
}
