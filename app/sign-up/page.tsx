import type { Metadata } from "next";
import { SignUpPanel } from "./sign-up-panel";

export const metadata: Metadata = { title: "Create an account" };

export default function SignUpPage() {
	return <SignUpPanel />;
}
