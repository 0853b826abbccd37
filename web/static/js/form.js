// The form of a case: saves each field as it is typed, never loses what was typed, and closes the case.
import { speak } from "./notices.js";
import { post, Refused, SignedOut } from "./server.js";

const TYPING_PAUSE = 600;
const FIRST_RETRY = 1000;
const LAST_RETRY = 15_000;

class Field {
  constructor(form, control, drafts) {
    this.form = form;
    this.control = control;
    this.drafts = drafts;
    this.note = document.getElementById(`${control.id}-saved`);
    this.saved = control.value;
    this.revision = form.revision;
    this.timer = null;
    this.sending = null;
    this.failures = 0;
    control.addEventListener("input", () => this.typed(control.tagName === "SELECT" ? 0 : TYPING_PAUSE));
    control.addEventListener("blur", () => this.dirty && !this.refused && this.save());
    this.recover();
  }

  get dirty() {
    return this.control.value !== this.saved;
  }

  recover() {
    const draft = this.drafts.read(this.form.id, this.control.name);
    if (draft === null || draft === this.saved) return;
    this.control.value = draft;
    this.typed(0);
  }

  typed(pause) {
    this.refused = false;
    this.control.removeAttribute("aria-invalid");
    if (this.dirty) this.drafts.keep(this.form.id, this.control.name, this.control.value);
    this.say("typing", this.dirty ? "sin guardar" : "");
    this.later(pause);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  // One request of the form at a time: each answer's revision is the next one's start.
  save() {
    clearTimeout(this.timer);
    this.sending ??= this.form.inTurn(() => this.send()).finally(() => (this.sending = null));
    return this.sending;
  }

  async send() {
    const value = this.control.value;
    if (value === this.saved) return this.settled();
    this.say("saving", "guardando…");
    try {
      const answer = await post(this.form.path, { field: this.control.name, value, revision: this.revision });
      this.kept(value, answer.case);
    } catch (failure) {
      this.failed(failure, value);
    }
  }

  kept(value, present) {
    this.failures = 0;
    this.revision = present.revision;
    const written = present.fields[this.control.name];
    this.saved = value;
    if (this.control.value !== value) return this.typed(TYPING_PAUSE);
    if (written !== value && document.activeElement !== this.control) this.control.value = this.saved = written;
    this.settled();
    this.say("saved", "guardado");
  }

  settled() {
    this.drafts.drop(this.form.id, this.control.name);
    if (!this.dirty) this.say("", "");
  }

  failed(failure, value) {
    if (failure instanceof Refused) return this.refuse(failure, value);
    this.say(
      "failed",
      failure instanceof SignedOut
        ? "no se pudo guardar: su sesión terminó"
        : "no se pudo guardar: sin conexión; se reintenta",
    );
    const pause = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.failures++);
    this.later(pause * (0.5 + Math.random() / 2));
  }

  refuse(failure, value) {
    const present = failure.body.case;
    if (failure.status === 409 && present) this.revision = present.revision;
    if (this.control.value !== value) return this.later(TYPING_PAUSE);
    this.refused = true;
    this.control.setAttribute("aria-invalid", "true");
    this.say("refused", `no se pudo guardar: ${failure.message}`);
    speak(`No se pudo guardar: ${failure.message}`);
  }

  // Somebody changed the case elsewhere: shown here unless this field is being written.
  told(value, revision) {
    if (this.dirty || this.sending || document.activeElement === this.control) return;
    this.revision = revision;
    if (value === this.saved) return;
    this.control.value = this.saved = value;
    this.say("", "");
  }

  say(state, text) {
    this.note.dataset.state = state;
    this.note.textContent = text;
  }
}

export class CaseForm {
  constructor(article, drafts, closed) {
    this.article = article;
    this.id = article.dataset.case;
    this.number = article.dataset.number;
    const form = article.querySelector(".case-form");
    this.path = form.dataset.save;
    this.revision = Number(form.dataset.revision);
    this.closed = closed;
    this.turn = Promise.resolve();
    this.fields = [...form.querySelectorAll("select, input, textarea")].map(
      (control) => new Field(this, control, drafts),
    );
    form.addEventListener("submit", (event) => event.preventDefault());
    this.ending = article.querySelector(".close-form");
    this.problem = document.getElementById(`close-${this.id}-problem`);
    this.ending.addEventListener("submit", (event) => {
      event.preventDefault();
      this.close();
    });
    article.addEventListener("keydown", (event) => this.key(event));
  }

  inTurn(work) {
    this.turn = this.turn.then(work, work);
    return this.turn;
  }

  get dirty() {
    return this.fields.some((field) => field.dirty);
  }

  get writing() {
    return this.article.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  }

  focus() {
    (this.fields.find((field) => !field.control.value) ?? this.fields[0]).control.focus();
  }

  retry() {
    this.fields.filter((field) => field.dirty && !field.refused).forEach((field) => field.save());
  }

  told(present) {
    for (const field of this.fields) field.told(present.fields[field.control.name] ?? "", present.revision);
  }

  key(event) {
    if (event.key === "Escape") document.activeElement.blur();
    if (event.key !== "Enter" || !event.ctrlKey) return;
    event.preventDefault();
    const outcome = this.ending.elements.outcome;
    if (document.activeElement === outcome && outcome.value) this.close();
    else outcome.focus();
  }

  async close() {
    const outcome = this.ending.elements.outcome;
    if (!outcome.value) return this.cannot("Elija cómo terminó el caso.", outcome);
    await Promise.all(this.fields.filter((field) => field.dirty).map((field) => field.save()));
    if (this.dirty) return this.cannot("Hay campos sin guardar: corríjalos o espere a que se guarden.", outcome);
    try {
      await post(this.ending.getAttribute("action"), { outcome: outcome.value });
    } catch (failure) {
      return this.cannot(failure instanceof Refused ? failure.message : "El servidor no responde: pruebe otra vez.", outcome);
    }
    this.closed(this);
  }

  cannot(text, control) {
    this.problem.dataset.state = "refused";
    this.problem.textContent = text;
    control.focus();
  }
}
