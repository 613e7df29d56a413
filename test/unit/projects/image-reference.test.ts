import { expect, test } from "vitest";
import {
	formatImageReference,
	parseImageReference,
} from "../../../server/app-versions/image-reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

test.each([
	["debian", "debian:latest"],
	["debian:bookworm-slim", "debian:bookworm-slim"],
	["ghcr.io/group/name:v1.2", "ghcr.io/group/name:v1.2"],
	["127.0.0.1:5000/group/tool", "127.0.0.1:5000/group/tool:latest"],
	[`quay.io/a/b:tag@${digest}`, `quay.io/a/b@${digest}`],
])("%s is asked for as %s", (text, asked) => {
	const reference = parseImageReference(text);
	expect(reference && formatImageReference(reference)).toBe(asked);
});

test.each([
	"",
	"Debian",
	"http://example.org/x",
	"a b",
	"a:b:c",
	"../a",
	"a@sha256:123",
	"a?platform=x",
	"a/",
	`${"a".repeat(400)}`,
])("%j is no reference", (text) => {
	expect(parseImageReference(text)).toBeUndefined();
});
