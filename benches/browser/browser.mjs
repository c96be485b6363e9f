// One headless Chromium; every contestant gets a tab of it.
import os from "node:os";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const FLAGS = [
  "--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-webgpu",
  "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  // A tab should be as quick as if it were the only one.
  "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
];

export const folder = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} should be set: run the benchmarks with \`cargo xtask bench\``);
  return resolve(value);
};

/** `require` among the npm packages. */
export const fromTools = () => createRequire(join(folder("LAMBDASCOPE_NODE_TOOLS"), "x.js"));

export const launch = (flags = []) =>
  fromTools()("playwright-core").chromium.launch({ executablePath: folder("CHROME"), args: [...FLAGS, ...flags] });

/** Runs in the page before any script: counts what is sent to the GPU, whoever sends it. */
const countDispatches = () => {
  globalThis.gpuCounts = { dispatches: 0, submits: 0 };
  const counting = (prototype, method, counter) => {
    const original = prototype?.[method];
    if (!original) return;
    prototype[method] = function counted(...values) {
      globalThis.gpuCounts[counter] += 1;
      return original.apply(this, values);
    };
  };
  counting(globalThis.GPUComputePassEncoder?.prototype, "dispatchWorkgroups", "dispatches");
  counting(globalThis.GPUComputePassEncoder?.prototype, "dispatchWorkgroupsIndirect", "dispatches");
  counting(globalThis.GPUQueue?.prototype, "submit", "submits");
};

/** `promise`, or a failure when it takes too long: one contestant that hangs should not hold up the others. */
const within = async (promise, millis, what) => {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} took longer than ${millis / 1000} s`)), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** The first line of what went wrong in the page, without the names of the machinery that carried it here. */
export const reason = (error) =>
  String(error?.message ?? error).split("\n")[0].replace(/^page\.\w+: /, "").replace(/^Error: /, "");

/** A tab with the benchmark's page; `call("sample", 3)` runs `bench.sample(3)` in it. */
export const openTab = async (context, url, patience) => {
  const tab = await context.newPage();
  const troubles = [];
  tab.on("pageerror", (error) => troubles.push(reason(error)));
  await tab.addInitScript(countDispatches);
  await tab.goto(`${url}bench/page.html`);
  await within(tab.waitForFunction(() => globalThis.bench), patience, "loading the page");
  const call = async (name, ...values) => {
    // In front, or the browser may slow it down.
    await tab.bringToFront();
    const answer = tab.evaluate(([name, values]) => globalThis.bench[name](...values), [name, values]);
    return within(answer, patience, name);
  };
  return { call, troubles, close: () => tab.close() };
};

/** Runs in the page. */
const describeGraphics = async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  const gl = document.createElement("canvas").getContext("webgl2");
  const renderer = gl?.getExtension("WEBGL_debug_renderer_info");
  const { vendor, architecture, device, description } = adapter?.info ?? {};
  return {
    cross_origin_isolated: globalThis.crossOriginIsolated,
    webgpu: adapter && { vendor, architecture, device, description, fallback: Boolean(adapter.info.isFallbackAdapter) },
    webgl: gl && String(gl.getParameter(renderer ? renderer.UNMASKED_RENDERER_WEBGL : gl.RENDERER)),
  };
};

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software/i;

/** The machine and the browser, as far as they matter to the figures. */
export const environment = async (browser, context, url) => {
  const tab = await context.newPage();
  await tab.goto(`${url}bench/page.html`);
  const { webgpu, webgl, ...page } = await tab.evaluate(describeGraphics);
  await tab.close();
  const software = webgpu && (webgpu.fallback || SOFTWARE.test(Object.values(webgpu).join(" ")));
  return {
    date: new Date().toISOString(),
    browser: `Chromium ${browser.version()}`,
    cpu: os.cpus()[0]?.model ?? "unknown",
    cores: os.cpus().length,
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    platform: `${os.platform()} ${os.arch()}`,
    ...page,
    webgpu: webgpu ? { ...webgpu, software } : null,
    webgl: webgl ? { renderer: webgl, software: SOFTWARE.test(webgl) } : null,
  };
};
