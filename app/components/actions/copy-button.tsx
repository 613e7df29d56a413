"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";

/** Puts text on the clipboard. Plain http offers no clipboard, so there the text is selected the old way. */
export function CopyButton({
	text,
	label = "Copy",
}: {
	text: string;
	label?: string;
}) {
	const [copied, setCopied] = useState(false);
	const copy = async () => {
		await writeClipboard(text);
		setCopied(true);
		setTimeout(() => setCopied(false), 1_500);
	};
	return (
		<Button
			size="sm"
			variant="secondary"
			onClick={copy}
			icon={copied ? <Check aria-hidden /> : <Copy aria-hidden />}
		>
			<span aria-live="polite">{copied ? "Copied" : label}</span>
		</Button>
	);
}

async function writeClipboard(text: string): Promise<void> {
	if (navigator.clipboard && window.isSecureContext) {
		await navigator.clipboard.writeText(text);
		return;
	}
	const area = document.createElement("textarea");
	area.value = text;
	area.style.position = "fixed";
	area.style.opacity = "0";
	// A modal dialog makes everything outside it inert, so it must hold the area.
	(document.querySelector("dialog[open]") ?? document.body).append(area);
	area.select();
	document.execCommand("copy");
	area.remove();
}
