import { Button } from "../actions/button";
import { errorSentence } from "./error-sentence";
import { Notice } from "./notice";

/** What went wrong, and a way to try again where there is one. Nothing when nothing did. */
export function ErrorNotice({
	error,
	title,
	onRetry,
}: {
	error: unknown;
	title?: string;
	onRetry?: () => void;
}) {
	if (!error) return null;
	return (
		<Notice
			tone="bad"
			title={title}
			action={
				onRetry && (
					<Button size="sm" onClick={onRetry}>
						Try again
					</Button>
				)
			}
		>
			{errorSentence(error)}
		</Notice>
	);
}
