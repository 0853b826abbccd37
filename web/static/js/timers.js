// Timers that run on time in a tab that nobody looks at.
const worker = new Worker(new URL("./timer_worker.js", import.meta.url));
const waiting = new Map();
let last = 0;

worker.onmessage = ({ data: id }) => {
  const run = waiting.get(id);
  waiting.delete(id);
  run?.();
};

export function later(milliseconds, run) {
  waiting.set(++last, run);
  worker.postMessage([last, milliseconds]);
  return last;
}

export function never(id) {
  waiting.delete(id);
}

// A wait that doubles with each failure up to `most`, and differs from desk to desk.
export function backoff(failures, first, most) {
  return Math.min(most, first * 2 ** failures) * (0.5 + Math.random() / 2);
}
