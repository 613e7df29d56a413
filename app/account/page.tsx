import type { Metadata } from "next";
import { Notice } from "../components/notice";
import { providerSentence } from "../components/provider-sentence";
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
