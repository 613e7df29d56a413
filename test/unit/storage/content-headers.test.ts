import fc from "fast-check";
import { expect, test } from "vitest";
import { contentHeaders } from "../../../server/http/content-headers.ts";

test.each([
	"page.html",
	"drawing.svg",
	"script.js",
	"style.css",
	"no-extension",
])(
	"%s is handed out as bytes to save, never as something that runs",
	(name) => {
		const headers = contentHeaders(name);
		expect(headers["content-type"]).toBe("application/octet-stream");
		expect(headers["content-security-policy"]).toContain("sandbox");
		expect(headers["x-content-type-options"]).toBe("nosniff");
	},
);

test("a picture is shown as one", () => {
	expect(contentHeaders("tiles/0-0.png")["content-type"]).toBe("image/png");
});

test("no file name breaks out of its header", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
			expect(contentHeaders(name)["content-disposition"]).toMatch(
				/^attachment; filename="[\w.+-]*"; filename\*=UTF-8''[\w.!~%-]*$/,
			);
		}),
	);
});
