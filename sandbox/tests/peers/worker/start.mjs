import { Miniflare } from "miniflare";

const worker = new Miniflare({
  modules: true,
  scriptPath: "worker.js",
  port: Number(process.env.PORT ?? 8787),
  compatibilityDate: "2026-01-01",
  bindings: { BOT_TOKEN: process.env.BOT_TOKEN },
  async outboundService({ url, method, headers, body }) {
    const response = await fetch(url, { method, headers: [...headers], body, duplex: "half" });
    return new Response(await response.arrayBuffer(), { status: response.status });
  },
});
console.log(`the worker listens at ${await worker.ready}`);
