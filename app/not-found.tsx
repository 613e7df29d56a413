import { ButtonLink } from "./components/button";
import { EmptyState } from "./components/empty-state";
import { PageBody } from "./components/page-body";

export default function NotFound() {
	return (
		<PageBody>
			<EmptyState
				title="There is no such page"
				action={
					<ButtonLink href="/" variant="primary">
						To the start
					</ButtonLink>
				}
			>
				The address may be mistyped, or what it led to is gone.
			</EmptyState>
		</PageBody>
	);
}
