"use client";

import { CircleCheck, TriangleAlert, X } from "lucide-react";
import {
	createContext,
	type ReactNode,
	useCallback,
	useContext,
	useMemo,
	useRef,
	useState,
} from "react";
import { errorSentence } from "./error-sentence";

type Toast = {
	id: number;
	tone: "good" | "bad";
	text: string;
	undo?: (() => void) | undefined;
};

export type Toaster = {
	/** Something was done. With `undo` it can be taken back while the toast stands. */
	done: (text: string, undo?: () => void) => void;
	/** Something that the person asked for failed. */
	failed: (error: unknown) => void;
};

const STANDS_MS = 6_000;
const ToastContext = createContext<Toaster | null>(null);

/** Short messages at the edge of the screen: `const toast = useToast(); toast.done("Saved")`. */
export function useToast(): Toaster {
	const toaster = useContext(ToastContext);
	if (!toaster) throw new Error("useToast needs a ToastProvider above it");
	return toaster;
}

export function ToastProvider({ children }: { children: ReactNode }) {
	const [toasts, setToasts] = useState<Toast[]>([]);
	const nextId = useRef(0);
	const remove = useCallback(
		(id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)),
		[],
	);
	const add = useCallback(
		(toast: Omit<Toast, "id">) => {
			const id = nextId.current++;
			setToasts((all) => [...all.slice(-3), { ...toast, id }]);
			setTimeout(() => remove(id), STANDS_MS);
		},
		[remove],
	);
	const toaster = useMemo<Toaster>(
		() => ({
			done: (text, undo) => add({ tone: "good", text, undo }),
			failed: (error) => add({ tone: "bad", text: errorSentence(error) }),
		}),
		[add],
	);
	return (
		<ToastContext.Provider value={toaster}>
			{children}
			<section
				aria-label="Messages"
				aria-live="polite"
				className="pointer-events-none fixed inset-x-0 bottom-0 z-50 flex flex-col items-center gap-2 p-4 sm:items-end"
			>
				{toasts.map((toast) => (
					<ToastLine
						key={toast.id}
						toast={toast}
						onClose={() => remove(toast.id)}
					/>
				))}
			</section>
		</ToastContext.Provider>
	);
}

function ToastLine({ toast, onClose }: { toast: Toast; onClose: () => void }) {
	const Icon = toast.tone === "good" ? CircleCheck : TriangleAlert;
	return (
		<div className="pointer-events-auto flex w-full max-w-sm animate-rise items-start gap-3 rounded-xl border border-line bg-surface p-4 text-sm shadow-float">
			<Icon
				aria-hidden
				className={`mt-0.5 size-4 shrink-0 ${toast.tone === "good" ? "text-good" : "text-bad"}`}
			/>
			<p className="min-w-0 flex-1 break-words">{toast.text}</p>
			{toast.undo && (
				<button
					type="button"
					className="font-medium text-accent hover:underline"
					onClick={() => {
						toast.undo?.();
						onClose();
					}}
				>
					Undo
				</button>
			)}
			<button
				type="button"
				aria-label="Dismiss"
				onClick={onClose}
				className="text-ink-faint hover:text-ink"
			>
				<X aria-hidden className="size-4" />
			</button>
		</div>
	);
}
