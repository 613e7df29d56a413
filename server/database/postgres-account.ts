import { execFile, type SpawnOptions } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How to start a program of PostgreSQL's: it refuses to run as root. */
export type PostgresAccount = {
	/** Who must own the data; undefined when that is simply who we are. */
	owner?: { uid: number; gid: number };
	command(
		file: string,
		args: string[],
	): { file: string; args: string[]; options: SpawnOptions };
};

/** Its messages are to be in English, and nothing else of our surroundings is its business. */
const surroundings: SpawnOptions = {
	cwd: "/",
	env: { PATH: process.env.PATH, LC_ALL: "C", NODE_ENV: "production" },
};

const asWhoWeAre: PostgresAccount = {
	command: (file, args) => ({ file, args, options: surroundings }),
};

/**
 * Chooses the account that the embedded database runs under.
 *
 * An ordinary user runs it himself. Root hands it to an account without rights.
 * That account must reach the binaries and the data, which it cannot when a
 * folder above them is root's alone (a clone in /root, or in a folder that
 * mktemp made). Then the database is given the one capability that lets it walk
 * through folders, and nothing else: see docs/decisions/0016-embedded-postgresql.md.
 */
export async function choosePostgresAccount(paths: {
	/** The folder that is or will be the data's; it exists. */
	folder: string;
	/** The cluster, if it has been made: its owner goes on owning it. */
	cluster: string;
	postgres: string;
}): Promise<PostgresAccount> {
	if (process.getuid?.() !== 0) return asWhoWeAre;
	const owner = await chooseOwner(paths.cluster);
	const candidates = [
		droppedTo(owner),
		...["dac_read_search", "dac_override"].map((capability) =>
			droppedButWalking(owner, capability),
		),
	];
	for (const account of candidates) {
		if (await canReach(account, paths)) return account;
	}
	throw new Error(
		`The embedded database may not run as root, and the account it would run under (uid ${owner.uid}) cannot enter ${paths.folder}. Put the data where it can (LULL_DATA), install setpriv (Debian: util-linux), run as an ordinary user, or set DATABASE_URL.`,
	);
}

function droppedTo(owner: { uid: number; gid: number }): PostgresAccount {
	return {
		owner,
		command: (file, args) => ({
			file,
			args,
			options: { ...surroundings, ...owner },
		}),
	};
}

function droppedButWalking(
	owner: { uid: number; gid: number },
	capability: string,
): PostgresAccount {
	const rights = [
		`--reuid=${owner.uid}`,
		`--regid=${owner.gid}`,
		"--clear-groups",
		`--inh-caps=+${capability}`,
		`--ambient-caps=+${capability}`,
		// Without it access(2), which PostgreSQL looks for its own files with, forgets the capability.
		"--securebits=+no_setuid_fixup",
	];
	return {
		owner,
		command: (file, args) => ({
			file: "setpriv",
			args: [...rights, "--", file, ...args],
			options: surroundings,
		}),
	};
}

/** Asks by trying, since mode bits alone do not tell (ACLs, containers, mounts). */
async function canReach(
	account: PostgresAccount,
	paths: { folder: string; postgres: string },
): Promise<boolean> {
	const version = account.command(paths.postgres, ["--version"]);
	const enter = account.command("/bin/sh", [
		"-c",
		'cd -- "$1"',
		"sh",
		paths.folder,
	]);
	try {
		for (const { file, args, options } of [version, enter]) {
			await run(file, args, options as object);
		}
		return true;
	} catch {
		return false;
	}
}

async function chooseOwner(
	cluster: string,
): Promise<{ uid: number; gid: number }> {
	const made = await stat(cluster).catch(() => undefined);
	if (made && made.uid !== 0) return { uid: made.uid, gid: made.gid };
	const known = (await lookUp("postgres")) ?? (await lookUp("lull"));
	if (known) return known;
	await run("useradd", [
		"--system",
		"--user-group",
		"--no-create-home",
		"--home-dir=/nonexistent",
		"--shell=/usr/sbin/nologin",
		"lull",
	]).catch(() => undefined);
	const owner = (await lookUp("lull")) ?? (await lookUp("nobody"));
	if (owner) return owner;
	throw new Error(
		"The embedded database may not run as root, and no other account could be found or made. Run as an ordinary user, or set DATABASE_URL.",
	);
}

async function lookUp(
	name: string,
): Promise<{ uid: number; gid: number } | undefined> {
	try {
		const [uid, gid] = await Promise.all([
			run("id", ["-u", name]),
			run("id", ["-g", name]),
		]);
		return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
	} catch {
		return undefined;
	}
}
