// On a narrow screen a search of many fields folds into one line that says how many are set.
const MANY = 4;
const narrow = matchMedia("(max-width: 48rem)");

for (const form of document.querySelectorAll("form.filters[aria-label=Buscar]")) {
  const controls = [...form.querySelectorAll("label :is(input, select)")];
  if (controls.length >= MANY) fold(form, controls);
}

function fold(form, controls) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const set = controls.filter(isSet).length;
  const wrong = form.querySelector("[aria-invalid='true']");
  details.className = "folding";
  summary.textContent = set ? `Filtros (${set})` : "Filtros";
  form.before(details);
  details.append(summary, form);
  const suit = () => (details.open = !narrow.matches || wrong !== null);
  narrow.addEventListener("change", suit);
  suit();
}

// A select that stands on its first option lets everything through.
function isSet(control) {
  return control.matches("select") ? control.selectedIndex > 0 : control.value !== "";
}
