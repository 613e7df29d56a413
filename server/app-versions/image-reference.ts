import { z } from "zod";

/** What `docker pull` takes: host, path, tag, digest. */
export interface ImageReference {
	/** Host and path, as they were given. */
	repository: string;
	/** A tag, or a digest with its algorithm. Never both: a digest wins. */
	tag: string | undefined;
	digest: string | undefined;
}

const REFERENCE =
	/^(?<repository>(?:(?:localhost|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** The parts of an image's reference; undefined when it is none. */
export function parseImageReference(text: string): ImageReference | undefined {
	const groups = text.length <= 300 ? REFERENCE.exec(text)?.groups : undefined;
	if (!groups?.repository) return undefined;
	return {
		repository: groups.repository,
		tag: groups.tag,
		digest: groups.digest,
	};
}

/** The text that the engine is asked for: by digest when there is one, with the tag `latest` when there is nothing. */
export function formatImageReference(reference: ImageReference): string {
	if (reference.digest) return `${reference.repository}@${reference.digest}`;
	return `${reference.repository}:${reference.tag ?? "latest"}`;
}

export const imageReferenceSchema = z
	.string()
	.trim()
	.max(300)
	.refine(
		(text) => parseImageReference(text) !== undefined,
		"must be an image's reference such as debian:bookworm-slim or ghcr.io/group/name@sha256:…",
	);
