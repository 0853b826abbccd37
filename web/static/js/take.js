// One form that brings a recording: a file chosen or dropped, or the microphone; heard before it is sent.
import { Microphone, available } from "./microphone.js";
import { send } from "./upload.js";

export class Take {
  // `sent` is told with the server's answer.
  constructor(form, sent) {
    this.form = form;
    this.sent = sent;
    this.file = null;
    this.microphone = new Microphone((level, seconds) => this.measured(level, seconds));
    this.part("microphone").hidden = false;
    this.part("record").addEventListener("click", () => this.toggle());
    this.part("file").addEventListener("change", (event) => this.hold(event.target.files[0], "file"));
    this.part("send").hidden = true;
    this.part("send-take").addEventListener("click", () => this.send());
    this.part("discard").addEventListener("click", () => this.discard());
    form.addEventListener("submit", (event) => (event.preventDefault(), this.send()));
    this.takeDrops(this.part("drop"));
    if (!available()) this.part("record").disabled = true;
    if (!available()) this.tell("El micrófono se puede usar solo con https y en un navegador actual; un archivo sirve igual.");
  }

  part(name) {
    return this.form.querySelector(`[data-${name}]`);
  }

  async toggle() {
    if (this.microphone.recording) return this.microphone.stop();
    this.discard();
    this.part("live").hidden = false;
    this.recordingNow(true);
    try {
      this.hold(await this.microphone.record(), "microphone");
    } catch (error) {
      this.tell(error.message, true);
    }
    this.recordingNow(false);
    this.part("live").hidden = true;
  }

  recordingNow(now) {
    const button = this.part("record");
    button.classList.toggle("on", now);
    button.setAttribute("aria-pressed", String(now));
    button.textContent = now ? "Detener" : "Grabar con el micrófono";
  }

  measured(level, seconds) {
    this.part("level").value = level;
    const whole = Math.floor(seconds);
    this.part("clock").textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }

  takeDrops(place) {
    for (const kind of ["dragover", "dragleave", "drop"]) {
      place.addEventListener(kind, (event) => {
        event.preventDefault();
        place.classList.toggle("over", kind === "dragover");
        if (kind === "drop" && event.dataTransfer.files.length) this.hold(event.dataTransfer.files[0], "file");
      });
    }
  }

  // Kept until it is sent or discarded, so that a broken connection loses nothing.
  hold(file, source) {
    if (!file) return;
    this.discard();
    const largest = Number(this.form.dataset.largest);
    if (file.size > largest) return this.tell(`«${file.name}» pesa demasiado: el máximo son ${Math.floor(largest / 2 ** 20)} MB.`, true);
    this.file = file;
    this.form.elements.source.value = source;
    this.part("preview").src = URL.createObjectURL(file);
    this.part("trial").hidden = false;
    this.tell(source === "file" ? `«${file.name}» está listo para enviar.` : "Escúchela y envíela, o grabe otra vez.");
    this.part("send-take").focus();
  }

  discard() {
    if (this.file) URL.revokeObjectURL(this.part("preview").src);
    this.file = null;
    this.part("preview").removeAttribute("src");
    this.part("trial").hidden = true;
    this.part("said").hidden = true;
  }

  async send() {
    if (!this.file || this.sending) return;
    const data = new FormData(this.form);
    data.set("file", this.file, this.file.name);
    this.busy(true);
    try {
      const answer = await send(this.form, data, (share) => (this.part("progress").value = share));
      this.discard();
      this.form.reset();
      this.sent(answer);
    } catch (error) {
      this.tell(error.message, true);
    }
    this.busy(false);
  }

  busy(now) {
    this.sending = now;
    this.part("send-take").disabled = now;
    this.part("progress").hidden = !now;
    this.part("progress").value = 0;
  }

  play() {
    const player = this.part("preview");
    if (this.file) player.paused ? player.play() : player.pause();
  }

  tell(words, wrong = false) {
    const place = this.part("said");
    place.textContent = words;
    place.className = wrong ? "problem" : "soft";
    place.hidden = false;
  }
}
