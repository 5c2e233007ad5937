"use strict";

// What pages do beyond being read: they poll only while somebody looks, and say times in the reader's own zone.

const NAMES = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };

function localTimes(within) {
  for (const one of within.querySelectorAll("time.local"))
    one.textContent = new Date(one.dateTime).toLocaleString(undefined, NAMES);
}

// A part that is asked for anew must not take away what somebody is typing in, or a choice that was made.
function isInUse(part) {
  const focused = document.activeElement;
  if (focused && part.contains(focused) && focused.matches("input, select, textarea, button")) return true;
  return part.querySelector("input[type=checkbox]:checked, details[open]") !== null;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.target;
  if (part.matches(".live") && (document.hidden || isInUse(part))) event.preventDefault();
});
document.addEventListener("htmx:afterSwap", () => localTimes(document));
document.addEventListener("change", (event) => {
  if (!event.target.matches("input[data-all]")) return;
  for (const one of event.target.closest("form").querySelectorAll("input[name=id]")) one.checked = event.target.checked;
});
localTimes(document);
