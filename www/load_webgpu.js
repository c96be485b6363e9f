// Starts the WebGPU worker. The program is large: it is compiled while it comes, and the page is told how
// much of it is there.
import init from "./worker_webgpu.js";

const TELL_EVERY_BYTES = 131_072;

const counted = (response) => {
  // A compressed body has more bytes than its length says, so its end cannot be told from them.
  const length = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length"));
  let [bytes, told] = [0, 0];
  const count = new TransformStream({
    transform(part, controller) {
      bytes += part.byteLength;
      if (bytes - told >= TELL_EVERY_BYTES) {
        told = bytes;
        postMessage({ kind: "loading", bytes, ...(length > 0 && { whole: length }) });
      }
      controller.enqueue(part);
    },
  });
  return new Response(response.body.pipeThrough(count), { headers: { "Content-Type": "application/wasm" } });
};

try {
  const response = await fetch(new URL("worker_webgpu_bg.wasm", import.meta.url));
  if (!response.ok) throw new Error(`status ${response.status}`);
  await init({ module_or_path: counted(response) });
} catch (error) {
  postMessage({ kind: "unfit", why: `the WebGPU worker could not be loaded: ${error?.message ?? error}` });
}
