// The live stream: kept open, dialled again with jitter, and honest about not being live.
// Of too many desks of one person the oldest is closed: it is dialled again only when asked for here.
import { renewToken, SignedOut } from "./server.js";
import { backoff, later, never } from "./timers.js";

const FIRST_WAIT = 300;
const LAST_WAIT = 3000;
const SIGNED_OUT_WAIT = 15_000;
const DIAL = 4000;
const SILENCE = 10_000; // the server beats every 4 s
const ANSWER = 2000;
const LOOK = 1000;
const ACTIVE_EVERY = 60_000;
const OPENED_ELSEWHERE = 4409;

export class Stream {
  constructor(path, { message, live, lost, signedOut, openedElsewhere }) {
    this.path = path;
    this.on = { message, live, lost, signedOut, openedElsewhere };
    this.failures = 0;
    this.told = 0;
    for (const sign of ["online", "offline", "pageshow", "focus"]) addEventListener(sign, () => this.probe());
    for (const sign of ["visibilitychange", "resume"]) document.addEventListener(sign, () => this.probe());
    for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => this.active(), { passive: true });
    this.watchForSleep(Date.now());
    this.dial();
  }

  // Somebody wants this desk after all; another of theirs gives way.
  resume() {
    this.elsewhere = false;
    this.failures = 0;
    this.dial();
  }

  // As whoever is signed in with this browser now.
  renew() {
    const former = this.socket;
    this.socket = null;
    former?.close();
    this.dial();
  }

  // After a sleep, or when the network says something, what is open has to prove that it lives.
  probe() {
    if (this.socket?.readyState !== WebSocket.OPEN) return this.dial();
    this.send({ probe: true });
    this.listen(ANSWER);
  }

  watchForSleep(before) {
    later(LOOK, () => {
      if (Math.abs(Date.now() - before - LOOK) > 2 * LOOK) this.probe();
      this.watchForSleep(Date.now());
    });
  }

  dial() {
    never(this.redial);
    if (this.elsewhere) return;
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${this.path}`);
    this.socket = socket;
    socket.onopen = () => socket === this.socket && this.listen(DIAL);
    socket.onmessage = (event) => socket === this.socket && this.heard(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.socket && this.dropped(event.code);
    this.listen(DIAL);
  }

  heard(message) {
    this.listen(SILENCE);
    if (this.failures !== null) this.on.live();
    this.failures = null;
    this.on.message(message);
  }

  // A connection that is half open says nothing at all: silence is taken for its end.
  listen(patience) {
    never(this.silence);
    const socket = this.socket;
    this.silence = later(patience, () => {
      socket.close();
      if (socket === this.socket) this.dropped(0);
    });
  }

  dropped(code) {
    never(this.silence);
    this.socket = null;
    if (code === OPENED_ELSEWHERE) {
      this.elsewhere = true;
      this.on.openedElsewhere();
      return;
    }
    this.on.lost();
    this.failures = (this.failures ?? 0) + 1;
    this.dialLater(backoff(this.failures - 1, FIRST_WAIT, LAST_WAIT));
    this.askWhetherSignedOut();
  }

  dialLater(wait) {
    never(this.redial);
    this.redial = later(wait, () => this.dial());
  }

  async askWhetherSignedOut() {
    try {
      await renewToken();
    } catch (failure) {
      if (!(failure instanceof SignedOut) || this.failures === null) return;
      this.on.signedOut(failure.who);
      this.dialLater(SIGNED_OUT_WAIT);
    }
  }

  send(said) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(said));
  }

  active() {
    if (performance.now() - this.told < ACTIVE_EVERY && this.told) return;
    this.told = performance.now();
    this.send({ active: true });
  }
}
