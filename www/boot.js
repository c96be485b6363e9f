// Starts both programs: the one that trains at once, in its worker; the page's own as soon as the document stands.
// Plain JavaScript, because it must speak when nothing else can.
"use strict";
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch { /* Storage may be forbidden; the system's colours will do. */ }

  const say = (message) => {
    document.getElementById("run")?.setAttribute("data-phase", "failed");
    const status = document.getElementById("status");
    if (status) status.textContent = "Nothing is running.";
    const alert = document.getElementById("alert");
    const text = document.getElementById("alert-text");
    if (!alert || !text) return;
    text.textContent = message;
    alert.hidden = false;
  };
  const whenParsed = (then) =>
    document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", then) : then();

  if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
    whenParsed(() => say("This browser cannot run WebAssembly in a worker, which is what trains the models. Any current Chromium, Firefox or Safari can."));
    return;
  }

  // The page's program takes this worker over; what it says before then is kept for it.
  const heard = [];
  const worker = new Worker(new URL("worker_loader.js", document.baseURI), { type: "module", name: "worker" });
  worker.onmessage = (event) => heard.push(event);
  worker.onerror = (event) => heard.push(event);
  globalThis.lambdascopeWorker = { worker, heard };

  whenParsed(async () => {
    const app = document.querySelector("meta[name=app]");
    try {
      const { default: init } = await import(new URL(app.content, document.baseURI));
      await init({ module_or_path: new URL(app.dataset.wasm, document.baseURI) });
    } catch (error) {
      say(`The page's program could not be started: ${error?.message ?? error}. Reloading may help.`);
    }
  });
})();
