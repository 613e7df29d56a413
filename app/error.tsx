"use client";

import { PageBody } from "./components/layout/page-body";
import { ErrorNotice } from "./components/notices/error-notice";

export default function PageError({
	error,
	reset,
}: {
	error: Error;
	reset: () => void;
}) {
	return (
		<PageBody>
			<ErrorNotice
				title="This page could not be shown"
				error={error}
				onRetry={reset}
			/>
		</PageBody>
	);
}
