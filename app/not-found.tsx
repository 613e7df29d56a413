import { ButtonLink } from "./components/actions/button";
import { PageBody } from "./components/layout/page-body";
import { EmptyState } from "./components/notices/empty-state";

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
