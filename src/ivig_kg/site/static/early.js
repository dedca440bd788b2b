// Before anything is shown: what needs scripts has its place from the beginning, so nothing moves.
document.documentElement.classList.add("js");
