// The names of the chosen files under their field, in place of what the browser says in its own language.

export function bind(frame) {
  const input = frame.querySelector("input[type=file]");
  const names = frame.querySelector(".file-names");
  const show = () => {
    const lines = [...input.files].map((file) => Object.assign(document.createElement("span"), { textContent: file.name }));
    names.replaceChildren(...(lines.length ? lines : [names.dataset.none]));
    input.title = [...input.files].map((file) => file.name).join("\n") || names.dataset.none;
  };
  input.addEventListener("change", show);
  input.form?.addEventListener("reset", () => setTimeout(show));
  window.addEventListener("pageshow", show);
  show();
}
