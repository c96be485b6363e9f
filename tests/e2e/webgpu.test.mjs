// The large worker in the built site. WebGPU runs in software here, which is slow: a few steps of a small run.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open, openSite, poll, reachStep, seen } from "./helpers.mjs";

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
