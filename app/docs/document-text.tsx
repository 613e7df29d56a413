import Link from "next/link";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";

/** A page of our own docs: links between its files lead to their pages here. */
export function DocumentText({ text }: { text: string }) {
	return (
		<div className="prose-lull">
			<Markdown
				remarkPlugins={[remarkGfm]}
				components={{
					a: ({ href = "", children }) => {
						const address = addressOf(href);
						return address.startsWith("/") ? (
							<Link href={address}>{children}</Link>
						) : (
							<a href={address} rel="noopener noreferrer">
								{children}
							</a>
						);
					},
					// Pictures of the docs are for the repository's readers; here is the thing itself.
					img: () => null,
				}}
			>
				{text}
			</Markdown>
		</div>
	);
}

/** `../guides/device-owner.md#pause` → `/docs/device-owner#pause`; what is elsewhere stays as it is. */
function addressOf(href: string): string {
	const [, name, rest = ""] =
		/^(?:[^:?#]*\/)?([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
	return name ? `/docs/${name}${rest}` : href;
}
