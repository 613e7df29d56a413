import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oneAtATime } from "./one-at-a-time.ts";
import { runCommand } from "./run-command.ts";
import { tell } from "./tell.ts";

/** Only root on Debian or one of its relatives may have packages installed for it. */
export function canInstallDebianPackages(): boolean {
	return (
		process.platform === "linux" &&
		process.getuid?.() === 0 &&
		existsSync("/usr/bin/apt-get") &&
		existsSync("/etc/debian_version")
	);
}

/** Installs them with apt-get, waiting for another apt-get that may be at work. */
export async function installDebianPackages(names: string[]): Promise<void> {
	tell(`Installing ${names.join(", ")} …`);
	const env = { DEBIAN_FRONTEND: "noninteractive" };
	const patience = ["-o", "DPkg::Lock::Timeout=300"];
	const install = ["install", "-y", "-qq", "--no-install-recommends"];
	// apt-get waits for another one's installing, but not for its update.
	await oneAtATime(join(tmpdir(), "lull-apt-get.lock"), async () => {
		await runCommand("apt-get", [...patience, "update", "-qq"], { env });
		await runCommand("apt-get", [...patience, ...install, ...names], { env });
	});
}
