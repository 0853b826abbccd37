// The ring: made here, not loaded. It can be muted, and the browser remembers it.
const KEY = "altavoz-muted";
const EVERY = 2800;

export class Ring {
  constructor(button) {
    this.button = button;
    this.muted = read() === "yes";
    this.timer = null;
    this.context = new AudioContext();
    this.context.addEventListener("statechange", () => this.show());
    for (const sign of ["pointerdown", "keydown"]) {
      button.addEventListener(sign, () => (this.unlocking = this.silent));
      addEventListener(sign, () => this.unlock());
    }
    button.addEventListener("click", () => (this.unlocking ? (this.unlocking = false) : this.toggle()));
    this.unlock();
    this.show();
  }

  // Wanted, but the browser does not let the page sound yet.
  get silent() {
    return !this.muted && this.context.state === "suspended";
  }

  // Browsers let a page sound once its person has acted on the site: signing in did, or the next key will.
  unlock() {
    if (this.context.state === "suspended") this.context.resume().catch(() => {});
  }

  toggle() {
    this.muted = !this.muted;
    try {
      localStorage.setItem(KEY, this.muted ? "yes" : "no");
    } catch {
      // remembered for this page only
    }
    this.show();
  }

  show() {
    this.button.setAttribute("aria-pressed", String(this.muted));
    this.button.textContent = this.muted
      ? "Sonido silenciado"
      : this.silent
        ? "Toque aquí para que suene"
        : "Sonido activado";
  }

  start(emergency) {
    if (this.timer && this.emergency === emergency) return;
    this.stop();
    this.emergency = emergency;
    this.play();
    this.timer = setInterval(() => this.play(), emergency ? EVERY / 2 : EVERY);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  play() {
    if (this.muted || this.context.state !== "running") return;
    const notes = this.emergency ? [784, 988, 784, 988] : [523, 659, 784];
    notes.forEach((pitch, index) => this.note(pitch, this.context.currentTime + index * 0.16));
  }

  note(pitch, at) {
    const tone = this.context.createOscillator();
    const level = this.context.createGain();
    tone.type = "triangle";
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(0.25, at + 0.02);
    level.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
    tone.connect(level).connect(this.context.destination);
    tone.start(at);
    tone.stop(at + 0.42);
  }
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
