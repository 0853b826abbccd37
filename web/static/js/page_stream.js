// The light stream of ordinary pages: it only listens, and dials again when it is cut.
import { fetchPiece, SignedOut } from "./server.js";

const FIRST_WAIT = 500;
const LAST_WAIT = 8000;
const SILENCE = 25_000; // the server beats every 10 s
const SIGNED_OUT = 4401;

export class PageStream {
  constructor(path, { message, live, lost, signedOut }) {
    this.address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.on = { message, live, lost, signedOut };
    this.failures = 0;
    addEventListener("online", () => this.dial());
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", (event) => event.persisted && this.comeBack());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.dial());
    this.dial();
  }

  dial() {
    clearTimeout(this.redial);
    if (this.over || this.socket) return;
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.onmessage = (event) => socket === this.socket && this.heard(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.socket && this.dropped(event.code);
    this.listen();
  }

  heard(message) {
    this.failures = 0;
    this.listen();
    this.on.live();
    this.on.message(message);
  }

  // A connection that is half open says nothing at all.
  listen() {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.silence = setTimeout(() => {
      socket.close();
      if (socket === this.socket) this.dropped(0);
    }, SILENCE);
  }

  async dropped(code) {
    clearTimeout(this.silence);
    this.socket = null;
    if (code === SIGNED_OUT || (await withoutSession())) return this.end();
    if (this.over) return;
    this.on.lost();
    const wait = Math.min(LAST_WAIT, FIRST_WAIT * 2 ** this.failures++);
    this.redial = setTimeout(() => this.dial(), wait * (0.5 + Math.random() / 2));
  }

  end() {
    if (this.over) return;
    this.over = true;
    this.on.signedOut();
  }

  // A page that is being left is not cut off; one that comes back from the browser's cache dials anew.
  leave() {
    this.over = true;
    this.socket?.close();
    this.socket = null;
    clearTimeout(this.redial);
    clearTimeout(this.silence);
  }

  comeBack() {
    this.over = false;
    this.dial();
  }
}

async function withoutSession() {
  try {
    await fetchPiece("/session");
    return false;
  } catch (failure) {
    return failure instanceof SignedOut;
  }
}
