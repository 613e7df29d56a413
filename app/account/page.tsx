import type { Metadata } from "next";
import { providerSentence } from "../components/access/provider-sentence";
import { Notice } from "../components/notices/notice";
import { ProfileForm } from "./profile-form";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage({
	searchParams,
}: {
	searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
	const { error } = await searchParams;
	return (
		<>
			{typeof error === "string" && (
				<Notice tone="bad">{providerSentence(error)}</Notice>
			)}
			<ProfileForm />
		</>
	);
}
