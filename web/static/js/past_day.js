// A day that is past is no error: who chooses it is told, beside the field.
for (const field of document.querySelectorAll("input[data-today]")) {
  field.addEventListener("input", () => {
    field.parentElement.querySelector(".past span").hidden = !field.value || field.value >= field.dataset.today;
  });
}
