import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageBody } from "../../components/layout/page-body";
import { PageHeader } from "../../components/layout/page-header";
import { DocumentText } from "../document-text";
import { findDocument, listDocuments } from "../find-documents";

type Props = { params: Promise<{ guide: string }> };

/** The docs come with the program, so that their pages are made when it is built. */
export const dynamicParams = false;
export async function generateStaticParams() {
	const { guides, background, decisions } = await listDocuments();
	return [...guides, ...background, ...decisions].map(({ slug }) => ({
		guide: slug,
	}));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
	const document = await findDocument((await params).guide);
	return { title: document?.title ?? "Docs" };
}

export default async function DocumentPage({ params }: Props) {
	const document = await findDocument((await params).guide);
	if (!document) notFound();
	return (
		<PageBody width="text">
			<PageHeader
				title={document.title}
				trail={[{ href: "/docs", label: "Docs" }]}
			/>
			<DocumentText text={document.text} />
		</PageBody>
	);
}
