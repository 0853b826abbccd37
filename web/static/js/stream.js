// The live stream: kept open, dialled again with jitter, and honest about not being live.
// Of too many desks of one person the oldest is closed: it is dialled again only when asked for here.
import { renewToken, SignedOut } from "./server.js";

const FIRST_WAIT = 300;
const LAST_WAIT = 10_000;
const SILENCE = 25_000; // the server beats every 10 s
const ACTIVE_EVERY = 60_000;
const SIGNED_OUT = 4401;
const OPENED_ELSEWHERE = 4409;

export class Stream {
  constructor(path, { message, live, lost, signedOut, openedElsewhere }) {
    this.path = path;
    this.on = { message, live, lost, signedOut, openedElsewhere };
    this.failures = 0;
    this.told = 0;
    addEventListener("online", () => this.dial());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.dial());
    for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => this.active(), { passive: true });
    this.dial();
  }

  // Somebody wants this desk after all; another of theirs gives way.
  resume() {
    this.elsewhere = false;
    this.failures = 0;
    this.dial();
  }

  dial() {
    clearTimeout(this.redial);
    if (this.elsewhere) return;
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${this.path}`);
    this.socket = socket;
    socket.onmessage = (event) => this.heard(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.socket && this.dropped(event);
    this.listen();
  }

  heard(message) {
    this.listen();
    if (this.failures !== null) this.on.live();
    this.failures = null;
    this.on.message(message);
  }

  // A connection that is half open says nothing at all: silence is taken for its end.
  listen() {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.silence = setTimeout(() => {
      socket.close();
      if (socket === this.socket) this.dropped({ code: 0 });
    }, SILENCE);
  }

  async dropped(event) {
    clearTimeout(this.silence);
    this.socket = null;
    if (event.code === OPENED_ELSEWHERE) {
      this.elsewhere = true;
      this.on.openedElsewhere();
      return;
    }
    this.on.lost();
    if (event.code === SIGNED_OUT || (await this.withoutSession())) this.on.signedOut();
    this.failures = (this.failures ?? 0) + 1;
    const wait = Math.min(LAST_WAIT, FIRST_WAIT * 2 ** (this.failures - 1));
    clearTimeout(this.redial);
    this.redial = setTimeout(() => this.dial(), wait * (0.5 + Math.random() / 2));
  }

  async withoutSession() {
    try {
      await renewToken();
      return false;
    } catch (failure) {
      return failure instanceof SignedOut;
    }
  }

  send(said) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(said));
  }

  active() {
    if (Date.now() - this.told < ACTIVE_EVERY) return;
    this.told = Date.now();
    this.send({ active: true });
  }
}
