import type { Metadata } from "next";
import { CodePage } from "./code-page";

export const metadata: Metadata = { title: "Enroll this device" };

export default async function EnrolmentCodePage({
	params,
}: {
	params: Promise<{ code: string }>;
}) {
	const { code } = await params;
	return <CodePage code={code} />;
}
