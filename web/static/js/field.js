// One field of a case: saved as it is typed, never lost, and never written over somebody else's words unseen.
import { Conflict } from "./conflict.js";
import { speak } from "./notices.js";
import { Refused, SignedOut } from "./server.js";
import { later, never } from "./timers.js";

const TYPING_PAUSE = 600;
let order = 0;

export class Field {
  constructor(form, control, drafts, outbox) {
    this.form = form;
    this.control = control;
    this.drafts = drafts;
    this.outbox = outbox;
    this.note = document.getElementById(`${control.id}-saved`);
    this.label = control.labels[0].textContent;
    this.saved = this.written = control.value;
    this.revision = form.revision;
    this.tried = new Set();
    this.conflict = null;
    this.news = null;
    this.sending = false;
    control.addEventListener("input", () => this.typed(control.tagName === "SELECT" ? 0 : TYPING_PAUSE));
    control.addEventListener("blur", () => this.dirty && !this.refused && this.save());
  }

  get dirty() {
    return this.control.value !== this.saved;
  }

  get name() {
    return this.control.name;
  }

  // What a page that was loaded anew finds of itself.
  get draft() {
    const found = this.drafts.read(this.form.id, this.name);
    return found && found.value !== this.saved ? found : null;
  }

  recover({ value, revision }) {
    this.control.value = value;
    this.revision = revision;
    this.typed(0);
  }

  typed(pause) {
    if (this.dirty) this.keep();
    this.say("typing", this.dirty ? "sin guardar" : "");
    if (this.conflict) return;
    this.refused = false;
    this.control.removeAttribute("aria-invalid");
    this.later(pause);
  }

  keep() {
    order = Math.max(order + 1, Date.now());
    this.drafts.keep(this.form.id, this.name, { value: this.control.value, revision: this.revision, order });
  }

  later(pause) {
    never(this.timer);
    this.timer = later(pause, () => this.save());
  }

  save() {
    never(this.timer);
    if (this.conflict) return Promise.resolve();
    return this.outbox.add(this);
  }

  // Called by the outbox; what it throws is tried again.
  async send() {
    const value = this.control.value;
    if (this.conflict || value === this.saved) return this.settled();
    this.say("saving", "guardando…");
    this.sending = true;
    this.tried.add(value.trim());
    try {
      this.kept(value, await this.form.put(this.name, value, this.revision));
    } catch (failure) {
      if (!(failure instanceof Refused)) throw failure;
      this.refuse(failure, value);
    } finally {
      this.sending = false;
      this.hearNews();
    }
  }

  kept(value, present) {
    this.revision = present.revision;
    this.written = present.fields[this.name];
    this.saved = value;
    this.tried.clear();
    if (this.control.value !== value) return this.typed(TYPING_PAUSE);
    if (document.activeElement !== this.control) this.control.value = this.saved = this.written;
    this.settled();
    this.say("saved", "guardado");
  }

  settled() {
    if (this.dirty) return;
    this.drafts.drop(this.form.id, this.name);
    this.say("", "");
  }

  waits(failure) {
    this.say(
      "failed",
      failure instanceof SignedOut
        ? "guardado aquí; se enviará cuando vuelva a entrar"
        : "guardado aquí; se enviará al volver la conexión",
    );
  }

  refuse(failure, value) {
    const present = failure.body.case;
    if (failure.status === 409 && present) return this.differs(present, failure.body.by);
    if (this.control.value !== value) return this.later(TYPING_PAUSE);
    this.refused = true;
    this.control.setAttribute("aria-invalid", "true");
    this.say("refused", `no se pudo guardar: ${failure.message}`);
    speak(`No se pudo guardar: ${failure.message}`);
  }

  // Somebody wrote here meanwhile; unless it was this field itself, in a request whose answer was lost.
  differs(present, by) {
    const theirs = present.fields[this.name] ?? "";
    this.revision = present.revision;
    if (this.tried.has(theirs.trim())) {
      this.saved = this.written = theirs;
      return this.later(0);
    }
    this.written = theirs;
    this.conflict = new Conflict(this, theirs, by);
  }

  resolve(value) {
    this.conflict = null;
    this.tried.clear();
    this.saved = this.written;
    this.control.value = value;
    this.control.focus();
    this.typed(0);
  }

  // Somebody changed the case elsewhere: shown here unless this field is being written.
  told(value, revision) {
    if (this.sending) return void (this.news = { value, revision });
    if (this.dirty || this.conflict || revision < this.revision) return;
    this.revision = revision;
    if (value === this.written) return;
    this.show(value);
    this.say("saved", "actualizado");
  }

  hearNews() {
    const news = this.news;
    this.news = null;
    if (news && news.revision > this.revision) this.told(news.value, news.revision);
  }

  show(value) {
    const { control } = this;
    const caret = control === document.activeElement && "setSelectionRange" in control ? control.selectionStart : null;
    const kept = caret !== null && value.startsWith(control.value.slice(0, caret)) ? caret : value.length;
    control.value = this.saved = this.written = value;
    if (caret !== null) control.setSelectionRange(kept, kept);
  }

  say(state, text) {
    this.note.dataset.state = state;
    this.note.textContent = text;
    this.form.dial.draw();
  }
}
