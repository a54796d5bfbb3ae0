"use strict";
/* A candidate's page made nicer; everything works without this file.
   The pages of a document: zoom, rotation, page number. Reasons by their digit. The preview of
   the mail follows the decision. A pending decision reloads the page when it has left. */

const viewer = document.querySelector("[data-viewer]");
const tools = document.querySelector("[data-viewer-tools]");
const figures = viewer ? [...viewer.querySelectorAll("[data-page]")] : [];

/* The figure that is most in sight: the one that buttons turn. */
function current() {
  const middle = viewer.getBoundingClientRect().top + viewer.clientHeight / 2;
  return figures.find((one) => one.getBoundingClientRect().bottom > middle) || figures.at(-1);
}

function say() {
  const label = current().querySelector("figcaption").textContent;
  tools.querySelector("[data-page-number]").textContent = label;
}

/* A turned image keeps its place in the flow: its frame gets the swapped sides. */
function draw(figure) {
  const image = figure.querySelector("img");
  const zoom = Number(figure.dataset.zoom || 1);
  const angle = Number(figure.dataset.angle || 0);
  const ratio = image.getAttribute("height") / image.getAttribute("width");
  const room = viewer.clientWidth - 26;
  const natural = Math.min(room, Number(image.getAttribute("width")));
  const lying = angle % 180 !== 0;
  const width = (lying ? Math.min(natural, room / ratio) : natural) * zoom;
  const link = image.parentElement;
  image.style.width = `${width}px`;
  image.style.maxWidth = "none";
  image.style.transform = `rotate(${angle}deg)`;
  link.style.display = "grid";
  link.style.placeItems = "center";
  link.style.width = `${lying ? width * ratio : width}px`;
  link.style.height = `${lying ? width : width * ratio}px`;
}

function turn(degrees) {
  const figure = current();
  figure.dataset.angle = (Number(figure.dataset.angle || 0) + degrees + 360) % 360;
  draw(figure);
}

function zoom(factor) {
  for (const figure of figures) {
    const wanted = Number(figure.dataset.zoom || 1) * factor;
    figure.dataset.zoom = Math.min(4, Math.max(0.3, wanted));
    draw(figure);
  }
}

if (figures.length) {
  tools.hidden = false;
  viewer.addEventListener("scroll", say, { passive: true });
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.rotate) turn(Number(button.dataset.rotate));
    if (button?.dataset.zoom) zoom(Number(button.dataset.zoom));
  });
  say();
}

/* Reasons: opening puts the cursor on the first one and scrolls no further than needed, digits pick. */
const reasons = document.querySelector("[data-reasons]");
if (reasons) {
  const details = reasons.closest("details");
  const choices = [...reasons.querySelectorAll("[name=reason_key]")];
  let drawnOpen = details.open;  // a browser may tell of that late: what was refused keeps the focus
  details.addEventListener("toggle", () => {
    const drawn = drawnOpen;
    drawnOpen = false;
    if (!details.open || drawn) return;
    const chosen = choices.find((one) => one.checked && one.value);
    (chosen || choices[0] || reasons.querySelector("textarea")).focus({ preventScroll: true });
    details.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("keydown", (event) => {
    const keys = document.querySelector("[data-keys]")?.dataset.keys === "on";
    const writing = event.target.matches("textarea, input:not([type=radio])");
    if (!keys || !details.open || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    const chosen = choices[Number(event.key) - 1];
    if (chosen && chosen.value) {
      chosen.checked = true;
      chosen.focus();
      event.preventDefault();
    }
  });
}

/* The preview of the mail: shown when it is opened, and again when the form changes. */
const preview = document.querySelector("[data-preview]");
if (preview) {
  const fold = preview.closest("details");
  let waiting;
  const refresh = () => {
    if (fold.open && preview.form.querySelector("[name=outcome]:checked")) {
      preview.form.requestSubmit(preview);
    }
  };
  fold.addEventListener("toggle", refresh);
  preview.form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 500);
  });
}

/* A pending decision: look again when it has left, unless something is being written. */
const pending = document.querySelector("[data-until]");
if (pending) {
  const left = new Date(pending.dataset.until) - Date.now() + 2000;
  const fields = () => [...document.querySelectorAll("textarea, input:not([type=hidden])")];
  const changed = (one) =>
    ["checkbox", "radio"].includes(one.type)
      ? one.checked !== one.defaultChecked
      : one.value !== one.defaultValue;
  const reload = () => {
    const busy = document.activeElement?.matches("textarea, input") || fields().some(changed);
    if (busy) setTimeout(reload, 5000);
    else location.reload();
  };
  if (left < 2 ** 31) setTimeout(reload, Math.max(left, 2000));
}

/* A double click sends once; the second answer would tell people that they overtook themselves. */
document.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("data-preview")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

/* On a narrow screen the open tab may be out of sight. */
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

/* What was refused is read first. */
document.querySelector(".refusal")?.focus();
