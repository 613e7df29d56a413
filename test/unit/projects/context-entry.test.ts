import { posix } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
	type ContextEntry,
	cleanEntryPath,
	createContextCheck,
} from "../../../server/builds/context-entry.ts";

type Facts = Omit<ContextEntry, "content">;
const file = (path: string, bytes = 1): Facts => ({
	path,
	kind: "file",
	executable: false,
	bytes,
});
const link = (path: string, target: string): Facts => ({
	path,
	kind: "symlink",
	executable: false,
	bytes: 0,
	target,
});
const checking = (entries: Facts[], limits = { entries: 100, bytes: 1000 }) => {
	const check = createContextCheck(limits);
	return () => entries.forEach(check);
};

test("an ordinary folder passes, links to its own files included", () => {
	expect(
		checking([
			{ path: "src", kind: "directory", executable: false, bytes: 0 },
			file("src/main.c"),
			file("Dockerfile"),
			link("src/latest", "../Dockerfile"),
			link("current", "src"),
		]),
	).not.toThrow();
});

test.each([
	"../outside",
	"/etc/passwd",
	"a/../../b",
	"a//b",
	"a/./b",
	"C:\\windows",
	"line\nbreak",
	"nul\u0000",
	"half\ud800",
	`${"long/".repeat(120)}x`,
])("the path %j is refused", (path) => {
	expect(checking([file(path)])).toThrow(/not a plain path/);
});

test.each([
	["here", "/etc/passwd"],
	["here", "../outside"],
	["a/b/here", "../../../outside"],
	["here", "a/../../outside"],
	["here", ""],
])("the link %s → %j is refused", (path, target) => {
	expect(checking([link(path, target)])).toThrow(/leads out of the folder/);
});

test("nothing is written through a link", () => {
	expect(checking([link("a", "b"), file("a/x")])).toThrow(/is no folder/);
});

test("a folder does not become a link after something was put into it", () => {
	expect(checking([file("a/x"), link("a", "b")])).toThrow(/twice/);
});

test("no chain of links that passes leads out of the folder", () => {
	const name = fc.constantFrom("a", "b", "c");
	const path = fc
		.array(name, { minLength: 1, maxLength: 3 })
		.map((p) => p.join("/"));
	const target = fc
		.array(fc.constantFrom("..", "a", "b", "c", "."), {
			minLength: 1,
			maxLength: 5,
		})
		.map((parts) => parts.join("/"));
	const links = fc.array(fc.tuple(path, target), { maxLength: 6 });
	fc.assert(
		fc.property(links, path, (wanted, start) => {
			const check = createContextCheck({ entries: 100, bytes: 1000 });
			const taken = new Map<string, string>();
			for (const [at, to] of wanted) {
				try {
					check(link(at, to));
				} catch {
					continue;
				}
				taken.set(at, to);
			}
			expect(follow(start, taken)).not.toBe("outside");
		}),
		{ numRuns: 5_000 },
	);
});

/** Walks a path as a kernel does, link by link. */
function follow(path: string, links: ReadonlyMap<string, string>): string {
	let todo = path.split("/");
	let at: string[] = [];
	for (let step = 0; step < 200 && todo.length > 0; step++) {
		const [part = "", ...rest] = todo;
		todo = rest;
		if (part === ".") continue;
		if (part === "..") {
			if (at.length === 0) return "outside";
			at = at.slice(0, -1);
			continue;
		}
		const to = links.get(posix.join(...at, part));
		if (to === undefined) at = [...at, part];
		else todo = [...to.split("/"), ...todo];
	}
	return at.join("/");
}

test("more entries or bytes than allowed are refused", () => {
	const many = Array.from({ length: 101 }, (_, n) => file(`f${n}`));
	expect(checking(many)).toThrow(/more than 100 entries/);
	expect(checking([file("a", 600), file("b", 600)])).toThrow(
		/when it is unpacked/,
	);
});

test.each([
	["./src/main.c", "src/main.c"],
	["src/", "src"],
	["././x", "x"],
	["./", undefined],
	[".", undefined],
])("%j is called %j", (raw, path) => {
	expect(cleanEntryPath(raw)).toBe(path);
});
