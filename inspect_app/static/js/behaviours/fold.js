// Letters without their marks, so that "van mieu" finds "Văn Miếu".

export function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/\s+/g, " ").trim();
}

/** Every word typed must begin a word of the label. */
export function matches(label, typed) {
  const words = fold(label).split(/[\s,.()–-]+/);
  return fold(typed).split(" ").every((part) => words.some((word) => word.startsWith(part)));
}
