// Which cases lie on this desk and where its writer was: a page that the browser put away, or that is loaded
// anew, goes on there.
const KEY = "altavoz-desk";
const FIELDS = "input, select, textarea";

export function keepPlace(person, casework) {
  const keep = () => {
    const place = { person, open: casework.ids, shown: casework.shown, focus: focus() };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(place));
    } catch {
      // storage is full or forbidden: the desk begins anew
    }
  };
  for (const sign of ["visibilitychange", "freeze"]) document.addEventListener(sign, keep);
  addEventListener("pagehide", keep);
}

// Opens what lay here and what still has drafts.
export async function goBack(person, casework, drafts) {
  const place = read();
  const mine = place?.person === person ? place : { open: [], shown: null, focus: null };
  const ids = new Set([...mine.open.map(String), ...drafts.cases()]);
  for (const id of ids) await casework.fetch(id, true);
  const again = cameBack();
  if (casework.forms.has(mine.shown) && (again || casework.calling === null)) casework.show(mine.shown);
  if (mine.focus && again) focusOn(mine.focus);
}

function focus() {
  const control = document.activeElement;
  if (!control?.id || !control.matches(FIELDS)) return null;
  const { id, scrollTop } = control;
  const range = "setSelectionRange" in control ? [control.selectionStart, control.selectionEnd] : null;
  return { id, range, scrollTop };
}

function focusOn({ id, range, scrollTop }) {
  const control = document.getElementById(id);
  if (!control || control.closest("[hidden]") || document.activeElement?.matches(FIELDS)) return;
  control.focus();
  if (range) control.setSelectionRange(...range);
  control.scrollTop = scrollTop;
}

function cameBack() {
  return document.wasDiscarded || performance.getEntriesByType("navigation")[0]?.type === "reload";
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}
