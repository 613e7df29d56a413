import { Upload } from "tus-js-client";

export interface UploadTarget {
	uploadId: string;
	/** Where the bytes go, on this server. */
	path: string;
}

/**
 * Sends a file to an upload that the API allowed (`uploads.create`), going on where it was after a broken connection.
 * Resolves once the server has stored it. `onSent` is told how many bytes it has so far.
 */
export function sendUpload(
	file: File,
	{ path }: UploadTarget,
	onSent: (bytes: number) => void,
	signal?: AbortSignal,
): Promise<void> {
	return new Promise((resolve, reject) => {
		const upload = new Upload(file, {
			uploadUrl: new URL(path, window.location.origin).href,
			storeFingerprintForResuming: false,
			retryDelays: [0, 1_000, 3_000, 5_000, 10_000],
			onProgress: onSent,
			onSuccess: () => resolve(),
			onError: () =>
				reject(
					new Error(
						`“${file.name}” could not be uploaded. Check the connection and try again.`,
					),
				),
		});
		signal?.addEventListener("abort", () => {
			void upload.abort();
			reject(new DOMException("The upload was given up.", "AbortError"));
		});
		upload.start();
	});
}
