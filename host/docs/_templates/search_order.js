/* The order of search results: written pages first, then verbs and the API, then its rooms. */
var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
  score: ([page, _title, _anchor, _description, score]) => {
    if (page === "generated/python/microbit_ml") return score;
    if (page.startsWith("generated/python/")) return score - 20;
    return page.startsWith("generated/") ? score : score + 10;
  },
};
