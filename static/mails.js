/* Comfort only: tags put in by a press, the preview follows what is typed. */
"use strict";

(() => {
  const form = document.querySelector(".mail-form");
  if (!form) return;
  const fields = [form.elements.subject, form.elements.body];
  const chips = [];
  let writing = form.elements.body;

  /* A tag's button writes it where the caret was; tags that no subject may hold rest there. */
  const insert = (tag) => {
    const words = `{{ ${tag} }}`;
    writing.setRangeText(words, writing.selectionStart, writing.selectionEnd, "end");
    writing.focus();
    writing.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const code of form.querySelectorAll("[data-tag]")) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.textContent = code.textContent;
    chip.addEventListener("click", () => insert(code.dataset.tag));
    chips.push({ chip, inSubject: "inSubject" in code.dataset });
    code.replaceWith(chip);
  }
  for (const field of fields) {
    field.addEventListener("focus", () => {
      writing = field;
      for (const { chip, inSubject } of chips) {
        chip.disabled = field === form.elements.subject && !inSubject;
      }
    });
  }
  for (const hint of form.querySelectorAll("[data-with-script]")) hint.hidden = false;

  const preview = form.querySelector("[data-preview]");
  let waiting;
  const show = () => form.requestSubmit(preview);
  /* While the page loads, so does the frame, and what was asked of it meanwhile could be lost. */
  const refresh = () => {
    if (document.readyState === "complete") show();
    else window.addEventListener("load", show, { once: true });
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 500);
  });
  /* What was refused or tried out is in the form, and not what is saved: show that. */
  if ("unsaved" in form.dataset) refresh();
})();
