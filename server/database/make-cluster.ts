import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import {
	chown,
	mkdir,
	readdir,
	readFile,
	rename,
	rm,
	writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { isProcessRunning } from "./is-process-running.ts";
import type { PostgresAccount } from "./postgres-account.ts";

const majorVersion = "18";

/**
 * Makes the cluster (PostgreSQL's word for a folder of databases) unless it is
 * there. It is made aside and renamed at the end, so that a half-made one is
 * never taken for a whole, and of two processes that make it at once one wins.
 */
export async function makeCluster(options: {
	cluster: string;
	initdb: string;
	account: PostgresAccount;
	superuser: string;
	password: string;
}): Promise<void> {
	const { cluster } = options;
	if (existsSync(join(cluster, "PG_VERSION"))) return checkVersion(cluster);
	const folder = dirname(cluster);
	await removeAbandoned(folder);
	const draft = join(folder, `making-${process.pid}-${randomUUID()}`);
	try {
		await initialise(draft, options);
		await rename(draft, cluster).catch((error) => {
			if (!existsSync(join(cluster, "PG_VERSION"))) throw error;
		});
	} finally {
		await rm(draft, { recursive: true, force: true });
		await rm(`${draft}.password`, { force: true });
	}
}

async function checkVersion(cluster: string): Promise<void> {
	const found = (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
	if (found === majorVersion) return;
	throw new Error(
		`The data in ${cluster} was made by PostgreSQL ${found}, and this Lull comes with ${majorVersion}. Move it over with pg_dump and pg_restore, or start with another LULL_DATA.`,
	);
}

/** What a set-up left that was killed in the middle. */
async function removeAbandoned(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		const pid = /^making-(\d+)-/.exec(name)?.[1];
		if (pid === undefined || isProcessRunning(Number(pid))) continue;
		await rm(join(folder, name), { recursive: true, force: true });
	}
}

async function initialise(
	draft: string,
	options: {
		initdb: string;
		account: PostgresAccount;
		superuser: string;
		password: string;
	},
): Promise<void> {
	const { owner } = options.account;
	const passwordFile = `${draft}.password`;
	await mkdir(draft, { mode: 0o700 });
	await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
	if (owner) {
		await chown(draft, owner.uid, owner.gid);
		await chown(passwordFile, owner.uid, owner.gid);
	}
	// The built-in locale sorts the same on every machine, whatever its C library.
	const {
		file,
		args,
		options: rights,
	} = options.account.command(options.initdb, [
		`--pgdata=${draft}`,
		`--username=${options.superuser}`,
		`--pwfile=${passwordFile}`,
		"--auth=scram-sha-256",
		"--encoding=UTF8",
		"--locale=C",
		"--locale-provider=builtin",
		"--builtin-locale=C.UTF-8",
	]);
	const child = spawn(file, args, {
		...rights,
		stdio: ["ignore", "ignore", "pipe"],
	});
	let problems = "";
	child.stderr?.on("data", (chunk: Buffer) => {
		problems += chunk.toString();
	});
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	if (code !== 0) {
		throw new Error(
			`PostgreSQL could not set up its data in ${dirname(draft)}: ${problems.trim()}`,
		);
	}
}
