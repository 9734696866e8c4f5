// A list's filters act as soon as one is chosen; the address carries only those that say something.

export function bind(form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox], [type=radio]") && !event.target.multiple) form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    const silent = [...form.elements].filter((field) => field.name && field.value === "" && !field.disabled);
    silent.forEach((field) => (field.disabled = true));
    setTimeout(() => silent.forEach((field) => (field.disabled = false)), 1_000);
  });
}
