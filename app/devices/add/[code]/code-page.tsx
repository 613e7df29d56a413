"use client";

import { useEffect, useState } from "react";
import { enrolmentCommands } from "@/server/devices/enrolment/enrolment-commands";
import { Card } from "../../../components/layout/card";
import { PageBody } from "../../../components/layout/page-body";
import { PageHeader } from "../../../components/layout/page-header";
import { Notice } from "../../../components/notices/notice";
import { Skeleton } from "../../../components/notices/skeleton";
import { CodeBlock } from "../../../components/text/code-block";

/** Where the QR code leads: the command, on the screen of a phone that nobody need be signed in on. */
export function CodePage({ code }: { code: string }) {
	const [origin, setOrigin] = useState<string | null>(null);
	useEffect(() => setOrigin(window.location.origin), []);
	const known = /^[A-Za-z0-9-]{8,40}$/.test(code);
	return (
		<PageBody width="text">
			<PageHeader
				title="Enroll a device"
				description="Run this in a terminal on the device. The code works once, for ten minutes from when it was made."
			/>
			<Card>
				{!known ? (
					<Notice tone="bad" title="This is not a code">
						Scan the QR code again, or make a new one under “Add a device”.
					</Notice>
				) : origin === null ? (
					<Skeleton className="h-24" />
				) : (
					<div className="space-y-4">
						<CodeBlock
							label="With Node.js 20 or newer"
							code={enrolmentCommands(origin, code).command}
							wrap
						/>
						<CodeBlock
							label="With Docker only"
							code={enrolmentCommands(origin, code).dockerCommand}
							wrap
						/>
					</div>
				)}
			</Card>
		</PageBody>
	);
}
