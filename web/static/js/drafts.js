// What was typed and is not yet saved, kept in this tab so that a reload does not lose it.
const PREFIX = "altavoz-draft";

const key = (person, caseId, field) => [PREFIX, person, caseId, field].join(":");

export class Drafts {
  constructor(person) {
    this.person = person;
  }

  keep(caseId, field, value) {
    attempt(() => sessionStorage.setItem(key(this.person, caseId, field), value));
  }

  read(caseId, field) {
    return attempt(() => sessionStorage.getItem(key(this.person, caseId, field)));
  }

  drop(caseId, field) {
    attempt(() => sessionStorage.removeItem(key(this.person, caseId, field)));
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
