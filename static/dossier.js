/* Comfort of the dossier's editor: the chat follows what is typed, items are dragged. Everything
   here also works without it, by buttons. */
"use strict";

(() => {
  const form = document.querySelector("form[data-rehearse]");
  const chat = document.querySelector("[data-chat]");

  /* The chat follows what is typed; only the newest answer is shown */
  if (form && chat) {
    let waiting = 0;
    let asked = 0;
    const rehearse = async () => {
      asked += 1;
      const mine = asked;
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.rehearse, { method: "POST", body }).catch(() => null);
      if (!answer?.ok || answer.redirected || mine !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-chat]");
      if (!fresh) return;
      chat.lang = fresh.lang;
      chat.replaceChildren(...fresh.childNodes);
    };
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(rehearse, 350);
    });

    /* The answers of a chosen question are shown without a further button */
    const answers = form.querySelector("[data-answers]");
    answers?.addEventListener("change", () => {
      form.requestSubmit(form.querySelector("button[value='answers']"));
    });
  }

  /* Items are dragged within their group */
  const drop = document.getElementById("drop");
  let lifted = null;
  const clear = () => {
    for (const item of document.querySelectorAll(".item.over")) item.classList.remove("over");
  };
  const target = (event) => {
    const item = event.target.closest?.("[data-movable]");
    return lifted && item && item !== lifted && item.parentNode === lifted.parentNode ? item : null;
  };
  for (const item of drop ? document.querySelectorAll("[data-movable]") : []) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      lifted = item;
      item.classList.add("lifted");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.dataset.item);
    });
    item.addEventListener("dragend", () => {
      item.classList.remove("lifted");
      lifted = null;
      clear();
    });
    item.addEventListener("dragover", (event) => {
      if (!target(event)) return;
      event.preventDefault();
      clear();
      item.classList.add("over");
    });
    item.addEventListener("drop", (event) => {
      if (!target(event)) return;
      event.preventDefault();
      const movable = [...item.parentNode.querySelectorAll("[data-movable]")];
      drop.elements.key.value = lifted.dataset.item;
      drop.elements.place.value = movable.indexOf(item);
      drop.submit();
    });
  }
})();
