(() => {
  const cases = [...document.querySelectorAll("[data-case]")];
  const controls = ["mistake", "row", "words"].map((name) => document.getElementById("filter-" + name));
  const shown = document.getElementById("shown");
  if (!cases.length || !shown) return;
  const apply = () => {
    const [mistake, row, words] = controls.map((control) => control.value);
    const needle = words.trim().toLowerCase();
    let count = 0;
    for (const each of cases) {
      const fits = (!mistake || each.dataset.mistake === mistake) && (!row || each.dataset.row === row)
        && (!needle || each.textContent.toLowerCase().includes(needle));
      each.hidden = !fits;
      count += fits;
    }
    shown.textContent = count + " of " + cases.length + " shown";
  };
  controls.forEach((control) => control.addEventListener("input", apply));
  document.getElementById("filters").hidden = false;
  apply();
})();
