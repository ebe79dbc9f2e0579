// Work that nobody waits for, done when the browser has nothing else to do.

const LATEST = 2000;

/** Do something in the first task after the next frame. */
export function afterFrame(act) {
  const next = new MessageChannel();
  next.port1.onmessage = act;
  requestAnimationFrame(() => next.port2.postMessage(null));
}

/** Return when what was drawn has been painted. */
export function painted() {
  return new Promise(afterFrame);
}

/** Do one piece of work after the other, each when the browser is idle. */
export async function whenIdle(works) {
  for (const work of works) {
    await new Promise((done) => (window.requestIdleCallback ? requestIdleCallback(done, { timeout: LATEST }) : setTimeout(done)));
    work();
  }
}
