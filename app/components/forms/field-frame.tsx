import type { ReactNode } from "react";

export type FieldFrameProps = {
	label: ReactNode;
	/** What to enter and why, below the label. */
	hint?: ReactNode;
	/** What is wrong with what was entered. */
	error?: string | undefined;
	optional?: boolean;
};

export const fieldClass =
	"w-full rounded-lg border border-line-strong bg-surface px-3 py-2 text-ink text-base sm:text-sm shadow-card placeholder:text-ink-faint " +
	"hover:border-ink-faint disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-bad focus-visible:outline-offset-0";

/** Label, hint and error around a field, tied to it for screen readers by `id`. */
export function FieldFrame({
	id,
	label,
	hint,
	error,
	optional,
	children,
}: FieldFrameProps & { id: string; children: ReactNode }) {
	return (
		<div className="min-w-0">
			<label htmlFor={id} className="mb-1.5 block font-medium text-sm">
				{label}
				{optional && (
					<span className="ml-1.5 font-normal text-ink-faint">optional</span>
				)}
			</label>
			{children}
			{error ? (
				<p id={`${id}-error`} role="alert" className="mt-1.5 text-bad text-sm">
					{error}
				</p>
			) : (
				hint && (
					<p id={`${id}-hint`} className="mt-1.5 text-ink-faint text-sm">
						{hint}
					</p>
				)
			)}
		</div>
	);
}

/** The attributes that tie a field to its frame. */
export const fieldLinks = (
	id: string,
	{ error, hint }: FieldFrameProps,
): Record<string, string | boolean | undefined> => ({
	id,
	"aria-invalid": error ? true : undefined,
	"aria-describedby": error ? `${id}-error` : hint ? `${id}-hint` : undefined,
});
