// Copies data-copy and says so in data-words-copied for a moment.

export function bind(button) {
  const words = button.lastChild;
  const before = words.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    words.textContent = button.dataset.wordsCopied ?? before;
    setTimeout(() => (words.textContent = before), 2_000);
  });
}
