// Shows a password as it is typed; a check box or a button with data-for="id of the field".

export function bind(control) {
  const field = document.getElementById(control.dataset.for);
  if (!field) return;
  control.closest("[hidden]")?.removeAttribute("hidden");
  const isBox = control.type === "checkbox";
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    if (!isBox) control.setAttribute("aria-pressed", String(shown));
  };
  control.addEventListener(isBox ? "change" : "click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false));
}
