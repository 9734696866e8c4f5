// A second click sends nothing. After a while, or on coming back to the page, the form may be sent again.

const PATIENCE = 15_000;

export function bind(form) {
  let sent = false;
  const release = () => {
    sent = false;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.defaultPrevented) return;
    sent = true;
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(release, PATIENCE);
  });
  window.addEventListener("pageshow", (event) => event.persisted && release());
}
