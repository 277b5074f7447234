// The way to a sandbox in this browser: a page that runs Python in a worker, such as JupyterLite's.
//
// Texts go through a BroadcastChannel whose name is in the page's address. window/in_memory.py is
// the other half.

const LONGEST_WAIT_MS = 15000;

// Follows the sandbox: `take` gets what it says.
export function connect(name, take) {
  const channel = new BroadcastChannel(name);
  const waiting = new Map(); // number of a request → what to do with its answer
  let requests = 0;
  const own = Math.random().toString(36).slice(2); // other pages have numbers, too

  channel.onmessage = ({ data }) => {
    const said = JSON.parse(data);
    if ("id" in said) waiting.get(said.id)?.(said);
    else take(said);
  };
  channel.postMessage("{}");

  // Asks a route; the answer is like one of `fetch`.
  return async (path, body) => {
    const asked = { id: `${own}-${(requests += 1)}`, path };
    if (body instanceof Blob) asked.file = await base64(body);
    else if (body !== undefined) asked.values = JSON.parse(body);
    const answer = await new Promise((resolve, reject) => {
      waiting.set(asked.id, resolve);
      setTimeout(() => reject(new Error("the notebook is busy, or was closed")), LONGEST_WAIT_MS);
      channel.postMessage(JSON.stringify(asked));
    }).finally(() => waiting.delete(asked.id));
    return {
      ok: answer.status === 200,
      json: async () => answer.json,
      blob: async () => (await fetch(`data:application/octet-stream;base64,${answer.file}`)).blob(),
    };
  };
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
