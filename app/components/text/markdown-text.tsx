import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { classNames } from "../layout/class-names";

/**
 * Text that a person wrote in Markdown. HTML in it is shown as text, addresses other than http and mailto lead
 * nowhere, and pictures are links: a page must not fetch from where its writer pleases.
 */
export function MarkdownText({
	text,
	className,
}: {
	text: string;
	className?: string;
}) {
	return (
		<div className={classNames("prose-lull text-[0.95rem]", className)}>
			<Markdown
				remarkPlugins={[remarkGfm]}
				components={{
					a: ({ href, children }) => (
						<a href={href} rel="noopener noreferrer nofollow" target="_blank">
							{children}
						</a>
					),
					img: ({ src, alt }) => (
						<a
							href={typeof src === "string" ? src : undefined}
							rel="noopener noreferrer nofollow"
							target="_blank"
						>
							{alt || "picture"}
						</a>
					),
				}}
			>
				{text}
			</Markdown>
		</div>
	);
}
