/**
 * Runtimes for a folder of code without a Dockerfile. Each is a Dockerfile of Debian's own packages, so that it is
 * built from what Debian signs and runs on every platform of ours.
 */
export interface StockRuntime {
	id: string;
	name: string;
	/** What a reader sees of it before choosing. */
	about: string;
	packages: readonly string[];
	/** The program and its arguments before the entry point. */
	interpreter: readonly string[];
	/** Endings of file names that are usually the entry point, the likeliest first. */
	endings: readonly string[];
}

export const STOCK_RUNTIMES: readonly StockRuntime[] = [
	{
		id: "sh",
		name: "POSIX shell",
		about: "dash and Debian's core utilities (awk, sed, sort, …)",
		packages: [],
		interpreter: ["/bin/sh"],
		endings: [".sh"],
	},
	{
		id: "python3",
		name: "Python 3",
		about: "Python with its standard library",
		packages: ["python3"],
		interpreter: ["/usr/bin/python3"],
		endings: [".py"],
	},
	{
		id: "python3-scientific",
		name: "Python 3 with NumPy and SciPy",
		about: "Python, NumPy, SciPy",
		packages: ["python3", "python3-numpy", "python3-scipy"],
		interpreter: ["/usr/bin/python3"],
		endings: [".py"],
	},
	{
		id: "node",
		name: "Node.js",
		about: "Node.js as Debian ships it, without npm",
		packages: ["nodejs"],
		interpreter: ["/usr/bin/node"],
		endings: [".mjs", ".js", ".cjs"],
	},
	{
		id: "perl",
		name: "Perl",
		about: "Perl with its standard modules",
		packages: ["perl"],
		interpreter: ["/usr/bin/perl"],
		endings: [".pl"],
	},
	{
		id: "r",
		name: "R",
		about: "R with its base and recommended packages",
		packages: ["r-base-core", "r-recommended"],
		interpreter: ["/usr/bin/Rscript", "--vanilla"],
		endings: [".R", ".r"],
	},
	{
		id: "pari-gp",
		name: "PARI/GP",
		about: "The gp calculator for number theory",
		packages: ["pari-gp"],
		interpreter: ["/usr/bin/gp", "-q", "-f"],
		endings: [".gp", ".pari"],
	},
	{
		id: "octave",
		name: "GNU Octave",
		about: "Octave without its graphical interface",
		packages: ["octave"],
		interpreter: ["/usr/bin/octave-cli", "--norc", "--quiet"],
		endings: [".m"],
	},
];

/** Where the researcher's folder is in the image. */
export const CODE_FOLDER = "/app";
/** Where the researcher's folder is in the build context that we make around it. */
export const CODE_CONTEXT_FOLDER = "code";

export const findStockRuntime = (id: string): StockRuntime | undefined =>
	STOCK_RUNTIMES.find((runtime) => runtime.id === id);

/** The command that runs the entry point and nothing else. */
export function commandOf(runtime: StockRuntime, entryPoint: string): string[] {
	return [...runtime.interpreter, `${CODE_FOLDER}/${entryPoint}`].map((part) =>
		part.replaceAll(/[{}]/g, "$&$&"),
	);
}

/** The Dockerfile of a code folder with this runtime. */
export function dockerfileOf(runtime: StockRuntime): string {
	const install =
		runtime.packages.length === 0
			? ""
			: `RUN apt-get update \\
 && apt-get install -y --no-install-recommends ${runtime.packages.join(" ")} \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
`;
	return `FROM debian:bookworm-slim
${install}COPY ${CODE_CONTEXT_FOLDER}/ ${CODE_FOLDER}/
`;
}
