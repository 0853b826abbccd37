// What was typed and is not yet saved, kept in this tab so that a reload does not lose it: the text, the
// revision of the case that its writer had seen, and its place in the order of typing.
const PREFIX = "altavoz-draft";

export class Drafts {
  constructor(person) {
    this.prefix = [PREFIX, person, ""].join(":");
  }

  keep(caseId, field, draft) {
    attempt(() => sessionStorage.setItem(this.key(caseId, field), JSON.stringify(draft)));
  }

  // `{ value, revision, order }`, or null.
  read(caseId, field) {
    return attempt(() => JSON.parse(sessionStorage.getItem(this.key(caseId, field))));
  }

  drop(caseId, field) {
    attempt(() => sessionStorage.removeItem(this.key(caseId, field)));
  }

  // The cases that have drafts, by when the first of each was typed.
  cases() {
    const mine = Object.keys(sessionStorage).filter((name) => name.startsWith(this.prefix));
    const found = mine.map((name) => name.slice(this.prefix.length).split(":"));
    const order = ([caseId, field]) => this.read(caseId, field)?.order ?? 0;
    found.sort((one, other) => order(one) - order(other));
    return [...new Set(found.map(([caseId]) => caseId))];
  }

  key(caseId, field) {
    return `${this.prefix}${caseId}:${field}`;
  }
}

export function forgetOthers(person) {
  const mine = [PREFIX, person, ""].join(":");
  attempt(() =>
    Object.keys(sessionStorage)
      .filter((name) => name.startsWith(PREFIX) && !name.startsWith(mine))
      .forEach((name) => sessionStorage.removeItem(name)),
  );
}

function attempt(what) {
  try {
    return what();
  } catch {
    return null; // storage is full or forbidden: the page still holds the text
  }
}
