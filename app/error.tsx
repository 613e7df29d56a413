"use client";

import { ErrorNotice } from "./components/error-notice";
import { PageBody } from "./components/page-body";

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
