// Turns a dialog that stands open in the page into one that a button opens over it.

export function bind(frame) {
  const dialog = frame.querySelector("dialog");
  const opener = frame.querySelector("[data-open-dialog]");
  if (!dialog?.showModal || !opener) return;

  const hasErrors = dialog.querySelector(".error-summary, [aria-invalid]");
  dialog.removeAttribute("open");
  opener.hidden = false;
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-dialog]")) dialog.close();
  });
  if (hasErrors) dialog.showModal();
}
