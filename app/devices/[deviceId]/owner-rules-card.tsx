"use client";

import { useMemo } from "react";
import { ButtonLink } from "../../components/actions/button";
import { Card } from "../../components/layout/card";
import { ErrorNotice } from "../../components/notices/error-notice";
import { Skeleton } from "../../components/notices/skeleton";
import { describeRules } from "./describe-rules";
import { useRules } from "./use-rules";

/** The owner's rules in sentences, with the way to change them. */
export function OwnerRulesCard({
	deviceId,
	mayChange,
}: {
	deviceId: string;
	mayChange: boolean;
}) {
	const { data, error, refetch } = useRules(deviceId);
	return (
		<Card
			title="Rules"
			description="When and how far the device may be used. It keeps to them by itself, also without the server."
			actions={
				mayChange && (
					<ButtonLink href={`/devices/${deviceId}/rules`} size="sm">
						Change the rules
					</ButtonLink>
				)
			}
		>
			{data ? (
				<RuleSentences data={data} />
			) : error ? (
				<ErrorNotice error={error} onRetry={() => void refetch()} />
			) : (
				<Skeleton className="h-16" />
			)}
		</Card>
	);
}

function RuleSentences({
	data: { rules, projects },
}: {
	data: NonNullable<ReturnType<typeof useRules>["data"]>;
}) {
	const sentences = useMemo(() => {
		const names = new Map(projects.map(({ id, name }) => [id, name]));
		return describeRules(rules, (id) => names.get(id) ?? id);
	}, [rules, projects]);
	return (
		<ul className="wrap-anywhere list-disc space-y-1 pl-5 text-sm">
			{sentences.map((sentence) => (
				<li key={sentence}>{sentence}</li>
			))}
		</ul>
	);
}
