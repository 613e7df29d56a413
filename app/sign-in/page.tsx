import type { Metadata } from "next";
import Link from "next/link";
import { EntryForm } from "../components/access/entry-form";
import { EntryPanel } from "../components/access/entry-panel";
import { ProviderButtons } from "../components/access/provider-buttons";
import { providerSentence } from "../components/access/provider-sentence";
import { safeNextPath } from "../components/access/safe-next-path";
import { Notice } from "../components/notices/notice";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
	searchParams,
}: {
	searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
	const { next, callbackUrl, error } = await searchParams;
	const target = safeNextPath(next ?? callbackUrl, "/devices");
	return (
		<EntryPanel
			title="Welcome back"
			below={
				<>
					New here?{" "}
					<Link
						href="/sign-up"
						className="font-medium text-accent hover:underline"
					>
						Create an account
					</Link>
				</>
			}
		>
			{typeof error === "string" && (
				<div className="mb-5">
					<Notice tone="bad">{providerSentence(error)}</Notice>
				</div>
			)}
			<EntryForm
				button="Sign in"
				withName={false}
				newPassword={false}
				next={target}
			/>
			<ProviderButtons next={target} />
		</EntryPanel>
	);
}
