// Groups of the bar close by Escape, by leaving them, and by pressing elsewhere, as menus do.
const groups = [...document.querySelectorAll(".bar nav details")];
const folded = matchMedia("(max-width: 68rem)"); // there they are part of a list, and stay as they are left

function close(kept) {
  if (folded.matches) return;
  for (const group of groups) if (group !== kept) group.open = false;
}

document.addEventListener("click", (event) => close(event.target.closest(".bar nav details")));

for (const group of groups) {
  if (folded.matches) group.open = Boolean(group.querySelector("[aria-current='page']"));
  group.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !group.contains(event.relatedTarget)) close(null);
  });
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !group.open || folded.matches) return;
    group.open = false;
    group.querySelector("summary").focus();
  });
}
