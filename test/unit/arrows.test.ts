import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * Holds the arrows between rooms as docs/architecture.md draws them. The picture there is the list that is read here, so
 * that neither can be right without the other.
 */
const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/architecture.md"), "utf8");

/** The lines of the fenced block of that name. */
function blockOf(name: string): string[] {
	const block = page.split(`\`\`\`${name}\n`)[1]?.split("\n```")[0];
	if (!block) throw new Error(`The page has no block of ${name}.`);
	return block.split("\n");
}

const PATH = /\b(?:server|agent)(?:\/[\w.-]+)+/g;
/** Room → its line, counted from the top; lines that an arrow does not part are one. */
const readPicture = (name: string): Map<string, number> =>
	new Map(
		blockOf(name)
			.join("\n")
			.split("▼")
			.flatMap((text, line) =>
				[...text.matchAll(PATH)].map(([room]) => [room, line] as const),
			),
	);
const pictures = {
	server: readPicture("rooms"),
	agent: readPicture("rooms of the agent"),
};
const forPages = blockOf("pages");
const typesForPages = blockOf("page types");

interface Import {
	from: string;
	/** A file of ours from the root, or a package's name. */
	to: string;
	onlyTypes: boolean;
}

const CODE = /\.(ts|tsx|mjs)$/;

function listCode(folder: string): string[] {
	return readdirSync(join(root, folder), { recursive: true })
		.map((path) => join(folder, String(path)))
		.filter((path) => CODE.test(path) && !path.includes("generated/"));
}

const STATEMENT =
	/^(?:import|export)\s+(?<types>type\s)?[^;"']*?from\s+"(?<named>[^"]+)"|^import\s+"(?<bare>[^"]+)"|\bimport\(\s*"(?<dynamic>[^"]+)"/gm;

function readImports(file: string): Import[] {
	const text = readFileSync(join(root, file), "utf8");
	return [...text.matchAll(STATEMENT)].map(({ groups = {} }) => {
		const { types, named, bare, dynamic } = groups;
		const to = named ?? bare ?? dynamic ?? "";
		const ours = to.startsWith("@/")
			? to.slice(2)
			: to.startsWith(".")
				? relative(root, join(root, dirname(file), to))
				: undefined;
		return {
			from: file,
			to: ours === undefined ? to : CODE.test(ours) ? ours : `${ours}.ts`,
			onlyTypes: types !== undefined,
		};
	});
}

/** A folder, or a file that lies beside the folders. */
function roomOf(file: string): string {
	const folder = dirname(file);
	if (file.includes("database/generated")) return "server/database";
	return folder === "server" || folder === "agent" ? file : folder;
}

const importsOf = (folder: string): Import[] =>
	listCode(folder).flatMap(readImports);
const say = ({ from, to }: Import): string => `${from} → ${to}`;
const isIn = (file: string, ...folders: string[]): boolean =>
	folders.some((folder) => file.startsWith(`${folder}/`));

const server = importsOf("server");
const agent = importsOf("agent");

describe.each([
	{ part: "server", imports: server, lineOf: pictures.server },
	{ part: "agent", imports: agent, lineOf: pictures.agent },
])(
	"the picture of the $part's rooms in docs/architecture.md",
	({ part, imports, lineOf }) => {
		it("has each of them once, and no other", () => {
			const rooms = [...new Set(listCode(part).map(roomOf))];
			const drawn = [...lineOf.keys()].filter((room) => isIn(room, part));
			expect(drawn.toSorted()).toEqual(rooms.toSorted());
		});

		it("is what imports follow: from the lines above to those below", () => {
			const wrong = imports.filter(({ from, to }) => {
				if (roomOf(from) === roomOf(to) || !isIn(to, "server", "agent"))
					return false;
				const above = lineOf.get(roomOf(from));
				const below = lineOf.get(roomOf(to));
				return above === undefined || below === undefined || above >= below;
			});
			expect(wrong.map(say)).toEqual([]);
		});
	},
);

describe("arrows between the parts", () => {
	it("lead from the server to agent/core and to nothing else outside", () => {
		const wrong = server.filter(({ to }) =>
			isIn(to, "agent", "app", "cli", "setup", "test", "bench")
				? !isIn(to, "agent/core")
				: false,
		);
		expect(wrong.map(say)).toEqual([]);
	});

	it("lead from the agent to nobody", () => {
		const wrong = agent.filter(({ to }) =>
			isIn(to, "server", "app", "cli", "setup", "test", "bench"),
		);
		expect(wrong.map(say)).toEqual([]);
	});

	it("lead from agent/core to zod and to no other package, so that it runs in a browser", () => {
		const packages = agent
			.filter(({ from, to }) => isIn(from, "agent/core") && !isIn(to, "agent"))
			.map(({ to }) => to);
		expect([...new Set(packages)]).toEqual(["zod"]);
	});

	it("lead from agent/engine to Docker, and from no other room of the agent", () => {
		const rooms = agent
			.filter(({ to }) => to === "dockerode")
			.map(({ from }) => roomOf(from));
		expect([...new Set(rooms)]).toEqual(["agent/engine"]);
	});

	it("lead from cli/ to agent/core only", () => {
		const wrong = importsOf("cli").filter(
			({ to }) =>
				isIn(to, "server", "agent", "app", "setup", "test", "bench") &&
				!isIn(to, "agent/core"),
		);
		expect(wrong.map(say)).toEqual([]);
	});

	it("lead from pages to agent/core, to types of server/api and to the files that are named for them", () => {
		const wrong = importsOf("app").filter(({ to, onlyTypes }) => {
			if (isIn(to, "agent/core") || forPages.includes(to)) return false;
			if (isIn(to, "server/api") || typesForPages.includes(to))
				return !onlyTypes;
			return isIn(to, "server", "agent", "cli", "setup", "test", "bench");
		});
		expect(wrong.map(say)).toEqual([]);
	});

	it("are all wanted where pages are allowed more", () => {
		const used = new Set(importsOf("app").map(({ to }) => to));
		const idle = [...forPages, ...typesForPages].filter(
			(file) => !used.has(file),
		);
		expect(idle).toEqual([]);
	});
});
