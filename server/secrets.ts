import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const secretsSchema = z.object({
	/** Signs people's sessions. */
	authSecret: z.string().min(32),
	/** Signs the short-lived addresses of blobs. */
	blobSecret: z.string().min(32),
	/** The embedded database's; not used with DATABASE_URL. */
	databasePassword: z.string().min(1),
	/** Ed25519, PKCS #8 in PEM: signs what devices may run. They pin its public half. */
	signingKeyPem: z.string().includes("BEGIN PRIVATE KEY"),
});

export type Secrets = z.infer<typeof secretsSchema>;

/** For portals that share one database on several machines: all must have the same. */
const overrides: Record<keyof Secrets, string> = {
	authSecret: "LULL_AUTH_SECRET",
	blobSecret: "LULL_BLOB_SECRET",
	databasePassword: "LULL_DATABASE_PASSWORD",
	signingKeyPem: "LULL_SIGNING_KEY",
};

/**
 * Reads <dataFolder>/secrets.json, which is made at the first start and readable
 * by its owner only. Losing it signs everyone out and makes every device refuse
 * work until it enrolls anew, so it belongs in the backup.
 */
export async function loadSecrets(
	dataFolder: string,
	environment: Record<string, string | undefined>,
): Promise<Secrets> {
	const file = join(dataFolder, "secrets.json");
	const stored = (await read(file)) ?? (await make(file));
	const given = Object.fromEntries(
		Object.entries(overrides)
			.map(([name, variable]) => [name, environment[variable]])
			.filter(([, value]) => value),
	);
	const parsed = secretsSchema.safeParse({ ...stored, ...given });
	if (parsed.success) return parsed.data;
	const names = parsed.error.issues.map(
		({ path }) => `${String(path[0])} (${overrides[path[0] as keyof Secrets]})`,
	);
	throw new Error(
		`Secrets in ${file} or the environment cannot be used: ${names.join(", ")}.`,
	);
}

async function read(file: string): Promise<object | undefined> {
	try {
		return z
			.record(z.string(), z.unknown())
			.parse(JSON.parse(await readFile(file, "utf8")));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw new Error(`${file} cannot be read as JSON.`, { cause: error });
	}
}

/** Written aside and linked into place: never half there, and of two first starts one wins. */
async function make(file: string): Promise<object> {
	await mkdir(join(file, ".."), { recursive: true });
	const draft = `${file}.${randomUUID()}`;
	const handle = await open(draft, "wx", 0o600);
	try {
		await handle.writeFile(`${JSON.stringify(generate(), null, "\t")}\n`);
		await handle.sync();
		await link(draft, file).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== "EEXIST") throw error;
		});
	} finally {
		await handle.close();
		await unlink(draft);
	}
	const made = await read(file);
	if (!made) throw new Error(`${file} vanished while it was made.`);
	return made;
}

function generate(): Secrets {
	const { privateKey } = generateKeyPairSync("ed25519");
	return {
		authSecret: randomBytes(32).toString("base64url"),
		blobSecret: randomBytes(32).toString("base64url"),
		databasePassword: randomBytes(24).toString("base64url"),
		signingKeyPem: privateKey
			.export({ type: "pkcs8", format: "pem" })
			.toString(),
	};
}
