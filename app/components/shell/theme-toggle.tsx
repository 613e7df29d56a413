"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useEffect, useState } from "react";

const order = ["system", "light", "dark"] as const;
const looks = {
	system: { Icon: Monitor, label: "Colours as the device has them" },
	light: { Icon: Sun, label: "Light colours" },
	dark: { Icon: Moon, label: "Dark colours" },
};

/** Device's choice, light, dark, and round again. */
export function ThemeToggle() {
	const { theme, setTheme } = useTheme();
	const [mounted, setMounted] = useState(false);
	useEffect(() => setMounted(true), []);
	// The server cannot know the choice: until the page lives it shows the first.
	const current = order.find((name) => mounted && name === theme) ?? "system";
	const next = order[(order.indexOf(current) + 1) % order.length] ?? "system";
	const { Icon, label } = looks[current];
	return (
		<button
			type="button"
			aria-label={`${label}. Change to: ${looks[next].label.toLowerCase()}`}
			title={label}
			onClick={() => setTheme(next)}
			className="rounded-lg p-2 text-ink-soft hover:bg-sunken hover:text-ink"
		>
			<Icon aria-hidden className="size-[18px]" />
		</button>
	);
}
