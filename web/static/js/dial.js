// The link that calls the telephone of a case, as the field reads now: the server knows which number that is.
const WHOLE = /^\+[\d\s().-]{8,}$/;

export class Dial {
  constructor(form) {
    this.link = form.querySelector("[data-dial]");
    this.control = form.elements.telephone;
    this.known = new Map([[this.control.value, this.link.dataset.dial]]);
  }

  // A number as it is read and the one to be dialled for it; empty when there is none.
  learn(read, dialled) {
    this.known.set(read.trim(), dialled);
  }

  // What was never saved is dialled only when it is written with its country.
  draw() {
    const read = this.control.value.trim();
    const number = this.known.get(read) ?? (WHOLE.test(read) ? `+${read.replace(/\D/g, "")}` : "");
    this.link.hidden = !number;
    this.link.href = `tel:${number}`;
  }
}
