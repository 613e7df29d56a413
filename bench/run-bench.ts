import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** `npm run bench -- NAME [options]`: runs bench/NAME.ts; without a name it says which there are. */
const own = import.meta.filename;
const names = readdirSync(import.meta.dirname)
	.filter((file) => file.endsWith(".ts"))
	.map((file) => file.replace(/\.ts$/, ""))
	.filter((name) => own !== join(import.meta.dirname, `${name}.ts`));
const name = process.argv[2] ?? "";
if (names.includes(name)) {
	process.argv.splice(2, 1);
	await import(pathToFileURL(join(import.meta.dirname, `${name}.ts`)).href);
} else {
	process.stderr.write(
		`${name ? `There is no bench “${name}”. ` : ""}Benches: ${names.join(", ")}.\n  npm run bench -- ${names[0]} [options]\n`,
	);
	process.exitCode = 2;
}
