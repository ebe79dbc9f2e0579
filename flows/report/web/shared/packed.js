// The blocks of the page: gzip in base64, written by flows/report/page.py.

function bytesOf(name) {
  const block = document.getElementById(`data-${name}`);
  if (block === null) throw new Error(`found no block ${name} in the page`);
  const text = block.textContent;
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function unpacked(name) {
  return new Response(new Blob([bytesOf(name)]).stream().pipeThrough(new DecompressionStream("gzip")));
}

/** Read a block of JSON. */
export function dataOf(name) {
  return unpacked(name).json();
}

/** Import a block of JavaScript. */
export async function moduleOf(name) {
  const source = new Blob([await unpacked(name).blob()], { type: "text/javascript" });
  const address = URL.createObjectURL(source);
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}
