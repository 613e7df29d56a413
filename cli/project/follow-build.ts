import type { AppVersionDetails, PortalApi } from "../api/portal-api.ts";
import type { Cli } from "../cli.ts";
import { CliError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { newText } from "../terminal/new-text.ts";

const LOOK_MS = 1_000;
const PATIENCE_MS = 10 * 60_000;

/** Shows what a build says until it has ended. @throws CliError when no image came of it */
export async function followBuild(
	cli: Cli,
	api: PortalApi,
	appVersionId: string,
): Promise<AppVersionDetails> {
	let said = "";
	for (;;) {
		const details = await api.appVersions.get(appVersionId, PATIENCE_MS);
		const log = details.inside?.buildLog ?? "";
		cli.terminal.quote(newText(said, log));
		said = log;
		const { version, inside } = details;
		if (version.state === "failed")
			throw new CliError(
				EXIT.failed,
				`The image of version ${version.number} could not be made: ${inside?.failureReason ?? "the portal does not say why"}`,
			);
		if (version.state !== "building") return details;
		await cli.around.pause(LOOK_MS, cli.around.signal);
	}
}
