// The large worker in the built site. WebGPU runs in software here, which is slow: a few steps of a small run.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open, openSite, phase, poll, reachStep, seen, siteFile, steps } from "./helpers.mjs";

test("the WebGPU worker loads and trains when the link asks for it", async (t) => {
  const site = await openSite({ webgpu: true });
  const { page, close } = await open(site, { fragment: "#backend=webgpu&batch=32" });
  const adapter = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
  if (!adapter) {
    t.skip("this browser offers no WebGPU adapter");
  } else {
    const millis = 300_000;
    await poll(page, "WebGPU", () => page.getAttribute("#backend", "data-backend"), (backend) => backend === "webgpu", millis);
    await reachStep(page, 3);
    assert.equal(await page.getAttribute("#backend", "data-backend"), "webgpu", "it should not fall back");
    t.diagnostic(`first step ${Math.round((await seen(page)).firstStepMillis)} ms after navigation, in software`);
  }
  await close();
  await site.close();
});

/** Runs in the worker before its own script: the device it is given is destroyed when the page says so. */
const destroyOnDemand = `
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await request.apply(this, given);
    new BroadcastChannel("destroy the device").onmessage = () => device.destroy();
    return device;
  };
`;

test("a device that is lost hands its run to the CPU, which goes on from its last epoch", async (t) => {
  const script = destroyOnDemand + (await siteFile("load_webgpu.js"));
  const site = await openSite({ webgpu: true, others: { "/load_webgpu.js": script } });
  const small = "&batch=64&stride=96&encoder=cnn:4:3&epochs=200";
  const { page, close } = await open(site, { fragment: `#backend=webgpu${small}` });
  const adapter = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
  if (!adapter) {
    t.skip("this browser offers no WebGPU adapter");
  } else {
    const backend = () => page.getAttribute("#backend", "data-backend");
    await poll(page, "WebGPU", backend, (found) => found === "webgpu", 300_000);
    await reachStep(page, 3);
    const before = await steps(page);
    await page.evaluate(() => new BroadcastChannel("destroy the device").postMessage(null));
    await poll(page, "the CPU", backend, (found) => found === "cpu");
    await reachStep(page, before + 20);
    assert.equal(await phase(page), "training");
  }
  await close();
  await site.close();
});
