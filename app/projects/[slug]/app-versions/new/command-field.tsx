"use client";

import { TextField } from "../../../../components/forms/text-field";
import { splitCommand } from "./split-command";

/** The command template, with its parts shown as the program will get them. */
export function CommandField({
	value,
	onValue,
	required,
	error,
}: {
	value: string;
	onValue: (value: string) => void;
	required?: boolean;
	/** What the server found wrong with it. */
	error?: string;
}) {
	const parts = splitCommand(value);
	const count = new Map<string, number>();
	return (
		<div>
			<TextField
				label="Command"
				hint={
					<>
						The program and its arguments. <code>{"{name}"}</code> is replaced
						by a parameter of each work unit. No shell reads it; quotes keep
						words together. Inputs are below <code>/input</code>, results go to{" "}
						<code>/output</code>, where it starts.
					</>
				}
				placeholder="/usr/bin/python3 /app/main.py --from {start} --to {end}"
				mono
				required={required}
				error={error}
				value={value}
				onValue={onValue}
			/>
			{parts.length > 0 && (
				<ol
					aria-label="The command's parts"
					className="mt-3 flex flex-wrap gap-1.5"
				>
					{parts.map((part) => {
						const nth = (count.get(part) ?? 0) + 1;
						count.set(part, nth);
						return (
							<li
								key={`${part}-${nth}`}
								className="max-w-full break-all rounded-md border border-line bg-sunken px-2 py-0.5 font-mono text-xs"
							>
								<Placeholders text={part} />
							</li>
						);
					})}
				</ol>
			)}
		</div>
	);
}

/** A part of a command with its parameters in colour. */
export function Placeholders({ text }: { text: string }) {
	let at = 0;
	return text.split(/(\{[A-Za-z_][A-Za-z0-9_]*\})/).map((piece) => {
		at += piece.length;
		return piece.startsWith("{") && piece.endsWith("}") ? (
			<span key={at} className="text-accent">
				{piece}
			</span>
		) : (
			piece
		);
	});
}
