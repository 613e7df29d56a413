import type { Metadata } from "next";
import { LinkedProviders } from "./linked-providers";
import { PasswordForm } from "./password-form";
import { SessionList } from "./session-list";

export const metadata: Metadata = { title: "Security" };

export default function SecurityPage() {
	return (
		<>
			<PasswordForm />
			<LinkedProviders />
			<SessionList />
		</>
	);
}
