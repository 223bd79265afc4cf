// Rules: tries answered in place, dry runs that show how far they are. Without it a link does it.
"use strict";

const LOOK_EVERY = 1_000; // milliseconds between looks at a dry run
const PIECE = { "X-Piece": "true" };

async function piece(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: PIECE });
  const body = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  return { answer, children: [...body.childNodes] };
}

// ---- the place a rule was refused at

function showPlace(refused) {
  const typed = document.getElementById("expression");
  if (!refused || !typed) return;
  typed.focus();
  // the page counts characters, the field counts halves of some
  const units = (count) => [...typed.value].slice(0, count).join("").length;
  typed.setSelectionRange(units(+refused.dataset.start), units(+refused.dataset.end));
}

// ---- trying texts

function tryInPlace(form, button) {
  const tried = document.getElementById("tried");
  form.addEventListener("submit", async (event) => {
    if (event.submitter !== button || button.getAttribute("aria-disabled")) return;
    event.preventDefault();
    button.setAttribute("aria-disabled", "true");
    try {
      const body = new URLSearchParams(new FormData(form));
      const { children } = await piece(button.formAction, { method: "POST", body });
      tried.replaceChildren(...children);
      showPlace(tried.querySelector(".refused"));
    } catch {
      form.action = button.formAction;
      form.submit();
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}

// ---- a dry run, or checks made again

async function follow(run) {
  while (run.querySelector("[data-unfinished]")) {
    await new Promise((done) => setTimeout(done, LOOK_EVERY));
    if (document.hidden) continue;
    try {
      const { answer, children } = await piece(run.dataset.url);
      if (!answer.ok) return;
      const hadFocus = run.contains(document.activeElement);
      run.replaceChildren(...children);
      if (hadFocus) run.querySelector("a, button")?.focus();
    } catch {
      // no network for the moment
    }
  }
  document.getElementById(`${run.id}-says`).textContent =
    run.querySelector("h2, .notice")?.textContent.trim() ?? "";
}

showPlace(document.getElementById("refused"));
const button = document.getElementById("try-button");
if (button) tryInPlace(button.form, button);
const run = document.querySelector("#dry-run, #lights");
if (run?.querySelector("[data-unfinished]")) follow(run);
