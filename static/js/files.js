// A field for files says which were chosen, and shows those that are pictures. Without script the browser's own does.
const shown = new WeakMap();

const show = (field, files) => {
  const names = field.querySelector("[data-file-names]");
  if (!names) return;
  for (const url of shown.get(field) ?? []) URL.revokeObjectURL(url);
  field.querySelectorAll(".file-photo").forEach((old) => old.remove());
  const urls = [];
  for (const file of files.filter((each) => each.type.startsWith("image/")).slice(0, 6)) {
    const photo = new Image(72, 72);
    photo.className = "file-photo";
    photo.alt = "";
    photo.src = URL.createObjectURL(file);
    photo.addEventListener("error", () => photo.remove());
    urls.push(photo.src);
    field.append(photo);
  }
  shown.set(field, urls);
  names.dataset.none ??= names.textContent;
  names.classList.remove("warn");
  names.textContent = files.length ? files.map((file) => file.name).join(", ") : names.dataset.none;
};

export const startFiles = () => {
  const now = (input) => {
    const field = input.closest("[data-file]");
    if (field) show(field, [...input.files]);
  };
  document.addEventListener("change", (event) => {
    if (event.target.type === "file") now(event.target);
  });
  // Coming back to a page, some browsers give the chosen files back without a word.
  addEventListener("pageshow", () => {
    for (const input of document.querySelectorAll("[data-file] input[type=file]")) if (input.files.length) now(input);
  });
};
