import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A page of the docs folder. */
export interface Document {
	/** Its address below /docs, and its file's name. */
	slug: string;
	title: string;
	/** The first sentence or two, for the list. */
	summary: string;
	/** Markdown, without its title. */
	text: string;
}

/** The folders that are shown, below the project's docs. */
const FOLDERS = {
	guides: "guides",
	background: ".",
	decisions: "decisions",
} as const;
const BACKGROUND = ["architecture", "glossary", "threat-model"];
const SUMMARY_LENGTH = 180;

const docsFolder = join(process.cwd(), "docs");

/** The guides, the pages on how Lull works, and the decisions that these link to, each in the order of their titles. */
export async function listDocuments(): Promise<{
	guides: Document[];
	background: Document[];
	decisions: Document[];
}> {
	const [guides, background, decisions] = await Promise.all([
		readFolder(FOLDERS.guides),
		readFolder(FOLDERS.background),
		readFolder(FOLDERS.decisions),
	]);
	return {
		guides,
		decisions,
		background: background.filter(({ slug }) => BACKGROUND.includes(slug)),
	};
}

export async function findDocument(
	slug: string,
): Promise<Document | undefined> {
	const { guides, background, decisions } = await listDocuments();
	return [...guides, ...background, ...decisions].find(
		(document) => document.slug === slug,
	);
}

async function readFolder(folder: string): Promise<Document[]> {
	const path = join(docsFolder, folder);
	const names = await readdir(path).catch(() => []);
	const documents = await Promise.all(
		names
			.filter((name) => name.endsWith(".md") && name !== "README.md")
			.map(async (name) =>
				parseDocument(
					name.slice(0, -".md".length),
					await readFile(join(path, name), "utf8"),
				),
			),
	);
	return documents.sort((a, b) => a.title.localeCompare(b.title, "en"));
}

function parseDocument(slug: string, source: string): Document {
	const [, title = slug, text = ""] = /^\s*#\s+(.+)\n([\s\S]*)$/.exec(
		source,
	) ?? [undefined, slug, source];
	return { slug, title, summary: summarize(text), text };
}

/** The first paragraph as plain text, cut at a word. */
function summarize(text: string): string {
	const paragraph = text
		.split(/\n\s*\n/)
		.map((part) => part.trim())
		.find((part) => /^[\p{L}*_“"`]/u.test(part));
	const plain = (paragraph ?? "")
		.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")
		.replaceAll(/[*_`]/g, "")
		.replaceAll(/\s+/g, " ");
	if (plain.length <= SUMMARY_LENGTH) return plain;
	return `${plain.slice(0, plain.lastIndexOf(" ", SUMMARY_LENGTH))} …`;
}
