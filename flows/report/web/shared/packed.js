// The blocks of the page: gzip in base64, written by flows/report/page.py.

/** Return the text of a block. This may run while the page is still read: a block is whole when something follows it. */
async function textOf(name) {
  const block = () => document.getElementById(`data-${name}`);
  if (document.readyState === "loading" && !block()?.nextElementSibling) {
    await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
  }
  if (block() === null) throw new Error(`found no block ${name} in the page`);
  return block().textContent;
}

function decoded(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

async function unpacked(name) {
  const bytes = decoded(await textOf(name));
  const packed = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return new Response(packed.pipeThrough(new DecompressionStream("gzip")));
}

/** Read a block of JSON. */
export async function dataOf(name) {
  return (await unpacked(name)).json();
}

/** Read a block of bytes. */
export async function bytesOf(name) {
  return (await unpacked(name)).arrayBuffer();
}

const modules = new Map();

/** Import a block of JavaScript; it is read once. */
export function moduleOf(name) {
  if (!modules.has(name)) modules.set(name, imported(name));
  return modules.get(name);
}

async function imported(name) {
  const source = new Blob([await (await unpacked(name)).blob()], { type: "text/javascript" });
  const address = URL.createObjectURL(source);
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}
