// Small helpers for the elements of the page.

export const find = (id) => document.getElementById(id);

/** An element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(text, act, properties = {}) {
  const made = make("button", { type: "button", textContent: text, ...properties });
  made.addEventListener("click", act);
  return made;
}

/** A switch, which says what it is. */
export function toggle(text, act) {
  const made = make("button", { type: "button", className: "switch" }, make("span", { textContent: text }), make("i"));
  made.setAttribute("role", "switch");
  made.addEventListener("click", act);
  return made;
}

/** A form of one field and one button. */
export function field(label, action, act) {
  const input = make("input", { autocomplete: "off", maxLength: 1000 });
  input.setAttribute("aria-label", label);
  const form = make("form", { className: "line" }, input, make("button", { type: "submit", textContent: action }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(input);
  });
  return { form, input };
}

/** A live region says again what is written to it again; so does an element lose its selection. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** What somebody is typing is left alone. */
export function showIn(input, value) {
  if (document.activeElement === input && input.value !== input.dataset.shown) return;
  input.value = input.dataset.shown = value;
}

export const bytesText = (count) => `${count.toLocaleString("en")} ${count === 1 ? "byte" : "bytes"}`;
