// What waits to be saved at this desk, in the order in which it was typed: one request at a time, each tried
// again until it is answered.
import { Broken, SignedOut } from "./server.js";
import { backoff, later } from "./timers.js";

const FIRST_RETRY = 500;
const LAST_RETRY = 15_000;

export class Outbox {
  constructor(signedOut = () => {}) {
    this.signedOut = signedOut;
    this.waiting = [];
    this.curious = [];
    this.failures = 0;
    this.running = false;
  }

  // Resolves when all that waits is saved, or cannot be for now.
  add(field) {
    if (!this.waiting.includes(field)) this.waiting.push(field);
    const settled = new Promise((resolve) => this.curious.push(resolve));
    if (!this.running) this.run();
    return settled;
  }

  // Something changed for the better: no more waiting.
  wake() {
    this.failures = 0;
    this.goOn?.();
  }

  async run() {
    this.running = true;
    while (this.waiting.length) await this.first();
    this.running = false;
    this.settled();
  }

  async first() {
    const [field] = this.waiting;
    try {
      await field.send();
      this.failures = 0;
      this.waiting.splice(this.waiting.indexOf(field), 1);
    } catch (failure) {
      for (const each of this.waiting) each.waits(failure);
      if (failure instanceof SignedOut) this.signedOut(failure.who);
      // Only an answer speaks against this one field: the others may go first.
      if (failure instanceof Broken) this.waiting.push(this.waiting.shift());
      this.settled();
      await this.pause();
    }
  }

  pause() {
    return new Promise((resolve) => {
      this.goOn = resolve;
      later(backoff(this.failures++, FIRST_RETRY, LAST_RETRY), resolve);
    });
  }

  settled() {
    this.curious.splice(0).forEach((resolve) => resolve());
  }
}
